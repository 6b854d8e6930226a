#include "model/filter_word.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_@"

void filter_wrong(struct filter_reader *reader, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	reader->token = TOKEN_WRONG;
	if (reader->told)
		return;
	reader->told = true;
	size_t place = reader->text != NULL ?
	    text_characters(text_part(reader->arena, reader->text, reader->from)) + 1 : 1;
	snprintf(reader->error->text, sizeof(reader->error->text), "character %zu: %s", place,
	    text);
}

static void word_quoted(struct filter_reader *reader)
{
	const char *from = reader->text + reader->at + 1;
	char *word = arena_alloc(reader->arena, strlen(from) + 1);
	size_t size = 0;

	for (; *from != '\0'; from++) {
		if (from[0] == '\'' && from[1] != '\'')
			break;
		word[size++] = *from;
		from += *from == '\'';
	}
	if (*from == '\0') {
		filter_wrong(reader, "the text has no end: \"'\" is missing");
		return;
	}
	reader->token = TOKEN_TEXT;
	reader->word = word;
	reader->at = (size_t)(from - reader->text) + 1;
}

/* Only what begins with a digit or sign, such as a time, has a ":" or a "+" in it. */
static void word_bare(struct filter_reader *reader)
{
	const char *from = reader->text + reader->at;
	bool number = strchr(DIGITS "-+.", *from) != NULL;
	size_t size = strspn(from, number ? LETTERS DIGITS "-.:+" : LETTERS DIGITS "-.");

	if (size == 0) {
		filter_wrong(reader, "nothing that is understood begins here");
		return;
	}
	reader->token = TOKEN_WORD;
	reader->word = text_part(reader->arena, from, size);
	reader->at += size;
}

void filter_next(struct filter_reader *reader)
{
	static const char signs[] = "(),:/";
	static const enum filter_token tokens[] = {
		TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA, TOKEN_COLON, TOKEN_SLASH,
	};

	if (reader->told)
		return;
	reader->at += strspn(reader->text + reader->at, " ");
	reader->from = reader->at;
	char first = reader->text[reader->at];
	const char *sign = first != '\0' ? strchr(signs, first) : NULL;
	if (first == '\0') {
		reader->token = TOKEN_END;
	} else if (sign != NULL) {
		reader->token = tokens[sign - signs];
		reader->at++;
	} else if (first == '\'') {
		word_quoted(reader);
	} else {
		word_bare(reader);
	}
}
