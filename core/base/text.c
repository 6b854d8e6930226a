#include "base/text.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utf8proc.h>

char *text_copy(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_copy(arena, text, strlen(text) + 1);
}

char *text_part(struct arena *arena, const char *text, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	if (size > 0)
		memcpy(copy, text, size);
	return copy;
}

char *text_print(struct arena *arena, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		abort();
	char *text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

bool text_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool text_empty(const char *text)
{
	return text == NULL || text[0] == '\0';
}

/* The next character and its length; 0 at a zero byte or what is no UTF-8. */
static size_t text_next(const char *text, size_t size, int32_t *out_point)
{
	utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text,
	    (utf8proc_ssize_t)size, out_point);

	return length <= 0 || *out_point == 0 ? 0 : (size_t)length;
}

bool text_utf8(const char *text, size_t size)
{
	int32_t point;

	for (size_t length; size > 0; text += length, size -= length)
		if ((length = text_next(text, size, &point)) == 0)
			return false;
	return true;
}

bool text_ascii(const char *text)
{
	unsigned char all = 0;

	for (; *text != '\0'; text++)
		all |= (unsigned char)*text;
	return all < 0x80;
}

/* Also the line ends that only Unicode knows. */
static bool text_control(int32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 ||
	    point == 0x2029;
}

size_t text_characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

bool text_plain(const char *text)
{
	int32_t point;

	for (size_t length, size = strlen(text); size > 0; text += length, size -= length) {
		length = text_next(text, size, &point);
		if (length == 0 || text_control(point))
			return false;
	}
	return true;
}

char *text_time(struct arena *arena, int64_t ms)
{
	time_t seconds = ms / 1000 - (ms % 1000 < 0);
	struct tm t;

	if (gmtime_r(&seconds, &t) == NULL)
		abort();
	return text_print(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900,
	    t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

static int text_digits(const char *text, int count)
{
	int number = 0;

	while (count-- > 0)
		number = number * 10 + (*text++ - '0');
	return number;
}

/* ".1234567Z" or "Z": the ms, or -1. */
static int text_fraction(const char *text)
{
	int ms = 0;

	if (*text == '.') {
		size_t count = strspn(++text, "0123456789");
		if (count == 0 || count > 9)
			return -1;
		for (size_t i = 0; i < 3; i++)
			ms = ms * 10 + (i < count ? text[i] - '0' : 0);
		text += count;
	}
	return strcmp(text, "Z") == 0 ? ms : -1;
}

bool text_time_read(const char *text, int64_t *out_ms)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t at = 0;

	for (; at < sizeof(form) - 1; at++)
		if (form[at] == '0' ? text[at] < '0' || text[at] > '9' : text[at] != form[at])
			return false;
	struct tm t = { .tm_year = text_digits(text, 4) - 1900,
		.tm_mon = text_digits(text + 5, 2) - 1, .tm_mday = text_digits(text + 8, 2),
		.tm_hour = text_digits(text + 11, 2), .tm_min = text_digits(text + 14, 2),
		.tm_sec = text_digits(text + 17, 2) }, same = t;
	int ms = text_fraction(text + at);
	time_t seconds = timegm(&same);
	if (ms < 0 || seconds < 0 || same.tm_year != t.tm_year || same.tm_mon != t.tm_mon ||
	    same.tm_mday != t.tm_mday || same.tm_hour != t.tm_hour || same.tm_min != t.tm_min ||
	    same.tm_sec != t.tm_sec)
		return false;
	*out_ms = (int64_t)seconds * 1000 + ms;
	return true;
}

bool text_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	if (length == 0)
		return false;
	for (const char *at = words; *at != '\0'; at += *at == ' ') {
		size_t next = strcspn(at, " ");
		if (next == length && memcmp(at, word, length) == 0)
			return true;
		at += next;
	}
	return false;
}
