/*
 * visit_make.c - a new password, an account made or changed (DESIGN 5)
 *
 * No batch spans users and records: (a) the intent, with what must come first to fail closed,
 * (b) the users operation, which may be repeated, (c) the batch that ends the intent, in
 * visit_finish.c. A crash in between is resumed from the intent.
 */
#include "flow/visit_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "store/accounts.h"
#include "store/farewells.h"
#include "store/journeys.h"

#include <string.h>

static unsigned make_user(struct visit *visit)
{
	const struct visit_work *work = visit->work;

	if (!visit_open(work))
		return visit_refused(visit, REASON_EXPIRED);
	return VISIT_INTENT;
}

/* A new password for somebody who is here: by a reset, or a link. */
static bool make_changes(const struct visit *visit)
{
	return !id_zero(visit->work->journey.user);
}

/* He is changed as he is now: he is read again. */
unsigned visit_make(struct visit *visit)
{
	if (!make_changes(visit))
		return VISIT_INTENT;
	visit->work->then = make_user;
	return VISIT_USER;
}

static const struct app *make_app(const struct visit *visit)
{
	return tenant_app(visit->turn.tenant, visit->work->journey.request.client_id);
}

/* Whoever is to change his password changes it: what he has now is at hand to compare. */
static unsigned hash_user(struct visit *visit)
{
	if (visit->work->user == NULL)
		return visit_refused(visit, REASON_EXPIRED);
	visit->work->hashing.former = visit->work->user->verifier;
	return VISIT_HASH;
}

unsigned visit_hash(struct visit *visit)
{
	struct visit_work *work = visit->work;

	visit->answer.verdict = newpassword_judge(visit->turn.tenant, make_app(visit),
	    work->journey.address, visit->input.password);
	if (visit->answer.verdict != NEWPASSWORD_GOOD)
		return visit_retry(visit, REASON_NEW_PASSWORD);
	if (work->journey.kind != JOURNEY_SIGN_IN)
		return VISIT_HASH;
	work->then = hash_user;
	return VISIT_USER;
}

/* On the hash lane, in an arena of its own: the turn's belongs to the loop. */
static enum sp_status hash_run(void *arg)
{
	struct visit_hashing *hashing = arg;

	hashing->same = hashing->former != NULL &&
	    password_verify(hashing->password, hashing->former) == PASSWORD_RIGHT;
	if (hashing->same)
		return SP_REJECTED;
	hashing->out = password_hash(&hashing->arena, hashing->password, hashing->cost);
	return hashing->out != NULL ? SP_OK : SP_REJECTED;
}

void visit_hash_begin(struct visit *visit)
{
	struct visit_hashing *hashing = &visit->work->hashing;

	arena_init(&hashing->arena, NULL, 0);
	hashing->password = visit->input.password;
	hashing->cost = visit->turn.cost;
	flow_work(&visit->turn.flow, visit->turn.store->set.hash_lane, visit->turn.source, hash_run,
	    hashing);
}

char *visit_hash_end(struct visit *visit, enum sp_status status)
{
	struct visit_hashing *hashing = &visit->work->hashing;
	char *verifier = status == SP_OK ? text_copy(visit->turn.arena, hashing->out) : NULL;

	arena_done(&hashing->arena);
	return verifier;
}

void visit_ask_hash(struct flow *flow)
{
	visit_hash_begin(visit_of(flow));
}

unsigned visit_got_hash(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	const struct tenant *tenant = visit->turn.tenant;
	const struct app *app = make_app(visit);
	const struct userflow *userflow = app != NULL ? tenant_flow(tenant, app) : NULL;
	struct journey_event event = {
		.kind = EVENT_NEW_PASSWORD, .verifier = visit_hash_end(visit, status),
		.email_usable = method_usable(&tenant->email, work->journey.user,
		    (struct sp_ids){ 0 }),
		.proof_counts = tenant->settings.proof_counts_as_mfa,
		.attributes_wanted = userflow != NULL && userflow->attribute_count > 0,
	};

	(void)answer;
	if (work->hashing.same)
		visit->answer.verdict = NEWPASSWORD_SAME;
	if (status == SP_REJECTED)
		return visit_retry(visit, REASON_NEW_PASSWORD);
	if (status != SP_OK)
		return visit_failed(visit, status);
	if (work->journey.founds)
		visit_founder_event(visit, &event);
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return visit_follow(visit);
}

/* The journey as it stands now, and nothing else. */
void visit_ask_store(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_records_commit *commit = turn_commit(&visit->turn, VISIT_MOVE_ROOM);

	turn_send_if(&visit->turn, commit, visit_move(visit, commit));
}

unsigned visit_got_store(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	if (status != SP_OK)
		return visit_failed(visit, status);
	visit->work->revision = ((struct sp_records_commit *)answer)->revision;
	visit_moved(visit);
	return visit_answered(visit, visit->work->ask);
}

static void attribute_add(struct visit *visit, struct sp_user *user, const char *name,
    const char *value)
{
	struct sp_attribute *attribute = arena_alloc(visit->turn.arena, sizeof(*attribute));

	*attribute = (struct sp_attribute){ .name = name, .value = value };
	((const struct sp_attribute **)(uintptr_t)user->attributes)[user->attribute_count++] =
	    attribute;
}

static struct sp_user *user_made(struct visit *visit)
{
	const struct journey *journey = &visit->work->journey;
	struct arena *arena = visit->turn.arena;
	struct sp_user *user = arena_alloc(arena, sizeof(*user));
	const char **identifiers = arena_alloc(arena, sizeof(*identifiers));

	identifiers[0] = journey->identifier;
	user->id = id_random();
	user->enabled = true;
	user->identifier_count = 1;
	user->identifiers = identifiers;
	user->verifier = journey->verifier;
	user->attributes = arena_alloc(arena,
	    (journey->attribute_count + 1) * sizeof(*user->attributes));
	attribute_add(visit, user, "mail", journey->address);
	for (size_t i = 0; i < journey->attribute_count; i++)
		if (!text_empty(journey->attributes[i].value))
			attribute_add(visit, user, journey->attributes[i].name,
			    journey->attributes[i].value);
	return user;
}

/* Every other door to the account closes before the new password is there (2.5). A link proves no
 * address. */
static struct account account_made(struct visit *visit)
{
	const struct visit_work *work = visit->work;
	struct account account = work->account;

	if (!make_changes(visit))
		account = (struct account){ .created = visit->turn.now };
	else
		account.epoch++;
	if (work->journey.kind == JOURNEY_RESET)
		account.reset = visit->turn.now;
	if (!text_empty(work->journey.verifier))
		account.password_changed = visit->turn.now;
	if (work->journey.kind != JOURNEY_LINK)
		account.proven = true;
	return account;
}

static void intent_fill(struct visit *visit)
{
	struct visit_work *work = visit->work;
	bool changes = make_changes(visit);

	if (changes)
		work->user->verifier = work->journey.verifier;
	else
		work->user = user_made(visit);
	work->intent = (struct intent){
		.id = id_ordered(visit->turn.now), .tenant = visit->turn.tenant->id,
		.kind = changes ? INTENT_UPDATE : INTENT_CREATE, .user = work->user,
	};
}

/* With the intent, which is all that outlives a crash: sent when it is ended, or when the lease of
 * the letter is over. */
static void intent_notice(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;

	work->notice_there = (work->journey.kind == JOURNEY_RESET ||
	    work->journey.kind == JOURNEY_SIGN_IN) &&
	    visit_compose_notice(visit, "password-changed", visit->turn.now) &&
	    outbox_put(commit, visit->turn.store, &work->notice);
}

void visit_ask_intent(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct sp_records_commit *commit = turn_commit(&visit->turn, 6 + VISIT_MOVE_ROOM);
	uint64_t expect = make_changes(visit) ? work->account_revision : SP_ABSENT;

	intent_fill(visit);
	struct account account = account_made(visit);
	bool fits = intents_begin(commit, visit->turn.store, &work->intent) &&
	    accounts_put(commit, accounts_at(visit->turn.tenant->id, work->user->id),
	    &account, expect) && visit_move(visit, commit);
	if (make_changes(visit))
		fits = fits && farewells_put(commit, visit->turn.tenant,
		    &(struct farewell){ .user = work->user->id, .epoch = account.epoch });
	if (fits) {
		intent_notice(visit, commit);
		work->account = account;
	}
	turn_send_if(&visit->turn, commit, fits);
}

unsigned visit_got_intent(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	if (status != SP_OK)
		return visit_failed(visit, status);
	visit->work->revision = ((struct sp_records_commit *)answer)->revision;
	visit->work->account_revision = visit->work->revision;
	visit_moved(visit);
	return VISIT_MAKE;
}

void visit_ask_make(struct flow *flow)
{
	struct visit *visit = visit_of(flow);

	turn_call(&visit->turn, &intents_operation(turn_seat(&visit->turn, BINDING_USERS),
	    &visit->work->intent)->op);
}

/* CONFLICT: somebody else took the address, or changed the user, in between; the sweeper ends the
 * intent. UNKNOWN and UNAVAILABLE: it resumes it; the customer tries again. */
unsigned visit_got_make(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct journey_event event = { .kind = EVENT_MADE, .user = work->user->id,
		.epoch = work->account.epoch };

	if (status != SP_OK)
		return visit_failed(visit, status);
	event.revision = ((struct sp_users_change *)answer)->revision;
	work->user->revision = event.revision;
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return work->ask == ASK_JUDGE ? visit_judge(visit) : (unsigned)VISIT_FINISH;
}
