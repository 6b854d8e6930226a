/*
 * Families of refresh tokens: tables, and a random walk against a second, naive book that knows of
 * no numbers: which token was made of which, and which have been used.
 *
 * GRANT_WALKS and GRANT_SEED say how many, and which.
 */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "model/app.h"
#include "model/grant.h"

#include <stdlib.h>
#include <string.h>

#define DAY INT64_C(86400000)
#define BEGAN INT64_C(1000000000)

static const struct settings settings = { .refresh_idle = 10 * DAY, .refresh_lifetime = 30 * DAY,
	.refresh_spa = DAY, .refresh_repeat = 2 * DAY };

Test(grant, req45_req46_the_newest_is_current_the_one_before_repeats_older_ones_are_reuse)
{
	static const struct { uint64_t newest, used; int64_t later; enum grant_verdict verdict; }
	rows[] = {
		{ 1, 1, 0, GRANT_CURRENT }, { 1, 0, 0, GRANT_VOID }, { 1, 2, 0, GRANT_VOID },
		{ 2, 1, 0, GRANT_REPEAT }, { 2, 2, 0, GRANT_CURRENT }, { 2, 3, 0, GRANT_VOID },
		{ 3, 1, 0, GRANT_REUSED }, { 3, 2, 0, GRANT_REPEAT }, { 3, 3, 0, GRANT_CURRENT },
		{ 3, 0, 0, GRANT_VOID }, { 3, UINT64_MAX, 0, GRANT_VOID },
		{ 900, 1, 0, GRANT_REUSED }, { 900, 898, 0, GRANT_REUSED },
		{ 3, 2, 2 * DAY - 1, GRANT_REPEAT }, { 3, 2, 2 * DAY, GRANT_REUSED },
		{ 3, 3, 2 * DAY, GRANT_CURRENT },
		{ 3, 3, 10 * DAY - 1, GRANT_CURRENT }, { 3, 3, 10 * DAY, GRANT_VOID },
		{ 3, 1, 10 * DAY, GRANT_VOID },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct grant grant = { .generation = rows[i].newest, .began = BEGAN,
			.rotated = BEGAN + DAY };
		cr_assert_eq(grant_judge(&grant, &settings, rows[i].used,
		    grant.rotated + rows[i].later), rows[i].verdict, "row %zu", i);
	}
}

Test(grant, req47_a_family_ends_idle_in_all_and_sooner_in_a_browser)
{
	struct grant grant = { .began = BEGAN, .rotated = BEGAN, .generation = 1 };

	cr_assert_eq(grant_expires(&grant, &settings), BEGAN + 10 * DAY);
	grant_rotate(&grant, BEGAN + 9 * DAY);
	cr_assert_eq(grant.generation, 2);
	cr_assert_eq(grant_expires(&grant, &settings), BEGAN + 19 * DAY);
	grant_rotate(&grant, BEGAN + 25 * DAY);
	cr_assert_eq(grant_expires(&grant, &settings), BEGAN + 30 * DAY);
	cr_assert_eq(grant_judge(&grant, &settings, 3, BEGAN + 30 * DAY), GRANT_VOID);
	grant.spa = true;
	cr_assert_eq(grant_expires(&grant, &settings), BEGAN + DAY);
	struct settings less = settings;
	less.refresh_lifetime = DAY / 2;
	cr_assert_eq(grant_expires(&grant, &less), BEGAN + DAY / 2);
}

Test(grant, one_word_may_be_left_out)
{
	struct arena arena = { 0 };

	cr_assert_str_eq(grant_without(&arena, "openid offline_access email", GRANT_SCOPE),
	    "openid email");
	cr_assert_str_eq(grant_without(&arena, GRANT_SCOPE, GRANT_SCOPE), "");
	cr_assert_str_eq(grant_without(&arena, NULL, GRANT_SCOPE), "");
	arena_done(&arena);
}

Test(grant, req39_req48_offline_access_is_asked_for_and_not_switched_off)
{
	struct app may = { .refresh_tokens = true }, may_not = { .refresh_tokens = false };

	cr_assert(grant_offered(&may, "openid offline_access"));
	cr_assert_not(grant_offered(&may, "openid"));
	cr_assert_not(grant_offered(&may, "offline_access_x"));
	cr_assert_not(grant_offered(&may, NULL));
	cr_assert_not(grant_offered(&may_not, "openid offline_access"));
}

enum { ISSUED_MOST = 64, STEPS = 200, HOLDERS = 3 };

/* A token as the naive book has it: which one was made of it, and whether anybody used it. */
struct page { int next; bool used; };

struct walk {
	uint64_t seed;
	struct page book[ISSUED_MOST + 1];
	int issued;			/* tokens 1 to issued */
	bool ended;			/* by reuse */
	struct grant grant;
	int64_t now;
	int holds[HOLDERS];		/* the newest that each knows; 0: the honest client */
	bool stolen;			/* somebody else has held one */
};

static uint64_t draw(struct walk *walk)
{
	uint64_t z = walk->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool chance(struct walk *walk, unsigned percent)
{
	return draw(walk) % 100 < percent;
}

/* What must happen, told of the book alone. */
static enum grant_verdict book_says(const struct walk *walk, int token)
{
	const struct page *page = &walk->book[token];

	if (!page->used)
		return GRANT_CURRENT;
	return walk->book[page->next].used ? GRANT_REUSED : GRANT_REPEAT;
}

/* Uses a token as the server does; returns the successor that the answer carries, or 0. */
static int walk_use(struct walk *walk, int token)
{
	enum grant_verdict verdict = grant_judge(&walk->grant, &settings, (uint64_t)token,
	    walk->now);

	cr_assert_eq(verdict, book_says(walk, token), "token %d of %d", token, walk->issued);
	switch (verdict) {
	case GRANT_CURRENT:
		grant_rotate(&walk->grant, walk->now);
		walk->book[token] = (struct page){ ++walk->issued, true };
		break;
	case GRANT_REPEAT:
		break;
	default:
		walk->ended = true;
		return 0;
	}
	cr_assert_eq(walk->book[token].next, (int)walk->grant.generation, "the same successor");
	return walk->book[token].next;
}

/* Somebody refreshes; the answer may be lost on the way, or copied. */
static void walk_step(struct walk *walk)
{
	int who = chance(walk, 70) ? 0 : 1 + (int)(draw(walk) % (HOLDERS - 1));

	if (walk->holds[who] == 0) {
		walk->holds[who] = walk->holds[0];	/* a thief takes what there is */
		walk->stolen = true;
		return;
	}
	int old = 1 + (int)(draw(walk) % (unsigned)walk->issued);
	int token = who != 0 && chance(walk, 10) ? old : walk->holds[who];
	int next = walk_use(walk, token);
	if (next != 0 && chance(walk, 60))
		walk->holds[who] = next;
	walk->now += (int64_t)(draw(walk) % 1000);
}

static int walk_run(uint64_t seed, bool thieves)
{
	struct walk walk = { .seed = seed, .issued = 1, .now = BEGAN,
		.grant = { .generation = 1, .began = BEGAN, .rotated = BEGAN }, .holds = { 1 } };

	for (int i = 0; i < STEPS && !walk.ended && walk.issued < ISSUED_MOST; i++) {
		if (thieves) {
			walk_step(&walk);
			continue;
		}
		int next = walk_use(&walk, walk.holds[0]);
		cr_assert(next != 0 && !walk.ended, "an honest client is locked out");
		if (chance(&walk, 50))
			walk.holds[0] = next;
	}
	cr_assert(walk.ended <= walk.stolen, "ended without a thief");
	return walk.ended;
}

Test(grant, attackA17_a_walk_agrees_with_a_naive_book)
{
	const char *count = getenv("GRANT_WALKS"), *seed = getenv("GRANT_SEED");
	uint64_t first = seed != NULL ? strtoull(seed, NULL, 10) : 1;
	uint64_t walks = count != NULL ? strtoull(count, NULL, 10) : 2000;
	int ended = 0;

	for (uint64_t i = 0; i < walks; i++) {
		ended += walk_run(first + i, true);
		(void)walk_run(first + i, false);
	}
	cr_assert(ended > (int)(walks / 4), "only %d families met their thief", ended);
}
