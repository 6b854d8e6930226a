#include "crypto/keycopy.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/box.h"
#include "crypto/hash.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "sallyport key file 1"
#define PURPOSE "key file copy"
#define MEMORY_MOST 1048576	/* KiB: a hostile text shall not cost more */
#define PASSES_MOST 16

/* What is in the text beside the sealed key, and bound to it. */
struct copy {
	unsigned char id[KEYFILE_ID];
	uint32_t memory, passes;
	unsigned char salt[crypto_pwhash_SALTBYTES];
};

static bool copy_key(const struct copy *copy, struct secret passphrase, unsigned char out[32])
{
	return crypto_pwhash(out, 32, (const char *)passphrase.data, passphrase.size, copy->salt,
	    copy->passes, (size_t)copy->memory * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static struct box copy_box(const struct copy *copy, const unsigned char *key)
{
	return (struct box){ .id = copy->id, .key = key, .purpose = PURPOSE,
		.associated = { copy, sizeof(*copy) } };
}

static const char *line_hash(struct arena *arena, const char *line)
{
	unsigned char hash[HASH_SIZE];

	hash_sha256(line, strlen(line), hash);
	return encode_hex(arena, hash, sizeof(hash));
}

char *keycopy_seal(struct arena *arena, const struct keyfile *keyfile, struct secret passphrase,
    struct keycopy_cost cost)
{
	struct copy copy = { .memory = cost.memory, .passes = cost.passes };
	unsigned char key[32];

	memcpy(copy.id, keyfile->id, sizeof(copy.id));
	random_fill(copy.salt, sizeof(copy.salt));
	if (!copy_key(&copy, passphrase, key))
		abort();	/* no memory for it */
	struct box box = copy_box(&copy, key);
	struct sp_bytes sealed = box_close(arena, &box,
	    (struct secret){ keyfile->key, sizeof(keyfile->key) });
	explicit_bzero(key, sizeof(key));
	json_t *json = json_pack("{s:s, s:I, s:I, s:s, s:s}",
	    "keyFile", encode_hex(arena, copy.id, sizeof(copy.id)),
	    "memory", (json_int_t)copy.memory, "passes", (json_int_t)copy.passes,
	    "salt", encode_base64url(arena, copy.salt, sizeof(copy.salt)),
	    "sealed", encode_base64url(arena, sealed.data, sealed.size));
	const char *line = json_write(arena, json);
	json_decref(json);
	return text_print(arena, MAGIC "\n%s\n%s\n", line, line_hash(arena, line));
}

static bool copy_refuse(struct sp_error *out_error, const char *why)
{
	snprintf(out_error->text, sizeof(out_error->text), "%s", why);
	return false;
}

/* The line's fields; the text is whole, so what doesn't fit was never ours. */
static bool copy_read(struct arena *arena, const char *line, struct copy *out_copy,
    struct sp_bytes *out_sealed)
{
	struct sp_error why;
	struct copy copy = { 0 };
	void *salt, *sealed = NULL;
	size_t salt_size, size = 0;
	json_t *json = json_read(line, strlen(line), &why);
	int64_t memory = json_number(json, "memory", 0), passes = json_number(json, "passes", 0);
	bool ok = json != NULL && memory >= 8 && memory <= MEMORY_MOST && passes >= 1 &&
	    passes <= PASSES_MOST &&
	    decode_base64url(arena, json_text(json, "salt", ""), &salt, &salt_size) &&
	    salt_size == sizeof(copy.salt) &&
	    decode_base64url(arena, json_text(json, "sealed", ""), &sealed, &size);

	if (ok) {
		copy.memory = (uint32_t)memory;
		copy.passes = (uint32_t)passes;
		memcpy(copy.salt, salt, sizeof(copy.salt));
		*out_sealed = (struct sp_bytes){ sealed, size };
		const unsigned char *id = box_id(*out_sealed);
		ok = id != NULL;
		if (ok)
			memcpy(copy.id, id, sizeof(copy.id));
	}
	json_decref(json);
	*out_copy = copy;
	return ok;
}

bool keycopy_open(struct arena *arena, const char *text, struct secret passphrase,
    struct keyfile *out_keyfile, struct sp_error *out_error)
{
	char *rest = text_copy(arena, text);
	const char *magic = strsep(&rest, "\n"), *line = strsep(&rest, "\n");
	const char *hash = strsep(&rest, "\n");
	unsigned char key[32];
	struct sp_bytes sealed;
	struct secret plain;
	struct copy copy;

	if (!text_same(magic, MAGIC) || line == NULL || hash == NULL)
		return copy_refuse(out_error, "this is no copy of a key file");
	if (!text_same(hash, line_hash(arena, line)) || !copy_read(arena, line, &copy, &sealed))
		return copy_refuse(out_error, "the copy is damaged: its checksum is another");
	if (!copy_key(&copy, passphrase, key))
		return copy_refuse(out_error, "there is not enough memory for the passphrase");
	struct box box = copy_box(&copy, key);
	bool ok = box_open(arena, &box, sealed, &plain) && plain.size == KEYFILE_SIZE;
	explicit_bzero(key, sizeof(key));
	if (!ok)
		return copy_refuse(out_error, "the passphrase is wrong");
	keyfile_set(out_keyfile, plain.data);
	return true;
}
