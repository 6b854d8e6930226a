#include "store/challenges.h"

#include "base/pack.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"

#include <string.h>

#define FORMAT 1u

struct sp_address challenges_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_CHALLENGE, tenant, id);
}

struct sp_address challenges_tries_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_TRIES, tenant, id);
}

static void passcode_pack(struct pack *pack, const struct passcode *passcode)
{
	pack_id(pack, passcode->id);
	pack_id(pack, passcode->journey);
	pack_number(pack, passcode->purpose);
	pack_bytes(pack, passcode->hash, sizeof(passcode->hash));
	pack_number(pack, passcode->old_count);
	for (size_t i = 0; i < passcode->old_count; i++)
		pack_bytes(pack, passcode->old[i], sizeof(passcode->old[i]));
	pack_text(pack, passcode->address);
	pack_text(pack, passcode->mask);
	pack_text(pack, passcode->reference);
	pack_signed(pack, passcode->sent);
	pack_signed(pack, passcode->expires);
	pack_signed(pack, passcode->resends);
	pack_number(pack, passcode->decoy);
	pack_number(pack, passcode->refused);
}

bool challenges_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct passcode *passcode, int64_t until, uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	passcode_pack(&pack, passcode);
	return kinds_put(commit, challenges_at(tenant, passcode->id), pack_end(&pack), until,
	    expect);
}

void challenges_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect)
{
	kinds_remove(commit, challenges_at(tenant, id), expect);
	kinds_remove(commit, challenges_tries_at(tenant, id), SP_ANY);
}

static bool hash_unpack(struct unpack *unpack, uint8_t hash[32])
{
	struct sp_bytes bytes = unpack_bytes(unpack);

	if (bytes.size != 32)
		return false;
	memcpy(hash, bytes.data, 32);
	return true;
}

static bool passcode_unpack(struct unpack *unpack, struct passcode *passcode)
{
	passcode->id = unpack_id(unpack);
	passcode->journey = unpack_id(unpack);
	passcode->purpose = (enum passcode_purpose)unpack_number(unpack);
	if (!hash_unpack(unpack, passcode->hash))
		return false;
	passcode->old_count = unpack_number(unpack);
	if (passcode->old_count > PASSCODE_OLD)
		return false;
	for (size_t i = 0; i < passcode->old_count; i++)
		if (!hash_unpack(unpack, passcode->old[i]))
			return false;
	passcode->address = unpack_text(unpack);
	passcode->mask = unpack_text(unpack);
	passcode->reference = unpack_text(unpack);
	passcode->sent = unpack_signed(unpack);
	passcode->expires = unpack_signed(unpack);
	passcode->resends = unpack_signed(unpack);
	passcode->decoy = unpack_number(unpack) != 0;
	passcode->refused = unpack_number(unpack) != 0;
	return unpack_ok(unpack) && passcode->purpose <= PASSCODE_SECOND;
}

bool challenges_read(struct arena *arena, const struct sp_record *record,
    struct passcode *out_passcode)
{
	struct passcode passcode = { 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	if (!passcode_unpack(&unpack, &passcode))
		return false;
	*out_passcode = passcode;
	return true;
}

/* Tries. */

const struct sp_change *challenges_try(struct sp_records_commit *commit, struct sp_id tenant,
    struct sp_id id, int64_t most, int64_t window)
{
	struct sp_change *change = commit_add(commit, SP_ADD, challenges_tries_at(tenant, id),
	    SP_ANY);

	change->delta = 1;
	change->limit = most;
	change->window = window > 0 ? window : 1;
	return change;
}

void challenges_try_back(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id)
{
	struct sp_change *change = commit_add(commit, SP_ADD, challenges_tries_at(tenant, id),
	    SP_ANY);

	change->delta = -1;
	change->limit = INT64_MAX;
}

bool challenges_used_up(const struct sp_records_commit *answer, struct sp_id tenant,
    struct sp_id id)
{
	return answer->failed != NULL &&
	    answer->failed == kinds_change(answer, SP_ADD, challenges_tries_at(tenant, id));
}

int64_t challenges_tries(const struct sp_record *record)
{
	return kinds_counter(record);
}
