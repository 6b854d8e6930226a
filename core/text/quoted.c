#include "text/quoted.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text/buffer.h"

#define WORD_FRAME 12u	/* =?utf-8?B? and ?= */
#define WORD_SIZE 75u	/* RFC 2047 2 */

/*
 * White space at the end of a line would be lost on the way. A line that begins with "."
 * or "From " is harmless, but relays have got both wrong.
 */
static bool must_quote(const char *at, size_t column)
{
	unsigned char c = (unsigned char)*at;

	if (c == ' ' || c == '\t')
		return at[1] == '\n' || at[1] == '\0';
	if (column == 0 && (c == '.' || (c == 'F' && strncmp(at, "From ", 5) == 0)))
		return true;
	return c < 33 || c > 126 || c == '=';
}

void quoted_body(struct buffer *out, const char *text)
{
	char code[4];
	size_t column = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			buffer_text(out, "\r\n");
			column = 0;
			continue;
		}
		bool quote = must_quote(text, column);
		size_t need = quote ? 3 : 1;
		if (column + need > QUOTED_LINE - 1) {
			buffer_text(out, "=\r\n");
			column = 0;
			quote = must_quote(text, 0);
			need = quote ? 3 : 1;
		}
		snprintf(code, sizeof(code), "=%02X", (unsigned char)*text);
		buffer_add(out, quote ? code : text, need);
		column += need;
	}
	if (column > 0)
		buffer_text(out, "\r\n");
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void write_base64(struct buffer *out, const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i += 3) {
		unsigned three = (unsigned)data[i] << 16;
		if (i + 1 < size)
			three |= (unsigned)data[i + 1] << 8;
		if (i + 2 < size)
			three |= data[i + 2];
		buffer_char(out, alphabet[three >> 18]);
		buffer_char(out, alphabet[three >> 12 & 63]);
		buffer_char(out, i + 1 < size ? alphabet[three >> 6 & 63] : '=');
		buffer_char(out, i + 2 < size ? alphabet[three & 63] : '=');
	}
}

/* As many whole characters as `most` bytes hold. */
static size_t characters(const char *text, size_t most)
{
	size_t size = strlen(text);

	if (size <= most)
		return size;
	while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
		most--;
	return most;
}

static size_t write_words(struct buffer *out, const char *text, size_t column)
{
	while (*text != '\0') {
		size_t left = column < QUOTED_COLUMN ? QUOTED_COLUMN - column : 0;
		size_t room = left < WORD_SIZE ? left : WORD_SIZE;
		size_t most = room > WORD_FRAME ? (room - WORD_FRAME) / 4 * 3 : 0;
		size_t size = characters(text, most);
		if (size == 0) {
			buffer_text(out, "\r\n ");
			column = 1;
			continue;
		}
		buffer_text(out, "=?utf-8?B?");
		write_base64(out, (const unsigned char *)text, size);
		buffer_text(out, "?=");
		text += size;
		column += WORD_FRAME + (size + 2) / 3 * 4;
		if (*text != '\0') {
			buffer_text(out, "\r\n ");
			column = 1;
		}
	}
	return column;
}

static bool plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			return false;
	/* Spaces at the ends would be lost, and what looks like an encoded word be read as one. */
	return text[0] != ' ' && text[0] != '\0' && text[strlen(text) - 1] != ' '
	    && strstr(text, "=?") == NULL;
}

size_t quoted_header(struct buffer *out, const char *text, size_t column, int phrase)
{
	size_t need = phrase ? 2 : 0;

	for (const char *c = text; *c != '\0'; c++)
		need += phrase && (*c == '"' || *c == '\\') ? 2 : 1;
	if (!plain(text) || column + need > QUOTED_COLUMN)
		return write_words(out, text, column);
	if (phrase)
		buffer_char(out, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (phrase && (*c == '"' || *c == '\\'))
			buffer_char(out, '\\');
		buffer_char(out, *c);
	}
	if (phrase)
		buffer_char(out, '"');
	return column + need;
}
