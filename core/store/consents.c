#include "store/consents.h"

#include "base/pack.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"

#define FORMAT 1u

struct sp_address consents_at(struct sp_id tenant, struct sp_id user, struct sp_id app)
{
	return kinds_at_pair(KIND_CONSENT, tenant, user, app);
}

struct sp_address consents_of(struct sp_id tenant, struct sp_id user)
{
	return kinds_at_id(KIND_CONSENT, tenant, user);
}

bool consents_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct consent *consent, uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_text(&pack, consent->scope);
	pack_signed(&pack, consent->given);
	return kinds_put(commit, consents_at(tenant, consent->user, consent->app),
	    pack_end(&pack), 0, expect);
}

void consents_remove(struct sp_records_commit *commit, struct sp_id tenant,
    const struct consent *consent, uint64_t expect)
{
	kinds_remove(commit, consents_at(tenant, consent->user, consent->app), expect);
}

void consents_check(struct sp_records_commit *commit, struct sp_id tenant,
    const struct consent *consent, uint64_t revision)
{
	commit_add(commit, SP_CHECK, consents_at(tenant, consent->user, consent->app), revision);
}

bool consents_read(struct arena *arena, const struct sp_record *record,
    struct consent *out_consent)
{
	struct consent consent = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &consent.user) ||
	    !kinds_id(record, sizeof(struct sp_id), &consent.app))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	consent.scope = unpack_text(&unpack);
	consent.given = unpack_signed(&unpack);
	if (!unpack_ok(&unpack) || consent.scope == NULL)
		return false;
	*out_consent = consent;
	return true;
}
