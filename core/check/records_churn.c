/*
 * records_churn.c - records that come and expire, as they do all day
 *
 * A hundred in each round, a second after the last one, live for ten seconds; beside them are
 * some that last. Whatever a backend reclaims, nothing that lives may go.
 */
#include "check/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECLAIMS \
	"records.h, Expiry: reclaim in your own time, but leave what expired in the last minute"

enum { ROUNDS = 200, EACH = 100, LASTS = 500, LIFE = 10000, STEP = 1000 };

struct round { enum records_kind kind; unsigned from, count; int64_t expires, now; };

/* Scattered, as counters are. */
static struct sp_address number_at(enum records_kind kind, unsigned number, char out_key[16])
{
	snprintf(out_key, 16, "%08x", number * UINT32_C(2654435761));
	return records_at(kind, out_key);
}

static struct sp_op *round_make(struct seat *seat, void *arg)
{
	const struct round *round = arg;
	struct sp_records_commit *commit = commit_new(seat, round->count);
	char key[16];

	for (unsigned i = 0; i < round->count; i++) {
		struct sp_change *put = commit_add(commit, SP_PUT, number_at(round->kind,
		    round->from + i, key), SP_ABSENT);
		put->value = (struct sp_bytes){ "v", 1 };
		put->expires = round->expires;
	}
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static void round_put(struct round *round)
{
	struct ask put = { .what = "records.commit", .make = round_make, .arg = round,
		.now = round->now };

	ask_must(ask_run(&put, 0), SP_OK, RECORDS_EXPECT, "put of records that were never there");
}

static bool there(enum records_kind kind, unsigned number, int64_t now)
{
	char key[16];

	return records_see(number_at(kind, number, key), now).revision != 0;
}

/* Absent once it has expired, and there for an operation that has waited since before. */
static void round_look(const struct round *round)
{
	unsigned old = round->from - LIFE / STEP * EACH;

	MUST(there(RECORDS_BRIEF, round->from, round->now), RECLAIMS, "a record that lives is "
	    "gone");
	if (round->from < LIFE / STEP * EACH)
		return;
	MUST(!there(RECORDS_BRIEF, old, round->now), RECORDS_EXPIRY, "a record that expired is "
	    "there");
	MUST(there(RECORDS_BRIEF, old, round->now - 1), RECLAIMS,
	    "a record that expired just now is gone for an operation from before");
}

void records_churn(void)
{
	struct round lasting = { RECORDS_LASTING, 0, LASTS, 0, SUBJECT_NOON };
	int64_t end = SUBJECT_NOON + INT64_C(1000) * ROUNDS;

	round_put(&lasting);
	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t now = SUBJECT_NOON + (int64_t)i * STEP;
		struct round round = { RECORDS_BRIEF, i * EACH, EACH, now + LIFE, now };
		round_put(&round);
		round_look(&round);
	}
	for (unsigned i = 0; i < LASTS; i++)
		MUST(there(RECORDS_LASTING, i, end), RECLAIMS, "a record without expiry is gone");
}
