/* The doors of a journey, one row for each move: what is allowed, and what is not. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/pack.h"
#include "base/text.h"
#include "model/journey.h"
#include "model/session.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)
#define ID(n) { { n } }

enum { PWD = SP_FACTOR_PASSWORD, FIRST = SP_FACTOR_EMAIL_FIRST, SECOND = SP_FACTOR_EMAIL_SECOND };

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(journey, .fini = end);

/* Where a journey stands, what happens, what comes of it. `refused`: nothing. */
struct move {
	const char *name;
	enum journey_kind kind;
	enum journey_stage stage;
	enum local_method method;
	uint8_t user, challenge, session;
	uint32_t factors;
	bool closed;		/* no sign-up here */
	struct journey_event event;
	bool refused;
	enum journey_stage to;
	enum journey_ask ask;
	uint32_t passed;
	enum journey_reason reason;
};

#define IN JOURNEY_SIGN_IN
#define UP JOURNEY_SIGN_UP
#define RESET JOURNEY_RESET
#define LINK JOURNEY_LINK
#define ALLOW .event = { .kind = EVENT_JUDGED, .decision = SP_ALLOW, .email_usable = true }
#define WANT(what) .event = { .kind = EVENT_JUDGED, .decision = SP_ASK, .missing = what, \
	.email_usable = true }
#define PROOF .event = { .kind = EVENT_PROVED, .challenge = ID(7) }
#define DENIED(why) .to = STAGE_OVER, .ask = ASK_DENIED, .reason = why

static const struct move moves[] = {
	/* Sign-in by password. */
	{ "password", IN, STAGE_IDENTIFY, .event = { .kind = EVENT_PASSWORD, .user = ID(1) },
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = PWD },
	{ "password of nobody", IN, STAGE_IDENTIFY, .event = { .kind = EVENT_PASSWORD },
	  .refused = true },
	{ "password where codes are", IN, STAGE_IDENTIFY, METHOD_OTP,
	  .event = { .kind = EVENT_PASSWORD, .user = ID(1) }, .refused = true },
	{ "password in a sign-up", UP, STAGE_IDENTIFY,
	  .event = { .kind = EVENT_PASSWORD, .user = ID(1) }, .refused = true },
	{ "password again at the second door (C8)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_PASSWORD, .user = ID(2) }, .refused = true },
	{ "allowed", IN, STAGE_JUDGING, .user = 1, .factors = PWD, ALLOW,
	  .to = STAGE_OVER, .ask = ASK_DONE, .passed = PWD },
	{ "allowed, and something missing", IN, STAGE_JUDGING, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_JUDGED, .decision = SP_ALLOW, .missing = SP_MFA },
	  DENIED(REASON_BLOCKED), .passed = PWD },
	{ "blocked", IN, STAGE_JUDGING, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_JUDGED, .missing = SP_BLOCK }, DENIED(REASON_BLOCKED),
	  .passed = PWD },
	{ "denied, missing MFA", IN, STAGE_JUDGING, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_JUDGED, .missing = SP_MFA, .email_usable = true },
	  DENIED(REASON_BLOCKED), .passed = PWD },
	{ "nothing asked, nothing missing", IN, STAGE_JUDGING, .user = 1, .factors = PWD, WANT(0),
	  DENIED(REASON_BLOCKED), .passed = PWD },
	{ "MFA", IN, STAGE_JUDGING, .user = 1, .factors = PWD, WANT(SP_MFA),
	  .to = STAGE_SEND, .ask = ASK_CHALLENGE, .passed = PWD },
	{ "MFA and terms", IN, STAGE_JUDGING, .user = 1, .factors = PWD,
	  WANT(SP_MFA | SP_TERMS), DENIED(REASON_BLOCKED), .passed = PWD },
	{ "terms", IN, STAGE_JUDGING, .user = 1, .factors = PWD, WANT(SP_TERMS),
	  DENIED(REASON_BLOCKED), .passed = PWD },
	{ "MFA, method off (3.6)", IN, STAGE_JUDGING, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_JUDGED, .decision = SP_ASK, .missing = SP_MFA },
	  DENIED(REASON_METHOD_OFF), .passed = PWD },
	{ "MFA after a code first (3.4, req145)", IN, STAGE_JUDGING, METHOD_OTP, .user = 1,
	  .factors = FIRST, WANT(SP_MFA), DENIED(REASON_NO_METHOD), .passed = FIRST },
	{ "the same, method off", IN, STAGE_JUDGING, METHOD_OTP, .user = 1, .factors = FIRST,
	  .event = { .kind = EVENT_JUDGED, .decision = SP_ASK, .missing = SP_MFA },
	  DENIED(REASON_NO_METHOD), .passed = FIRST },
	{ "judged at the second door", IN, STAGE_SECOND, .user = 1, .factors = PWD, ALLOW,
	  .refused = true },
	{ "judged before the first (C17)", IN, STAGE_IDENTIFY, ALLOW, .refused = true },
	/* The second door. */
	{ "sent", IN, STAGE_SEND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_SENT, .challenge = ID(7) },
	  .to = STAGE_SECOND, .ask = ASK_CODE, .passed = PWD },
	{ "sent nothing", IN, STAGE_SEND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_SENT }, .refused = true },
	{ "sent to nobody", IN, STAGE_SEND, .factors = PWD,
	  .event = { .kind = EVENT_SENT, .challenge = ID(7) }, .refused = true },
	{ "sent after a code first", IN, STAGE_SEND, .user = 1, .factors = FIRST,
	  .event = { .kind = EVENT_SENT, .challenge = ID(7) }, .refused = true },
	{ "sent without a first", IN, STAGE_SEND, .user = 1,
	  .event = { .kind = EVENT_SENT, .challenge = ID(7) }, .refused = true },
	{ "sent twice: five tries in all (1.2)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .challenge = 7, .event = { .kind = EVENT_SENT, .challenge = ID(8) }, .refused = true },
	{ "second", IN, STAGE_SECOND, .user = 1, .factors = PWD, .challenge = 7,
	  .event = { .kind = EVENT_SECOND, .challenge = ID(7) },
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = PWD | SECOND },
	{ "second by another challenge (attackB15)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .challenge = 7, .event = { .kind = EVENT_SECOND, .challenge = ID(8) }, .refused = true },
	{ "second by none (attackC1)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_SECOND }, .refused = true },
	{ "second before it was sent", IN, STAGE_SEND, .user = 1, .factors = PWD, .challenge = 7,
	  .event = { .kind = EVENT_SECOND, .challenge = ID(7) }, .refused = true },
	{ "second told as a proof", IN, STAGE_SECOND, .user = 1, .factors = PWD, .challenge = 7,
	  PROOF, .refused = true },
	{ "new password in the window (attackC16)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_NEW_PASSWORD, .verifier = "$h" }, .refused = true },
	{ "reset in the window (attackC4)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_RESET }, .refused = true },
	{ "start again in the window (attackC3)", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_SIGN_IN }, .refused = true },
	{ "never a loop", IN, STAGE_JUDGING, .user = 1, .factors = PWD | SECOND, WANT(SP_MFA),
	  DENIED(REASON_BLOCKED), .passed = PWD | SECOND },
	{ "switched off since (req146)", IN, STAGE_JUDGING, .user = 1, .factors = PWD | SECOND,
	  .event = { .kind = EVENT_JUDGED, .decision = SP_ALLOW }, DENIED(REASON_METHOD_OFF),
	  .passed = PWD | SECOND },
	/* Consent. */
	{ "agreed (req27)", IN, STAGE_CONSENT, .user = 1, .session = 9, .factors = PWD,
	  .event = { .kind = EVENT_CONSENTED }, .to = STAGE_OVER, .ask = ASK_DONE, .passed = PWD },
	{ "nobody agreed", IN, STAGE_CONSENT, .session = 9,
	  .event = { .kind = EVENT_CONSENTED }, .refused = true },
	{ "agreed without a session", IN, STAGE_CONSENT, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_CONSENTED }, .refused = true },
	{ "agreed at the second door", IN, STAGE_SECOND, .user = 1, .session = 9, .factors = PWD,
	  .event = { .kind = EVENT_CONSENTED }, .refused = true },
	{ "agreed before the policy's word", IN, STAGE_JUDGING, .user = 1, .session = 9,
	  .factors = PWD, .event = { .kind = EVENT_CONSENTED }, .refused = true },
	/* From a session. */
	{ "too old a session", IN, STAGE_JUDGING, .user = 1, .session = 9, .factors = PWD,
	  WANT(SP_AGAIN), .to = STAGE_IDENTIFY, .ask = ASK_SIGN_IN },
	{ "too old, and MFA", IN, STAGE_JUDGING, .user = 1, .session = 9, .factors = PWD,
	  WANT(SP_AGAIN | SP_MFA), .to = STAGE_IDENTIFY, .ask = ASK_SIGN_IN },
	{ "too old without a session", IN, STAGE_JUDGING, .user = 1, .factors = PWD,
	  WANT(SP_AGAIN), DENIED(REASON_BLOCKED), .passed = PWD },
	{ "too old, and blocked", IN, STAGE_JUDGING, .user = 1, .session = 9, .factors = PWD,
	  WANT(SP_AGAIN | SP_TERMS), DENIED(REASON_BLOCKED), .passed = PWD },
	/* Codes first. */
	{ "identified", IN, STAGE_IDENTIFY, METHOD_OTP, .event = { .kind = EVENT_IDENTIFIED,
	  .user = ID(1), .challenge = ID(7), .identifier = "a@b", .address = "a@b" },
	  .to = STAGE_PROVE, .ask = ASK_CODE },
	{ "identified, unknown: the same", IN, STAGE_IDENTIFY, METHOD_OTP,
	  .event = { .kind = EVENT_IDENTIFIED, .challenge = ID(7), .identifier = "a@b",
	  .address = "a@b" }, .to = STAGE_PROVE, .ask = ASK_CODE },
	{ "identified without an address", IN, STAGE_IDENTIFY, METHOD_OTP,
	  .event = { .kind = EVENT_IDENTIFIED, .user = ID(1), .challenge = ID(7),
	  .identifier = "", .address = "a@b" }, .refused = true },
	{ "code first where passwords are", IN, STAGE_IDENTIFY, .event = {
	  .kind = EVENT_IDENTIFIED, .user = ID(1), .challenge = ID(7), .identifier = "a@b",
	  .address = "a@b" }, .refused = true },
	{ "proved", IN, STAGE_PROVE, METHOD_OTP, .user = 1, .challenge = 7, PROOF,
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = FIRST },
	{ "proved, a decoy", IN, STAGE_PROVE, METHOD_OTP, .challenge = 7, PROOF, .refused = true },
	{ "proved by another challenge", IN, STAGE_PROVE, METHOD_OTP, .user = 1, .challenge = 8,
	  PROOF, .refused = true },
	{ "proof told as a second door", IN, STAGE_PROVE, METHOD_OTP, .user = 1, .challenge = 7,
	  .event = { .kind = EVENT_SECOND, .challenge = ID(7) }, .refused = true },
	/* Sign-up. */
	{ "sign-up not allowed (E13)", IN, STAGE_IDENTIFY, .closed = true,
	  .event = { .kind = EVENT_SIGN_UP }, .refused = true },
	{ "sign-up not allowed, by address", UP, STAGE_IDENTIFY, .closed = true, .event = {
	  .kind = EVENT_IDENTIFIED, .challenge = ID(7), .identifier = "a@b",
	  .address = "a@b" }, .refused = true },
	{ "sign-up", IN, STAGE_IDENTIFY, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_SIGN_UP }, .to = STAGE_IDENTIFY, .ask = ASK_ADDRESS },
	{ "sign-up proved", UP, STAGE_PROVE, .challenge = 7, PROOF,
	  .to = STAGE_PASSWORD, .ask = ASK_NEW_PASSWORD },
	{ "sign-up proved, somebody is here (req144)", UP, STAGE_PROVE, .user = 1, .challenge = 7,
	  PROOF, .refused = true },
	{ "sign-up by code", UP, STAGE_PROVE, METHOD_OTP, .challenge = 7, .event = {
	  .kind = EVENT_PROVED, .challenge = ID(7), .email_usable = true, .proof_counts = true },
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = FIRST },
	{ "sign-up by code, attributes", UP, STAGE_PROVE, METHOD_OTP, .challenge = 7, .event = {
	  .kind = EVENT_PROVED, .challenge = ID(7), .attributes_wanted = true },
	  .to = STAGE_ATTRIBUTES, .ask = ASK_ATTRIBUTES },
	{ "sign-up by code, MFA (10b)", UP, STAGE_JUDGING, METHOD_OTP, .factors = FIRST,
	  WANT(SP_MFA), DENIED(REASON_NO_METHOD), .passed = FIRST },
	{ "sign-up, no password", UP, STAGE_PASSWORD, .event = { .kind = EVENT_NEW_PASSWORD },
	  .refused = true },
	{ "sign-up, password, the proof counts (3.3)", UP, STAGE_PASSWORD, .event = {
	  .kind = EVENT_NEW_PASSWORD, .verifier = "$h", .email_usable = true,
	  .proof_counts = true }, .to = STAGE_JUDGING, .ask = ASK_JUDGE,
	  .passed = PWD | SECOND },
	{ "sign-up, the switch is off", UP, STAGE_PASSWORD, .event = {
	  .kind = EVENT_NEW_PASSWORD, .verifier = "$h", .email_usable = true },
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = PWD },
	{ "sign-up, the method is off", UP, STAGE_PASSWORD, .event = {
	  .kind = EVENT_NEW_PASSWORD, .verifier = "$h", .proof_counts = true },
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = PWD },
	{ "sign-up, attributes", UP, STAGE_PASSWORD, .event = { .kind = EVENT_NEW_PASSWORD,
	  .verifier = "$h", .attributes_wanted = true }, .to = STAGE_ATTRIBUTES,
	  .ask = ASK_ATTRIBUTES },
	{ "sign-up, attributes given", UP, STAGE_ATTRIBUTES, .event = { .kind = EVENT_ATTRIBUTES },
	  .to = STAGE_JUDGING, .ask = ASK_JUDGE, .passed = PWD },
	{ "sign-up allowed", UP, STAGE_JUDGING, .factors = PWD, ALLOW, .to = STAGE_CREATING,
	  .ask = ASK_MAKE, .passed = PWD },
	{ "sign-up blocked, nothing made", UP, STAGE_JUDGING, .factors = PWD | SECOND,
	  .event = { .kind = EVENT_JUDGED, .missing = SP_BLOCK }, DENIED(REASON_BLOCKED),
	  .passed = PWD | SECOND },
	{ "sign-up, a second door first", UP, STAGE_JUDGING, .factors = PWD, WANT(SP_MFA),
	  .to = STAGE_SEND, .ask = ASK_CHALLENGE, .passed = PWD },
	{ "sign-up, a fresh code", UP, STAGE_SECOND, .factors = PWD, .challenge = 7,
	  .event = { .kind = EVENT_SECOND, .challenge = ID(7) }, .to = STAGE_JUDGING,
	  .ask = ASK_JUDGE, .passed = PWD | SECOND },
	{ "sign-up made", UP, STAGE_CREATING, .factors = PWD, .event = { .kind = EVENT_MADE,
	  .user = ID(1) }, .to = STAGE_OVER, .ask = ASK_DONE, .passed = PWD },
	{ "sign-up made of nobody", UP, STAGE_CREATING, .factors = PWD,
	  .event = { .kind = EVENT_MADE }, .refused = true },
	{ "made before leave", UP, STAGE_JUDGING, .factors = PWD, .event = { .kind = EVENT_MADE,
	  .user = ID(1) }, .refused = true },
	/* Reset. */
	{ "reset where there are no passwords", IN, STAGE_IDENTIFY, METHOD_OTP,
	  .event = { .kind = EVENT_RESET }, .refused = true },
	{ "reset", IN, STAGE_IDENTIFY, .event = { .kind = EVENT_RESET }, .to = STAGE_IDENTIFY,
	  .ask = ASK_ADDRESS },
	{ "reset proved is no factor (3.5, attackC11)", RESET, STAGE_PROVE, .user = 1,
	  .challenge = 7, PROOF, .to = STAGE_PASSWORD, .ask = ASK_NEW_PASSWORD },
	{ "reset of nobody", RESET, STAGE_PROVE, .challenge = 7, PROOF, .refused = true },
	{ "reset, password", RESET, STAGE_PASSWORD, .user = 1, .event = {
	  .kind = EVENT_NEW_PASSWORD, .verifier = "$h" }, .to = STAGE_CREATING, .ask = ASK_MAKE },
	{ "reset, no code", RESET, STAGE_PROVE, .user = 1, .challenge = 7, .event = {
	  .kind = EVENT_NEW_PASSWORD, .verifier = "$h" }, .refused = true },
	{ "reset made: no session", RESET, STAGE_CREATING, .user = 1,
	  .event = { .kind = EVENT_MADE, .user = ID(1) }, .to = STAGE_OVER,
	  .ask = ASK_RESET_DONE },
	/* Ends. */
	{ "denied", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_DENIED, .reason = REASON_TRIES }, DENIED(REASON_TRIES),
	  .passed = PWD },
	{ "denied without a reason", IN, STAGE_SECOND, .user = 1, .factors = PWD,
	  .event = { .kind = EVENT_DENIED }, DENIED(REASON_BLOCKED), .passed = PWD },
	{ "over is over", IN, STAGE_OVER, .user = 1, .factors = PWD, ALLOW, .refused = true },
	{ "denied when over", IN, STAGE_OVER, .user = 1, .event = { .kind = EVENT_DENIED },
	  .refused = true },
	{ "no event", IN, STAGE_IDENTIFY, .event = { .kind = EVENT_NONE }, .refused = true },
	{ "no kind", JOURNEY_NONE, STAGE_IDENTIFY, .event = { .kind = EVENT_SIGN_IN },
	  .refused = true },
};

static struct journey standing(const struct move *move)
{
	struct journey journey = { .id = id_ordered(NOW), .kind = move->kind,
		.stage = move->stage, .method = move->method, .sign_up_allowed = !move->closed,
		.expires = NOW + 1800000, .issuer = "https://a.example/v2.0",
		.user.byte[0] = move->user, .challenge.byte[0] = move->challenge,
		.session.byte[0] = move->session, .factors = move->factors,
		.factor_time = (move->factors & SECOND) != 0 ? NOW : 0, .signed_in = NOW };

	return journey;
}

Test(journey, req32_each_door)
{
	for (size_t i = 0; i < COUNT(moves); i++) {
		const struct move *move = &moves[i];
		struct journey journey = standing(move), next = journey;
		struct journey_event event = move->event;
		enum journey_ask ask = ASK_DONE;
		event.now = NOW + 1000;
		bool moved = journey_step(&journey, &event, &next, &ask);
		cr_assert_eq(moved, !move->refused, "%s", move->name);
		if (!moved) {
			cr_assert_eq(memcmp(&next, &journey, sizeof(next)), 0, "%s", move->name);
			cr_assert_eq(ask, ASK_DONE, "%s", move->name);
			continue;
		}
		cr_assert_eq(next.stage, move->to, "%s: stage %d", move->name, next.stage);
		cr_assert_eq(ask, move->ask, "%s: ask %d", move->name, ask);
		cr_assert_eq(next.factors, move->passed, "%s: %x", move->name, next.factors);
		cr_assert_eq(next.reason, move->reason, "%s: %d", move->name, next.reason);
	}
}

/* Expiry is exclusive, for each stage; only a denial may still be written. */
Test(journey, attackB1_expiry_to_the_millisecond)
{
	for (size_t i = 0; i < COUNT(moves); i++) {
		struct journey journey = standing(&moves[i]), next;
		struct journey_event event = moves[i].event;
		enum journey_ask ask;
		event.now = journey.expires - 1;
		bool in_time = journey_step(&journey, &event, &next, &ask);
		cr_assert_eq(in_time, !moves[i].refused, "%s", moves[i].name);
		event.now = journey.expires;
		bool late = journey_step(&journey, &event, &next, &ask);
		cr_assert_eq(late, in_time && event.kind == EVENT_DENIED, "%s", moves[i].name);
	}
}

Test(journey, a_code_is_spent_by_its_step)
{
	struct journey journey = standing(&(struct move){ .kind = IN, .stage = STAGE_SECOND,
		.user = 1, .challenge = 7, .factors = PWD });
	struct journey_event event = { .kind = EVENT_SECOND, .now = NOW + 5,
		.challenge = ID(7) };
	enum journey_ask ask;

	cr_assert(journey_step(&journey, &event, &journey, &ask));
	cr_assert(id_zero(journey.challenge));
	cr_assert_eq(journey.factor_time, NOW + 5);
	cr_assert_eq(journey.signed_in, NOW);
}

/* A second door of the session, too old for policy, is asked for anew, once. */
Test(journey, req188_step_up_keeps_the_first_factor)
{
	struct journey journey = standing(&(struct move){ .kind = IN, .stage = STAGE_JUDGING,
		.user = 1, .session = 9, .factors = PWD | SECOND });
	struct journey_event want = { .kind = EVENT_JUDGED, .decision = SP_ASK,
		.missing = SP_MFA, .email_usable = true, .now = NOW + 1 };
	enum journey_ask ask;

	journey.signed_in = journey.factor_time = NOW - 5000;
	cr_assert(journey_step(&journey, &want, &journey, &ask));
	cr_assert_eq(ask, ASK_CHALLENGE);
	struct journey_event sent = { .kind = EVENT_SENT, .challenge = ID(7), .now = NOW + 2 };
	cr_assert(journey_step(&journey, &sent, &journey, &ask));
	struct journey_event second = { .kind = EVENT_SECOND, .challenge = ID(7), .now = NOW + 3 };
	cr_assert(journey_step(&journey, &second, &journey, &ask));
	cr_assert_eq(journey.signed_in, NOW - 5000);
	cr_assert_eq(journey.factor_time, NOW + 3);
	cr_assert(journey_step(&journey, &want, &journey, &ask));
	cr_assert_eq(ask, ASK_DENIED);
}

/* What an SSO session passed earlier stays passed when the method goes off. */
Test(journey, a_session_outlives_the_switch)
{
	struct journey journey = standing(&(struct move){ .kind = IN, .stage = STAGE_JUDGING,
		.user = 1, .session = 9, .factors = PWD | SECOND });
	struct journey_event event = { .kind = EVENT_JUDGED, .decision = SP_ALLOW, .now = NOW };
	enum journey_ask ask;

	journey.factor_time = NOW - 1;
	cr_assert(journey_step(&journey, &event, &journey, &ask));
	cr_assert_eq(ask, ASK_DONE);
}

Test(journey, req201_a_session_holds_what_was_passed)
{
	struct journey journey = standing(&(struct move){ .kind = IN, .stage = STAGE_OVER,
		.user = 1, .factors = PWD | SECOND });
	struct session session;

	journey.stay = journey.single_mailbox = true;
	journey.epoch = 5;
	journey_session(&journey, &session);
	cr_assert(id_equal(session.user, journey.user));
	cr_assert_eq(session.factors, PWD | SECOND);
	cr_assert_eq(session.epoch, 5);
	cr_assert_eq(session.signed_in, NOW);
	cr_assert_eq(session.factor_time, NOW);
	cr_assert(session.persistent && session.single_mailbox);
	cr_assert_str_eq(session.issuer, journey.issuer);

	static const struct { enum journey_kind kind; enum journey_stage stage;
		enum journey_reason reason; } not[] = {
		{ IN, STAGE_SECOND, REASON_NONE }, { IN, STAGE_JUDGING, REASON_NONE },
		{ IN, STAGE_OVER, REASON_BLOCKED }, { RESET, STAGE_OVER, REASON_NONE },
	};
	for (size_t i = 0; i < COUNT(not); i++) {
		journey.kind = not[i].kind;
		journey.stage = not[i].stage;
		journey.reason = not[i].reason;
		journey_session(&journey, &session);
		cr_assert(id_zero(session.user) && session.factors == 0, "%zu", i);
		cr_assert(!session_valid(&session, session.issuer, 0, NOW));
	}
}

Test(journey, facts_and_purposes)
{
	struct journey journey = standing(&(struct move){ .kind = IN, .stage = STAGE_SECOND,
		.user = 1, .factors = PWD | SECOND });
	struct tenant tenant = { .id = ID(3) };
	struct sp_facts facts;

	journey_facts(&journey, &tenant, (struct sp_ids){ 0 }, NOW + 9, &facts);
	cr_assert_eq(facts.tenant.byte[0], 3);
	cr_assert_eq(facts.began, NOW - SESSION_SKEW);
	cr_assert_eq(facts.now, NOW + 9);
	cr_assert_eq(facts.factors, PWD | SECOND);
	static const struct { enum journey_kind kind; enum journey_stage stage;
		enum passcode_purpose purpose; enum journey_ask ask; } rows[] = {
		{ IN, STAGE_IDENTIFY, PASSCODE_NONE, ASK_SIGN_IN },
		{ UP, STAGE_IDENTIFY, PASSCODE_NONE, ASK_ADDRESS },
		{ IN, STAGE_PROVE, PASSCODE_SIGN_IN, ASK_CODE },
		{ UP, STAGE_PROVE, PASSCODE_SIGN_UP, ASK_CODE },
		{ RESET, STAGE_PROVE, PASSCODE_RESET, ASK_CODE },
		{ IN, STAGE_SEND, PASSCODE_SECOND, ASK_SEND },
		{ UP, STAGE_SECOND, PASSCODE_SECOND, ASK_CODE },
		{ UP, STAGE_PASSWORD, PASSCODE_NONE, ASK_NEW_PASSWORD },
		{ UP, STAGE_ATTRIBUTES, PASSCODE_NONE, ASK_ATTRIBUTES },
		{ UP, STAGE_JUDGING, PASSCODE_NONE, ASK_JUDGE },
		{ IN, STAGE_CONSENT, PASSCODE_NONE, ASK_CONSENT },
		{ UP, STAGE_CREATING, PASSCODE_NONE, ASK_MAKE },
		{ IN, STAGE_OVER, PASSCODE_NONE, ASK_DENIED },
		{ LINK, STAGE_IDENTIFY, PASSCODE_NONE, ASK_LINK },
		{ LINK, STAGE_PROVE, PASSCODE_NONE, ASK_CODE },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		journey.kind = rows[i].kind;
		journey.stage = rows[i].stage;
		cr_assert_eq(journey_purpose(&journey), rows[i].purpose, "%zu", i);
		cr_assert_eq(journey_asks(&journey), rows[i].ask, "%zu", i);
	}
	for (int reason = 0; reason < REASONS; reason++)
		cr_assert(!text_empty(journey_reason_name(reason)), "%d", reason);
}

static struct sp_bytes packed(void)
{
	static const struct journey_attribute attributes[] = { { "city", "Wien" }, { "x", "" } };
	struct journey journey = standing(&moves[0]);
	struct pack pack;

	journey.stage = STAGE_JUDGING;
	journey.reason = REASON_GROUPS;
	journey.user = (struct sp_id)ID(1);
	journey.epoch = 3, journey.revision = 4;
	journey.identifier = journey.address = "ann@example.com";
	journey.verifier = "$argon2id$x";
	journey.attribute_count = 2, journey.attributes = attributes;
	journey.stay = journey.stored = journey.founds = true;
	journey.browser[31] = 8;
	journey.factors = PWD;
	journey.request = (struct authorize){ .client_id = "c", .redirect_uri = "https://a/",
		.scope = "openid", .state = "s&t", .max_age = -1, .none = true };
	pack_begin(&pack, &arena, 1);
	journey_pack(&pack, &journey);
	return pack_end(&pack);
}

Test(journey, pack_comes_back)
{
	struct sp_bytes bytes = packed();
	struct unpack unpack;
	struct journey journey;

	unpack_begin(&unpack, &arena, bytes, 1);
	journey_unpack(&unpack, &journey);
	cr_assert(unpack_ok(&unpack));
	cr_assert_eq(journey.stage, STAGE_JUDGING);
	cr_assert_eq(journey.reason, REASON_GROUPS);
	cr_assert(journey.epoch == 3 && journey.revision == 4 && journey.factors == PWD);
	cr_assert(journey.stay && journey.stored && journey.founds && journey.sign_up_allowed);
	cr_assert(!journey.single_mailbox);
	cr_assert_eq(journey.browser[31], 8);
	cr_assert_str_eq(journey.attributes[0].value, "Wien");
	cr_assert_str_eq(journey.attributes[1].value, "");
	cr_assert_str_eq(journey.request.state, "s&t");
	cr_assert(journey.request.max_age == -1 && journey.request.none && !journey.request.login);
	cr_assert_null(journey.request.nonce);
	cr_assert_str_eq(journey.verifier, "$argon2id$x");
}

/* Cut anywhere: wrong, and a journey that is over. */
Test(journey, pack_cut_short_is_over)
{
	struct sp_bytes whole = packed();

	for (size_t size = 1; size < whole.size; size++) {
		struct unpack unpack;
		struct journey journey = { .stage = STAGE_SECOND };
		unpack_begin(&unpack, &arena, (struct sp_bytes){ arena_copy(&arena, whole.data,
		    size), size }, 1);
		journey_unpack(&unpack, &journey);
		cr_assert(!unpack_ok(&unpack) && journey.stage == STAGE_OVER, "%zu", size);
	}
}
