#include "store/logins.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"

#define FORMAT 1u

struct sp_address logins_at(struct sp_id tenant, const struct login *login)
{
	struct sp_id key[3] = { login->user, login->root, login->app };

	return kinds_at(KIND_LOGIN, tenant, key, sizeof(key));
}

struct sp_address logins_of(struct sp_id tenant, struct sp_id user, struct sp_id root)
{
	return id_zero(root) ? kinds_at_id(KIND_LOGIN, tenant, user) :
	    kinds_at_pair(KIND_LOGIN, tenant, user, root);
}

void logins_after(struct sp_records_list *list, struct sp_id tenant, const struct login *login)
{
	struct sp_address at = logins_at(tenant, login);

	list->after.data = arena_copy(op_arena(&list->op), at.key.data, at.key.size);
	list->after.size = at.key.size;
}

bool logins_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct login *login, int64_t expires)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, login->session);
	pack_number(&pack, login->epoch);
	pack_text(&pack, login->issuer);
	pack_signed(&pack, login->at);
	return kinds_put(commit, logins_at(tenant, login), pack_end(&pack), expires, SP_ANY);
}

void logins_remove(struct sp_records_commit *commit, struct sp_id tenant,
    const struct login *login, uint64_t expect)
{
	kinds_remove(commit, logins_at(tenant, login), expect);
}

bool logins_read(struct arena *arena, const struct sp_record *record, struct login *out_login)
{
	struct login login = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &login.user) ||
	    !kinds_id(record, sizeof(struct sp_id), &login.root) ||
	    !kinds_id(record, 2 * sizeof(struct sp_id), &login.app))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	login.session = unpack_id(&unpack);
	login.epoch = unpack_number(&unpack);
	login.issuer = unpack_text(&unpack);
	login.at = unpack_signed(&unpack);
	if (!unpack_ok(&unpack))
		return false;
	*out_login = login;
	return true;
}
