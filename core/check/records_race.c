/* records_race.c - 64 at once on one record, and those who leave */
#include "check/racer.h"
#include "check/records.h"

#include "loop/loop.h"
#include "plugin/op.h"

#include <stdlib.h>
#include <string.h>

#define LOST "records.h, commit: every expectation is checked before the first write"

enum { ROUNDS = 12 };

/* Each reads, writes one more if nobody was faster, and again. */
struct writer {
	struct racer racer;
	bool writes;		/* the next */
	uint64_t revision;
	int value, left;
};

static struct sp_op *writer_make(struct racer *racer, struct seat *seat)
{
	struct writer *writer = (struct writer *)racer;
	struct sp_address at = records_at(RECORDS_RACE, "k");

	if (!writer->writes)
		return &get_new(seat, &at, 1)->op;
	struct sp_records_commit *commit = commit_new(seat, 1);
	struct sp_change *change = commit_add(commit, SP_PUT, at, writer->revision);
	int *value = sp_op_alloc(&commit->op, sizeof(int));
	*value = writer->value + 1;
	change->value = (struct sp_bytes){ value, sizeof(int) };
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static void writer_read(struct writer *writer, struct sp_op *answer, enum sp_status status)
{
	ask_must(status, SP_OK, "records.h, get: OK also if none is", "get among 64 writers");
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	MUST(record->revision == 0 || record->value.size == sizeof(int), RECORDS_GET,
	    "a value of %zu bytes comes back with %zu", sizeof(int), record->value.size);
	writer->revision = record->revision;
	writer->value = 0;
	if (record->revision != 0)
		memcpy(&writer->value, record->value.data, sizeof(int));
}

static bool writer_take(struct racer *racer, struct sp_op *answer, enum sp_status status)
{
	struct writer *writer = (struct writer *)racer;

	if (!writer->writes) {
		writer_read(writer, answer, status);
	} else if (status == SP_OK) {
		writer->left--;
	} else {
		ask_must(status, SP_CONFLICT, RECORDS_EXPECT, "commit among 64 writers");
	}
	writer->writes = !writer->writes;
	return writer->left > 0;
}

void records_race(void)
{
	static struct writer writers[RACERS];
	int value = 0;

	page_step("64 writers of one record");
	for (unsigned i = 0; i < RACERS; i++)
		writers[i] = (struct writer){ .racer = { .make = writer_make, .take = writer_take },
			.left = ROUNDS };
	racers_run(writers, sizeof(writers[0]));
	struct records_seen last = records_see(records_at(RECORDS_RACE, "k"), 0);
	memcpy(&value, last.value, sizeof(value));
	MUST(value == RACERS * ROUNDS, LOST, "64 writers wrote %d times OK, each one more than it "
	    "had "
	    "read, and the record says %d", RACERS * ROUNDS, value);
}

struct adder { struct racer racer; int left; };

static struct sp_op *adder_make(struct racer *racer, struct seat *seat)
{
	struct sp_records_commit *commit = commit_new(seat, 1);
	struct sp_change *change = commit_add(commit, SP_ADD, records_at(RECORDS_COUNTERS, "many"),
	    SP_ANY);

	(void)racer;
	change->delta = 1;
	change->limit = INT64_MAX;
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static bool adder_take(struct racer *racer, struct sp_op *answer, enum sp_status status)
{
	static atomic_bool seen[RACERS * ROUNDS + 1];

	ask_must(status, SP_OK, RECORDS_ADD, "add among 64");
	int64_t total = ((struct sp_records_commit *)answer)->changes[0]->total;
	MUST(total > 0 && total <= RACERS * ROUNDS, RECORDS_ADD, "64 at once add 1: a total of "
	    "%lld",
	    (long long)total);
	MUST(!atomic_exchange(&seen[total], true), RECORDS_ADD,
	    "64 at once add 1, and two are told the same total, %lld", (long long)total);
	return --((struct adder *)racer)->left > 0;
}

void records_count(void)
{
	static struct adder adders[RACERS];
	int64_t total;

	page_step("64 adders to one counter");
	for (unsigned i = 0; i < RACERS; i++)
		adders[i] = (struct adder){ { .make = adder_make, .take = adder_take }, ROUNDS };
	racers_run(adders, sizeof(adders[0]));
	ask_must(records_add("many", 0, INT64_MAX, SUBJECT_NOON, &total), SP_OK, RECORDS_ADD,
	    "add of 0");
	MUST(total == RACERS * ROUNDS, RECORDS_ADD, "%d adds of 1 that were OK make %lld",
	    RACERS * ROUNDS, (long long)total);
}

/* Whoever asked has gone: the backend goes on, ends it once, and all is well. */

static void drop_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	(void)arg, (void)answer, (void)status;
	abort();
}

static void drop_many(struct loop *loop, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < RACERS; i++) {
		struct sp_records_commit *commit = commit_new(subject_seat(loop), 1);
		struct sp_change *change = commit_add(commit, SP_ADD,
		    records_at(RECORDS_COUNTERS, "dropped"), SP_ANY);
		change->delta = 1;
		change->limit = RACERS;
		if (!commit_ready(commit))
			abort();
		if (op_call(&commit->op, drop_heard, NULL))
			op_free(&commit->op);
		else
			op_drop(&commit->op);
	}
}

void records_dropping(void)
{
	int64_t total;

	page_step("commits that nobody waits for");
	for (unsigned i = 0; i < SUBJECT_LOOPS; i++)
		loop_call(subject_loop(i), drop_many, NULL);
	ask_must(records_add("dropped", 0, RACERS, SUBJECT_NOON, &total), SP_OK, RECORDS_ADD,
	    "add of 0");
	MUST(total <= RACERS, RECORDS_ADD, "a limit of %d was passed: %lld", RACERS,
	    (long long)total);
}
