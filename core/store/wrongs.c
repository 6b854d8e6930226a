#include "store/wrongs.h"

#include "base/pack.h"
#include "crypto/hash.h"
#include "crypto/ring.h"
#include "plugin/op.h"
#include "store/kinds.h"
#include "store/store.h"

#include <string.h>

#define FORMAT 1u
#define KEEP (INT64_C(24) * 3600 * 1000)
#define MARK 0xff	/* behind the subject: no budget's number */

struct sp_address wrongs_at(const struct budget_place *place)
{
	unsigned char key[sizeof(place->subject) + 2];

	memcpy(key, &place->subject, sizeof(place->subject));
	key[sizeof(place->subject)] = MARK;
	key[sizeof(place->subject) + 1] = (unsigned char)place->kind;
	return kinds_at(KIND_BUDGET, place->tenant, key, sizeof(key));
}

bool wrongs_read(const struct sp_record *record, struct wrongs *out_wrongs)
{
	struct wrongs wrongs = { 0 };
	struct unpack unpack;

	if (record->revision == 0) {
		*out_wrongs = wrongs;
		return true;
	}
	unpack_begin(&unpack, NULL, record->value, FORMAT);
	while (unpack_more(&unpack) && wrongs.count < WRONGS_MOST) {
		struct sp_bytes hash = unpack_bytes(&unpack);
		if (hash.size != WRONGS_HASH)
			return false;
		memcpy(wrongs.hash[wrongs.count++], hash.data, WRONGS_HASH);
	}
	if (!unpack_ok(&unpack))
		return false;
	*out_wrongs = wrongs;
	return true;
}

void wrongs_put(struct sp_records_commit *commit, const struct budget_place *place,
    const struct wrongs *wrongs, int64_t now)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	for (size_t i = 0; i < wrongs->count; i++)
		pack_bytes(&pack, wrongs->hash[i], WRONGS_HASH);
	(void)kinds_put(commit, wrongs_at(place), pack_end(&pack), now + KEEP, SP_ANY);
}

/* Bound to the subject, so that equal passwords of two accounts don't look alike. */
static void wrong_hash(const struct store *store, const struct budget_place *place,
    struct secret password, uint8_t out_hash[WRONGS_HASH])
{
	unsigned char whole[HASH_SIZE], bound[HASH_SIZE + sizeof(place->subject)];
	struct hash_key key;

	ring_hash_key(store->ring, "wrong password", &key);
	hash_keyed(&key, "wrong password", password, whole);
	memcpy(bound, whole, sizeof(whole));
	memcpy(bound + sizeof(whole), &place->subject, sizeof(place->subject));
	hash_keyed(&key, "wrong password of", (struct secret){ bound, sizeof(bound) }, whole);
	memcpy(out_hash, whole, WRONGS_HASH);
	explicit_bzero(&key, sizeof(key));
	explicit_bzero(bound, sizeof(bound));
	explicit_bzero(whole, sizeof(whole));
}

bool wrongs_again(struct wrongs *wrongs, const struct store *store,
    const struct budget_place *place, struct secret password)
{
	uint8_t hash[WRONGS_HASH];
	bool again = false;

	wrong_hash(store, place, password, hash);
	for (size_t i = 0; i < wrongs->count; i++)
		again |= secret_equal((struct secret){ hash, WRONGS_HASH },
		    (struct secret){ wrongs->hash[i], WRONGS_HASH });
	if (again)
		return true;
	memmove(wrongs->hash[1], wrongs->hash[0], (WRONGS_MOST - 1) * WRONGS_HASH);
	memcpy(wrongs->hash[0], hash, WRONGS_HASH);
	if (wrongs->count < WRONGS_MOST)
		wrongs->count++;
	return false;
}
