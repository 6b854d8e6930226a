#include "crypto/bearer.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/ring.h"

#include <assert.h>
#include <string.h>

#define ID_LENGTH 22u	/* sixteen bytes in base64url */

struct bearer bearer_new(struct sp_id id)
{
	struct bearer bearer = { .id = id };

	random_fill(bearer.secret, sizeof(bearer.secret));
	return bearer;
}

void bearer_done(struct bearer *bearer)
{
	explicit_bzero(bearer, sizeof(*bearer));
}

char *bearer_format(struct arena *arena, const struct bearer *bearer)
{
	return text_print(arena, "%s.%s", encode_base64url(arena, &bearer->id, sizeof(bearer->id)),
	    encode_base64url(arena, bearer->secret, sizeof(bearer->secret)));
}

static bool bearer_part(struct arena *arena, const char *text, void *out, size_t size)
{
	size_t got;
	void *data;

	if (!decode_base64url(arena, text, &data, &got) || got != size)
		return false;
	memcpy(out, data, size);
	return true;
}

bool bearer_parse(const char *text, struct bearer *out_bearer)
{
	struct arena arena = { 0 };
	struct bearer bearer;

	if (text == NULL || strnlen(text, BEARER_TEXT + 1) != BEARER_TEXT || text[ID_LENGTH] != '.')
		return false;
	bool ok = bearer_part(&arena, text_part(&arena, text, ID_LENGTH), &bearer.id,
	    sizeof(bearer.id)) && bearer_part(&arena, text + ID_LENGTH + 1, bearer.secret,
	    sizeof(bearer.secret));
	if (ok)
		*out_bearer = bearer;
	bearer_done(&bearer);
	arena_done(&arena);
	return ok;
}

static_assert(sizeof(struct bearer) == sizeof(struct sp_id) + BEARER_SECRET, "it is hashed whole");

void bearer_hash(const struct bearer *bearer, const struct hash_key *key, const char *purpose,
    unsigned char out[HASH_SIZE])
{
	hash_keyed(key, purpose,
	    (struct secret){ (const unsigned char *)bearer, sizeof(*bearer) }, out);
}

bool bearer_fits(const struct bearer *bearer, const struct hash_key *key, const char *purpose,
    struct sp_bytes stored)
{
	return hash_keyed_equal(key, purpose,
	    (struct secret){ (const unsigned char *)bearer, sizeof(*bearer) }, stored);
}

void bearer_close(const struct bearer *bearer, const struct ring *ring, const char *purpose,
    unsigned char out[HASH_SIZE])
{
	struct hash_key key;

	ring_hash_key(ring, "bearer", &key);
	bearer_hash(bearer, &key, purpose, out);
	explicit_bzero(&key, sizeof(key));
}

bool bearer_opens(const struct bearer *bearer, const struct ring *ring, const char *purpose,
    const unsigned char stored[HASH_SIZE])
{
	struct hash_key key;

	ring_hash_key(ring, "bearer", &key);
	bool fits = bearer_fits(bearer, &key, purpose, (struct sp_bytes){ stored, HASH_SIZE });
	explicit_bzero(&key, sizeof(key));
	return fits;
}
