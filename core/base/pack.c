#include "base/pack.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST ((size_t)128)

static void pack_raw(struct pack *pack, const void *data, size_t size)
{
	if (size > SIZE_MAX / 4)
		abort();
	if (pack->room - pack->size < size) {
		size_t room = (pack->size + size) * 2;
		unsigned char *grown = arena_alloc(pack->arena, room);
		memcpy(grown, pack->data, pack->size);
		pack->data = grown;
		pack->room = room;
	}
	if (size > 0)
		memcpy(pack->data + pack->size, data, size);
	pack->size += size;
}

void pack_begin(struct pack *pack, struct arena *arena, unsigned format)
{
	*pack = (struct pack){ .arena = arena, .room = ROOM_FIRST };
	pack->data = arena_alloc(arena, ROOM_FIRST);
	pack_number(pack, format);
}

void pack_number(struct pack *pack, uint64_t number)
{
	unsigned char bytes[10];
	size_t size = 0;

	for (; number >= 0x80; number >>= 7)
		bytes[size++] = (unsigned char)(number | 0x80);
	bytes[size++] = (unsigned char)number;
	pack_raw(pack, bytes, size);
}

/* 0, -1, 1, -2 ... become 0, 1, 2, 3: small ones of either sign are short. */
void pack_signed(struct pack *pack, int64_t number)
{
	pack_number(pack, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

void pack_id(struct pack *pack, struct sp_id id)
{
	pack_raw(pack, &id, sizeof(id));
}

/* The length is one more than it is, so that 0 is NULL. */
void pack_text(struct pack *pack, const char *text)
{
	size_t size = text == NULL ? 0 : strlen(text);

	pack_number(pack, text == NULL ? 0 : size + 1);
	pack_raw(pack, text, size);
}

void pack_bytes(struct pack *pack, const void *data, size_t size)
{
	pack_number(pack, size);
	pack_raw(pack, data, size);
}

struct sp_bytes pack_end(const struct pack *pack)
{
	return (struct sp_bytes){ pack->data, pack->size };
}

void unpack_begin(struct unpack *unpack, struct arena *arena, struct sp_bytes bytes,
    unsigned newest)
{
	*unpack = (struct unpack){ .arena = arena, .at = bytes.data };
	unpack->end = bytes.size > 0 ? unpack->at + bytes.size : unpack->at;
	uint64_t format = unpack_number(unpack);
	if (format == 0 || format > newest)
		unpack->wrong = true;
	else
		unpack->format = (unsigned)format;
}

/* The next `size` bytes, or NULL and wrong from then on. */
static const unsigned char *unpack_raw(struct unpack *unpack, uint64_t size)
{
	const unsigned char *at = unpack->at;

	if (unpack->wrong || size > (uint64_t)(unpack->end - at)) {
		unpack->wrong = true;
		return NULL;
	}
	unpack->at += size;
	return at;
}

uint64_t unpack_number(struct unpack *unpack)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		const unsigned char *byte = unpack_raw(unpack, 1);
		if (byte == NULL || (shift == 63 && *byte > 1))
			break;
		number |= (uint64_t)(*byte & 0x7f) << shift;
		if (*byte == 0 && shift > 0)
			break;		/* a longer spelling than need be */
		if (*byte < 0x80)
			return number;
	}
	unpack->wrong = true;
	return 0;
}

int64_t unpack_signed(struct unpack *unpack)
{
	uint64_t number = unpack_number(unpack);

	return (int64_t)(number >> 1 ^ (number & 1 ? UINT64_MAX : 0));
}

struct sp_id unpack_id(struct unpack *unpack)
{
	struct sp_id id = { 0 };
	const unsigned char *data = unpack_raw(unpack, sizeof(id));

	if (data != NULL)
		memcpy(&id, data, sizeof(id));
	return id;
}

const char *unpack_text(struct unpack *unpack)
{
	uint64_t size = unpack_number(unpack);
	const char *data = size > 0 ? (const char *)unpack_raw(unpack, size - 1) : NULL;

	if (data == NULL)
		return NULL;
	if (memchr(data, '\0', size - 1) != NULL) {
		unpack->wrong = true;
		return NULL;
	}
	return text_part(unpack->arena, data, size - 1);
}

struct sp_bytes unpack_bytes(struct unpack *unpack)
{
	uint64_t size = unpack_number(unpack);
	const unsigned char *data = unpack_raw(unpack, size);

	return data != NULL ? (struct sp_bytes){ data, size } : (struct sp_bytes){ 0 };
}

bool unpack_more(const struct unpack *unpack)
{
	return !unpack->wrong && unpack->at < unpack->end;
}

bool unpack_ok(const struct unpack *unpack)
{
	return !unpack->wrong && unpack->at == unpack->end;
}
