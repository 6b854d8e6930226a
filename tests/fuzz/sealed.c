/* Bytes of strangers: nothing of them unseals; what parses has one spelling. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/pack.h"
#include "base/text.h"
#include "crypto/bearer.h"
#include "crypto/phc.h"
#include "crypto/ring.h"
#include "crypto/seal.h"

#include <string.h>

static struct ring *ring;

static void seals_try(struct arena *arena, struct sp_bytes bytes, const char *text)
{
	static const struct keyfile keyfile = { { 1 }, { 2 } };
	const struct seal how = { ring, "fuzz", { NULL, 0 } };
	unsigned char *ours = arena_alloc(arena, bytes.size + SEAL_OVERHEAD);
	struct sp_error error = { "" };
	struct ring *unwrapped;
	struct secret plain;

	CHECK(!unseal(arena, &how, bytes, &plain));
	CHECK(!unseal_text(arena, &how, text, &plain));
	CHECK(!ring_unwrap(bytes, &keyfile, &unwrapped, &error) && error.text[0] != '\0');
	/* With the format and the key's id in front, so that it comes to the tag. */
	ours[0] = 1;
	memcpy(ours + 1, ring_newest(ring)->id, RING_ID);
	if (bytes.size > 0)
		memcpy(ours + 1 + RING_ID, bytes.data, bytes.size);
	CHECK(!unseal(arena, &how, (struct sp_bytes){ ours, bytes.size + 1 + RING_ID }, &plain));
	struct sp_bytes sealed = seal(arena, &how, (struct secret){ bytes.data, bytes.size });
	CHECK(unseal(arena, &how, sealed, &plain) && plain.size == bytes.size &&
	    (plain.size == 0 || memcmp(plain.data, bytes.data, plain.size) == 0));
}

static void spellings_try(struct arena *arena, const char *text)
{
	struct bearer bearer;
	size_t size;
	void *data;

	if (bearer_parse(text, &bearer))
		CHECK(strcmp(bearer_format(arena, &bearer), text) == 0);
	if (decode_base64url(arena, text, &data, &size))
		CHECK(strcmp(encode_base64url(arena, data, size), text) == 0);
	if (decode_base64(arena, text, &data, &size))
		CHECK(strcmp(encode_base64(arena, data, size), text) == 0);
}

/* A verifier is within its limits, or none. */
static void verifier_try(struct arena *arena, const char *text)
{
	struct phc phc = { .head = "$argon2id$v=19$", .number = { { "m", 8, 1000, 0, 0 },
		{ "t", 1, 10, 0, 0 }, { "p", 1, 16, 1, 0 } }, .count = 3 };

	if (!phc_parse(arena, text, &phc))
		return;
	for (size_t i = 0; i < phc.count; i++)
		CHECK(phc.number[i].value >= phc.number[i].min &&
		    phc.number[i].value <= phc.number[i].max);
	CHECK(phc.salt.size >= 4 && phc.salt.size <= 64);
	CHECK(phc.hash.size >= 16 && phc.hash.size <= 64);
}

/* A reader never leaves its bytes, and ends. */
static void unpack_try(struct arena *arena, struct sp_bytes bytes)
{
	struct unpack unpack;

	unpack_begin(&unpack, arena, bytes, 3);
	while (unpack_more(&unpack)) {
		const unsigned char *before = unpack.at;
		switch (unpack_number(&unpack) % 4) {
		case 0: unpack_text(&unpack); break;
		case 1: unpack_bytes(&unpack); break;
		case 2: unpack_id(&unpack); break;
		default: unpack_signed(&unpack);
		}
		CHECK(unpack.at > before || unpack.wrong);
		CHECK(unpack.at <= unpack.end);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };

	if (ring == NULL)
		ring = ring_new(0);
	const char *text = text_part(&arena, (const char *)data, size);
	seals_try(&arena, (struct sp_bytes){ data, size }, text);
	spellings_try(&arena, text);
	verifier_try(&arena, text);
	unpack_try(&arena, (struct sp_bytes){ data, size });
	arena_done(&arena);
	return 0;
}
