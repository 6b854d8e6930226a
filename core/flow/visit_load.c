/* visit_load.c - the journey that a form names, and what it needs to be judged */
#include "flow/visit_steps.h"

#include "flow/visit_value.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/challenges.h"
#include "store/journeys.h"

#include <string.h>

/* Tenant by the record's scope or the seal; issuer and browser here (attacks D1, C18). */
static bool load_ours(const struct visit *visit)
{
	const struct journey *journey = &visit->work->journey;
	uint8_t browser[32];

	return visit_browser_hash(visit->cookies.browser, browser) &&
	    secret_equal((struct secret){ browser, 32 }, (struct secret){ journey->browser, 32 }) &&
	    strcmp(journey->issuer, visit->turn.issuer) == 0;
}

static enum journey_reason load_judge(const struct visit *visit)
{
	const struct journey *journey = &visit->work->journey;

	if (!load_ours(visit))
		return REASON_FOREIGN;
	const struct app *app = tenant_app(visit->turn.tenant, journey->request.client_id);
	if (app == NULL || !app->enabled)	/* since the customer set out */
		return REASON_BLOCKED;
	if (journey->expires <= visit->turn.now)
		return REASON_EXPIRED;
	if (journey->stage == STAGE_OVER)
		return journey->reason != REASON_NONE ? journey->reason : REASON_MOVED;
	return journey->stage == STAGE_CREATING ? REASON_MOVED : REASON_NONE;
}

/* A sealed value needs no store: nothing is read then. */
void visit_ask_load(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_id id;

	if (visit->input.journey == NULL || !id_parse(visit->input.journey, &id)) {
		flow_skip(flow, visit_unseal(visit, visit->input.journey,
		    &visit->work->journey) ? SP_OK : SP_REJECTED);
		return;
	}
	struct sp_address at = journeys_at(visit->turn.tenant->id, id);
	turn_get(&visit->turn, &at, 1);
}

static bool load_record(struct visit *visit, const struct sp_records_get *get)
{
	struct visit_work *work = visit->work;

	if (!journeys_read(visit->turn.arena, get->records[0], &work->journey))
		return false;
	work->revision = get->records[0]->revision;
	memset(work->reached, 0, sizeof(work->reached));
	return true;
}

unsigned visit_got_load(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	if (answer == NULL && status == SP_REJECTED)
		return visit_refused(visit, REASON_FOREIGN);
	if (status != SP_OK)
		return visit_failed(visit, status);
	if (answer != NULL && !load_record(visit, (struct sp_records_get *)answer))
		return visit_refused(visit, REASON_EXPIRED);
	enum journey_reason reason = load_judge(visit);
	if (reason != REASON_NONE)
		return visit_refused(visit, reason);
	return visit_route(visit);
}

void visit_ask_find(struct flow *flow)
{
	struct visit *visit = visit_of(flow);

	turn_call(&visit->turn, &users_find(turn_seat(&visit->turn, BINDING_USERS),
	    visit->turn.tenant->id, visit->work->address.key)->op);
}

/* Nobody of that address is somebody too: the same reads and writes follow, about a subject
 * that stands for the address (3.1): for the whole of it, as an account's would. Without its tag
 * it would share a budget with its tagged forms, which no account does, and tell that it is none. */
unsigned visit_got_find(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status != SP_OK && status != SP_NOT_FOUND)
		return visit_failed(visit, status);
	work->subject = budgets_counted(visit->turn.store, visit->turn.tenant->id,
	    work->address.key);
	if (status == SP_OK) {
		work->user = visit_copy_user(visit->turn.arena,
		    ((struct sp_users_find *)answer)->user);
		work->subject = work->user->id;
		work->known = visit_knows(visit, work->user->id);
	}
	return work->then(visit);
}

/* Then: VISIT_CONTEXT reads account, challenge and pause in one view. */
unsigned visit_context(struct visit *visit, unsigned (*then)(struct visit *visit))
{
	visit->work->then = then;
	return VISIT_CONTEXT;
}

void visit_ask_context(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	const struct visit_work *work = visit->work;
	struct sp_id tenant = visit->turn.tenant->id;
	struct budget_place place = visit_place(visit, work->run_kind);
	struct sp_address at[5 + VISIT_SESSIONS] = { accounts_at(tenant, work->subject),
		pauses_at(&place), wrongs_at(&place) };
	size_t count = 3;

	if (!id_zero(work->journey.challenge)) {
		at[count++] = challenges_at(tenant, work->journey.challenge);
		at[count++] = challenges_tries_at(tenant, work->journey.challenge);
	}
	if (work->request == NULL)
		count += present_at(&visit->turn, visit->cookies.sessions, at + count);
	turn_get(&visit->turn, at, count);
}

static bool context_read(struct visit *visit, const struct sp_records_get *get)
{
	struct visit_work *work = visit->work;
	struct arena *arena = visit->turn.arena;
	struct sp_record *const *records = get->records;
	size_t next = 3;

	if (!accounts_read(arena, records[0], &work->account) ||
	    !pauses_read(records[1], &work->pause) || !wrongs_read(records[2], &work->wrongs))
		return false;
	work->account_revision = records[0]->revision;
	work->pause_revision = records[1]->revision;
	if (!id_zero(work->journey.challenge)) {
		if (challenges_read(arena, records[3], &work->passcode))
			work->passcode_revision = records[3]->revision;
		work->tries = challenges_tries(records[4]);
		next += 2;
	}
	if (work->request == NULL)
		present_read(&visit->turn, visit->cookies.sessions, records + next, work->present);
	return true;
}

/* A journey that stands on a session's first factor ends with it (requirement 196): another of
 * the same customer in this browser will do, so that two tabs don't hurt each other. */
static bool context_stands(struct visit *visit)
{
	const struct visit_work *work = visit->work;
	const struct present *own = visit_own(visit);

	return id_zero(work->journey.session) || (own != NULL && session_valid(&own->session,
	    visit->turn.issuer, work->account.epoch, visit->turn.now));
}

/* An epoch that has moved voids what is under way (2.5); a session's is visit_begin.c's. */
unsigned visit_got_context(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status != SP_OK)
		return visit_failed(visit, status);
	if (!context_read(visit, (struct sp_records_get *)answer))
		return visit_failed(visit, SP_FAILED);
	if (work->request == NULL && !id_zero(work->journey.user) &&
	    work->journey.kind != JOURNEY_SIGN_UP && work->journey.epoch != work->account.epoch)
		return visit_refused(visit, REASON_EXPIRED);
	if (work->request == NULL && !context_stands(visit))
		return visit_refused(visit, REASON_EXPIRED);
	return work->then(visit);
}

void visit_ask_user(struct flow *flow)
{
	struct visit *visit = visit_of(flow);

	turn_call(&visit->turn, &users_get(turn_seat(&visit->turn, BINDING_USERS),
	    visit->turn.tenant->id, visit->work->journey.user)->op);
}

/* A customer who was disabled or removed in the meantime goes no further (attack C26). */
unsigned visit_got_user(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status != SP_OK && status != SP_NOT_FOUND)
		return visit_failed(visit, status);
	if (status == SP_OK)
		work->user = visit_copy_user(visit->turn.arena,
		    ((struct sp_users_find *)answer)->user);
	return work->then(visit);
}
