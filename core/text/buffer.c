#include "text/buffer.h"

#include <string.h>

#include "base/arena.h"

void buffer_begin(struct buffer *buffer, struct arena *arena, size_t limit)
{
	*buffer = (struct buffer){ .arena = arena, .limit = limit };
}

static void buffer_grow(struct buffer *buffer, size_t need)
{
	size_t room = buffer->room == 0 ? 256 : buffer->room;

	while (room < need)
		room *= 2;
	char *data = arena_alloc(buffer->arena, room);
	if (buffer->size > 0)
		memcpy(data, buffer->data, buffer->size);
	buffer->data = data;
	buffer->room = room;
}

void buffer_add(struct buffer *buffer, const void *data, size_t size)
{
	if (buffer->full || size > buffer->limit - buffer->size) {
		buffer->full = true;
		return;
	}
	if (buffer->room - buffer->size < size + 1)
		buffer_grow(buffer, buffer->size + size + 1);
	if (size > 0)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
}

void buffer_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_char(struct buffer *buffer, char one)
{
	buffer_add(buffer, &one, 1);
}

char *buffer_end(struct buffer *buffer)
{
	if (buffer->full)
		return NULL;
	if (buffer->room == 0)
		buffer_grow(buffer, 1);
	buffer->data[buffer->size] = '\0';
	return buffer->data;
}
