/* sallyport_say.c - what people read: escaped, coloured only where a terminal is */
#include "sallyport.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <utf8proc.h>

bool say_coloured(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return text_empty(no) && isatty(fileno(out)) && (term == NULL || strcmp(term, "dumb") != 0);
}

/* What moves a cursor or turns the reading direction: none of it is the operator's wish. */
static bool harmful(utf8proc_int32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 ||
	    point == 0x2029 || point == 0x061c || point == 0x200e || point == 0x200f ||
	    (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* The next character; an ill-formed byte counts as one that is harmful. */
static size_t step(const char *text, size_t size, utf8proc_int32_t *out_point)
{
	utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text,
	    (utf8proc_ssize_t)size, out_point);

	if (length > 0)
		return (size_t)length;
	*out_point = 0x80 | (unsigned char)*text;
	if (!harmful(*out_point))
		*out_point = 0x80;
	return 1;
}

/* `kept`: the lines of a pretty JSON stay lines. */
static const char *escape(struct arena *arena, const char *text, const char *kept)
{
	size_t size = strlen(text), length;
	char *result = arena_alloc(arena, size * 6 + 1), *at = result;
	utf8proc_int32_t point;
	bool same = true;

	for (size_t i = 0; i < size; i += length) {
		length = step(&text[i], size - i, &point);
		if (!harmful(point) || strchr(kept, text[i]) != NULL) {
			memcpy(at, &text[i], length);
			at += length;
			continue;
		}
		at += snprintf(at, 7, "\\u%04x", (unsigned)point & 0xffff);
		same = false;
	}
	return same ? text : result;
}

const char *say_safe(struct arena *arena, const char *text)
{
	return escape(arena, text, "");
}

void say_line(struct cli *cli, const char *text)
{
	puts(say_safe(cli->arena, text));
}

/* The same JSON: what is escaped here can only stand in strings. */
void say_json(struct cli *cli, const json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_ENCODE_ANY);

	report_printed();
	puts(escape(cli->arena, text, "\n"));
	memory_free(text);
}

static void to_people(const char *text)
{
	bool coloured = say_coloured(stderr);

	fflush(stdout);
	fprintf(stderr, "%s %s\n", coloured ? "\033[31msallyport:\033[0m" : "sallyport:", text);
}

__attribute__((format(printf, 2, 0)))
static const char *text_of(struct arena *arena, const char *format, va_list list)
{
	va_list again;

	va_copy(again, list);
	int size = vsnprintf(NULL, 0, format, again) + 1;
	va_end(again);
	char *text = arena_alloc(arena, size > 0 ? (size_t)size : 1);
	if (size > 0)
		vsnprintf(text, (size_t)size, format, list);
	return text;
}

void say_only(const char *format, ...)
{
	struct arena arena;
	va_list list;

	arena_init(&arena, NULL, 0);
	va_start(list, format);
	to_people(text_of(&arena, format, list));
	va_end(list);
	arena_done(&arena);
}

enum cli_exit say(enum cli_exit exit, const char *format, ...)
{
	struct arena arena;
	va_list list;

	arena_init(&arena, NULL, 0);
	va_start(list, format);
	const char *text = text_of(&arena, format, list);
	va_end(list);
	to_people(text);
	report_error(exit, text);
	arena_done(&arena);
	return exit;
}

void say_warning(const char *text)
{
	bool coloured = say_coloured(stderr);
	struct arena arena;

	fflush(stdout);
	arena_init(&arena, NULL, 0);
	fprintf(stderr, "%swarning:%s %s\n", coloured ? "\033[33m" : "", coloured ? "\033[0m" : "",
	    say_safe(&arena, text));
	arena_done(&arena);
}

enum cli_exit say_confirm(struct cli *cli, const char *question)
{
	char line[16] = "";

	if (cli->options.yes)
		return CLI_FINE;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return say(CLI_CONFIRM, "nothing was changed: this wants a yes, and there is no "
		    "terminal to ask; --yes says it");
	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	if (fgets(line, sizeof(line), stdin) != NULL &&
	    (strcasecmp(line, "y\n") == 0 || strcasecmp(line, "yes\n") == 0))
		return CLI_FINE;
	return say(CLI_CONFIRM, "nothing was changed");
}
