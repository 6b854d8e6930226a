/* Intents that a crash left open are carried out again, from what they say alone. */
#include "store/intents.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/errand.h"
#include "store/store.h"

struct open { struct open *next; struct intent intent; };

struct resume {
	struct errand errand;
	bool mine;
	struct open *first, **last;
	bool success;
};

static void resume_next(struct resume *resume);

static struct seat *resume_seat(const struct resume *resume, enum binding_role role)
{
	return store_seat(resume->errand.store, role, resume->errand.loop);
}

static void resume_end(struct resume *resume)
{
	resume->errand.store->resuming = false;
	errand_end(&resume->errand);
}

/* Whatever came of it, the next one. */
static void resume_on(struct resume *resume)
{
	resume->first = resume->first->next;
	resume_next(resume);
}

static void resume_closed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct resume *resume = (struct resume *)errand;
	char id[ID_TEXT];

	(void)answer;
	id_format(resume->first->intent.user->id, id);
	if (status == SP_OK)
		log_line(SP_INFO, "intent: a change of user %s that was cut off is %s", id,
		    resume->success ? "done" : "given up: somebody else was later");
	resume_on(resume);
}

static void resume_close(struct resume *resume, struct account *account, uint64_t revision)
{
	const struct intent *intent = &resume->first->intent;
	struct sp_records_commit *commit =
	    commit_new(resume_seat(resume, BINDING_RECORDS), 3);

	intents_end(commit, intent, resume->success);
	if (intents_settle(commit, intent, resume->success, account, revision) &&
	    commit_ready(commit)) {
		errand_call(&resume->errand, &commit->op, resume_closed);
		return;
	}
	op_free(&commit->op);
	resume_on(resume);
}

static void resume_account(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct resume *resume = (struct resume *)errand;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct account account;

	if (status == SP_OK && accounts_read(&errand->arena, get->records[0], &account))
		resume_close(resume, &account, get->records[0]->revision);
	else
		resume_on(resume);
}

static void resume_done(struct resume *resume, bool success)
{
	const struct intent *intent = &resume->first->intent;
	struct sp_address at = accounts_at(intent->tenant, intent->user->id);

	resume->success = success;
	errand_call(&resume->errand, &get_new(resume_seat(resume, BINDING_RECORDS), &at, 1)->op,
	    resume_account);
}

/* It didn't fit any more: because it has happened, or because somebody else was later. */
static void resume_compared(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct resume *resume = (struct resume *)errand;
	const struct sp_users_find *find = (const struct sp_users_find *)answer;
	const struct intent *intent = &resume->first->intent;

	if (status == SP_OK)
		resume_done(resume, intent->kind == INTENT_CREATE ?
		    intents_made(intent, find->user) : intents_met(intent, find->user));
	else if (status == SP_NOT_FOUND)
		resume_done(resume, intents_met(intent, NULL));
	else
		resume_on(resume);
}

static void resume_tried(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct resume *resume = (struct resume *)errand;
	const struct intent *intent = &resume->first->intent;

	(void)answer;
	if (status == SP_OK)
		resume_done(resume, true);
	else if (status == SP_REJECTED)
		resume_done(resume, false);
	else if (status == SP_CONFLICT || status == SP_NOT_FOUND)
		errand_call(errand, &users_get(resume_seat(resume, BINDING_USERS),
		    intent->tenant, intent->user->id)->op, resume_compared);
	else
		resume_on(resume);	/* it stays: the next round */
}

static void resume_next(struct resume *resume)
{
	struct seat *users = resume_seat(resume, BINDING_USERS);

	if (resume->first == NULL || users == NULL || errand_hurried(&resume->errand))
		resume_end(resume);
	else
		errand_call(&resume->errand,
		    &intents_operation(users, &resume->first->intent)->op, resume_tried);
}

static void resume_take(struct resume *resume, const struct sp_record *record)
{
	struct errand *errand = &resume->errand;
	const struct store *store = errand->store;
	struct open *open = arena_alloc(&errand->arena, sizeof(*open));
	struct intent *intent = &open->intent;

	if (!intents_read(&errand->arena, store, record, intent)) {
		if (resume->mine)
			log_line(SP_ERROR, "intent: one that this node's keys don't open; left");
		return;
	}
	if (clock_wall() < intent->begun + store->set.lease &&
	    !(resume->mine && id_equal(intent->node, store->node)))
		return;
	*resume->last = open;
	resume->last = &open->next;
}

static void resume_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct resume *resume = (struct resume *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	for (const struct sp_record *record = status == SP_OK ? list->first : NULL;
	    record != NULL; record = record->next)
		resume_take(resume, record);
	resume_next(resume);
}

void intents_sweep(struct store *store, struct loop *loop, bool mine)
{
	if (store->resuming)
		return;
	struct resume *resume = errand_new(store, loop, sizeof(*resume));
	if (resume == NULL)
		return;
	store->resuming = true;
	resume->mine = mine;
	resume->last = &resume->first;
	errand_call(&resume->errand, &list_new(store_seat(store, BINDING_RECORDS, loop),
	    intents_all(), SP_LIST_MAX)->op, resume_listed);
}
