#include "check/records.h"

#include <stdlib.h>
#include <string.h>

static const int64_t noon = SUBJECT_NOON;

struct sp_address records_at(enum records_kind kind, const char *key)
{
	return address((uint16_t)kind, page_now()->scope, key, strlen(key));
}

static struct sp_op *change_make(struct seat *seat, void *arg)
{
	const struct records_change *want = arg;
	struct sp_records_commit *commit = commit_new(seat, 1);
	struct sp_change *change = commit_add(commit, want->in.action, want->in.at,
	    want->in.expect);
	struct sp_address copied = change->at;

	*change = want->in;
	change->at = copied;
	commit->durability = want->durability;
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static void change_read(struct sp_op *op, void *arg)
{
	const struct sp_records_commit *commit = (const struct sp_records_commit *)op;
	struct records_change *want = arg;

	want->revision = commit->revision;
	want->total = commit->changes[0]->total;
	want->named = commit->failed == commit->changes[0];
}

enum sp_status records_change(struct records_change *want, int64_t now)
{
	struct ask ask = { .what = "records.commit", .make = change_make, .read = change_read,
		.arg = want, .now = now };

	return ask_run(&ask, 0);
}

enum sp_status records_put(const char *key, const char *value, uint64_t expect, int64_t expires,
    uint64_t *out_revision)
{
	struct records_change want = { .in = { .action = SP_PUT, .at = records_at(RECORDS_THINGS,
	    key),
		.expect = expect, .value = { value, strlen(value) }, .expires = expires } };
	enum sp_status status = records_change(&want, noon);

	if (status == SP_OK && out_revision != NULL)
		*out_revision = want.revision;
	MUST(status != SP_OK || want.revision != 0, RECORDS_REVISION, "a put is OK with revision "
	    "0");
	MUST(status != SP_CONFLICT || want.named, RECORDS_EXPECT,
	    "a put ends CONFLICT, and `failed` does not name it");
	return status;
}

enum sp_status records_add(const char *key, int64_t delta, int64_t limit, int64_t now,
    int64_t *out_total)
{
	struct records_change want = { .in = { .action = SP_ADD, .window = 100, .delta = delta,
		.at = records_at(RECORDS_COUNTERS, key), .expect = SP_ANY, .limit = limit } };
	enum sp_status status = records_change(&want, now);

	*out_total = want.total;
	return status;
}

static struct sp_op *see_make(struct seat *seat, void *arg)
{
	return &get_new(seat, &((struct records_seen *)arg)->at, 1)->op;
}

static void see_read(struct sp_op *op, void *arg)
{
	const struct sp_record *record = ((const struct sp_records_get *)op)->records[0];
	struct records_seen *seen = arg;

	seen->revision = record->revision;
	seen->expires = record->expires;
	MUST(record->value.size < sizeof(seen->value), RECORDS_GET,
	    "a value comes back with %zu bytes, of 63 at most", record->value.size);
	if (record->value.size > 0)
		memcpy(seen->value, record->value.data, record->value.size);
}

struct records_seen records_see(struct sp_address at, int64_t now)
{
	struct records_seen seen = { .at = at };
	struct ask ask = { .what = "records.get", .make = see_make, .read = see_read, .arg = &seen,
		.now = now };

	ask_must(ask_run(&ask, 1), SP_OK, "records.h, get: OK also if none is", "get");
	return seen;
}

static void absent(const char *key, int64_t now, const char *clause, const char *why)
{
	uint64_t revision = records_see(records_at(RECORDS_THINGS, key), now).revision;

	MUST(revision == 0, clause, "get of a record %s finds it, revision %llu", why,
	    (unsigned long long)revision);
}

static void put_must(const char *value, uint64_t expect, enum sp_status want,
    uint64_t *out_revision,
    const char *what)
{
	ask_must(records_put("a", value, expect, 0, out_revision), want, RECORDS_EXPECT, what);
}

static void check_must(uint64_t expect, enum sp_status want, const char *what)
{
	struct records_change check = { .in = { .action = SP_CHECK, .expect = expect,
		.at = records_at(RECORDS_THINGS, "empty") } };

	ask_must(records_change(&check, noon), want, RECORDS_EXPECT, what);
}

static void expectations(void)
{
	uint64_t first = 0, second = 0;

	absent("a", noon, RECORDS_GET, "that was never put");
	put_must("one", 12345, SP_CONFLICT, NULL, "put of an absent record, expecting a revision");
	put_must("one", SP_ABSENT, SP_OK, &first, "put of an absent record, expecting that");
	put_must("two", SP_ABSENT, SP_CONFLICT, NULL, "put of a record that is there, expecting "
	    "none");
	put_must("two", first, SP_OK, &second, "put, expecting its revision");
	MUST(second > first, RECORDS_REVISION, "a second put has revision %llu after %llu",
	    (unsigned long long)second, (unsigned long long)first);
	put_must("three", first, SP_CONFLICT, NULL, "put, expecting an older revision");
	struct records_seen now = records_see(records_at(RECORDS_THINGS, "a"), noon);
	MUST(now.revision == second && strcmp(now.value, "two") == 0, RECORDS_GET,
	    "after putting 'two' with revision %llu, get finds '%s' with %llu",
	    (unsigned long long)second, now.value, (unsigned long long)now.revision);
	struct records_change gone = { .in = { .action = SP_REMOVE, .expect = second,
		.at = records_at(RECORDS_THINGS, "a") } };
	ask_must(records_change(&gone, noon), SP_OK, RECORDS_EXPECT, "remove, expecting its "
	    "revision");
	ask_must(records_change(&gone, noon), SP_CONFLICT, RECORDS_EXPECT, "the same remove again");
	absent("a", noon, RECORDS_GET, "that was removed");
	gone.in.expect = SP_ABSENT;
	ask_must(records_change(&gone, noon), SP_OK, "records.h, SP_REMOVE: of an absent record: "
	    "fine, if "
	    "expected", "remove of an absent record, expecting that");
	ask_must(records_put("empty", "", SP_ANY, 0, &first), SP_OK, RECORDS_EXPECT,
	    "put of an empty value");
	MUST(records_see(records_at(RECORDS_THINGS, "empty"), noon).revision == first, RECORDS_GET,
	    "a record with an empty value is not found");
	check_must(first, SP_OK, "check, expecting its revision");
	check_must(SP_ABSENT, SP_CONFLICT, "check of a record that is there, expecting none");
}

static void expiry(void)
{
	struct records_change late = { .in = { .action = SP_PUT, .value = { "y", 1 },
		.at = records_at(RECORDS_THINGS, "brief") } };
	uint64_t revision = 0;

	ask_must(records_put("brief", "x", SP_ABSENT, noon + 10, &revision), SP_OK, RECORDS_EXPECT,
	    "put with an expiry");
	struct records_seen seen = records_see(late.in.at, noon + 9);
	MUST(seen.revision == revision && seen.expires == noon + 10, RECORDS_EXPIRY,
	    "1 ms before its expiry, get finds revision %llu and expiry %lld of a record with "
	    "%llu and "
	    "%lld", (unsigned long long)seen.revision, (long long)seen.expires,
	    (unsigned long long)revision, (long long)noon + 10);
	absent("brief", noon + 10, RECORDS_EXPIRY, "whose expiry is op->now");
	late.in.expect = revision;
	ask_must(records_change(&late, noon + 10), SP_CONFLICT, RECORDS_EXPIRY,
	    "put over an expired record, expecting its revision");
	late.in.expect = SP_ABSENT;
	ask_must(records_change(&late, noon + 10), SP_OK, RECORDS_EXPIRY,
	    "put over an expired record, expecting none");
	MUST(strcmp(records_see(late.in.at, noon + 1000).value, "y") == 0, RECORDS_EXPIRY,
	    "a record put anew without expiry still has the old one");
}

static void add_must(const char *what, struct records_change add, int64_t now, int64_t total)
{
	enum sp_status want = add.in.limit < 0 ? SP_REJECTED : SP_OK;

	if (add.in.limit < 0)
		add.in.limit = -add.in.limit;
	add.in.action = SP_ADD;
	add.in.expect = SP_ANY;
	add.in.at = records_at(RECORDS_COUNTERS, "c");
	ask_must(records_change(&add, now), want, RECORDS_ADD, what);
	MUST(add.total == total, RECORDS_ADD, "%s: total %lld, not %lld", what,
	    (long long)add.total,
	    (long long)total);
}

/* A limit that is written below zero shall refuse. */
#define ADD(d, l, w) (struct records_change){ .in = { .delta = d, .limit = l, .window = w } }

static void counters(void)
{
	struct records_change wrong = { .in = { .action = SP_ADD, .expect = SP_ANY, .delta = 1,
		.limit = 9, .at = records_at(RECORDS_THINGS, "text") } };

	add_must("5 from nothing", ADD(-5, 3, 100), noon, 0);
	for (int64_t i = 1; i <= 3; i++)
		add_must("1 to a counter", ADD(1, 3, 100), noon + i, i);
	add_must("1 above the limit", ADD(1, -3, 100), noon + 50, 3);
	add_must("1 above the limit at the window's last ms", ADD(1, -3, 100), noon + 100, 3);
	add_must("1 after the window", ADD(1, 3, 100), noon + 101, 1);
	add_must("9 from 1", ADD(-9, 3, 100), noon + 102, 0);
	add_must("the greatest number", ADD(INT64_MAX, INT64_MAX, 0), noon + 102, INT64_MAX);
	add_must("1 to the greatest number", ADD(1, -INT64_MAX, 0), noon + 102, INT64_MAX);
	ask_must(records_put("text", "no", SP_ANY, 0, NULL), SP_OK, RECORDS_EXPECT, "put");
	ask_must(records_change(&wrong, noon), SP_FAILED,
	    "records.h, SP_ADD: a value of another length: SP_FAILED", "add to a text");
}

/* All or nothing: a good put beside a bad expectation. */
static struct sp_op *both_make(struct seat *seat, void *arg)
{
	struct sp_records_commit *commit = commit_new(seat, 3);

	(void)arg;
	commit_add(commit, SP_REMOVE, records_at(RECORDS_THINGS, "zz"), 99);
	commit_add(commit, SP_PUT, records_at(RECORDS_THINGS, "aa"), SP_ABSENT)->value =
	    (struct sp_bytes){ "x", 1 };
	commit_add(commit, SP_PUT, records_at(RECORDS_THINGS, "mm"), SP_ANY)->value =
	    (struct sp_bytes){ "x", 1 };
	if (!commit_ready(commit))
		abort();
	return &commit->op;
}

static void both_read(struct sp_op *op, void *arg)
{
	const struct sp_change *failed = ((struct sp_records_commit *)op)->failed;

	(void)arg;
	MUST(failed != NULL && memcmp(failed->at.key.data, "zz", 2) == 0, RECORDS_EXPECT,
	    "a commit of three ends CONFLICT, and `failed` is not the change whose expectation it "
	    "was");
}

static void atomicity(void)
{
	struct ask both = { .what = "records.commit", .make = both_make, .read = both_read };

	ask_must(ask_run(&both, 0), SP_CONFLICT, RECORDS_EXPECT, "two puts beside a remove that "
	    "conflicts");
	absent("aa", noon, RECORDS_BATCH, "that was put in a commit that ended CONFLICT");
	absent("mm", noon, RECORDS_BATCH, "that was put in a commit that ended CONFLICT");
}

/* The same key elsewhere is another record. */
static void apart(void)
{
	struct sp_address there = records_at(RECORDS_THINGS, "same");
	struct sp_address kind = records_at(RECORDS_COUNTERS, "same"), scope = there, longer =
	    records_at(RECORDS_THINGS, "same!");

	scope.scope.byte[8] ^= 1;
	ask_must(records_put("same", "x", SP_ABSENT, 0, NULL), SP_OK, RECORDS_EXPECT, "put");
	MUST(records_see(kind, noon).revision == 0, RECORDS_APART, "a record is found under "
	    "another kind");
	MUST(records_see(scope, noon).revision == 0, RECORDS_APART,
	    "a record is found in another scope: one tenant's in another's");
	MUST(records_see(longer, noon).revision == 0, RECORDS_APART,
	    "a record is found under a longer key");
}

static void blocks(void)
{
	struct records_change put = { .in = { .action = SP_PUT, .expect = SP_ANY, .value = { "v",
	    1 },
		.at = records_at(RECORDS_THINGS, "quick") } };
	struct records_seen seen = { .at = put.in.at };
	struct ask write = { .what = "records.commit", .make = change_make, .arg = &put },
	    read = { .what = "records.get", .make = see_make, .arg = &seen };

	blocks_check(&write);
	blocks_check(&read);
}

static void turn(unsigned number)
{
	(void)number;
	records_put("turn", "v", SP_ANY, 0, NULL);
	records_see(records_at(RECORDS_THINGS, "turn"), noon);
}

static void keeps(void)
{
	keeps_check(turn, KEEPS_TURNS, "commit and get");
}

const struct suite_row suite_records[] = {
	{ "records.expect", "expectations, revisions, put, remove, check", expectations, NULL, 0,
	    0 },
	{ "records.expiry", "expired is absent, by op->now alone", expiry, NULL, 0, 0 },
	{ "records.add", "counters: limits, windows, totals", counters, NULL, 0, 0 },
	{ "records.batch", "a commit is all or nothing", atomicity, NULL, 0, 0 },
	{ "records.apart", "kinds, scopes and keys don't mix", apart, NULL, 0, 0 },
	{ "records.list", "order, prefixes, pages, both directions", records_paging, NULL, 0, 0 },
	{ "records.limits", "4,096 changes, 255-byte keys, 64-KiB values", records_most, NULL, 0,
	    0 },
	{ "records.race", "64 writers of one record, none lost", records_race, NULL, 0, 0 },
	{ "records.count", "64 at once count to 768", records_count, NULL, 0, 0 },
	{ "records.drop", "whoever asked has gone: ended all the same, once", records_dropping,
	    NULL, 0,
	    0 },
	{ "records.churn", "20,000 come and expire, and nothing that lives goes with them",
	    records_churn,
	    NULL, 0, 0 },
	{ "records.blocks", "submit returns at once", blocks, NULL, 0, 0 },
	{ "records.keeps", "no memory and no file is kept", keeps, NULL, 0, 0 },
	{ "records.restart", "what was written is there in the next process", records_leave,
	    records_return, 0, 0 },
	{ "records.kill", "what was acknowledged survives kill -9", records_die, records_survive,
	    true,
	    0 },
	{ 0 },
};
