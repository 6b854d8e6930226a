#include "crypto/hash.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void hash_sha256(const void *data, size_t size, unsigned char out[HASH_SIZE])
{
	crypto_hash_sha256(out, data, size);
}

void hash_hmac(struct secret key, struct secret message, unsigned char out[HASH_SIZE])
{
	crypto_auth_hmacsha256_state state;

	if (key.size == 0)
		key = secret_text("");		/* libsodium wants an address even so */
	crypto_auth_hmacsha256_init(&state, key.data, key.size);
	crypto_auth_hmacsha256_update(&state, message.data, message.size);
	crypto_auth_hmacsha256_final(&state, out);
	explicit_bzero(&state, sizeof(state));
}

/* The zero byte that ends the purpose keeps it apart from the secret. */
void hash_keyed(const struct hash_key *key, const char *purpose, struct secret secret,
    unsigned char out[HASH_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key->byte, sizeof(key->byte));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)purpose,
	    strlen(purpose) + 1);
	crypto_auth_hmacsha256_update(&state, secret.data, secret.size);
	crypto_auth_hmacsha256_final(&state, out);
	explicit_bzero(&state, sizeof(state));
}

bool hash_keyed_equal(const struct hash_key *key, const char *purpose, struct secret secret,
    struct sp_bytes stored)
{
	unsigned char hash[HASH_SIZE];

	hash_keyed(key, purpose, secret, hash);
	bool equal = secret_equal((struct secret){ hash, sizeof(hash) },
	    (struct secret){ stored.data, stored.size });
	explicit_bzero(hash, sizeof(hash));
	return equal;
}

static void hash_expand(struct secret key, struct secret info, unsigned char *out, size_t size)
{
	crypto_auth_hmacsha256_state state;
	unsigned char block[HASH_SIZE], number = 0;

	while (size > 0) {
		size_t part = size < HASH_SIZE ? size : HASH_SIZE;
		crypto_auth_hmacsha256_init(&state, key.data, key.size);
		if (number++ > 0)
			crypto_auth_hmacsha256_update(&state, block, sizeof(block));
		crypto_auth_hmacsha256_update(&state, info.data, info.size);
		crypto_auth_hmacsha256_update(&state, &number, 1);
		crypto_auth_hmacsha256_final(&state, block);
		memcpy(out, block, part);
		out += part;
		size -= part;
	}
	explicit_bzero(block, sizeof(block));
	explicit_bzero(&state, sizeof(state));
}

void hash_derive(struct secret key, struct secret salt, struct secret info, void *out,
    size_t size)
{
	unsigned char middle[HASH_SIZE];

	if (size > HASH_SIZE * (size_t)255)
		abort();
	hash_hmac(salt, key, middle);
	hash_expand((struct secret){ middle, sizeof(middle) }, info, out, size);
	explicit_bzero(middle, sizeof(middle));
}
