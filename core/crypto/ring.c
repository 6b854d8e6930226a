#include "crypto/ring.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/pack.h"
#include "base/random.h"
#include "crypto/box.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1u
#define PURPOSE "key ring"

struct ring {
	unsigned char root[32];		/* of the keyed hashes */
	size_t count;
	struct ring_key keys[RING_MAX];	/* the newest last */
};

static_assert(KEYFILE_ID == BOX_ID && RING_ID == BOX_ID, "a wrapped ring is a box");

static void ring_add(struct ring *ring, int64_t now)
{
	struct ring_key *key = &ring->keys[ring->count++];

	random_fill(key->id, sizeof(key->id));
	random_fill(key->key, sizeof(key->key));
	key->made = now;
}

struct ring *ring_new(int64_t now)
{
	struct ring *ring = must_calloc(1, sizeof(*ring));

	random_fill(ring->root, sizeof(ring->root));
	ring_add(ring, now);
	return ring;
}

void ring_free(struct ring *ring)
{
	if (ring == NULL)
		return;
	explicit_bzero(ring, sizeof(*ring));
	free(ring);
}

struct ring *ring_rotate(const struct ring *ring, int64_t now)
{
	if (ring->count == RING_MAX)
		return NULL;
	struct ring *next = must_calloc(1, sizeof(*next));
	*next = *ring;
	ring_add(next, now);
	return next;
}

struct ring *ring_shed(const struct ring *ring)
{
	struct ring *next = must_calloc(1, sizeof(*next));

	memcpy(next->root, ring->root, sizeof(next->root));
	next->keys[0] = *ring_newest(ring);
	next->count = 1;
	return next;
}

static struct box ring_box(const struct keyfile *keyfile)
{
	return (struct box){ .id = keyfile->id, .key = keyfile->key, .purpose = PURPOSE };
}

struct sp_bytes ring_wrap(struct arena *arena, const struct ring *ring,
    const struct keyfile *keyfile)
{
	struct box box = ring_box(keyfile);
	struct pack pack;

	pack_begin(&pack, arena, FORMAT);
	pack_bytes(&pack, ring->root, sizeof(ring->root));
	pack_number(&pack, ring->count);
	for (const struct ring_key *key = ring->keys; key < ring->keys + ring->count; key++) {
		pack_bytes(&pack, key->id, sizeof(key->id));
		pack_bytes(&pack, key->key, sizeof(key->key));
		pack_signed(&pack, key->made);
	}
	struct sp_bytes plain = pack_end(&pack);
	return box_close(arena, &box, (struct secret){ plain.data, plain.size });
}

static bool ring_bytes(struct unpack *unpack, unsigned char *out, size_t size)
{
	struct sp_bytes bytes = unpack_bytes(unpack);

	if (bytes.size != size)
		return false;
	memcpy(out, bytes.data, size);
	return true;
}

static bool ring_read(struct arena *arena, struct secret plain, struct ring *ring)
{
	struct unpack unpack;

	unpack_begin(&unpack, arena, (struct sp_bytes){ plain.data, plain.size }, FORMAT);
	if (!ring_bytes(&unpack, ring->root, sizeof(ring->root)))
		return false;
	ring->count = unpack_number(&unpack);
	if (ring->count == 0 || ring->count > RING_MAX)
		return false;
	for (struct ring_key *key = ring->keys; key < ring->keys + ring->count; key++) {
		if (!ring_bytes(&unpack, key->id, sizeof(key->id)) ||
		    !ring_bytes(&unpack, key->key, sizeof(key->key)))
			return false;
		key->made = unpack_signed(&unpack);
	}
	return unpack_ok(&unpack);
}

/* Why it did not open. */
static void ring_explain(struct arena *arena, struct sp_bytes wrapped,
    const struct keyfile *keyfile, struct sp_error *out_error)
{
	const unsigned char *wanted = box_id(wrapped);

	if (wanted == NULL || memcmp(wanted, keyfile->id, KEYFILE_ID) == 0)
		snprintf(out_error->text, sizeof(out_error->text),
		    "the key ring is damaged: the key file %s fits, the ring does not open",
		    encode_hex(arena, keyfile->id, KEYFILE_ID));
	else
		snprintf(out_error->text, sizeof(out_error->text),
		    "the key ring wants the key file %s, and this one is %s",
		    encode_hex(arena, wanted, KEYFILE_ID),
		    encode_hex(arena, keyfile->id, KEYFILE_ID));
}

bool ring_unwrap(struct sp_bytes wrapped, const struct keyfile *keyfile, struct ring **out_ring,
    struct sp_error *out_error)
{
	struct box box = ring_box(keyfile);
	struct ring *ring = must_calloc(1, sizeof(*ring));
	struct arena arena = { 0 };
	struct secret plain;

	bool ok = box_open(&arena, &box, wrapped, &plain) && ring_read(&arena, plain, ring);
	if (ok) {
		*out_ring = ring;
	} else {
		ring_explain(&arena, wrapped, keyfile, out_error);
		ring_free(ring);
	}
	arena_done(&arena);
	return ok;
}

void ring_hash_key(const struct ring *ring, const char *name, struct hash_key *out_key)
{
	hash_derive((struct secret){ ring->root, sizeof(ring->root) }, (struct secret){ 0 },
	    secret_text(name), out_key->byte, sizeof(out_key->byte));
}

size_t ring_count(const struct ring *ring)
{
	return ring->count;
}

const struct ring_key *ring_newest(const struct ring *ring)
{
	return &ring->keys[ring->count - 1];
}

const struct ring_key *ring_find(const struct ring *ring, const unsigned char id[RING_ID])
{
	for (size_t i = ring->count; i-- > 0;)
		if (memcmp(ring->keys[i].id, id, RING_ID) == 0)
			return &ring->keys[i];
	return NULL;
}
