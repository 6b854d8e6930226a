/*
 * box.h - one AES-256-GCM value under one key: what seal.h and ring.h are made of
 *
 * A byte for the format, the key's id, 16 random bytes, the ciphertext, the tag. All
 * that stands before the ciphertext is bound to it, and so are purpose and associated
 * data. seal.h says why each value has a key of its own.
 *
 * Threads  Any. Memory  Results are in the arena. Failing  As in seal.h.
 */
#pragma once

#include "base/secret.h"

#include <sallyport/plugin.h>

#define BOX_ID 8u
#define BOX_OVERHEAD 41u

struct arena;

struct box {
	const unsigned char *id, *key;	/* BOX_ID and 32 bytes */
	const char *purpose;
	struct sp_bytes associated;
};

struct sp_bytes box_close(struct arena *arena, const struct box *box, struct secret plain);
bool box_open(struct arena *arena, const struct box *box, struct sp_bytes closed,
    struct secret *out_plain);

/* The id of the key that closed it, BOX_ID bytes; NULL for what is no box. */
const unsigned char *box_id(struct sp_bytes closed);
