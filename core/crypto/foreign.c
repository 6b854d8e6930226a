#include "crypto/foreign.h"

#include "base/arena.h"
#include "base/text.h"
#include "crypto/phc.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <string.h>

/* About a second each on a machine of today. */
#define BCRYPT_MAX 14
#define BCRYPT_PASSWORD ((size_t)72)	/* what bcrypt sees of a password */
#define BCRYPT_LENGTH 60u
#define BCRYPT_HASH 31u			/* at its end */
#define PBKDF2_BLOCKS_MAX 2500000u	/* iterations times blocks of the hash */
#define SCRYPT_SIZE_MAX ((uint64_t)1 << 20)	/* N times r: 128 MiB */
#define SCRYPT_WORK_MAX ((uint64_t)1 << 21)	/* N times r times p */
#define SCRYPT_MEMORY ((uint64_t)192 << 20)

static enum password_result foreign_same(const unsigned char *made, const void *wanted,
    size_t size)
{
	return secret_equal((struct secret){ made, size }, (struct secret){ wanted, size }) ?
	    PASSWORD_RIGHT : PASSWORD_WRONG;
}

/* $2b$12$ and 53 characters. */
static bool bcrypt_known(const char *verifier)
{
	static const char letters[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789";

	if (strnlen(verifier, BCRYPT_LENGTH + 1) != BCRYPT_LENGTH || verifier[3] != '$' ||
	    verifier[6] != '$' || strchr("aby", verifier[2]) == NULL ||
	    verifier[4] < '0' || verifier[4] > '9' || verifier[5] < '0' || verifier[5] > '9')
		return false;
	int cost = (verifier[4] - '0') * 10 + verifier[5] - '0';
	return cost >= 4 && cost <= BCRYPT_MAX && strspn(verifier + 7, letters) == 53;
}

static enum password_result bcrypt_verify(struct arena *arena, struct secret password,
    const char *verifier)
{
	if (!bcrypt_known(verifier))
		return PASSWORD_BROKEN;
	size_t length = password.size < BCRYPT_PASSWORD ? password.size : BCRYPT_PASSWORD;
	const char *phrase = text_part(arena, (const char *)password.data, length);
	struct crypt_data *data = arena_alloc(arena, sizeof(*data));
	const char *made = crypt_rn(phrase, verifier, data, (int)sizeof(*data));

	if (made == NULL || strlen(made) != BCRYPT_LENGTH)
		return PASSWORD_BROKEN;
	/* The salt before it may be spelled with stray bits. */
	return foreign_same((const unsigned char *)made + BCRYPT_LENGTH - BCRYPT_HASH,
	    verifier + BCRYPT_LENGTH - BCRYPT_HASH, BCRYPT_HASH);
}

static enum password_result pbkdf2_verify(struct arena *arena, struct secret password,
    const char *verifier, const EVP_MD *digest)
{
	struct phc phc = { .head = digest == EVP_sha256() ? "$pbkdf2-sha256$" : "$pbkdf2-sha512$",
		.number = { { "i", 1, PBKDF2_BLOCKS_MAX, 0, 0 }, { "l", 16, 64, 1, 0 } },
		.count = 2 };
	unsigned char made[64];

	if (!phc_parse(arena, verifier, &phc))
		return PASSWORD_BROKEN;
	uint32_t passes = phc.number[0].value, length = phc.number[1].value;
	size_t size = (size_t)EVP_MD_get_size(digest), blocks = (phc.hash.size + size - 1) / size;
	if ((length != 1 && length != phc.hash.size) || passes * blocks > PBKDF2_BLOCKS_MAX ||
	    PKCS5_PBKDF2_HMAC((const char *)password.data, (int)password.size, phc.salt.data,
	    (int)phc.salt.size, (int)passes, digest, (int)phc.hash.size, made) != 1)
		return PASSWORD_BROKEN;
	enum password_result result = foreign_same(made, phc.hash.data, phc.hash.size);
	explicit_bzero(made, sizeof(made));
	return result;
}

static enum password_result scrypt_verify(struct arena *arena, struct secret password,
    const char *verifier)
{
	struct phc phc = { .head = "$scrypt$", .number = { { "ln", 1, 20, 0, 0 },
		{ "r", 1, 64, 0, 0 }, { "p", 1, 64, 0, 0 } }, .count = 3 };
	unsigned char made[64];

	if (!phc_parse(arena, verifier, &phc))
		return PASSWORD_BROKEN;
	uint64_t n = (uint64_t)1 << phc.number[0].value, r = phc.number[1].value;
	uint64_t p = phc.number[2].value;
	if (n * r > SCRYPT_SIZE_MAX || n * r * p > SCRYPT_WORK_MAX ||
	    EVP_PBE_scrypt((const char *)password.data, password.size, phc.salt.data,
	    phc.salt.size, n, r, p, SCRYPT_MEMORY, made, phc.hash.size) != 1)
		return PASSWORD_BROKEN;
	enum password_result result = foreign_same(made, phc.hash.data, phc.hash.size);
	explicit_bzero(made, sizeof(made));
	return result;
}

enum password_result foreign_verify(struct arena *arena, struct secret password,
    const char *verifier)
{
	if (strncmp(verifier, "$2", 2) == 0)
		return bcrypt_verify(arena, password, verifier);
	if (strncmp(verifier, "$pbkdf2-sha256$", 15) == 0)
		return pbkdf2_verify(arena, password, verifier, EVP_sha256());
	if (strncmp(verifier, "$pbkdf2-sha512$", 15) == 0)
		return pbkdf2_verify(arena, password, verifier, EVP_sha512());
	if (strncmp(verifier, "$scrypt$", 8) == 0)
		return scrypt_verify(arena, password, verifier);
	return PASSWORD_BROKEN;
}
