#include "store/signins.h"

#include "base/id.h"
#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"

#include <string.h>

struct sp_address signins_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_SIGNIN, tenant, id);
}

struct sp_address signins_all(struct sp_id tenant)
{
	return kinds_at(KIND_SIGNIN, tenant, NULL, 0);
}

bool signins_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct signin_record *signin, int64_t retention)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), SIGNIN_FORMAT);
	signin_pack(&pack, signin);
	return kinds_put(commit, signins_at(tenant, signin->id), pack_end(&pack),
	    signin->at + retention, SP_ABSENT);
}

static bool signins_by(void (*by)(struct unpack *unpack, struct signin_record *out_signin),
    struct arena *arena, const struct sp_record *record, struct signin_record *out_signin)
{
	struct signin_record signin = { 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, arena, record->value, SIGNIN_FORMAT);
	by(&unpack, &signin);
	if (!unpack_ok(&unpack))
		return false;
	*out_signin = signin;
	return true;
}

bool signins_read(struct arena *arena, const struct sp_record *record,
    struct signin_record *out_signin)
{
	return signins_by(signin_unpack, arena, record, out_signin);
}

bool signins_read_facts(struct arena *arena, const struct sp_record *record,
    struct signin_record *out_signin)
{
	return signins_by(signin_unpack_facts, arena, record, out_signin);
}

/* Without reading the rest. */
bool signins_of(const struct sp_record *record, struct sp_id user)
{
	struct unpack unpack;

	unpack_begin(&unpack, NULL, record->value, SIGNIN_FORMAT);
	(void)unpack_id(&unpack);
	return id_equal(unpack_id(&unpack), user) && !unpack.wrong;
}

bool signins_forget(struct sp_records_commit *commit, struct sp_id tenant,
    const struct sp_record *record)
{
	struct arena *arena = op_arena(&commit->op);
	struct signin_record signin;
	struct pack pack;
	struct sp_id key;

	if (!kinds_id(record, 0, &key))
		return true;	/* no sign-in's */
	if (!signins_read(arena, record, &signin)) {
		kinds_remove(commit, signins_at(tenant, key), record->revision);
		return true;
	}
	if (signin.source == NULL && signin.agent == NULL && signin.identifier == NULL)
		return true;
	signin.source = signin.agent = signin.identifier = NULL;
	pack_begin(&pack, arena, SIGNIN_FORMAT);
	signin_pack(&pack, &signin);
	return kinds_put(commit, signins_at(tenant, key), pack_end(&pack), record->expires,
	    record->revision);
}

/* Where signin_pack() puts them: behind the format and the id of the record itself. */
bool signins_whose(const struct sp_record *record, struct signins_whose *out_whose)
{
	const unsigned char *at = record->value.data;
	const size_t size = sizeof(struct sp_id);

	if (record->revision == 0 || record->value.size < 1 + 3 * size || at[0] > SIGNIN_FORMAT ||
	    !kinds_id(record, 0, &out_whose->id))
		return false;
	memcpy(&out_whose->user, at + 1 + size, size);
	memcpy(&out_whose->app, at + 1 + 2 * size, size);
	return true;
}
