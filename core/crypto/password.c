#include "crypto/password.h"

#include "base/arena.h"
#include "base/fatal.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/foreign.h"
#include "crypto/phc.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define HEAD "$argon2id$v=19$"
#define MEMORY_MIN 8u			/* KiB */
#define MEMORY_MAX (256u << 10)
#define PASSES_MAX 64u
#define WORK_MAX ((uint64_t)1 << 20)	/* KiB in all passes: about a second */
#define LANES_MAX 16u

/* libsodium finds out what the processor can do; without that it is three times slower. */
static void password_begin(void)
{
	if (sodium_init() < 0)
		abort();
}

static void password_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, password_begin);
}

bool password_cost_enough(const struct password_cost *cost)
{
	return cost->memory >= PASSWORD_COST.memory && cost->passes >= PASSWORD_COST.passes;
}

bool password_cost_possible(const struct password_cost *cost)
{
	return cost->memory >= MEMORY_MIN && cost->memory <= MEMORY_MAX && cost->passes >= 1 &&
	    cost->passes <= PASSES_MAX && (uint64_t)cost->memory * cost->passes <= WORK_MAX;
}

static bool password_acceptable(struct secret password)
{
	return password.size > 0 && password.size <= PASSWORD_BYTES_MAX &&
	    text_utf8((const char *)password.data, password.size);
}

static bool password_ascii(struct secret password)
{
	for (size_t i = 0; i < password.size; i++)
		if (password.data[i] >= 0x80)
			return false;
	return true;
}

/* NFC, in the arena: utf8proc's own buffers would not be wiped. */
static struct secret password_normal(struct arena *arena, struct secret password)
{
	static const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	const utf8proc_uint8_t *text = password.data;
	utf8proc_ssize_t size = (utf8proc_ssize_t)password.size;

	if (password_ascii(password))
		return password;
	utf8proc_ssize_t points = utf8proc_decompose(text, size, NULL, 0, options);
	if (points < 0)
		abort();	/* it is UTF-8, and short */
	utf8proc_int32_t *buffer = arena_alloc(arena, ((size_t)points + 1) * sizeof(*buffer));
	if (utf8proc_decompose(text, size, buffer, points, options) != points)
		abort();
	utf8proc_ssize_t length = utf8proc_reencode(buffer, points, options);
	if (length < 0)
		abort();
	return (struct secret){ (const unsigned char *)buffer, (size_t)length };
}

char *password_hash(struct arena *arena, struct secret password,
    const struct password_cost *cost)
{
	struct arena work = { 0 };

	if (!password_acceptable(password))
		return NULL;
	if (!password_cost_possible(cost))
		abort();	/* the settings' table allows no such thing */
	password_ready();
	char *verifier = arena_alloc(arena, crypto_pwhash_argon2id_STRBYTES);
	struct secret normal = password_normal(&work, password);
	if (crypto_pwhash_argon2id_str(verifier, (const char *)normal.data, normal.size,
	    cost->passes, (size_t)cost->memory * 1024) != 0)
		fatal("out of memory");
	arena_done(&work);
	return verifier;
}

/* What an Argon2id verifier costs; false for any other. */
static bool password_own(struct arena *arena, const char *verifier,
    struct password_cost *out_cost)
{
	struct phc phc = { .head = HEAD, .number = { { "m", MEMORY_MIN, MEMORY_MAX, 0, 0 },
		{ "t", 1, PASSES_MAX, 0, 0 }, { "p", 1, LANES_MAX, 0, 0 } }, .count = 3 };

	if (!phc_parse(arena, verifier, &phc))
		return false;
	*out_cost = (struct password_cost){ phc.number[0].value, phc.number[1].value };
	return password_cost_possible(out_cost);
}

static enum password_result password_verify_own(struct secret normal, const char *verifier)
{
	password_ready();
	errno = 0;
	if (crypto_pwhash_argon2id_str_verify(verifier, (const char *)normal.data,
	    normal.size) == 0)
		return PASSWORD_RIGHT;
	/* So libsodium tells "another password" from "could not". */
	return errno == EINVAL ? PASSWORD_WRONG : PASSWORD_BROKEN;
}

static enum password_result password_verify_foreign(struct arena *arena, struct secret password,
    struct secret normal, const char *verifier)
{
	enum password_result result = foreign_verify(arena, normal, verifier);

	if (result == PASSWORD_WRONG && !secret_equal(password, normal))
		result = foreign_verify(arena, password, verifier);
	return result;
}

enum password_result password_verify(struct secret password, const char *verifier)
{
	struct arena arena = { 0 };
	struct password_cost cost;
	enum password_result result;

	if (verifier == NULL)
		return PASSWORD_BROKEN;
	if (!password_acceptable(password))
		return PASSWORD_WRONG;
	struct secret normal = password_normal(&arena, password);
	if (password_own(&arena, verifier, &cost))
		result = password_verify_own(normal, verifier);
	else
		result = password_verify_foreign(&arena, password, normal, verifier);
	arena_done(&arena);
	return result;
}

bool password_stale(const char *verifier, const struct password_cost *cost)
{
	struct arena arena = { 0 };
	struct password_cost had;

	bool own = verifier != NULL && password_own(&arena, verifier, &had);
	arena_done(&arena);
	return !own || had.memory < cost->memory || had.passes < cost->passes;
}

/* Random bytes where the hash would be: no password is known to give them. */
char *password_dummy(struct arena *arena, const struct password_cost *cost)
{
	unsigned char bytes[16 + 32];
	char salt[23], hash[44];

	random_fill(bytes, sizeof(bytes));
	sodium_bin2base64(salt, sizeof(salt), bytes, 16, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	sodium_bin2base64(hash, sizeof(hash), bytes + 16, 32,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	return text_print(arena, HEAD "m=%u,t=%u,p=1$%s$%s", (unsigned)cost->memory,
	    (unsigned)cost->passes, salt, hash);
}
