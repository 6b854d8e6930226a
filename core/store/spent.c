#include "store/spent.h"

#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"

#define FORMAT 1u

struct sp_address spent_at(struct sp_id tenant, struct sp_id code)
{
	return kinds_at_id(KIND_SPENT, tenant, code);
}

void spent_put(struct sp_records_commit *commit, struct sp_id tenant, const struct spent *spent,
    uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, spent->user);
	pack_id(&pack, spent->session);
	pack_id(&pack, spent->op);
	pack_number(&pack, spent->revoked);
	(void)kinds_put(commit, spent_at(tenant, spent->code), pack_end(&pack), spent->until,
	    expect);
}

bool spent_read(const struct sp_record *record, struct spent *out_spent)
{
	struct spent spent = { .until = record->expires };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &spent.code))
		return false;
	unpack_begin(&unpack, NULL, record->value, FORMAT);
	spent.user = unpack_id(&unpack);
	spent.session = unpack_id(&unpack);
	spent.op = unpack_id(&unpack);
	spent.revoked = unpack_number(&unpack) != 0;
	if (!unpack_ok(&unpack))
		return false;
	*out_spent = spent;
	return true;
}
