/*
 * records_last.c - what is there in the next life
 *
 * Notes of the page say to the second process what the first was told: for each writer the
 * last number that was acknowledged.
 */
#include "check/racer.h"
#include "check/records.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ACKNOWLEDGED = 1000, TOLD = RACERS /* note: all that were told */ };

void records_leave(void)
{
	struct records_change stays = { .in = { .action = SP_PUT, .expect = SP_ANY,
		.value = { "here", 4 }, .at = records_at(RECORDS_THINGS, "stays") },
		.durability = SP_ORDERED };
	uint64_t revision = 0;

	ask_must(records_change(&stays, SUBJECT_NOON), SP_OK, RECORDS_EXPECT, "an ORDERED put");
	ask_must(records_put("last", "1", SP_ANY, 0, &revision), SP_OK, RECORDS_EXPECT, "put");
	atomic_store(&page_now()->notes[0], revision);
}

/* A plugin without any key has no place to keep things: that is by design, and told. */
static void keeps_anything(bool found)
{
	if (!found && subject_fleeting())
		page_skip("it has no key that could name a place, and keeps nothing: fit for "
		    "demos and "
		    "tests only");
}

void records_return(void)
{
	uint64_t first = atomic_load(&page_now()->notes[0]), second = 0;
	struct records_seen stays = records_see(records_at(RECORDS_THINGS, "stays"), SUBJECT_NOON);

	keeps_anything(stays.revision != 0);
	MUST(strcmp(stays.value, "here") == 0, RECORDS_DURABLE,
	    "after an orderly end, the next process doesn't find what was written");
	ask_must(records_put("last", "2", first, 0, &second), SP_OK, RECORDS_REVISION,
	    "put in a new process, expecting the revision of the one before");
	MUST(second > first, RECORDS_REVISION, "after a restart, revision %llu follows %llu",
	    (unsigned long long)second, (unsigned long long)first);
}

struct keeper { struct racer racer; uint64_t number; };

static void keeper_key(char out_key[16], unsigned number)
{
	snprintf(out_key, 16, "keeper%u", number);
}

static struct sp_op *keeper_make(struct racer *racer, struct seat *seat)
{
	struct sp_records_commit *commit = commit_new(seat, 1);
	uint64_t *number = sp_op_alloc(&commit->op, sizeof(uint64_t));
	char key[16];

	keeper_key(key, racer->number);
	*number = ++((struct keeper *)racer)->number;
	commit_add(commit, SP_PUT, records_at(RECORDS_THINGS, key), SP_ANY)->value =
	    (struct sp_bytes){ number, sizeof(*number) };
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

/* The process dies here, at once, with all the others' writes under way. */
static bool keeper_take(struct racer *racer, struct sp_op *answer, enum sp_status status)
{
	struct page *page = page_now();

	(void)answer;
	ask_must(status, SP_OK, RECORDS_EXPECT, "put among 64");
	atomic_store(&page->notes[racer->number], ((struct keeper *)racer)->number);
	if (atomic_fetch_add(&page->notes[TOLD], 1) + 1 == ACKNOWLEDGED)
		kill(getpid(), SIGKILL);
	return true;
}

void records_die(void)
{
	static struct keeper keepers[RACERS];

	page_step("64 writers, then kill -9");
	for (unsigned i = 0; i < RACERS; i++)
		keepers[i].racer = (struct racer){ .make = keeper_make, .take = keeper_take };
	racers_run(keepers, sizeof(keepers[0]));
}

void records_survive(void)
{
	for (unsigned i = 0; i < RACERS; i++) {
		uint64_t told = atomic_load(&page_now()->notes[i]), number = 0;
		char key[16];
		keeper_key(key, i);
		struct records_seen seen = records_see(records_at(RECORDS_THINGS, key),
		    SUBJECT_NOON);
		keeps_anything(seen.revision != 0 || told == 0);
		memcpy(&number, seen.value, sizeof(number));
		MUST(number == told || number == told + 1, RECORDS_DURABLE,
		    "kill -9 after %llu writes that were OK: the next process finds number %llu",
		    (unsigned long long)told, (unsigned long long)number);
	}
}
