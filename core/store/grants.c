#include "store/grants.h"

#include "base/pack.h"
#include "crypto/bearer.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"
#include "store/store.h"

#include <string.h>

#define FORMAT 3u	/* 2: wishes; 3: origin */
#define NUMBER_SIZE 4u	/* of a secret; the hash is cut to what is left, 224 bits */
#define NUMBER_MOST UINT32_MAX

struct sp_address grants_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_GRANT, tenant, id);
}

bool grants_put(struct sp_records_commit *commit, struct sp_id tenant, const struct grant *grant,
    int64_t expires, uint64_t expect)
{
	struct pack pack;

	if (grant->generation > NUMBER_MOST)
		return false;
	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, grant->id);
	pack_id(&pack, grant->user);
	pack_id(&pack, grant->session);
	pack_bytes(&pack, grant->seed, sizeof(grant->seed));
	pack_text(&pack, grant->client_id);
	pack_text(&pack, grant->scope);
	pack_text(&pack, grant->resources);
	pack_text(&pack, grant->issuer);
	pack_number(&pack, grant->epoch);
	pack_number(&pack, grant->factors);
	pack_signed(&pack, grant->signed_in);
	pack_signed(&pack, grant->factor_time);
	pack_number(&pack, grant->single_mailbox);
	pack_number(&pack, grant->spa);
	pack_number(&pack, grant->generation);
	pack_signed(&pack, grant->began);
	pack_signed(&pack, grant->rotated);
	wishes_pack(&pack, &grant->wishes);
	origin_pack(&pack, &grant->origin);
	return kinds_put(commit, grants_at(tenant, grant->id), pack_end(&pack), expires, expect);
}

void grants_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect)
{
	kinds_remove(commit, grants_at(tenant, id), expect);
}

void grants_check(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t revision)
{
	commit_add(commit, SP_CHECK, grants_at(tenant, id), revision);
}

static bool grant_unpack(struct unpack *unpack, struct grant *grant)
{
	grant->id = unpack_id(unpack);
	grant->user = unpack_id(unpack);
	grant->session = unpack_id(unpack);
	struct sp_bytes seed = unpack_bytes(unpack);
	if (seed.size != sizeof(grant->seed))
		return false;
	memcpy(grant->seed, seed.data, seed.size);
	grant->client_id = unpack_text(unpack);
	grant->scope = unpack_text(unpack);
	grant->resources = unpack_text(unpack);
	grant->issuer = unpack_text(unpack);
	grant->epoch = unpack_number(unpack);
	grant->factors = (uint32_t)unpack_number(unpack);
	grant->signed_in = unpack_signed(unpack);
	grant->factor_time = unpack_signed(unpack);
	grant->single_mailbox = unpack_number(unpack) != 0;
	grant->spa = unpack_number(unpack) != 0;
	grant->generation = unpack_number(unpack);
	grant->began = unpack_signed(unpack);
	grant->rotated = unpack_signed(unpack);
	if (unpack->format > 1)
		wishes_unpack(unpack, &grant->wishes);
	if (unpack->format > 2)
		origin_unpack(unpack, &grant->origin);
	return unpack_ok(unpack);
}

bool grants_read(struct arena *arena, const struct sp_record *record, struct grant *out_grant)
{
	struct grant grant = { 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	if (!grant_unpack(&unpack, &grant))
		return false;
	*out_grant = grant;
	return true;
}

/* The number, big-endian, and the hash. */
static void grant_secret(const struct store *store, const struct grant *grant,
    uint64_t generation, unsigned char out_secret[BEARER_SECRET])
{
	struct {
		struct sp_id id;
		uint8_t seed[GRANT_SEED];
		unsigned char number[NUMBER_SIZE];
	} message = { .id = grant->id };
	unsigned char hash[HASH_SIZE];

	memcpy(message.seed, grant->seed, sizeof(message.seed));
	for (size_t i = 0; i < NUMBER_SIZE; i++)
		message.number[i] = (unsigned char)(generation >> 8 * (NUMBER_SIZE - 1 - i));
	hash_keyed(&store->hash, "refresh token",
	    (struct secret){ (const unsigned char *)&message, sizeof(message) }, hash);
	memcpy(out_secret, message.number, NUMBER_SIZE);
	memcpy(out_secret + NUMBER_SIZE, hash, BEARER_SECRET - NUMBER_SIZE);
	explicit_bzero(hash, sizeof(hash));
}

char *grants_token(struct arena *arena, const struct store *store, const struct grant *grant,
    uint64_t generation)
{
	struct bearer bearer = { .id = grant->id };

	grant_secret(store, grant, generation, bearer.secret);
	char *token = bearer_format(arena, &bearer);
	bearer_done(&bearer);
	return token;
}

bool grants_knows(const struct store *store, const struct grant *grant,
    const struct bearer *bearer, uint64_t *out_generation)
{
	unsigned char secret[BEARER_SECRET];
	uint64_t generation = 0;

	for (size_t i = 0; i < NUMBER_SIZE; i++)
		generation = generation << 8 | bearer->secret[i];
	grant_secret(store, grant, generation, secret);
	bool knows = secret_equal((struct secret){ secret, sizeof(secret) },
	    (struct secret){ bearer->secret, sizeof(bearer->secret) });
	explicit_bzero(secret, sizeof(secret));
	if (knows)
		*out_generation = generation;
	return knows;
}
