/* redeem_refresh.c - a refresh token for tokens (RFC 6749 6; model/grant.h says what holds) */
#include "flow/redeem_work.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/bearer.h"
#include "plugin/records.h"
#include "store/accounts.h"
#include "store/audits.h"
#include "store/sources.h"
#include "store/store.h"

#include <string.h>

/* How often we look again when somebody else was first, or nobody knows what the store did. */
enum { ROUNDS_MOST = 8 };

/* The address is kept for whom it will be asked for: redeem_locate(). */
static struct origin refresh_origin(const struct redeem *redeem)
{
	const struct origin *origin = &redeem->work->code.origin;

	return app_confidential(redeem->work->app) ? *origin :
	    (struct origin){ .platform = origin->platform };
}

/* One seed for the whole redemption: tried twice, it is the same family. */
void refresh_offer(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	struct code *code = &work->code;
	const struct app_redirect *redirect = code->redirect_uri == NULL ? NULL :
	    app_redirect(work->app, code->redirect_uri);

	if (!grant_offered(work->app, code->scope)) {
		code->scope = grant_without(redeem->turn.arena, code->scope, GRANT_SCOPE);
		return;
	}
	work->grant = (struct grant){
		.id = code->id, .user = code->user, .session = code->session,
		.client_id = code->client_id, .scope = code->scope, .resources = code->resources,
		.issuer = code->issuer, .epoch = code->epoch, .factors = code->factors,
		.signed_in = code->signed_in, .factor_time = code->factor_time,
		.single_mailbox = code->single_mailbox,
		.spa = code->redirect_uri != NULL &&
		    (redirect == NULL || redirect->platform == APP_SPA),
		.generation = 1, .began = redeem->turn.now, .rotated = redeem->turn.now,
		.wishes = code->wishes, .origin = refresh_origin(redeem),
	};
	random_fill(work->grant.seed, sizeof(work->grant.seed));
}

void refresh_ask_family(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_address at = grants_at(redeem->turn.tenant->id, redeem->work->grant.id);

	turn_get(&redeem->turn, &at, 1);
}

bool refresh_read(struct redeem *redeem, const struct sp_record *record,
    uint64_t *out_generation)
{
	struct redeem_work *work = redeem->work;
	struct bearer bearer;
	struct grant grant;

	if (!grants_read(redeem->turn.arena, record, &grant) ||
	    !bearer_parse(redeem->refresh, &bearer))
		return false;
	bool knows = grants_knows(redeem->turn.store, &grant, &bearer, out_generation);
	bearer_done(&bearer);
	if (!knows)
		return false;
	work->grant = grant;
	work->grant_revision = record->revision;
	return true;
}

void refresh_code(struct redeem *redeem)
{
	const struct grant *grant = &redeem->work->grant;

	redeem->work->code = (struct code){
		.id = grant->id, .user = grant->user, .session = grant->session,
		.client_id = grant->client_id, .issuer = grant->issuer, .scope = grant->scope,
		.resources = grant->resources, .epoch = grant->epoch, .factors = grant->factors,
		.signed_in = grant->signed_in, .factor_time = grant->factor_time,
		.single_mailbox = grant->single_mailbox, .wishes = grant->wishes,
		.origin = grant->origin,
	};
	redeem->work->granted = (struct scope_granted){ grant->scope == NULL ? "" : grant->scope,
		grant->resources };
}

/* Whose successor was used in this moment, while we were at it, has lost a race against himself:
 * he came with a token that was good. He gets nothing, and nobody loses anything. */
static unsigned family_judge(struct redeem *redeem, uint64_t generation)
{
	struct redeem_work *work = redeem->work;
	enum grant_verdict before = work->verdict;

	work->verdict = grant_judge(&work->grant, &redeem->turn.tenant->settings, generation,
	    redeem->turn.now);
	if (work->verdict == GRANT_VOID)
		return redeem_grant(redeem, "The refresh token is too old.");
	if (work->verdict == GRANT_REUSED && (before == GRANT_CURRENT || before == GRANT_REPEAT))
		return redeem_grant(redeem, "The successor of this refresh token is in use.");
	if (work->verdict == GRANT_REUSED)
		return REFRESH_END;
	refresh_code(redeem);
	const char *wrong = redeem_wish(redeem);
	if (wrong != NULL)
		return redeem_refuse(redeem, 400, "invalid_request", wrong);
	return redeem_narrow(redeem) && redeem_aim(redeem) ? (unsigned)REFRESH_ACCOUNT :
	    (unsigned)FLOW_END;
}

unsigned refresh_got_family(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	uint64_t generation;

	if (status != SP_OK)
		return redeem_failed(redeem);
	if (!refresh_read(redeem, ((struct sp_records_get *)answer)->records[0], &generation))
		return redeem_grant(redeem, "The refresh token is not valid, or not any more.");
	if (!text_same(redeem->work->grant.client_id, redeem->work->app->client_id) ||
	    !text_same(redeem->work->grant.issuer, redeem->turn.issuer))
		return redeem_grant(redeem, "The refresh token was issued to another client, or by "
		    "another issuer.");
	return family_judge(redeem, generation);
}

void refresh_ask_account(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct sp_id tenant = redeem->turn.tenant->id, user = redeem->work->code.user;
	struct sp_address at[2] = { accounts_at(tenant, user) };

	turn_get(&redeem->turn, at, 1 + redeem_ask_agreed(redeem, &at[1]));
}

unsigned refresh_got_account(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;

	if (status != SP_OK)
		return redeem_failed(redeem);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	if (!accounts_read(redeem->turn.arena, record, &work->account))
		return redeem_failed(redeem);
	work->account_revision = record->revision;
	if (work->account.epoch != work->grant.epoch)
		return REFRESH_END;
	if (work->account.blocked)
		return redeem_grant(redeem, "The account is disabled.");
	if (!redeem_agreed(redeem, answer, 1))
		return redeem_grant(redeem, "The customer has not agreed to this, or not any more.");
	return work->ready ? REFRESH_ROTATE : REDEEM_USER;
}

/* Current: the next number, if the family is as it was read. A repeat writes nothing into it, but
 * it must still be so. Either way the account is as it was: an epoch raised in between voids all. */
void refresh_ask_rotate(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;
	struct sp_id tenant = redeem->turn.tenant->id;
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 4);
	bool fits = redeem_record(redeem, commit);

	accounts_check(commit, tenant, work->code.user, work->account_revision);
	redeem_check_agreed(redeem, commit);
	if (work->verdict == GRANT_CURRENT) {
		grant_rotate(&work->grant, redeem->turn.now);
		fits = fits && grants_put(commit, tenant, &work->grant,
		    grant_expires(&work->grant, &redeem->turn.tenant->settings),
		    work->grant_revision);
	} else {
		grants_check(commit, tenant, work->grant.id, work->grant_revision);
	}
	turn_send_if(&redeem->turn, commit, fits);
}

/* CONFLICT: somebody was first, so we are the one who repeats. UNKNOWN: it may have happened, or
 * may yet; whichever it is, the next look says, and the successor is the same. */
unsigned refresh_got_rotate(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	redeem->work->unsure |= status == SP_UNKNOWN;
	if (status == SP_OK)
		return redeem_done(redeem);
	if ((status == SP_CONFLICT || status == SP_UNKNOWN) &&
	    ++redeem->work->rounds < ROUNDS_MOST)
		return REFRESH_FAMILY;
	return redeem_failed(redeem);
}

/* On record, ten a day: a customer can steal from himself as often as he likes, and the audit keeps
 * so many entries. The log has them all. */
static bool end_tell(struct redeem *redeem, struct sp_records_commit *commit)
{
	enum { MOST = 10, DAY = 24 * 3600 * 1000 };
	struct source pace = { SOURCE_REUSES, sources_key(redeem->work->grant.user), MOST, DAY };
	int64_t ignored;

	if (!sources_take(redeem->turn.store->sources, &pace, redeem->turn.now, &ignored))
		return true;
	char user[ID_TEXT];
	struct audit_act act = turn_act(&redeem->turn, redeem->turn.tenant->id,
	    text_print(redeem->turn.arena, "client %s", redeem->client.client_id));

	act.activity = "End a refresh token family after reuse";
	act.verb = "Delete";
	id_format(redeem->work->grant.user, user);
	act.target = text_copy(redeem->turn.arena, user);
	return audits_tell(commit, &act);
}

/* As it was read, so that of many at once one tells of it; in the end, whatever it is by then. */
void refresh_ask_end(struct flow *flow)
{
	struct redeem *redeem = redeem_of(flow);
	struct redeem_work *work = redeem->work;
	struct sp_records_commit *commit = turn_commit(&redeem->turn, 2);
	bool last = work->rounds >= ROUNDS_MOST;

	grants_remove(commit, redeem->turn.tenant->id, work->grant.id,
	    last ? SP_ANY : work->grant_revision);
	turn_send_if(&redeem->turn, commit,
	    work->verdict != GRANT_REUSED || end_tell(redeem, commit));
}

static void end_log(const struct redeem *redeem)
{
	char user[ID_TEXT];

	id_format(redeem->work->grant.user, user);
	LOG_EVENT(SP_WARNING, "refresh-token-reused", { "tenant", redeem->turn.tenant->name },
	    { "client_id", redeem->client.client_id }, { "user", user },
	    { "source", redeem->turn.source_text },
	    { "request_id", text_print(redeem->turn.arena, "%016llx",
	    (unsigned long long)redeem->turn.request_id) });
}

unsigned refresh_got_end(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct redeem *redeem = redeem_of(flow);

	(void)answer;
	redeem->work->unsure |= status == SP_UNKNOWN;
	if (status == SP_CONFLICT || status == SP_UNKNOWN)
		return redeem->work->rounds++ < ROUNDS_MOST ? (unsigned)REFRESH_FAMILY :
		    redeem_failed(redeem);
	if (status != SP_OK)
		return redeem_failed(redeem);
	if (redeem->work->verdict != GRANT_REUSED)
		return redeem_grant(redeem, "The sign-in that this refresh token came from is over.");
	end_log(redeem);
	return redeem_grant(redeem, "This refresh token was used before, and so was its successor: "
	    "somebody has a copy. All tokens of this sign-in are void now.");
}

/* Everything that needs no store. */
static bool refresh_opens(struct redeem *redeem)
{
	struct bearer bearer;

	if (!redeem_client(redeem))
		return false;
	if (text_empty(redeem->refresh)) {
		redeem_refuse(redeem, 400, "invalid_request",
		    "The parameter refresh_token is missing.");
		return false;
	}
	if (!redeem->work->app->refresh_tokens) {
		redeem_refuse(redeem, 400, "unauthorized_client",
		    "Refresh tokens are switched off for this application.");
		return false;
	}
	if (!bearer_parse(redeem->refresh, &bearer)) {
		(void)redeem_grant(redeem, "This is not a refresh token of ours.");
		return false;
	}
	redeem->work->grant.id = bearer.id;
	bearer_done(&bearer);
	return true;
}

void redeem_refresh(struct redeem *redeem)
{
	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->refreshing = true;
	if (refresh_opens(redeem))
		redeem_run(redeem, redeem_steps, REFRESH_FAMILY);
	else
		redeem_over(redeem);
}
