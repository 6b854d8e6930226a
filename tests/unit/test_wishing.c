/* The doors of a journey that an app wishes beyond policy, and whom it speaks of. */
#include <criterion/criterion.h>

#include "base/id.h"
#include "model/journey.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)

enum { PWD = SP_FACTOR_PASSWORD, FIRST = SP_FACTOR_EMAIL_FIRST, SECOND = SP_FACTOR_EMAIL_SECOND };

static struct journey standing(enum journey_kind kind, uint8_t user, uint32_t factors)
{
	struct journey journey = { .id = id_ordered(NOW), .kind = kind, .stage = STAGE_JUDGING,
		.method = factors == FIRST ? METHOD_OTP : METHOD_PASSWORD, .sign_up_allowed = true,
		.expires = NOW + 1800000, .issuer = "https://a.example/v2.0",
		.user.byte[0] = user, .factors = factors, .signed_in = NOW,
		.factor_time = (factors & SECOND) != 0 ? NOW : 0 };

	return journey;
}

Test(wishing, req92_req93_asked_for_where_that_can_be)
{
	static const struct {
		const char *name;
		uint32_t factors, must, may;
		bool session, none, off, up;
		enum journey_ask ask;
		enum journey_reason reason;
	} rows[] = {
		{ "essential", PWD, SP_MFA, .ask = ASK_CHALLENGE },
		{ "voluntary", PWD, .may = SP_MFA, .ask = ASK_CHALLENGE },
		{ "voluntary, and no page", PWD, .may = SP_MFA, .none = true, .ask = ASK_DONE },
		{ "essential, and no page", PWD, SP_MFA, .none = true, .ask = ASK_CHALLENGE },
		{ "essential, and can't be", PWD, SP_BLOCK, .reason = REASON_UNMET },
		{ "voluntary, and can't be", PWD, .may = SP_BLOCK, .ask = ASK_DONE },
		{ "the other can't be", PWD, SP_MFA, SP_TERMS, .ask = ASK_CHALLENGE },
		{ "method off", PWD, SP_MFA, .off = true, .reason = REASON_UNMET },
		{ "voluntary, method off", PWD, .may = SP_MFA, .off = true, .ask = ASK_DONE },
		{ "a code first (3.4)", FIRST, SP_MFA, .reason = REASON_UNMET },
		{ "voluntary, a code first", FIRST, .may = SP_MFA, .ask = ASK_DONE },
		{ "never a loop", PWD | SECOND, SP_MFA, .reason = REASON_UNMET },
		{ "voluntary, no loop", PWD | SECOND, .may = SP_MFA, .ask = ASK_DONE },
		{ "too old", PWD, SP_AGAIN, .session = true, .ask = ASK_SIGN_IN },
		{ "too old for both", PWD, SP_AGAIN, SP_MFA, .session = true, .ask = ASK_SIGN_IN },
		{ "too old, no session", PWD, SP_AGAIN, .reason = REASON_UNMET },
		{ "sign-up", PWD, SP_MFA, .up = true, .ask = ASK_CHALLENGE },
		{ "sign-up that can't", PWD, SP_BLOCK, .up = true, .reason = REASON_UNMET },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct journey next, journey = standing(rows[i].up ? JOURNEY_SIGN_UP :
		    JOURNEY_SIGN_IN, rows[i].up ? 0 : 1, rows[i].factors);
		struct journey_event event = { .kind = EVENT_JUDGED, .now = NOW,
			.decision = SP_ALLOW, .must = rows[i].must, .may = rows[i].may,
			.email_usable = !rows[i].off };
		enum journey_ask ask;
		journey.session.byte[0] = rows[i].session;
		journey.request.none = rows[i].none;
		/* A code of this journey stands only while the method does (3.6). */
		cr_assert(journey_step(&journey, &event, &next, &ask), "%s", rows[i].name);
		cr_assert_eq(ask, rows[i].ask, "%s: ask %d", rows[i].name, ask);
		cr_assert_eq(next.reason, rows[i].reason, "%s: %d", rows[i].name, next.reason);
	}
}

Test(wishing, policy_comes_first)
{
	struct journey next, journey = standing(JOURNEY_SIGN_IN, 1, PWD);
	struct journey_event event = { .kind = EVENT_JUDGED, .now = NOW, .missing = SP_BLOCK,
		.must = SP_MFA, .email_usable = true };
	enum journey_ask ask;

	cr_assert(journey_step(&journey, &event, &next, &ask));
	cr_assert_eq(next.reason, REASON_BLOCKED);
}

/* Whom the app speaks of is let through, nobody else, and nobody who is only being made. */
Test(wishing, req89_the_hinted_one_alone)
{
	static const struct { enum journey_kind kind; uint8_t user; bool hinted; uint8_t hint;
	    enum journey_reason reason; } rows[] = {
		{ JOURNEY_SIGN_IN, 1, false, 2, REASON_NONE },
		{ JOURNEY_SIGN_IN, 1, true, 1, REASON_NONE },
		{ JOURNEY_SIGN_IN, 1, true, 2, REASON_OTHER },
		{ JOURNEY_SIGN_IN, 1, true, 0, REASON_OTHER },
		{ JOURNEY_SIGN_UP, 0, true, 1, REASON_OTHER },
		{ JOURNEY_SIGN_UP, 0, true, 0, REASON_OTHER },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct journey next, journey = standing(rows[i].kind, rows[i].user, PWD);
		struct journey_event event = { .kind = EVENT_JUDGED, .now = NOW,
			.decision = SP_ALLOW, .email_usable = true };
		enum journey_ask ask;
		journey.request.hinted = rows[i].hinted;
		journey.request.hint.byte[0] = rows[i].hint;
		cr_assert(journey_step(&journey, &event, &next, &ask));
		cr_assert_eq(next.reason, rows[i].reason, "row %zu", i);
		cr_assert_eq(ask == ASK_DENIED, rows[i].reason != REASON_NONE, "row %zu", i);
	}
}
