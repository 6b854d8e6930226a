/* A backtest: what becomes of a recorded sign-in under another verdict, and how it is counted. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "model/backtest.h"
#include "model/session.h"
#include "model/tenant.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1764000000000)
#define BOTH (SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND)

static const struct sp_id u = { { 'u' } }, app = { { 'a' } };

/* At noon, by a journey that began a minute before. */
static struct signin_record signin(uint32_t factors, int64_t factor_time)
{
	return (struct signin_record){ .id = id_ordered(NOW), .user = u, .app = app,
		.journey = id_ordered(NOW - 60000), .at = NOW, .signed_in = NOW - 30000,
		.factors = factors, .factor_time = factor_time, .target_count = 1, .targets = &app,
		.decision = SP_ALLOW, .kind = JOURNEY_SIGN_IN, .interactive = true };
}

static const struct {
	const char *what;
	uint32_t factors;
	int64_t factor_time;
	enum sp_decision was;
	enum journey_reason reason;
	enum sp_decision is;
	uint32_t missing;
	bool email;
	enum backtest_change change;
} rows[] = {
	{ "let through, then and now", SP_FACTOR_PASSWORD, 0, SP_ALLOW, REASON_NONE, SP_ALLOW, 0,
	    true, BACKTEST_SAME },
	{ "a second door that was none", SP_FACTOR_PASSWORD, 0, SP_ALLOW, REASON_NONE, SP_ASK, SP_MFA,
	    true, BACKTEST_ASKED },
	{ "and Email is off for him (3.6)", SP_FACTOR_PASSWORD, 0, SP_ALLOW, REASON_NONE, SP_ASK,
	    SP_MFA, false, BACKTEST_LOCKED },
	{ "and email was the first (3.4)", SP_FACTOR_EMAIL_FIRST, 0, SP_ALLOW, REASON_NONE, SP_ASK,
	    SP_MFA, true, BACKTEST_LOCKED },
	{ "a block", SP_FACTOR_PASSWORD, 0, SP_ALLOW, REASON_NONE, SP_DENY, SP_BLOCK, true,
	    BACKTEST_BLOCKED },
	{ "what nobody can ask for, blocks", SP_FACTOR_PASSWORD, 0, SP_ALLOW, REASON_NONE, SP_ASK,
	    SP_TERMS, true, BACKTEST_BLOCKED },
	{ "asked then and now", BOTH, NOW - 10000, SP_ALLOW, REASON_NONE, SP_ASK, SP_MFA, true,
	    BACKTEST_SAME },
	{ "asked then, not now", BOTH, NOW - 10000, SP_ALLOW, REASON_NONE, SP_ALLOW, 0, true,
	    BACKTEST_EASED },
	{ "a door of yesterday is none of today's asking", BOTH, NOW - 86400000, SP_ALLOW,
	    REASON_NONE, SP_ALLOW, 0, true, BACKTEST_SAME },
	{ "asked anew", BOTH, NOW - 86400000, SP_ALLOW, REASON_NONE, SP_ASK, SP_MFA, true,
	    BACKTEST_ASKED },
	{ "to sign in again", SP_FACTOR_PASSWORD, 0, SP_ALLOW, REASON_NONE, SP_ASK, SP_AGAIN, true,
	    BACKTEST_ASKED },
	{ "both again", BOTH, NOW - 86400000, SP_ALLOW, REASON_NONE, SP_ASK, SP_AGAIN | SP_MFA, true,
	    BACKTEST_ASKED },
	{ "blocked then and now", SP_FACTOR_PASSWORD, 0, SP_DENY, REASON_BLOCKED, SP_DENY, SP_BLOCK,
	    true, BACKTEST_SAME },
	{ "blocked then, asked now", SP_FACTOR_PASSWORD, 0, SP_DENY, REASON_BLOCKED, SP_ASK, SP_MFA,
	    true, BACKTEST_EASED },
	{ "blocked then, locked out now", SP_FACTOR_EMAIL_FIRST, 0, SP_DENY, REASON_BLOCKED, SP_ASK,
	    SP_MFA, true, BACKTEST_EASED },
	{ "locked out then and now", SP_FACTOR_EMAIL_FIRST, 0, SP_ASK, REASON_NO_METHOD, SP_ASK,
	    SP_MFA, true, BACKTEST_SAME },
	{ "locked out then, and blocked now", SP_FACTOR_EMAIL_FIRST, 0, SP_ASK, REASON_NO_METHOD,
	    SP_DENY, SP_BLOCK, true, BACKTEST_BLOCKED },
	{ "Email was off, and is on", SP_FACTOR_PASSWORD, 0, SP_ASK, REASON_METHOD_OFF, SP_ASK,
	    SP_MFA, true, BACKTEST_EASED },
};

Test(backtest, what_becomes_of_a_sign_in_under_another_verdict)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct signin_record one = signin(rows[i].factors, rows[i].factor_time);
		struct whatif_verdict after = { rows[i].is, rows[i].missing, NOW };
		one.decision = rows[i].was;
		one.reason = rows[i].reason;
		cr_assert(backtest_counts(&one));
		enum backtest_change change = backtest_change(&one, &after, rows[i].email);
		cr_assert_eq(change, rows[i].change, "%s: %d", rows[i].what, change);
	}
}

Test(backtest, policy_is_asked_as_it_was_first_asked)
{
	struct signin_record one = signin(BOTH, NOW - 10000);
	struct sp_facts facts = backtest_facts(u, &one, 0);

	cr_assert(facts.factors == SP_FACTOR_PASSWORD && facts.factor_time == 0 &&
	    facts.now == NOW && facts.began == NOW - 60000 - SESSION_SKEW);
	one = signin(BOTH, NOW - 86400000);
	facts = backtest_facts(u, &one, 0);
	cr_assert(facts.factors == BOTH && facts.factor_time == NOW - 86400000);
	one = signin(SP_FACTOR_LINK, NOW - 10000);	/* an operator's word: nobody asks for it */
	facts = backtest_facts(u, &one, 0);
	cr_assert(facts.factors == SP_FACTOR_LINK);
}

Test(backtest, wrong_passwords_sign_ups_and_nobody_do_not_count)
{
	struct signin_record one = signin(SP_FACTOR_PASSWORD, 0);

	one.reason = REASON_CREDENTIALS;
	cr_assert(!backtest_counts(&one));
	one = signin(SP_FACTOR_PASSWORD, 0);
	one.user = (struct sp_id){ { 0 } };
	cr_assert(!backtest_counts(&one));
	one = signin(SP_FACTOR_PASSWORD, 0);
	one.target_count = 0;
	cr_assert(!backtest_counts(&one));
	one = signin(SP_FACTOR_PASSWORD, 0);
	one.kind = JOURNEY_SIGN_UP;
	cr_assert(!backtest_counts(&one));
	one.kind = JOURNEY_NONE;
	one.interactive = false;	/* a refresh */
	cr_assert(backtest_counts(&one));
}

Test(backtest, all_are_in_the_totals_and_break_glass_accounts_are_named_once)
{
	static struct backtest_tally tally;
	struct sp_id glass = { { 'g' } }, groups[2] = { glass, { { 'h' } } };
	struct backtest_spared spared = { .groups = { 1, &glass } };
	struct signin_record one = signin(SP_FACTOR_PASSWORD, 0);

	for (uint32_t i = 0; i < 700; i++) {
		one.app = (struct sp_id){ { 'a', (uint8_t)(i * 7), (uint8_t)(i >> 5) } };
		backtest_add(&tally, &spared, &one, BACKTEST_ASKED);
		backtest_add(&tally, &spared, &one, BACKTEST_SAME);
	}
	cr_assert(tally.judged == 1400 && tally.counts[BACKTEST_ASKED] == 700 &&
	    tally.counts[BACKTEST_SAME] == 700);
	cr_assert(tally.apps.count == BACKTEST_ROWS && tally.apps.others > 0 &&
	    tally.groups.count == 0 && tally.spared_count == 0);
	for (size_t i = 1; i < tally.apps.count; i++)
		cr_assert(id_compare(&tally.apps.rows[i - 1].id, &tally.apps.rows[i].id) < 0);
	one.groups = groups;
	one.group_count = 2;
	backtest_add(&tally, &spared, &one, BACKTEST_SAME);
	backtest_add(&tally, &spared, &one, BACKTEST_EASED);
	cr_assert(tally.spared_count == 0 && tally.groups.count == 2);
	backtest_add(&tally, &spared, &one, BACKTEST_BLOCKED);
	backtest_add(&tally, &spared, &one, BACKTEST_LOCKED);
	cr_assert(tally.spared_count == 1 && id_equal(tally.spared[0], u));
	cr_assert(tally.groups.rows[0].counts[BACKTEST_EASED] == 1 &&
	    tally.groups.rows[0].counts[BACKTEST_BLOCKED] == 1);
}

Test(backtest, who_is_excluded_by_policies_that_are_not_off_is_meant_to_get_in)
{
	struct sp_id a = { { 'a' } }, b = { { 'b' } }, c = { { 'c' } };
	struct policy on = { .row = { .state = SP_ON, .users.exclude = { 1, &b },
	    .groups.exclude = { 1, &c } } };
	struct policy report = { .row = { .state = SP_REPORT_ONLY, .users.exclude = { 1, &a } } };
	struct policy off = { .row = { .state = SP_OFF, .users.exclude = { 1, &c } } };
	const struct policy *policies[] = { &on, &report, &off };
	struct tenant tenant = { .policy_count = 3, .policies = policies };
	struct arena arena;

	arena_init(&arena, NULL, 0);
	struct backtest_spared spared = backtest_spared(&arena, &tenant);
	cr_assert(spared.users.count == 2 && id_among(spared.users.sorted, 2, a) &&
	    id_among(spared.users.sorted, 2, b) && spared.groups.count == 1);
	arena_done(&arena);
}
