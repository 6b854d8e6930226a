#include "flow/signout.h"

#include "crypto/bearer.h"
#include "crypto/ring.h"
#include "store/sessions.h"
#include "store/store.h"

#include <string.h>

enum { SIGNOUT_READ, SIGNOUT_END };

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
	struct hash_key key;

	if (!bearer_parse(signout->session, &bearer))
		return false;
	ring_hash_key(signout->turn.store->ring, "bearer", &key);
	bool fits = bearer_fits(&bearer, &key, "session",
	    (struct sp_bytes){ session->hash, sizeof(session->hash) });
	explicit_bzero(&key, sizeof(key));
	bearer_done(&bearer);
	return fits;
}

static unsigned signout_got_read(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);
	struct session session;

	signout->unavailable = status != SP_OK && status != SP_NOT_FOUND;
	if (answer == NULL || !sessions_read(signout->turn.arena,
	    ((struct sp_records_get *)answer)->records[0], &session) ||
	    !signout_fits(signout, &session))
		return FLOW_END;
	signout->id = session.id;
	return SIGNOUT_END;
}

static void signout_ask_end(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct sp_records_commit *commit = turn_commit(&signout->turn, 1);

	sessions_remove(commit, signout->turn.tenant->id, signout->id, SP_ANY);
	turn_send(&signout->turn, commit);
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
	    FLOW_TO(SIGNOUT_END) | FLOW_TO(FLOW_END) },
	[SIGNOUT_END] = { "end", signout_ask_end, signout_got_end, FLOW_TO(FLOW_END) },
};

void signout_run(struct signout *signout)
{
	signout->ended = signout->unavailable = false;
	turn_start(&signout->turn, signout_steps, SIGNOUT_READ);
}
