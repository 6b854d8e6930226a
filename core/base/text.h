/*
 * text.h - texts in arenas
 *
 * Texts are UTF-8 and end with a zero byte. What comes from outside is checked by
 * text_utf8() at the door, once.
 *
 * Threads  Whoever has the arena. Failing  Never NULL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

char *text_copy(struct arena *arena, const char *text);	/* NULL stays NULL */
char *text_part(struct arena *arena, const char *text, size_t size);
char *text_print(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull, returns_nonnull));
bool text_same(const char *a, const char *b);	/* two NULLs are the same */
bool text_empty(const char *text);		/* NULL or "" */
bool text_utf8(const char *text, size_t size);	/* well-formed, no zero byte */
bool text_ascii(const char *text);	/* no byte from 0x80 up */
size_t text_characters(const char *text);	/* code points */
bool text_plain(const char *text);		/* no control characters: fit for a header */
/* ISO 8601 in UTC: "2026-11-24T07:51:33Z"; ms are dropped. */
char *text_time(struct arena *arena, int64_t ms);
/* Such a text, a fraction of a second allowed, the years 1970 to 9999. */
bool text_time_read(const char *text, int64_t *out_ms);
/* One of the words, separated by single spaces. */
bool text_word(const char *words, const char *word);
