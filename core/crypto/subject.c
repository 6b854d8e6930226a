#include "crypto/subject.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN = 0, CLOSE = 1, BLOCK = 16 };

/* One block, each key for one sector: no mode could add anything. */
static struct sp_id subject_turn(const struct hash_key *key, const char *sector, struct sp_id id,
    int way)
{
	unsigned char derived[HASH_SIZE], out[2 * BLOCK];
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int size = 0;

	hash_keyed(key, "pairwise subject", secret_text(sector), derived);
	if (context == NULL ||
	    EVP_CipherInit_ex(context, EVP_aes_256_ecb(), NULL, derived, NULL, way) != 1 ||
	    EVP_CIPHER_CTX_set_padding(context, 0) != 1 ||
	    EVP_CipherUpdate(context, out, &size, id.byte, BLOCK) != 1 || size != BLOCK)
		abort();
	EVP_CIPHER_CTX_free(context);
	explicit_bzero(derived, sizeof(derived));
	memcpy(id.byte, out, BLOCK);
	return id;
}

struct sp_id subject_close(const struct hash_key *key, const char *sector, struct sp_id id)
{
	return subject_turn(key, sector, id, CLOSE);
}

struct sp_id subject_open(const struct hash_key *key, const char *sector, struct sp_id subject)
{
	return subject_turn(key, sector, subject, OPEN);
}
