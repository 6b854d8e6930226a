#include "crypto/seal.h"

#include "base/encode.h"
#include "crypto/box.h"
#include "crypto/ring.h"

#include <assert.h>
#include <string.h>

static_assert(SEAL_OVERHEAD == BOX_OVERHEAD && RING_ID == BOX_ID, "a sealed value is a box");

static struct box seal_box(const struct seal *how, const struct ring_key *key)
{
	return (struct box){ .id = key->id, .key = key->key, .purpose = how->purpose,
		.associated = how->associated };
}

struct sp_bytes seal(struct arena *arena, const struct seal *how, struct secret plain)
{
	struct box box = seal_box(how, ring_newest(how->ring));

	return box_close(arena, &box, plain);
}

bool unseal(struct arena *arena, const struct seal *how, struct sp_bytes sealed,
    struct secret *out_plain)
{
	const unsigned char *id = box_id(sealed);
	const struct ring_key *key = id != NULL ? ring_find(how->ring, id) : NULL;

	if (key == NULL)
		return false;
	struct box box = seal_box(how, key);
	return box_open(arena, &box, sealed, out_plain);
}

char *seal_text(struct arena *arena, const struct seal *how, struct secret plain)
{
	struct sp_bytes sealed = seal(arena, how, plain);

	return encode_base64url(arena, sealed.data, sealed.size);
}

bool unseal_text(struct arena *arena, const struct seal *how, const char *text,
    struct secret *out_plain)
{
	size_t size;
	void *data;

	return text != NULL && decode_base64url(arena, text, &data, &size) &&
	    unseal(arena, how, (struct sp_bytes){ data, size }, out_plain);
}

bool seal_old(const struct ring *ring, struct sp_bytes sealed)
{
	const unsigned char *id = box_id(sealed);

	return id == NULL || memcmp(id, ring_newest(ring)->id, RING_ID) != 0;
}
