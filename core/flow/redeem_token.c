/* redeem_token.c - a token for claims, and what both token flows have in common */
#include "flow/redeem_work.h"

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/jwk.h"
#include "crypto/jws.h"
#include "flow/tally.h"
#include "flow/visit_value.h"
#include "model/access.h"
#include "model/claims.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/sessions.h"
#include "store/subject.h"

unsigned redeem_refuse(struct redeem *redeem, int status, const char *error,
    const char *description)
{
	redeem->status = status;
	redeem->error = error;
	redeem->description = description;
	return FLOW_END;
}

bool redeem_barred(struct redeem *redeem, int status, const char *error, const char *description)
{
	(void)redeem_refuse(redeem, status, error, description);
	return false;
}

unsigned redeem_failed(struct redeem *redeem)
{
	enum { AGAIN_MS = 2000 };

	redeem->wait = AGAIN_MS;
	return redeem_refuse(redeem, 503, "temporarily_unavailable", redeem->work->unsure ?
	    "A part of the service does not answer. It is not known whether anything was spent: "
	    "try again at once, and where it is refused, begin a new sign-in." :
	    "A part of the service does not answer. Nothing was spent; try again.");
}

static void redeem_end(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);

	enum redeem_about about = redeem->work->about;

	if (redeem->token == NULL || about == ABOUT_REVOKE ||
	    (about == ABOUT_INTROSPECT && redeem->error != NULL))
		redeem_log(redeem);
	redeem->turn.finished(&redeem->turn, redeem->turn.arg);
}

/* One line for each token request; a sign-in by a session has no other. */
void redeem_log(const struct redeem *redeem)
{
	static const char *const events[] = { [ABOUT_NOTHING] = "token",
		[ABOUT_INTROSPECT] = "introspect", [ABOUT_REVOKE] = "revoke",
		[ABOUT_PUSH] = "push", [ABOUT_DEVICE] = "device" };
	char user[ID_TEXT];

	if (redeem->work->about == ABOUT_NOTHING)
		tally_count(redeem->turn.tally, redeem->turn.loop,
		    redeem->error == NULL ? TALLY_TOKENS : TALLY_TOKENS_REFUSED);
	id_format(redeem->work->code.user, user);
	LOG_EVENT(redeem->error == NULL ? SP_INFO : SP_WARNING, events[redeem->work->about],
	    { "result", redeem->error == NULL ? "success" : redeem->error },
	    { "tenant", redeem->turn.tenant->name }, { "client_id", redeem->client.client_id },
	    { "user", id_zero(redeem->work->code.user) ? NULL : user },
	    { "source", redeem->turn.source_text },
	    { "request_id", text_print(redeem->turn.arena, "%016llx",
	    (unsigned long long)redeem->turn.request_id) });
}

void redeem_run(struct redeem *redeem, const struct flow_step *steps, unsigned step)
{
	redeem->turn.flow = (struct flow){ .steps = steps, .end = redeem_end };
	redeem->work->proven = step;
	flow_start(&redeem->turn.flow, id_zero(redeem->client.used) ? step : REDEEM_PROVE);
}

void redeem_view(const struct redeem *redeem, struct sp_address out_at[VIEW_COUNT])
{
	const struct code *code = &redeem->work->code;
	struct sp_id tenant = redeem->turn.tenant->id;

	out_at[0] = spent_at(tenant, code->id);
	out_at[1] = accounts_at(tenant, code->user);
	out_at[2] = sessions_at(tenant, code->session);
}

bool redeem_got_view(struct redeem *redeem, const struct sp_op *answer)
{
	struct redeem_work *work = redeem->work;
	struct sp_record *const *records = ((const struct sp_records_get *)answer)->records;

	work->spent_revision = 0;
	if (spent_read(records[0], &work->spent))
		work->spent_revision = records[0]->revision;
	if (!accounts_read(redeem->turn.arena, records[1], &work->account))
		return false;
	work->account_revision = records[1]->revision;
	work->session_revision = 0;
	if (sessions_read(redeem->turn.arena, records[2], &work->session))
		work->session_revision = records[2]->revision;
	return true;
}

bool redeem_stands(const struct redeem *redeem)
{
	const struct redeem_work *work = redeem->work;

	return work->session_revision != 0 && !work->account.blocked &&
	    id_equal(work->session.user, work->code.user) &&
	    work->code.epoch == work->account.epoch &&
	    session_valid(&work->session, redeem->turn.issuer, work->account.epoch,
	    redeem->turn.now);
}

struct sp_id redeem_subject(const struct redeem *redeem)
{
	const struct code *code = &redeem->work->code;
	const struct app *app = tenant_app(redeem->turn.tenant, code->client_id);
	struct sp_id subject = subject_of(redeem->turn.store, app, code->user);

	return id_equal(subject, code->user) ? (struct sp_id){ { 0 } } : subject;
}

char *redeem_payload(struct redeem *redeem, json_t *claims)
{
	char *text = json_write(redeem->turn.arena, claims);

	json_decref(claims);
	return text;
}

static unsigned token_invalid(struct redeem *redeem)
{
	if (redeem->work->about != ABOUT_NOTHING)
		return about_inactive(redeem);
	return redeem_refuse(redeem, 401, "invalid_token", "The access token is not valid here.");
}

/* And the family that renews the token, where there is one. */
static void token_ask_view(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_id family = redeem->work->grant.id;
	struct sp_address at[VIEW_ROOM];

	redeem_view(redeem, at);
	at[VIEW_COUNT] = grants_at(redeem->turn.tenant->id, family);
	turn_get(&redeem->turn, at, id_zero(family) ? VIEW_COUNT : VIEW_ROOM);
}

/* It lives as long as the family, whose record is gone when it ends. An access token that was
 * revoked alone is on record too: that is no end of the refresh tokens, which share its id. */
static bool token_renewed_stands(struct redeem *redeem, const struct sp_record *record)
{
	struct redeem_work *work = redeem->work;
	struct grant grant;

	return grants_read(redeem->turn.arena, record, &grant) &&
	    (redeem->refresh != NULL || work->spent_revision == 0 || !work->spent.revoked) &&
	    id_equal(grant.user, work->code.user) && grant.epoch == work->account.epoch &&
	    text_same(grant.client_id, work->code.client_id) && !work->account.blocked;
}

/* A token without a family is as good as its session. */
static bool token_stands(struct redeem *redeem, const struct sp_op *answer)
{
	struct redeem_work *work = redeem->work;

	if (!id_zero(work->grant.id))
		return token_renewed_stands(redeem,
		    ((const struct sp_records_get *)answer)->records[VIEW_COUNT]);
	work->code.epoch = work->session.epoch;	/* the token says none; the session must hold */
	return work->spent_revision != 0 && !work->spent.revoked && redeem_stands(redeem);
}

/* Without a customer it is as good as the API that it is for, until it is revoked. */
static unsigned token_alone(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	const struct app *api = tenant_app(redeem->turn.tenant, work->access.audience);

	if (api == NULL || !api->enabled || (work->spent_revision != 0 && work->spent.revoked))
		return token_invalid(redeem);
	redeem->status = 200;
	redeem->claims = work->active;
	return FLOW_END;
}

static unsigned token_got_view(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	if (status != SP_OK || !redeem_got_view(redeem, answer))
		return redeem_failed(redeem);
	if (redeem->work->access.alone)
		return token_alone(redeem);
	return token_stands(redeem, answer) ? TOKEN_USER : token_invalid(redeem);
}

static void token_ask_user(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);

	turn_call(&redeem->turn, &users_get(turn_seat(&redeem->turn, BINDING_USERS),
	    redeem->turn.tenant->id, redeem->work->code.user)->op);
}

static unsigned token_got_user(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;

	if (status != SP_OK && status != SP_NOT_FOUND)
		return redeem_failed(redeem);
	if (status == SP_NOT_FOUND || !((struct sp_users_find *)answer)->user->enabled)
		return token_invalid(redeem);
	redeem->status = 200;
	redeem->claims = work->active;
	if (work->active != NULL)
		return FLOW_END;
	work->user = visit_copy_user(redeem->turn.arena, ((struct sp_users_find *)answer)->user);
	struct claims claims = { .tenant = redeem->turn.tenant, .code = &work->code,
		.user = work->user, .subject = redeem_subject(redeem),
		.proven = work->account.proven, .now = redeem->turn.now };
	redeem->claims = redeem_payload(redeem, claims_userinfo(&claims));
	return FLOW_END;
}

const struct flow_step token_steps[] = {
	[TOKEN_PROVE] = { "prove", redeem_ask_prove, redeem_got_prove, FLOW_TO(TOKEN_VIEW) |
	    FLOW_TO(ABOUT_FAMILY) | FLOW_TO(ABOUT_END) | FLOW_TO(FLOW_END) },
	[TOKEN_VIEW] = { "view", token_ask_view, token_got_view,
	    FLOW_TO(TOKEN_USER) | FLOW_TO(FLOW_END) },
	[TOKEN_USER] = { "user", token_ask_user, token_got_user, FLOW_TO(FLOW_END) },
	[ABOUT_FAMILY] = { "family", refresh_ask_family, about_got_family,
	    FLOW_TO(TOKEN_VIEW) | FLOW_TO(ABOUT_END) | FLOW_TO(FLOW_END) },
	[ABOUT_END] = { "end", about_ask_end, about_got_end, FLOW_TO(FLOW_END) },
};

/* What the payload must say; then the ids that the view needs (requirement 69). */
static bool token_read(struct redeem *redeem, const json_t *payload)
{
	struct access *access = &redeem->work->access;

	if (!access_read(redeem->turn.arena, payload, redeem->turn.issuer, redeem->turn.now,
	    access))
		return false;
	const struct app *app = tenant_app(redeem->turn.tenant, access->client_id);
	if (app == NULL || !app->enabled)
		return false;
	access->user = subject_user(redeem->turn.store, app, access->user);
	redeem->work->code = (struct code){ .id = access->id, .user = access->user,
		.session = access->session, .client_id = access->client_id,
		.issuer = redeem->turn.issuer, .scope = access->scope,
		.wishes.userinfo = claims_wish_told(payload) };
	redeem->work->grant.id = access->grant;
	return true;
}

bool token_verify(struct redeem *redeem, json_t **out_payload)
{
	struct jws_rule rule = { .keys = redeem->turn.tenant->keys,
		.count = redeem->turn.tenant->key_count, .typ = "at+jwt" };
	json_t *payload = NULL;
	struct sp_error error;

	if (redeem->token == NULL ||
	    !jws_verify(redeem->turn.arena, &rule, redeem->token, &payload, &error))
		return false;
	if (token_read(redeem, payload)) {
		*out_payload = payload;
		return true;
	}
	json_decref(payload);
	return false;
}

static bool token_opens(struct redeem *redeem)
{
	json_t *payload;

	if (!token_verify(redeem, &payload))
		return false;
	json_decref(payload);
	return !redeem->work->access.alone && access_ours(&redeem->work->access,
	    access_userinfo(redeem->turn.arena, redeem->turn.issuer));
}

void redeem_token(struct redeem *redeem)
{
	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	if (!token_opens(redeem))
		token_invalid(redeem);
	else if (!text_word(redeem->work->code.scope, "openid"))
		redeem_refuse(redeem, 403, "insufficient_scope", "The token has no scope openid.");
	else {
		redeem_run(redeem, token_steps, TOKEN_VIEW);
		return;
	}
	redeem->turn.finished(&redeem->turn, redeem->turn.arg);
}
