#include "store/chain.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"
#include "store/store.h"

#include <string.h>

#define FORMAT 1u
#define LINK_PURPOSE "audit link"	/* one is no proof for the other */
#define ENDS_PURPOSE "audit ends"

enum { NUMBER = 8 };	/* bytes, the highest first */

static void number_write(unsigned char out[NUMBER], uint64_t number)
{
	for (size_t i = 0; i < NUMBER; i++)
		out[i] = (unsigned char)(number >> (8 * (NUMBER - 1 - i)));
}

static uint64_t number_read(const unsigned char *byte)
{
	uint64_t number = 0;

	for (size_t i = 0; i < NUMBER; i++)
		number = number << 8 | byte[i];
	return number;
}

struct sp_address chain_at(struct sp_id tenant, uint64_t sequence)
{
	unsigned char key[NUMBER];

	number_write(key, sequence);
	return kinds_at(id_zero(tenant) ? KIND_SERVER_CHAIN : KIND_CHAIN, tenant, key,
	    sizeof(key));
}

struct sp_address chain_all(struct sp_id tenant)
{
	return kinds_at(id_zero(tenant) ? KIND_SERVER_CHAIN : KIND_CHAIN, tenant, NULL, 0);
}

struct sp_address chain_ends_at(struct sp_id tenant)
{
	return kinds_at(id_zero(tenant) ? KIND_SERVER_CHAIN_ENDS : KIND_CHAIN_ENDS, tenant,
	    "ends", 4);
}

bool chain_sequence(const struct sp_record *record, uint64_t *out_sequence)
{
	if (record->at.key.size != NUMBER)
		return false;
	*out_sequence = number_read(record->at.key.data);
	return true;
}

/* All that a link says, with the tenant that it says it of. */
static void link_hash(const struct store *store, struct sp_id tenant,
    const struct chain_link *link, unsigned char out[HASH_SIZE])
{
	struct arena arena;
	struct pack pack;

	arena_init(&arena, NULL, 0);
	pack_begin(&pack, &arena, FORMAT);
	pack_id(&pack, tenant);
	pack_number(&pack, link->sequence);
	pack_signed(&pack, link->at);
	pack_id(&pack, link->id);
	pack_bytes(&pack, link->before, HASH_SIZE);
	pack_text(&pack, link->json);
	struct sp_bytes all = pack_end(&pack);
	hash_keyed(&store->hash, LINK_PURPOSE, (struct secret){ all.data, all.size }, out);
	arena_done(&arena);
}

static void ends_hash(const struct store *store, struct sp_id tenant,
    const struct chain_ends *ends, unsigned char out[HASH_SIZE])
{
	struct arena arena;
	struct pack pack;

	arena_init(&arena, NULL, 0);
	pack_begin(&pack, &arena, FORMAT);
	pack_id(&pack, tenant);
	pack_number(&pack, ends->last);
	pack_bytes(&pack, ends->last_own, HASH_SIZE);
	pack_number(&pack, ends->floor);
	pack_bytes(&pack, ends->floor_own, HASH_SIZE);
	pack_signed(&pack, ends->at);
	struct sp_bytes all = pack_end(&pack);
	hash_keyed(&store->hash, ENDS_PURPOSE, (struct secret){ all.data, all.size }, out);
	arena_done(&arena);
}

bool chain_add(struct sp_records_commit *commit, const struct store *store, struct sp_id tenant,
    struct chain_ends *ends, const struct chain_entry *entry)
{
	struct chain_link link = { .sequence = ends->last + 1, .at = entry->at, .id = entry->id,
		.json = entry->json };
	unsigned char at[NUMBER];
	struct pack pack;

	memcpy(link.before, ends->last_own, HASH_SIZE);
	link_hash(store, tenant, &link, link.own);
	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_bytes(&pack, link.own, HASH_SIZE);
	pack_bytes(&pack, link.before, HASH_SIZE);
	pack_id(&pack, link.id);
	number_write(at, (uint64_t)link.at);
	pack_bytes(&pack, at, sizeof(at));
	pack_number(&pack, link.sequence);
	pack_text(&pack, link.json);
	if (!kinds_put(commit, chain_at(tenant, link.sequence), pack_end(&pack), 0, SP_ABSENT))
		return false;
	ends->last = link.sequence;
	memcpy(ends->last_own, link.own, HASH_SIZE);
	return true;
}

void chain_cut(struct sp_records_commit *commit, struct sp_id tenant, struct chain_ends *ends,
    const struct chain_link *link, uint64_t revision)
{
	kinds_remove(commit, chain_at(tenant, link->sequence), revision);
	ends->floor = link->sequence;
	memcpy(ends->floor_own, link->own, HASH_SIZE);
}

void chain_ends_put(struct sp_records_commit *commit, const struct store *store,
    struct sp_id tenant, const struct chain_ends *ends)
{
	struct chain_ends now = *ends;
	unsigned char own[HASH_SIZE];
	struct pack pack;

	now.at = commit->op.now;
	ends_hash(store, tenant, &now, own);
	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_bytes(&pack, own, HASH_SIZE);
	pack_number(&pack, now.last);
	pack_bytes(&pack, now.last_own, HASH_SIZE);
	pack_number(&pack, now.floor);
	pack_bytes(&pack, now.floor_own, HASH_SIZE);
	pack_signed(&pack, now.at);
	(void)kinds_put(commit, chain_ends_at(tenant), pack_end(&pack), 0, now.revision);
}

static void unpack_hash(struct unpack *unpack, unsigned char out[HASH_SIZE])
{
	struct sp_bytes bytes = unpack_bytes(unpack);

	if (bytes.size == HASH_SIZE)
		memcpy(out, bytes.data, HASH_SIZE);
	else
		unpack->wrong = true;
}

enum chain_found chain_ends_read(struct arena *arena, const struct store *store,
    struct sp_id tenant, const struct sp_record *record, struct chain_ends *out_ends)
{
	struct chain_ends ends = { .revision = record->revision };
	unsigned char own[HASH_SIZE] = { 0 }, should[HASH_SIZE];
	struct unpack unpack;

	if (record->revision == 0) {
		*out_ends = ends;
		return CHAIN_NONE;
	}
	unpack_begin(&unpack, arena, record->value, FORMAT);
	unpack_hash(&unpack, own);
	ends.last = unpack_number(&unpack);
	unpack_hash(&unpack, ends.last_own);
	ends.floor = unpack_number(&unpack);
	unpack_hash(&unpack, ends.floor_own);
	ends.at = unpack_signed(&unpack);
	ends_hash(store, tenant, &ends, should);
	if (!unpack_ok(&unpack) || record->expires != 0 || memcmp(own, should, HASH_SIZE) != 0)
		return CHAIN_WRONG;
	*out_ends = ends;
	return CHAIN_FOUND;
}

bool chain_read(struct arena *arena, const struct sp_record *record, struct chain_link *out_link)
{
	struct chain_link link = { .sequence = 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	unpack_hash(&unpack, link.own);
	unpack_hash(&unpack, link.before);
	link.id = unpack_id(&unpack);
	struct sp_bytes at = unpack_bytes(&unpack);
	link.sequence = unpack_number(&unpack);
	link.json = unpack_text(&unpack);
	if (!unpack_ok(&unpack) || at.size != NUMBER || link.json == NULL || record->expires != 0)
		return false;
	link.at = (int64_t)number_read(at.data);
	*out_link = link;
	return true;
}

bool chain_true(const struct store *store, struct sp_id tenant, const struct chain_link *link)
{
	unsigned char own[HASH_SIZE];

	link_hash(store, tenant, link, own);
	return memcmp(own, link->own, HASH_SIZE) == 0;
}
