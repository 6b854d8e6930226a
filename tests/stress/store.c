/*
 * store - what the server keeps, over real plugins
 *
 *	TEST_PLUGINS=... store PLUGINS memory.so
 *	TEST_PLUGINS=... store PLUGINS lmdb.so path FOLDER ...
 *
 * A plain program for the sanitizers: opening and refusing to, snapshots that are swapped under
 * load, crashes between any two steps of mail and of changes of users, counters.
 */
#include "storehouse.h"

#include "base/clock.h"
#include "crypto/keyfile.h"
#include "model/budget.h"
#include "store/budgets.h"
#include "store/metas.h"

#include <stdlib.h>

static void newer_format(struct sp_records_commit *commit, void *arg)
{
	metas_put(commit, &(struct meta){ *(uint64_t *)arg, 1, 1 }, SP_ANY);
}

/* A store that is wrong for this server is refused in words, and nothing starts. */
void opening(void)
{
	struct sp_error error = { "" };
	struct store *refused = NULL;
	uint64_t format = 99;
	char other[80];

	CHECK(node_open("a", key_file(), &store, &error) == SP_OK);
	CHECK(store->epoch == 1);
	crash();
	snprintf(other, sizeof(other), "%.*s/other.key",
	    (int)(strrchr(key_file(), '/') - key_file()), key_file());
	CHECK(node_open("b", other, &refused, &error) == SP_FAILED);	/* req243 */
	CHECK(strstr(error.text, "the store needs it") != NULL && refused == NULL);
	struct keyfile keyfile;
	CHECK(keyfile_make(other, &keyfile, &error));
	error.text[0] = '\0';
	CHECK(node_open("b", other, &refused, &error) == SP_FAILED);
	CHECK(error.text[0] != '\0' && refused == NULL);
	CHECK(commit(newer_format, &format) == SP_OK);
	CHECK(node_open("b", key_file(), &refused, &error) == SP_FAILED);
	CHECK(strstr(error.text, "99") != NULL && refused == NULL);
	format = STORE_FORMAT;
	CHECK(commit(newer_format, &format) == SP_OK);
}

/* Counters: who charges first is served, and one alone begins the pause. */

struct charger {
	struct task task;
	struct loop *loop;
	int left;
	struct sp_id subject;
};

static const struct budget budget = { "test", 10, 60000, 1000, 8000 };
static atomic_int passed, refused, spent, running;

static void charger_next(struct task *task);

static void charger_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	struct charger *charger = arg;
	struct budget_place place = { tenant, charger->subject, BUDGET_MFA_RUN };
	const struct sp_records_commit *commit = (const struct sp_records_commit *)answer;

	CHECK(status == SP_OK || status == SP_REJECTED);
	atomic_fetch_add(status == SP_OK ? &passed : &refused, 1);
	CHECK(budgets_hit(commit, &place) == (status == SP_REJECTED));
	if (status == SP_REJECTED)
		CHECK(budgets_total(commit, &place) == budget.limit);
	if (budgets_spent(commit, &place, &budget, NULL))
		atomic_fetch_add(&spent, 1);
	if (--charger->left > 0)
		loop_later(charger->loop, &charger->task);
	else
		atomic_fetch_sub(&running, 1);
}

static void charger_next(struct task *task)
{
	struct charger *charger = (struct charger *)task;
	struct budget_place place = { tenant, charger->subject, BUDGET_MFA_RUN };
	struct sp_records_commit *commit =
	    commit_new(store_seat(store, BINDING_RECORDS, charger->loop), 1);
	enum sp_status status;

	budgets_charge(commit, &place, &budget, NULL);
	CHECK(commit_ready(commit));
	if (!op_call(&commit->op, charger_heard, charger))
		return;
	struct sp_op *answer = op_answer(&commit->op, &status);
	charger_heard(charger, answer, status);
	op_free(&commit->op);
}

static bool none_runs(void *arg)
{
	(void)arg;
	return atomic_load(&running) == 0;
}

static void fill_clear(struct sp_records_commit *commit, void *arg)
{
	struct budget_place *place = arg;

	budgets_clear(commit, place);
}

static void fill_pause(struct sp_records_commit *commit, void *arg)
{
	struct pause pause = budget_pause(&budget, NULL, clock_wall());

	pauses_put(commit, arg, &budget, &pause, SP_ANY);
}

static void read_paused(const struct sp_record *record, void *arg)
{
	struct pause pause;

	CHECK(pauses_read(record, &pause));
	*(bool *)arg = budget_paused(&pause, clock_wall());
}

/* A refund brings one back; without a counter it makes none. */
static void fill_refund(struct sp_records_commit *commit, void *arg)
{
	budgets_refund(commit, arg);
}

static void read_total(const struct sp_record *record, void *arg)
{
	*(int64_t *)arg = budgets_read(record);
}

void counters(void)
{
	struct charger chargers[3 * LOOPS] = { 0 };
	struct budget_place place = { tenant, id_random(), BUDGET_MFA_RUN };
	bool paused = true;
	int64_t total = -1;

	atomic_store(&running, 3 * LOOPS);
	for (int i = 0; i < 3 * LOOPS; i++) {
		chargers[i] = (struct charger){ { .run = charger_next },
			house.loops[i % LOOPS], 10, place.subject };
		loop_post(chargers[i].loop, &chargers[i].task);
	}
	UNTIL(none_runs, NULL);
	CHECK(atomic_load(&passed) == 10 && atomic_load(&refused) == 80);	/* attackB4 */
	CHECK(atomic_load(&spent) == 1);
	CHECK(commit(fill_refund, &place) == SP_OK);
	read_one(budgets_at(&place), read_total, &total);
	CHECK(total == 9);
	read_one(pauses_at(&place), read_paused, &paused);
	CHECK(!paused);
	CHECK(commit(fill_pause, &place) == SP_OK);
	read_one(pauses_at(&place), read_paused, &paused);
	CHECK(paused);
	CHECK(commit(fill_clear, &place) == SP_OK);
	read_one(pauses_at(&place), read_paused, &paused);
	read_one(budgets_at(&place), read_total, &total);
	CHECK(!paused && total == 0);
	CHECK(commit(fill_refund, &place) == SP_OK);
	read_one(budgets_at(&place), read_total, &total);
	CHECK(total == 0);
}

int main(int argc, char **argv)
{
	storehouse_open(argc, argv);
	opening();
	snapshots();
	counters();
	outboxes();
	intents();
	migrating();
	founding();
	storehouse_close();
	puts("ok");
	return 0;
}
