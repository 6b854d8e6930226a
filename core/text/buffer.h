/*
 * buffer.h - a text that grows in an arena, up to a limit
 *
 * Threads  Whoever has the arena.
 * Memory   The arena's; what was outgrown stays there until the arena goes.
 * Failing  Sticky: beyond its limit a buffer takes nothing more and buffer_end()
 *          gives NULL, so that one check at the end is enough.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct buffer {
	struct arena *arena;
	char *data;
	size_t size, room, limit;
	bool full;
};

void buffer_begin(struct buffer *buffer, struct arena *arena, size_t limit);
void buffer_add(struct buffer *buffer, const void *data, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_char(struct buffer *buffer, char one);

/* With a zero byte behind that is not counted. NULL: it would not fit. */
char *buffer_end(struct buffer *buffer);
