#include "store/accounts.h"

#include "base/pack.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"

#define FORMAT 3u		/* 2: gone; 3: password_changed */
/* Longer than any refresh token or session may live (model/settings.c). */
#define BURIED (731 * INT64_C(24) * 3600 * 1000)

struct sp_address accounts_at(struct sp_id tenant, struct sp_id user)
{
	return kinds_at_id(KIND_ACCOUNT, tenant, user);
}

static bool put(struct sp_records_commit *commit, struct sp_address at,
    const struct account *account, int64_t expires, uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_number(&pack, account->epoch);
	pack_number(&pack, account->blocked);
	pack_signed(&pack, account->created);
	pack_signed(&pack, account->reset);
	pack_number(&pack, account->proven);
	pack_text(&pack, account->locale);
	pack_number(&pack, account->gone);
	pack_signed(&pack, account->password_changed);
	return kinds_put(commit, at, pack_end(&pack), expires, expect);
}

bool accounts_put(struct sp_records_commit *commit, struct sp_address at,
    const struct account *account, uint64_t expect)
{
	return put(commit, at, account, 0, expect);
}

void accounts_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id user,
    uint64_t expect)
{
	kinds_remove(commit, accounts_at(tenant, user), expect);
}

bool accounts_bury(struct sp_records_commit *commit, struct sp_address at,
    const struct account *account, uint64_t expect)
{
	struct account gone = account_gone(account);

	return put(commit, at, &gone, commit->op.now + BURIED, expect);
}

void accounts_check(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id user,
    uint64_t revision)
{
	commit_add(commit, SP_CHECK, accounts_at(tenant, user), revision);
}

bool accounts_read(struct arena *arena, const struct sp_record *record,
    struct account *out_account)
{
	struct account account = { 0 };
	struct unpack unpack;

	if (record->revision != 0) {
		unpack_begin(&unpack, arena, record->value, FORMAT);
		account.epoch = unpack_number(&unpack);
		account.blocked = unpack_number(&unpack) != 0;
		account.created = unpack_signed(&unpack);
		account.reset = unpack_signed(&unpack);
		account.proven = unpack_number(&unpack) != 0;
		account.locale = unpack_text(&unpack);
		account.gone = unpack.format >= 2 && unpack_number(&unpack) != 0;
		account.password_changed = unpack.format >= 3 ? unpack_signed(&unpack) :
		    account.reset;
		if (!unpack_ok(&unpack))
			return false;
	}
	*out_account = account;
	return true;
}
