#include "flow/signout.h"

#include "base/id.h"
#include "crypto/bearer.h"
#include "plugin/records.h"
#include "store/farewells.h"
#include "store/logins.h"
#include "store/store.h"

enum { SIGNOUT_READ, SIGNOUT_LOGIN, SIGNOUT_END };

static struct signout *signout_of(struct flow *flow)
{
	return (struct signout *)(void *)flow;
}

static void signout_ask_read(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct bearer bearer;

	if (!bearer_parse(signout->session, &bearer)) {
		flow_skip(flow, SP_NOT_FOUND);
		return;
	}
	struct sp_address at = sessions_at(signout->turn.tenant->id, bearer.id);
	bearer_done(&bearer);
	turn_get(&signout->turn, &at, 1);
}

static bool signout_fits(const struct signout *signout, const struct session *session)
{
	struct bearer bearer;

	if (!bearer_parse(signout->session, &bearer))
		return false;
	bool fits = bearer_opens(&bearer, signout->turn.store->ring, "session", session->hash);
	bearer_done(&bearer);
	return fits;
}

static unsigned signout_foreign(struct signout *signout)
{
	signout->foreign = true;
	return FLOW_END;
}

/* Of a session that was stepped up since, the app may know the id of then. */
static unsigned signout_match(struct signout *signout)
{
	const struct hint *hint = signout->hint;
	const struct session *session = &signout->record;

	if (hint == NULL)
		return SIGNOUT_END;
	if (!id_equal(hint->user, session->user) || id_zero(hint->session))
		return signout_foreign(signout);
	if (id_equal(hint->session, session->id) || id_equal(hint->session, session->root))
		return SIGNOUT_END;
	return signout->app != NULL ? (unsigned)SIGNOUT_LOGIN : signout_foreign(signout);
}

static unsigned signout_got_read(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);

	signout->unavailable = status != SP_OK && status != SP_NOT_FOUND;
	if (answer == NULL || !sessions_read(signout->turn.arena,
	    ((struct sp_records_get *)answer)->records[0], &signout->record) ||
	    !signout_fits(signout, &signout->record))
		return FLOW_END;
	return signout_match(signout);
}

static void signout_ask_login(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct login login = { .user = signout->record.user, .root = signout->record.root,
		.app = signout->app->app_id };
	struct sp_address at = logins_at(signout->turn.tenant->id, &login);

	turn_get(&signout->turn, &at, 1);
}

static unsigned signout_got_login(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);
	struct login login;

	signout->unavailable = status != SP_OK;
	if (status != SP_OK)
		return FLOW_END;
	return logins_read(signout->turn.arena, ((struct sp_records_get *)answer)->records[0],
	    &login) && id_equal(login.session, signout->hint->session) ?
	    (unsigned)SIGNOUT_END : signout_foreign(signout);
}

static void signout_ask_end(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct sp_records_commit *commit = turn_commit(&signout->turn, 2);

	struct farewell farewell = { .user = signout->record.user, .root = signout->record.root };
	sessions_remove(commit, signout->turn.tenant->id, signout->record.id, SP_ANY);
	turn_send_if(&signout->turn, commit,
	    farewells_put(commit, signout->turn.tenant, &farewell));
}

static unsigned signout_got_end(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);

	(void)answer;
	signout->ended = status == SP_OK;
	signout->unavailable = status != SP_OK;
	return FLOW_END;
}

static const struct flow_step signout_steps[] = {
	[SIGNOUT_READ] = { "read", signout_ask_read, signout_got_read,
	    FLOW_TO(SIGNOUT_LOGIN) | FLOW_TO(SIGNOUT_END) | FLOW_TO(FLOW_END) },
	[SIGNOUT_LOGIN] = { "login", signout_ask_login, signout_got_login,
	    FLOW_TO(SIGNOUT_END) | FLOW_TO(FLOW_END) },
	[SIGNOUT_END] = { "end", signout_ask_end, signout_got_end, FLOW_TO(FLOW_END) },
};

void signout_run(struct signout *signout)
{
	signout->ended = signout->unavailable = signout->foreign = false;
	turn_start(&signout->turn, signout_steps, SIGNOUT_READ);
}
