#include "store/sessions.h"

#include "base/id.h"
#include "base/pack.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"

#include <string.h>

#define FORMAT 3u	/* 2: root; 3: next */
#define FOLLOWED INT64_C(3600000)	/* ms that a session that went on is remembered */

struct sp_address sessions_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_SESSION, tenant, id);
}

static bool session_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct session *session, struct sp_id next, uint64_t expect)
{
	int64_t expires = session->expires, soon = commit->op.now + FOLLOWED;
	struct pack pack;

	if (!id_zero(next) && expires > soon)
		expires = soon;
	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, session->id);
	pack_id(&pack, session->user);
	pack_bytes(&pack, session->hash, sizeof(session->hash));
	pack_text(&pack, session->issuer);
	pack_number(&pack, session->epoch);
	pack_number(&pack, session->factors);
	pack_signed(&pack, session->signed_in);
	pack_signed(&pack, session->factor_time);
	pack_signed(&pack, session->used);
	pack_signed(&pack, session->expires);
	pack_number(&pack, session->persistent);
	pack_number(&pack, session->single_mailbox);
	pack_id(&pack, session->root);
	pack_id(&pack, next);
	return kinds_put(commit, sessions_at(tenant, session->id), pack_end(&pack), expires,
	    expect);
}

bool sessions_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct session *session, uint64_t expect)
{
	return session_put(commit, tenant, session, (struct sp_id){ { 0 } }, expect);
}

bool sessions_follow(struct sp_records_commit *commit, struct sp_id tenant,
    const struct session *session, struct sp_id next, uint64_t expect)
{
	return session_put(commit, tenant, session, next, expect);
}

void sessions_check(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t revision)
{
	commit_add(commit, SP_CHECK, sessions_at(tenant, id), revision);
}

void sessions_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect)
{
	kinds_remove(commit, sessions_at(tenant, id), expect);
}

static bool session_unpack(struct unpack *unpack, struct session *session, struct sp_id *out_next)
{
	session->id = unpack_id(unpack);
	session->user = unpack_id(unpack);
	struct sp_bytes hash = unpack_bytes(unpack);
	if (hash.size != sizeof(session->hash))
		return false;
	memcpy(session->hash, hash.data, hash.size);
	session->issuer = unpack_text(unpack);
	session->epoch = unpack_number(unpack);
	session->factors = (uint32_t)unpack_number(unpack);
	session->signed_in = unpack_signed(unpack);
	session->factor_time = unpack_signed(unpack);
	session->used = unpack_signed(unpack);
	session->expires = unpack_signed(unpack);
	session->persistent = unpack_number(unpack) != 0;
	session->single_mailbox = unpack_number(unpack) != 0;
	session->root = unpack->format >= 2 ? unpack_id(unpack) : session->id;
	*out_next = unpack->format >= 3 ? unpack_id(unpack) : (struct sp_id){ { 0 } };
	return unpack_ok(unpack);
}

static bool session_read(struct arena *arena, const struct sp_record *record,
    struct session *out_session, struct sp_id *out_next)
{
	struct session session = { 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	if (!session_unpack(&unpack, &session, out_next))
		return false;
	*out_session = session;
	return true;
}

bool sessions_read(struct arena *arena, const struct sp_record *record,
    struct session *out_session)
{
	struct session session;
	struct sp_id next;

	if (!session_read(arena, record, &session, &next) || !id_zero(next))
		return false;
	*out_session = session;
	return true;
}

bool sessions_followed(struct arena *arena, const struct sp_record *record,
    struct session *out_session, struct sp_id *out_next)
{
	struct session session;
	struct sp_id next;

	if (!session_read(arena, record, &session, &next) || id_zero(next))
		return false;
	*out_session = session;
	*out_next = next;
	return true;
}
