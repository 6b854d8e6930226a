#include "base/logline.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TAIL 24u	/* room for ,"cut":"yes"} and LF */

static bool line_room(const struct logline *line, size_t size)
{
	return line->size + size <= sizeof(line->text) - TAIL;
}

static void line_put(struct logline *line, const char *text, size_t size)
{
	if (line->cut || !line_room(line, size)) {
		line->cut = true;
		return;
	}
	memcpy(line->text + line->size, text, size);
	line->size += size;
}

/* How many bytes of well-formed UTF-8 begin here; 0: none. */
static size_t utf8_length(const unsigned char *at)
{
	static const struct {
		unsigned char from, to, second_from, second_to;
		size_t more;
	} rows[] = {
		{ 0x20, 0x7e, 0, 0, 0 }, { 0xc2, 0xdf, 0x80, 0xbf, 1 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 2 }, { 0xe1, 0xec, 0x80, 0xbf, 2 },
		{ 0xed, 0xed, 0x80, 0x9f, 2 }, { 0xee, 0xef, 0x80, 0xbf, 2 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 3 }, { 0xf1, 0xf3, 0x80, 0xbf, 3 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (at[0] < rows[i].from || at[0] > rows[i].to)
			continue;
		if (rows[i].more > 0 && (at[1] < rows[i].second_from || at[1] > rows[i].second_to))
			return 0;
		for (size_t n = 2; n <= rows[i].more; n++)
			if (at[n] < 0x80 || at[n] > 0xbf)
				return 0;
		return rows[i].more + 1;
	}
	return 0;
}

/* Control characters of C1, and what turns the direction of text or ends a line. */
static bool utf8_tricky(const unsigned char *at, size_t length)
{
	if (length == 2)
		return at[0] == 0xc2 && at[1] < 0xa0;
	return length == 3 && at[0] == 0xe2 && ((at[1] == 0x80 &&
	    (at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae))) ||
	    (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

static void line_escape(struct logline *line, const unsigned char *at, size_t length)
{
	char text[8];
	unsigned point = at[0];

	if (length == 2)
		point = (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
	else if (length == 3)
		point = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
	else if (at[0] >= 0x80)
		point = 0xfffd;
	snprintf(text, sizeof(text), "\\u%04x", point);
	line_put(line, text, 6);
}

static void line_quoted(struct logline *line, const char *value)
{
	line_put(line, "\"", 1);
	for (const unsigned char *at = (const unsigned char *)value; *at != '\0';) {
		size_t length = utf8_length(at);
		char pair[2] = { '\\', (char)*at };
		if (*at == '"' || *at == '\\')
			line_put(line, pair, 2);
		else if (length == 0 || utf8_tricky(at, length))
			line_escape(line, at, length);
		else
			line_put(line, (const char *)at, length);
		at += length > 0 ? length : 1;
	}
	/* A closing quote always has room: what was cut is the value. */
	line->text[line->size++] = '"';
}

/* Names are ours, times and levels too: only values need care. */
static void line_pair(struct logline *line, const char *name, const char *value)
{
	bool json = line->format == LOG_JSON;

	if (line->size > 1)
		line_put(line, json ? "," : " ", 1);
	if (json)
		line_put(line, "\"", 1);
	line_put(line, name, strlen(name));
	line_put(line, json ? "\":" : "=", json ? 2 : 1);
	line_quoted(line, value);
}

void logline_add(struct logline *line, const char *name, const char *value)
{
	if (value == NULL || line->cut)
		return;
	if (line_room(line, strlen(name) + 6))
		line_pair(line, name, value);
	else
		line->cut = true;
}

static void line_time(struct logline *line, enum sp_level level, int64_t time)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	time_t seconds = (time_t)(time / 1000);
	char text[48], day[24];
	struct tm parts;

	gmtime_r(&seconds, &parts);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text, sizeof(text), "%s.%03dZ", day, (int)(time % 1000));
	if (line->format == LOG_JSON) {
		line_pair(line, "time", text);
		line_pair(line, "level", names[level & 3]);
		return;
	}
	line_put(line, text, strlen(text));
	line_put(line, " ", 1);
	line_put(line, names[level & 3], strlen(names[level & 3]));
}

void logline_begin(struct logline *line, enum log_format format, enum sp_level level,
    int64_t time)
{
	line->format = format;
	line->size = 0;
	line->cut = false;
	if (format == LOG_JSON)
		line_put(line, "{", 1);
	if (time != 0)
		line_time(line, level, time);
}

void logline_end(struct logline *line)
{
	const char *tail = line->format == LOG_TEXT ? (line->cut ? " cut=\"yes\"" : "") :
	    (line->cut ? ",\"cut\":\"yes\"}" : "}");
	size_t size = strlen(tail);

	memcpy(line->text + line->size, tail, size);
	line->size += size;
	line->text[line->size++] = '\n';
	line->text[line->size] = '\0';
}
