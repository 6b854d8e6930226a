/* redeem_about.c - what apps ask about tokens: are they active, and let them be void */
#include "flow/redeem_work.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "crypto/bearer.h"
#include "model/claims.h"
#include "plugin/records.h"
#include "store/subject.h"

#include <string.h>

/* A code is spent for that long after its token at most: until then its record must last. */
#define CODE_MOST INT64_C(600000)

/* Unknown, expired, revoked or somebody else's: one answer, which tells nothing (requirement 76).
 * To revoke what is not there is done already (RFC 7009 2.2). */
unsigned about_inactive(struct redeem *redeem)
{
	redeem->status = 200;
	redeem->claims = "{\"active\":false}";
	return FLOW_END;
}

static unsigned about_foreign(struct redeem *redeem)
{
	return redeem->work->about == ABOUT_INTROSPECT ? about_inactive(redeem) :
	    redeem_grant(redeem, "The token was issued to another client.");
}

static void about_seconds(json_t *object, const char *name, int64_t ms)
{
	json_object_set_new(object, name, json_integer(ms / 1000));
}

static const char *about_refresh(struct redeem *redeem)
{
	const struct grant *grant = &redeem->work->grant;
	json_t *object = json_object();

	json_object_set_new(object, "active", json_true());
	json_object_set_new(object, "iss", json_string(grant->issuer));
	json_object_set_new(object, "sub", json_string(claims_subject(redeem->turn.arena,
	    subject_of(redeem->turn.store, redeem->work->app, grant->user))));
	json_object_set_new(object, "client_id", json_string(grant->client_id));
	json_object_set_new(object, "scope", json_string(grant->scope));
	about_seconds(object, "iat", grant->rotated);
	about_seconds(object, "exp", grant_expires(grant, &redeem->turn.tenant->settings));
	about_seconds(object, "auth_time", grant->signed_in);
	json_object_set_new(object, "acr", json_string(claims_acr(grant->factors)));
	json_object_set_new(object, "amr", claims_amr(grant->factors));
	return redeem_payload(redeem, object);
}

/* All that the token says itself (RFC 7662 2.2; requirement 77). Takes the reference. */
static const char *about_access(struct redeem *redeem, json_t *payload)
{
	json_object_set_new(payload, "active", json_true());
	json_object_set_new(payload, "token_type", json_string("Bearer"));
	return redeem_payload(redeem, payload);
}

unsigned about_got_family(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;
	uint64_t generation;

	if (status != SP_OK)
		return redeem_failed(redeem);
	if (!refresh_read(redeem, ((struct sp_records_get *)answer)->records[0], &generation))
		return about_inactive(redeem);
	if (!text_same(work->grant.client_id, work->app->client_id))
		return about_foreign(redeem);
	refresh_code(redeem);
	if (work->about == ABOUT_REVOKE)
		return ABOUT_END;
	if (!text_same(work->grant.issuer, redeem->turn.issuer) ||
	    grant_judge(&work->grant, &redeem->turn.tenant->settings, generation,
	    redeem->turn.now) < GRANT_REPEAT)
		return about_inactive(redeem);
	work->active = about_refresh(redeem);
	return TOKEN_VIEW;
}

/* Of a family all is void at once. An access token alone is void by a record of its own, which is
 * that of its code where it came from one. */
void about_ask_end(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	const struct redeem_work *work = redeem->work;
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 1);
	struct spent spent = { .code = work->code.id, .user = work->code.user,
		.session = work->code.session, .revoked = true,
		.until = work->access.expires + CODE_MOST };

	if (redeem->refresh != NULL)
		grants_remove(commit, redeem->turn.tenant->id, work->grant.id, SP_ANY);
	else
		spent_put(commit, redeem->turn.tenant->id, &spent, SP_ANY);
	turn_send(&redeem->turn, commit);
}

unsigned about_got_end(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	if (status != SP_OK)
		return redeem_failed(redeem);
	redeem->status = 200;
	return FLOW_END;
}

/* False: the answer is there. */
static bool about_opens(struct redeem *redeem, unsigned *out_step)
{
	struct redeem_work *work = redeem->work;
	struct bearer bearer;
	json_t *payload;

	if (bearer_parse(redeem->token, &bearer)) {
		redeem->refresh = redeem->token;
		work->grant.id = bearer.id;
		bearer_done(&bearer);
		*out_step = ABOUT_FAMILY;
		return true;
	}
	if (!token_verify(redeem, &payload)) {
		(void)about_inactive(redeem);
		return false;
	}
	work->active = about_access(redeem, payload);
	if (!text_same(work->access.client_id, work->app->client_id) &&
	    (work->about == ABOUT_REVOKE ||
	    !text_word(work->access.audience, work->app->client_id))) {
		(void)about_foreign(redeem);
		return false;
	}
	*out_step = work->about == ABOUT_REVOKE ? ABOUT_END : TOKEN_VIEW;
	return true;
}

static bool about_may(struct redeem *redeem)
{
	if (!redeem_client(redeem))
		return false;
	if (redeem->work->about == ABOUT_INTROSPECT && !app_confidential(redeem->work->app))
		return redeem_barred(redeem, 401, "invalid_client",
		    "Only an application with a secret may ask about tokens.");
	return !text_empty(redeem->token) || redeem_barred(redeem, 400, "invalid_request",
	    "The parameter token is missing.");
}

static void about_run(struct redeem *redeem, enum redeem_about about)
{
	unsigned step;

	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->about = about;
	if (about_may(redeem) && about_opens(redeem, &step)) {
		redeem_run(redeem, token_steps, step);
		return;
	}
	if (!id_zero(redeem->client.used)) {
		redeem_run(redeem, token_steps, FLOW_END);
		return;
	}
	if (redeem->error != NULL)
		redeem_log(redeem);
	redeem->turn.finished(&redeem->turn, redeem->turn.arg);
}

void redeem_introspect(struct redeem *redeem)
{
	about_run(redeem, ABOUT_INTROSPECT);
}

void redeem_revoke(struct redeem *redeem)
{
	about_run(redeem, ABOUT_REVOKE);
}
