#include "flow/redeem_work.h"

#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "crypto/jwk.h"
#include "crypto/jws.h"
#include "flow/visit_value.h"
#include "model/claims.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/keyrings.h"
#include "store/sessions.h"
#include "store/signins.h"
#include "store/store.h"

#include <string.h>

/* How often the code is spent anew when nobody can say whether it was. */
enum { SPENDS_MOST = 3 };

unsigned redeem_grant(struct redeem *redeem, const char *description)
{
	return redeem_refuse(redeem, 400, "invalid_grant", description);
}

/* Which account it is, for caches of tokens (clients.md A2): {"uid","utid"} in base64url. */
static char *redeem_info(const struct redeem *redeem)
{
	char user[ID_TEXT];

	struct sp_id subject = redeem_subject(redeem);
	id_format(id_zero(subject) ? redeem->work->code.user : subject, user);
	const char *text = text_print(redeem->turn.arena, "{\"uid\":\"%s\",\"utid\":\"%s\"}", user,
	    redeem->turn.tenant->id_text);
	return encode_base64url(redeem->turn.arena, text, strlen(text));
}

unsigned redeem_done(struct redeem *redeem)
{
	const struct grant *grant = &redeem->work->grant;

	if (grant->generation != 0)
		redeem->refresh_token = grants_token(redeem->turn.arena, redeem->turn.store, grant,
		    grant->generation);
	redeem->scope = redeem->work->code.scope;
	redeem->expires_in = redeem->turn.tenant->settings.access_token_lifetime;
	redeem->access_token = redeem->work->signing.access_token;
	redeem->id_token = redeem->work->signing.id_token;
	if (redeem->wants_info)
		redeem->client_info = redeem_info(redeem);
	redeem->status = 200;
	return FLOW_END;
}

static void redeem_ask_code_view(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_address at[VIEW_ROOM];

	redeem_view(redeem, at);
	turn_get(&redeem->turn, at, VIEW_COUNT + redeem_ask_agreed(redeem, &at[VIEW_COUNT]));
}

static unsigned redeem_got_code_view(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	if (status != SP_OK || !redeem_got_view(redeem, answer))
		return redeem_failed(redeem);
	const struct redeem_work *work = redeem->work;
	if (work->spent_revision != 0)
		return id_equal(work->spent.op, work->op) && !work->spent.revoked ?
		    redeem_done(redeem) : REDEEM_REVOKE;
	if (!redeem_stands(redeem))
		return redeem_grant(redeem, "The session that this code came from is over.");
	if (!redeem_agreed(redeem, answer, VIEW_COUNT))
		return redeem_grant(redeem, "The customer has not agreed to this, or not any more.");
	return work->unsure && work->spends >= SPENDS_MOST ? redeem_failed(redeem) : REDEEM_USER;
}

static void redeem_ask_user(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);

	turn_call(&redeem->turn, &users_get(turn_seat(&redeem->turn, BINDING_USERS),
	    redeem->turn.tenant->id, redeem->work->code.user)->op);
}

static unsigned redeem_got_user(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;

	if (status == SP_NOT_FOUND)
		return redeem_grant(redeem, "The account is gone.");
	if (status != SP_OK)
		return redeem_failed(redeem);
	work->user = visit_copy_user(redeem->turn.arena, ((struct sp_users_find *)answer)->user);
	if (!work->user->enabled)
		return redeem_grant(redeem, "The account is disabled.");
	judging_begin(&work->judged, &redeem->turn, work->code.user);
	return REDEEM_GROUPS;
}

static void redeem_ask_groups(struct flow *flow)
{
	judging_ask_groups(&redeem_of(flow)->work->judged, &redeem_of(flow)->turn);
}

/* An app in the customer's hands renews from where he is by now; one with a secret asks from a
 * server of its own, and so do all who redeem a code: then it is where he signed in. A code from
 * before that was kept says nothing. */
static void redeem_locate(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	struct origin origin = work->code.origin;

	if (!origin.known && origin.platform == 0)
		return;
	if (work->refreshing && !app_confidential(work->app)) {
		origin.known = redeem->turn.origin.known;
		memcpy(origin.address, redeem->turn.origin.address, sizeof(origin.address));
	}
	work->judged.origin = origin;
}

static unsigned redeem_got_groups(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;
	struct authorize request = { .client_id = work->code.client_id,
		.resources = work->code.resources, .wishes = work->code.wishes };

	switch (judging_got_groups(&work->judged, &redeem->turn, answer, status)) {
	case JUDGING_AGAIN:
		return REDEEM_GROUPS;
	case JUDGING_MANY:
		return redeem_grant(redeem, "The account is in too many groups.");
	case JUDGING_READY:
		redeem_locate(redeem);
		judging_targets(&work->judged, &redeem->turn, &request);
		return judging_admits(&work->judged, &redeem->turn) ? REDEEM_DECIDE :
		    redeem_grant(redeem, "The customer is not among those whom the application is "
		    "for.");
	default:
		return redeem_failed(redeem);
	}
}

static void redeem_ask_decide(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	const struct code *code = &redeem->work->code;
	struct sp_facts facts = {
		.tenant = redeem->turn.tenant->id, .user = code->user,
		.groups = redeem->work->judged.groups, .factors = code->factors,
		.single_mailbox = code->single_mailbox, .signed_in = code->signed_in,
		.factor_time = code->factor_time,
		.password_changed = redeem->work->account.password_changed,
		.began = redeem->work->refreshing ?
		redeem->turn.now - SESSION_SKEW : code->signed_in,
		.now = redeem->turn.now,
	};

	judging_ask_decide(&redeem->work->judged, &redeem->turn, &facts);
}

static void redeem_claim(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	const struct tenant *tenant = redeem->turn.tenant;
	char *token_id = arena_alloc(redeem->turn.arena, ID_TEXT);
	struct claims claims = {
		.tenant = tenant, .code = &work->code, .user = work->user, .token_id = token_id,
		.subject = redeem_subject(redeem),
		.audience = work->api->client_id, .userinfo = work->userinfo,
		.scope = work->token_scope, .values = work->values, .app = work->app,
		.api = work->api, .groups = work->judged.groups, .grant = work->grant.id,
		.contexts = work->judged.wished.met,
		.proven = work->account.proven, .now = redeem->turn.now,
	};

	id_format(work->refreshing ? id_ordered(redeem->turn.now) : work->code.id, token_id);
	work->signing.access = redeem_payload(redeem, claims_access_token(&claims));
	if (text_word(work->code.scope, "openid"))
		work->signing.id = redeem_payload(redeem, claims_id_token(&claims));
}

/* Policy is asked at every issuance: what changed since the sign-in counts (requirement 185). */
static unsigned redeem_got_decide(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	switch (judging_got_decide(&redeem->work->judged, &redeem->turn, answer, status)) {
	case JUDGING_AGAIN:
		return REDEEM_DECIDE;
	case JUDGING_READY:
		break;
	default:
		return redeem_failed(redeem);
	}
	if (!redeem_met(redeem))
		return redeem_unmet(redeem);
	redeem_claim(redeem);
	return REDEEM_SIGN;
}

/* Before the code is spent: a full lane or a missing key costs the customer nothing (4.4). What is
 * signed is handed out by redeem_done() alone. */
static enum sp_status sign_run(void *arg)
{
	struct redeem_signing *signing = arg;

	signing->access_token = jws_sign(&signing->arena, signing->access_key, "at+jwt",
	    signing->access);
	if (signing->id != NULL)
		signing->id_token = jws_sign(&signing->arena, signing->id_key, "JWT", signing->id);
	return signing->access_token == NULL ||
	    (signing->id != NULL && signing->id_token == NULL) ? SP_FAILED : SP_OK;
}

static void redeem_ask_sign(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_signing *signing = &redeem->work->signing;
	const struct tenant *tenant = redeem->turn.tenant;
	int64_t now = redeem->turn.now;

	arena_init(&signing->arena, NULL, 0);
	signing->access_token = signing->id_token = NULL;
	signing->access_key = keyrings_signs(tenant, JWK_ES256, now);
	signing->id_key = keyrings_signs(tenant,
	    redeem->work->app->es256 ? JWK_ES256 : JWK_RS256, now);
	if (signing->access_key == NULL || signing->id_key == NULL)
		flow_skip(flow, SP_UNAVAILABLE);
	else
		flow_work(flow, redeem->turn.store->set.work_lane, redeem->turn.source, sign_run,
		    signing);
}

static unsigned redeem_got_sign(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_signing *signing = &redeem->work->signing;

	(void)answer;
	signing->access_token = text_copy(redeem->turn.arena, signing->access_token);
	signing->id_token = text_copy(redeem->turn.arena, signing->id_token);
	arena_done(&signing->arena);
	if (status != SP_OK)
		return redeem_failed(redeem);
	redeem->work->ready = true;
	if (redeem->work->alone)
		return redeem_done(redeem);
	return redeem->work->refreshing ? REFRESH_ROTATE : REDEEM_SPEND;
}

bool redeem_record(struct redeem *redeem, struct sp_records_commit *commit)
{
	const struct redeem_work *work = redeem->work;
	struct signin_record record = judging_record(&work->judged, &redeem->turn);

	record.user = work->code.user;
	record.app = work->app->app_id;
	record.signed_in = work->code.signed_in;
	record.factor_time = work->code.factor_time;
	record.factors = work->code.factors;
	record.platform = work->judged.origin.platform;
	record.kind = JOURNEY_SIGN_IN;
	record.single_mailbox = work->code.single_mailbox;
	record.password_changed = work->account.password_changed;
	return signins_put(commit, redeem->turn.tenant->id, &record,
	    redeem->turn.tenant->settings.signin_retention);
}

/* One wins: spent expects absent. The account is as it was read, so that an epoch raised in
 * between voids the code (2.5). */
static void redeem_ask_spend(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;
	const struct settings *settings = &redeem->turn.tenant->settings;
	struct sp_id tenant = redeem->turn.tenant->id;
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 8);

	work->spent = (struct spent){ .code = work->code.id, .user = work->code.user,
		.session = work->code.session, .op = work->op,
		.until = redeem->turn.now + settings->access_token_lifetime +
		settings->code_lifetime };
	if (work->spent.until < work->device.expires)	/* it can be asked for until then */
		work->spent.until = work->device.expires;
	work->spends++;
	spent_put(commit, tenant, &work->spent, SP_ABSENT);
	accounts_check(commit, tenant, work->code.user, work->account_revision);
	redeem_check_agreed(redeem, commit);
	bool fits = work->code.recorded || redeem_record(redeem, commit);
	if (work->grant.generation != 0)
		fits = fits && grants_put(commit, tenant, &work->grant,
		    grant_expires(&work->grant, settings), SP_ABSENT);
	fits = fits && redeem_login(redeem, commit);
	bool changed = session_decide(&work->session, work->judged.persistent);
	if (changed)
		session_begin(&work->session, settings, redeem->turn.now);
	if (session_touch(&work->session, settings, redeem->turn.now) || changed)
		fits = fits && sessions_put(commit, tenant, &work->session, work->session_revision);
	else
		sessions_check(commit, tenant, work->session.id, work->session_revision);
	turn_send_if(&redeem->turn, commit, fits);
}

/* CONFLICT: spent, signed out or reset in this moment. UNKNOWN: it may have happened, or may yet.
 * We look again: our own write is known by its op, and where there is none it is tried once more,
 * by the same op, so that whichever of the two comes first is ours (DESIGN 3). */
static unsigned redeem_got_spend(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	redeem->work->unsure |= status == SP_UNKNOWN;
	if (status == SP_CONFLICT || status == SP_UNKNOWN)
		return REDEEM_VIEW;
	return status == SP_OK ? redeem_done(redeem) : redeem_failed(redeem);
}

/* A replay: whoever was first has tokens that must die now (requirement 36). A code in the wrong
 * hands is void too, whether or not it was redeemed (requirement 35). */
static void redeem_ask_revoke(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 2);
	struct sp_id tenant = redeem->turn.tenant->id;

	redeem->work->spent.revoked = true;
	spent_put(commit, tenant, &redeem->work->spent, SP_ANY);
	grants_remove(commit, tenant, redeem->work->code.id, SP_ANY);
	turn_send(&redeem->turn, commit);
}

static unsigned redeem_got_revoke(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	redeem->work->unsure |= status == SP_UNKNOWN;
	if (status != SP_OK)
		return redeem_failed(redeem);
	if (redeem->work->misfit != NULL)
		return redeem_refuse(redeem, 400, redeem->work->misfit, "Code, client_id, "
		    "redirect_uri and code_verifier do not belong together. The code is void now.");
	return redeem_grant(redeem, "This code was redeemed before; its tokens are void now.");
}

void redeem_ask_prove(struct flow *flow)
{
	client_ask_spend(&redeem_of(flow)->turn, &redeem_of(flow)->client);
}

/* Nobody knows whether it was spent: another one is easily made. */
unsigned redeem_got_prove(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	if (status == SP_CONFLICT)
		return redeem_refuse(redeem, 401, "invalid_client",
		    "client_assertion: its jti was used before.");
	return status == SP_OK ? redeem->work->proven : redeem_failed(redeem);
}

#define TO FLOW_TO
const struct flow_step redeem_steps[] = {
	[REDEEM_PROVE] = { "prove", redeem_ask_prove, redeem_got_prove,
	    TO(REDEEM_VIEW) | TO(REDEEM_SIGN) | TO(REDEEM_REVOKE) | TO(REFRESH_FAMILY) |
	    TO(DEVICE_PUT) | TO(DEVICE_READ) | TO(FLOW_END) },
	[REDEEM_VIEW] = { "view", redeem_ask_code_view, redeem_got_code_view,
	    TO(REDEEM_USER) | TO(REDEEM_REVOKE) | TO(FLOW_END) },
	[REDEEM_USER] = { "user", redeem_ask_user, redeem_got_user,
	    TO(REDEEM_GROUPS) | TO(FLOW_END) },
	[REDEEM_GROUPS] = { "groups", redeem_ask_groups, redeem_got_groups,
	    TO(REDEEM_GROUPS) | TO(REDEEM_DECIDE) | TO(FLOW_END) },
	[REDEEM_DECIDE] = { "decide", redeem_ask_decide, redeem_got_decide,
	    TO(REDEEM_DECIDE) | TO(REDEEM_SIGN) | TO(FLOW_END) },
	[REDEEM_SIGN] = { "sign", redeem_ask_sign, redeem_got_sign,
	    TO(REDEEM_SPEND) | TO(REFRESH_ROTATE) | TO(FLOW_END) },
	[REDEEM_SPEND] = { "spend", redeem_ask_spend, redeem_got_spend,
	    TO(REDEEM_VIEW) | TO(FLOW_END) },
	[REDEEM_REVOKE] = { "revoke", redeem_ask_revoke, redeem_got_revoke, TO(FLOW_END) },
	[DEVICE_PUT] = { "put", device_ask_put, device_got_put, TO(DEVICE_PUT) | TO(FLOW_END) },
	[DEVICE_READ] = { "read", device_ask_read, device_got_read,
	    TO(REDEEM_VIEW) | TO(DEVICE_SLOW) | TO(FLOW_END) },
	[DEVICE_SLOW] = { "slow", device_ask_slow, device_got_slow, TO(FLOW_END) },
	[REFRESH_FAMILY] = { "family", refresh_ask_family, refresh_got_family,
	    TO(REFRESH_ACCOUNT) | TO(REFRESH_END) | TO(FLOW_END) },
	[REFRESH_ACCOUNT] = { "account", refresh_ask_account, refresh_got_account,
	    TO(REDEEM_USER) | TO(REFRESH_ROTATE) | TO(REFRESH_END) | TO(FLOW_END) },
	[REFRESH_ROTATE] = { "rotate", refresh_ask_rotate, refresh_got_rotate,
	    TO(REFRESH_FAMILY) | TO(FLOW_END) },
	[REFRESH_END] = { "end", refresh_ask_end, refresh_got_end,
	    TO(REFRESH_FAMILY) | TO(FLOW_END) },
};

bool redeem_client(struct redeem *redeem)
{
	struct client *client = &redeem->client;

	switch (client_check(&redeem->turn, client)) {
	case CLIENT_RIGHT:
		redeem->work->app = client->app;
		return true;
	case CLIENT_THROTTLED:
		redeem->wait = client->wait;
		return redeem_barred(redeem, 429, "invalid_client", "Too many wrong secrets; wait.");
	default:
		return redeem_barred(redeem, 401, "invalid_client", client->why != NULL ?
		    client->why : "The client is unknown, or its secret or assertion is not right.");
	}
}

/* Everything that needs no store. */
static bool redeem_opens(struct redeem *redeem)
{
	if (!redeem_client(redeem))
		return false;
	if (text_empty(redeem->code)) {
		redeem_refuse(redeem, 400, "invalid_request", "The parameter code is missing.");
		return false;
	}
	if (!code_unseal(&redeem->turn, redeem->code, &redeem->work->code)) {
		redeem_refuse(redeem, 400, "invalid_grant", "This is not a code of ours.");
		return false;
	}
	if (redeem->work->code.expires <= redeem->turn.now) {
		redeem_refuse(redeem, 400, "invalid_grant", "The code is too old.");
		return false;
	}
	return true;
}

static struct spent redeem_void(const struct redeem *redeem)
{
	const struct code *code = &redeem->work->code;

	return (struct spent){ .code = code->id, .user = code->user, .session = code->session,
		.until = code->expires +
		redeem->turn.tenant->settings.access_token_lifetime };
}

void redeem_over(struct redeem *redeem)
{
	if (!id_zero(redeem->client.used)) {
		redeem_run(redeem, redeem_steps, FLOW_END);
		return;
	}
	redeem_log(redeem);
	redeem->turn.finished(&redeem->turn, redeem->turn.arg);
}

void redeem_code(struct redeem *redeem)
{
	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->op = id_random();
	if (!redeem_opens(redeem)) {
		redeem_over(redeem);
		return;
	}
	struct code_claim claim = { .client_id = redeem->work->app->client_id,
		.redirect_uri = redeem->redirect_uri, .verifier = redeem->verifier,
		.issuer = redeem->turn.issuer };

	redeem->work->misfit = code_refuses(&redeem->work->code, &claim, redeem->turn.now);
	if (redeem->work->misfit != NULL)
		redeem->work->spent = redeem_void(redeem);
	else
		refresh_offer(redeem);
	if (redeem->work->misfit == NULL && !redeem_aim(redeem)) {
		redeem_over(redeem);
		return;
	}
	redeem_run(redeem, redeem_steps,
	    redeem->work->misfit != NULL ? REDEEM_REVOKE : REDEEM_VIEW);
}
