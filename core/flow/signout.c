#include "flow/signout.h"

#include "base/arena.h"
#include "base/id.h"
#include "crypto/bearer.h"
#include "model/leave.h"
#include "plugin/records.h"
#include "store/farewells.h"
#include "store/sessions.h"
#include "store/store.h"

#include <string.h>

enum { SIGNOUT_READ, SIGNOUT_NEXT, SIGNOUT_LOGIN, SIGNOUT_FRAMES, SIGNOUT_END };
enum { ROUNDS_MOST = 8 };	/* how often we look again when somebody else was first */

static struct signout *signout_of(struct flow *flow)
{
	return (struct signout *)(void *)flow;
}

static void signout_ask_read(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct sp_address at[VISIT_SESSIONS];
	size_t count = present_at(&signout->turn, signout->sessions, at);

	if (count > 0)
		turn_get(&signout->turn, at, count);
	else
		flow_skip(flow, SP_NOT_FOUND);
}

static unsigned signout_foreign(struct signout *signout)
{
	signout->foreign = true;
	return FLOW_END;
}

static bool signout_ends(const struct signout *signout, size_t place)
{
	return signout->ends[place] && !id_zero(signout->present[place].session.id);
}

/* What signed in twice at once on one session has one root: its apps are known already. */
static bool signout_looked(const struct signout *signout, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (signout_ends(signout, i) && id_equal(signout->present[i].session.root,
		    signout->present[place].session.root))
			return true;
	return false;
}

/* One session after another, of those that end. */
static unsigned signout_look(struct signout *signout)
{
	size_t *at = &signout->looking;

	while (*at < VISIT_SESSIONS && (!signout_ends(signout, *at) ||
	    signout_looked(signout, *at)))
		++*at;
	return *at < VISIT_SESSIONS ? SIGNOUT_FRAMES : SIGNOUT_END;
}

static unsigned signout_sure(struct signout *signout)
{
	struct arena *arena = signout->turn.arena;

	if (!leave_frames(signout->turn.tenant))
		return SIGNOUT_END;
	signout->frames = arena_alloc(arena, LOGINS_MOST * sizeof(signout->frames[0]));
	signout->told = arena_alloc(arena, LOGINS_MOST * sizeof(signout->told[0]));
	return signout_look(signout);
}

static unsigned signout_this(struct signout *signout)
{
	signout->ends[signout->own] = true;
	return signout_sure(signout);
}

/* Of a session that was stepped up since, the app may know the id of then. */
static unsigned signout_match(struct signout *signout)
{
	const struct hint *hint = signout->hint;
	size_t *own = &signout->own;

	for (*own = 0; *own < VISIT_SESSIONS; ++*own)
		if (!id_zero(signout->present[*own].session.id) &&
		    id_equal(signout->present[*own].session.user, hint->user))
			break;
	if (*own == VISIT_SESSIONS || id_zero(hint->session))
		return signout_foreign(signout);
	const struct session *session = &signout->present[*own].session;
	if (id_equal(hint->session, session->id) || id_equal(hint->session, session->root))
		return signout_this(signout);
	return signout->app != NULL ? (unsigned)SIGNOUT_LOGIN : signout_foreign(signout);
}

static unsigned signout_judge(struct signout *signout)
{
	bool any = false;

	present_once(signout->present);
	for (size_t i = 0; i < VISIT_SESSIONS; i++) {
		signout->ends[i] = id_zero(signout->present[i].session.id) || signout->hint == NULL;
		any |= !id_zero(signout->present[i].session.id);
	}
	if (!any)
		return FLOW_END;
	return signout->hint != NULL ? signout_match(signout) : signout_sure(signout);
}

static unsigned signout_onward(struct signout *signout)
{
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (!id_zero(signout->present[i].next))
			return SIGNOUT_NEXT;
	return signout_judge(signout);
}

static unsigned signout_got_read(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);

	signout->unavailable = status != SP_OK && status != SP_NOT_FOUND;
	if (answer == NULL)
		return FLOW_END;
	present_read(&signout->turn, signout->sessions, ((struct sp_records_get *)answer)->records,
	    signout->present);
	return signout_onward(signout);
}

/* What the cookies' sessions have gone on as: whose cookie was shown is known already. */
static void signout_ask_next(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct sp_address at[VISIT_SESSIONS];
	size_t count = 0;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (!id_zero(signout->present[i].next))
			at[count++] = sessions_at(signout->turn.tenant->id, signout->present[i].next);
	turn_get(&signout->turn, at, count);
}

static unsigned signout_got_next(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);
	struct sp_record *const *records;
	struct session session;

	signout->unavailable = status != SP_OK;
	if (status != SP_OK)
		return FLOW_END;
	records = ((struct sp_records_get *)answer)->records;
	for (size_t i = 0; i < VISIT_SESSIONS; i++) {
		struct sp_id *next = &signout->present[i].next;
		if (id_zero(*next))
			continue;
		if (sessions_read(signout->turn.arena, *records, &signout->present[i].session) ||
		    !sessions_followed(signout->turn.arena, *records, &session, next))
			*next = (struct sp_id){ { 0 } };
		signout->present[i].revision = (*records)->revision;
		records++;
	}
	return signout_onward(signout);
}

static void signout_ask_login(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	const struct session *session = &signout->present[signout->own].session;
	struct login login = { .user = session->user, .root = session->root,
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
	    &login) && id_equal(login.session, signout->hint->session) ? signout_this(signout) :
	    signout_foreign(signout);
}

static void signout_ask_frames(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	const struct session *session = &signout->present[signout->looking].session;

	turn_call(&signout->turn, &list_new(turn_seat(&signout->turn, BINDING_RECORDS),
	    logins_of(signout->turn.tenant->id, session->user, session->root),
	    LOGINS_MOST)->op);
}

/* A page of more frames than that would help nobody. */
static void signout_frame(struct signout *signout, const struct sp_record *record)
{
	struct login login;
	char client[ID_TEXT];

	if (signout->frame_count == LOGINS_MOST ||
	    !logins_read(signout->turn.arena, record, &login))
		return;
	id_format(login.app, client);
	const struct app *app = tenant_app(signout->turn.tenant, client);
	if (app == NULL || !app->enabled || app->frontchannel_uri == NULL)
		return;
	signout->frames[signout->frame_count++] = leave_frame(signout->turn.arena, app,
	    login.issuer, login.session);
	if (app->backchannel_uri == NULL)
		signout->told[signout->told_count++] = login;
}

static unsigned signout_got_frames(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct signout *signout = signout_of(flow);

	signout->unavailable = status != SP_OK;
	if (status != SP_OK)
		return FLOW_END;
	for (const struct sp_record *record = ((struct sp_records_list *)answer)->first;
	    record != NULL; record = record->next)
		signout_frame(signout, record);
	signout->looking++;
	return signout_look(signout);
}

static bool signout_batch(const struct signout *signout, struct sp_records_commit *commit)
{
	bool good = true;

	for (size_t i = 0; i < VISIT_SESSIONS; i++) {
		const struct session *session = &signout->present[i].session;
		struct farewell farewell = { .user = session->user, .root = session->root };
		if (!signout_ends(signout, i))
			continue;
		sessions_remove(commit, signout->turn.tenant->id, session->id,
		    signout->present[i].revision);
		good = good && farewells_put(commit, signout->turn.tenant, &farewell);
	}
	for (size_t i = 0; i < signout->told_count; i++)
		logins_remove(commit, signout->turn.tenant->id, &signout->told[i], SP_ANY);
	return good;
}

static void signout_ask_end(struct flow *flow)
{
	struct signout *signout = signout_of(flow);
	struct sp_records_commit *commit = turn_commit(&signout->turn,
	    2 * VISIT_SESSIONS + signout->told_count);

	turn_send_if(&signout->turn, commit, signout_batch(signout, commit));
}

/* As if nothing had been read. */
static void signout_clear(struct signout *signout)
{
	memset(signout->present, 0, sizeof(signout->present));
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		signout->ends[i] = true;
	signout->looking = signout->told_count = signout->frame_count = 0;
	signout->unavailable = signout->foreign = false;
}

/* CONFLICT: one of them has just gone on as another, which is what has to end now. */
static unsigned signout_got_end(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct signout *signout = signout_of(flow);

	(void)answer;
	if (status == SP_CONFLICT && ++signout->rounds < ROUNDS_MOST) {
		signout_clear(signout);
		return SIGNOUT_READ;
	}
	signout->unavailable = status != SP_OK;
	return FLOW_END;
}

static const struct flow_step signout_steps[] = {
	[SIGNOUT_READ] = { "read", signout_ask_read, signout_got_read, FLOW_TO(SIGNOUT_NEXT) |
	    FLOW_TO(SIGNOUT_LOGIN) | FLOW_TO(SIGNOUT_FRAMES) | FLOW_TO(SIGNOUT_END) |
	    FLOW_TO(FLOW_END) },
	[SIGNOUT_NEXT] = { "next", signout_ask_next, signout_got_next, FLOW_TO(SIGNOUT_NEXT) |
	    FLOW_TO(SIGNOUT_LOGIN) | FLOW_TO(SIGNOUT_FRAMES) | FLOW_TO(SIGNOUT_END) |
	    FLOW_TO(FLOW_END) },
	[SIGNOUT_LOGIN] = { "login", signout_ask_login, signout_got_login,
	    FLOW_TO(SIGNOUT_FRAMES) | FLOW_TO(SIGNOUT_END) | FLOW_TO(FLOW_END) },
	[SIGNOUT_FRAMES] = { "frames", signout_ask_frames, signout_got_frames,
	    FLOW_TO(SIGNOUT_FRAMES) | FLOW_TO(SIGNOUT_END) | FLOW_TO(FLOW_END) },
	[SIGNOUT_END] = { "end", signout_ask_end, signout_got_end, FLOW_TO(SIGNOUT_READ) |
	    FLOW_TO(FLOW_END) },
};

void signout_run(struct signout *signout)
{
	signout_clear(signout);
	signout->rounds = 0;
	turn_start(&signout->turn, signout_steps, SIGNOUT_READ);
}
