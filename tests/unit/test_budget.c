/* Budgets by simulation, buckets, sessions, and what is decided about an account. */
#include <criterion/criterion.h>

#include "model/account.h"
#include "model/budget.h"
#include "model/session.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)
#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static struct settings settings;

static void begin(void)
{
	settings_default(&settings);
}

TestSuite(budget, .init = begin);

Test(budget, rows_are_those_of_semantics)
{
	static const struct { enum budget_kind kind; int64_t limit, window, first, most; } rows[] = {
		{ BUDGET_MFA_RUN, 10, 0, 60 * SECOND, HOUR },
		{ BUDGET_MFA_DAY, 50, DAY, 0, 0 },
		{ BUDGET_PASSWORD_KNOWN, 10, 0, 60 * SECOND, 900 * SECOND },
		{ BUDGET_PASSWORD_OTHER, 10, 0, 60 * SECOND, 900 * SECOND },
		{ BUDGET_UNPROVEN_DAY, 30, DAY, 0, 0 },
		{ BUDGET_SENDS_MFA, 10, 600 * SECOND, 0, 0 },
		{ BUDGET_SENDS_UNPROVEN, 3, 900 * SECOND, 0, 0 },
		{ BUDGET_SENDS_UNPROVEN_DAY, 10, DAY, 0, 0 },
		{ BUDGET_NOTICE_DAY, 1, DAY, 0, 0 },
		{ BUDGET_NONE, 0, 0, 0, 0 },
	};

	cr_assert_eq(COUNT(rows), BUDGET_KINDS);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct budget budget = budget_of(rows[i].kind, &settings);
		cr_assert_not_null(budget.name);
		cr_assert_eq(budget.limit, rows[i].limit, "%s", budget.name);
		/* A run outlasts whoever tries: only success ends it. */
		if (rows[i].first > 0)
			cr_assert_geq(budget.window, 3650 * DAY);
		else
			cr_assert_eq(budget.window, rows[i].window, "%s", budget.name);
		cr_assert_eq(budget.pause_first, rows[i].first, "%s", budget.name);
		cr_assert_eq(budget.pause_most, rows[i].most, "%s", budget.name);
	}
	cr_assert_eq(budget_of(BUDGET_KINDS + 1, &settings).limit, 0);
}

Test(budget, req125_pauses_double_to_their_most)
{
	static const int64_t seconds[] = { 60, 120, 240, 480, 900, 900, 900 };
	struct budget budget = budget_of(BUDGET_PASSWORD_OTHER, &settings);
	struct pause pause = { 0 };

	cr_assert_eq(budget_limit(&budget, NULL), 10);
	for (size_t i = 0; i < COUNT(seconds); i++) {
		cr_assert_eq(budget_limit(&budget, &pause), 10 + (int64_t)i);
		pause = budget_pause(&budget, &pause, NOW);
		cr_assert_eq(pause.until - NOW, seconds[i] * SECOND, "%zu", i);
		cr_assert(budget_paused(&pause, NOW + seconds[i] * SECOND - 1));
		cr_assert(!budget_paused(&pause, NOW + seconds[i] * SECOND));
	}
	for (int i = 0; i < 5000; i++)
		pause = budget_pause(&budget, &pause, NOW);
	cr_assert_eq(pause.until - NOW, 900 * SECOND);
	cr_assert(!budget_paused(NULL, NOW));
}

/* The store: a counter that refuses a total above the limit, and a pause record. Tries read the
 * pause, add, and write the pause in three steps, in any order among each other. */
struct shop { int64_t total; struct pause pause; uint64_t writes; };

struct try { int at; struct pause seen; bool charged; };

static uint64_t draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	return z ^ z >> 27;
}

/* True: a wrong guess has been compared. */
static bool try_on(struct try *try, struct shop *shop, const struct budget *budget, int64_t now)
{
	switch (try->at++) {
	case 0:
		try->seen = shop->pause;
		if (budget_paused(&try->seen, now))
			try->at = 3;
		return false;
	case 1: {
		int64_t limit = budget_limit(budget, &try->seen);
		try->charged = shop->total < limit;
		shop->total += try->charged;
		if (!try->charged || shop->total != limit)
			try->at = 3;
		return try->charged;
	}
	default:
		/* By revision: whoever is late finds another pause and writes none. */
		if (shop->pause.level == try->seen.level) {
			shop->pause = budget_pause(budget, &try->seen, now);
			shop->writes++;
		}
		return false;
	}
}

/* attackA1, attackA8: 64 at a time, however they interleave: ten guesses, then one for each
 * pause that has passed. */
Test(budget, attackA1_no_race_passes_the_limit)
{
	struct budget budget = budget_of(BUDGET_MFA_RUN, &settings);

	for (uint64_t round = 0; round < 300; round++) {
		struct shop shop = { 0 };
		struct try tries[64] = { 0 };
		uint64_t seed = round;
		int64_t now = NOW, guesses = 0;
		for (int i = 0; i < 4000; i++) {
			struct try *try = &tries[draw(&seed) % COUNT(tries)];
			guesses += try_on(try, &shop, &budget, now);
			if (try->at >= 3)
				*try = (struct try){ 0 };
			cr_assert_leq(guesses, budget.limit + (int64_t)shop.writes);
			now += draw(&seed) % 50 == 0 ? 20 * SECOND : 1;
		}
		/* And pauses are what takes the time: the n-th is at least so long. */
		int64_t least = 0;
		struct pause pause = { 0 };
		for (uint64_t i = 0; i + 1 < shop.writes; i++) {
			pause = budget_pause(&budget, &pause, 0);
			least += pause.until;
		}
		cr_assert_geq(now - NOW, least);
		cr_assert_geq(guesses, budget.limit);
	}
}

/* req136: eight digits, all that a day's budget allows, are one in two million. */
Test(budget, req136_a_day_of_guesses)
{
	struct budget day = budget_of(BUDGET_MFA_DAY, &settings);

	cr_assert_leq((double)day.limit / 1e8, 1e-6);
}

Test(budget, buckets_give_no_more_than_their_rate)
{
	struct bucket bucket = { 0 };
	int64_t wait = 0;

	for (int i = 0; i < 30; i++)
		cr_assert(bucket_take(&bucket, 30, HOUR, 5, &wait), "%d", i);
	cr_assert(!bucket_take(&bucket, 30, HOUR, 5, &wait));
	cr_assert_eq(wait, 120 * SECOND);
	cr_assert(!bucket_take(&bucket, 30, HOUR, 5 + wait - 1, &wait));
	cr_assert_eq(wait, 1);
	cr_assert(bucket_take(&bucket, 30, HOUR, 5 + 120 * SECOND, &wait));
	cr_assert(!bucket_take(&bucket, 30, HOUR, 5 + 120 * SECOND, &wait));
	/* A clock that jumps back gives nothing. */
	cr_assert(!bucket_take(&bucket, 30, HOUR, 5, &wait));
	cr_assert(!bucket_take(&(struct bucket){ 0 }, 0, HOUR, 5, &wait));
	cr_assert_eq(wait, HOUR);
	/* Over a long time: the rate, plus one full bucket. */
	uint64_t seed = 1;
	int64_t now = NOW, taken = 0;
	bucket = (struct bucket){ 0 };
	while (now < NOW + 10 * HOUR) {
		taken += bucket_take(&bucket, 30, HOUR, now, &wait);
		now += 1 + (int64_t)(draw(&seed) % 20000);
	}
	cr_assert(taken >= 300 && taken <= 330, "%lld", (long long)taken);
}

Test(budget, sessions_end_to_the_millisecond)
{
	struct session session = { .user = { { 1 } }, .issuer = "https://a/v2.0", .epoch = 3 };

	session_begin(&session, &settings, NOW);
	cr_assert_eq(session.expires, NOW + DAY);
	cr_assert(session_valid(&session, "https://a/v2.0", 3, NOW + DAY - 1));
	cr_assert(!session_valid(&session, "https://a/v2.0", 3, NOW + DAY));
	cr_assert(!session_valid(&session, "https://b/v2.0", 3, NOW));
	cr_assert(!session_valid(&session, NULL, 3, NOW));
	/* req49, req197: any other epoch, whichever is newer. */
	cr_assert(!session_valid(&session, "https://a/v2.0", 4, NOW));
	cr_assert(!session_valid(&session, "https://a/v2.0", 2, NOW));
	cr_assert(!session_valid(&(struct session){ .issuer = "i", .expires = NOW }, "i", 0, 0));
}

Test(budget, sessions_slide_by_tenths)
{
	struct session session = { .user = { { 1 } }, .issuer = "i" };

	session_begin(&session, &settings, NOW);
	cr_assert(!session_touch(&session, &settings, NOW + DAY / 10 - 1));
	cr_assert_eq(session.used, NOW);
	cr_assert(session_touch(&session, &settings, NOW + DAY / 10));
	cr_assert_eq(session.expires, NOW + DAY / 10 + DAY);
	session.persistent = true;
	session_begin(&session, &settings, NOW);
	cr_assert_eq(session.expires, NOW + 90 * DAY);
	cr_assert(!session_touch(&session, &settings, NOW + 8 * DAY));
	cr_assert(session_touch(&session, &settings, NOW + 9 * DAY));
}

Test(budget, req207_a_day_of_one_mailbox)
{
	cr_assert(!account_single_mailbox(&(struct account){ 0 }, NOW));
	cr_assert(account_single_mailbox(&(struct account){ .reset = NOW }, NOW));
	cr_assert(account_single_mailbox(&(struct account){ .reset = NOW }, NOW + DAY - 1));
	cr_assert(!account_single_mailbox(&(struct account){ .reset = NOW }, NOW + DAY));
	cr_assert(account_single_mailbox(&(struct account){ .reset = NOW }, NOW - 5));
}

/* Many at once use what only one may: all of it is waited for, but not for ever (attack A12). */
Test(budget, buckets_owe_what_was_used_on_credit)
{
	struct bucket bucket = { 0 };
	int64_t wait = 0;

	for (int i = 0; i < 64; i++)
		bucket_owe(&bucket, 20, 600 * SECOND, 5);
	cr_assert(!bucket_take(&bucket, 20, 600 * SECOND, 5, &wait));
	cr_assert_eq(wait, 45 * 30 * SECOND);
	cr_assert(!bucket_take(&bucket, 20, 600 * SECOND, 5 + wait - 1, &wait));
	cr_assert(bucket_take(&bucket, 20, 600 * SECOND, 5 + 45 * 30 * SECOND, &wait));
	for (int i = 0; i < 10000; i++)
		bucket_owe(&bucket, 20, 600 * SECOND, HOUR);
	cr_assert(bucket_take(&bucket, 20, 600 * SECOND,
	    HOUR + (BUCKET_DEBT + 1) * 600 * SECOND, &wait));
}
