/* A policy that asks for a new password: who may choose one, and when (SEMANTICS 3, entra.md 1.2). */
#include <criterion/criterion.h>

#include "base/id.h"
#include "model/journey.h"

#define NOW INT64_C(1795507893999)
#define PWD SP_FACTOR_PASSWORD
#define BOTH (SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND)
#define FIRST SP_FACTOR_EMAIL_FIRST
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct row {
	const char *name;
	enum journey_kind kind;
	uint32_t factors, missing;
	bool session, renewed, renewable;
	enum journey_stage to;
	enum journey_ask ask;
	enum journey_reason reason;
} rows[] = {
	{ "both doors passed", JOURNEY_SIGN_IN, BOTH, SP_NEW_PASSWORD, .renewable = true,
	  .to = STAGE_PASSWORD, .ask = ASK_NEW_PASSWORD },
	{ "the second door first", JOURNEY_SIGN_IN, PWD, SP_NEW_PASSWORD | SP_MFA,
	  .renewable = true, .to = STAGE_SEND, .ask = ASK_CHALLENGE },
	{ "no second door", JOURNEY_SIGN_IN, PWD, SP_NEW_PASSWORD, .renewable = true,
	  .reason = REASON_BLOCKED },
	{ "a code first", JOURNEY_SIGN_IN, FIRST, SP_NEW_PASSWORD, .renewable = true,
	  .reason = REASON_BLOCKED },
	{ "a backend that changes none", JOURNEY_SIGN_IN, BOTH, SP_NEW_PASSWORD,
	  .reason = REASON_BLOCKED },
	{ "never a loop", JOURNEY_SIGN_IN, BOTH, SP_NEW_PASSWORD, .renewable = true,
	  .renewed = true, .reason = REASON_BLOCKED },
	{ "from a session: anew", JOURNEY_SIGN_IN, BOTH, SP_NEW_PASSWORD, .renewable = true,
	  .session = true, .to = STAGE_IDENTIFY, .ask = ASK_SIGN_IN },
	{ "from a session, and MFA: anew", JOURNEY_SIGN_IN, PWD, SP_NEW_PASSWORD | SP_MFA,
	  .renewable = true, .session = true, .to = STAGE_IDENTIFY, .ask = ASK_SIGN_IN },
	{ "and terms", JOURNEY_SIGN_IN, BOTH, SP_NEW_PASSWORD | SP_TERMS, .renewable = true,
	  .reason = REASON_BLOCKED },
	{ "a sign-up", JOURNEY_SIGN_UP, BOTH, SP_NEW_PASSWORD, .renewable = true,
	  .reason = REASON_BLOCKED },
};

static struct journey journey_of(const struct row *row)
{
	return (struct journey){ .id = id_ordered(NOW), .kind = row->kind, .stage = STAGE_JUDGING,
		.method = METHOD_PASSWORD, .sign_up_allowed = true, .expires = NOW + 1000000,
		.user.byte[0] = row->kind == JOURNEY_SIGN_IN, .factors = row->factors,
		.signed_in = NOW, .factor_time = NOW + 1, .session.byte[0] = row->session,
		.renewed = row->renewed, .identifier = "a@b", .address = "a@b" };
}

Test(renewal, who_may_choose)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct journey journey = journey_of(&rows[i]);
		struct journey_event event = { .kind = EVENT_JUDGED, .now = NOW + 2,
			.decision = SP_ASK, .missing = rows[i].missing, .email_usable = true,
			.renewable = rows[i].renewable };
		enum journey_ask ask;
		cr_assert(journey_step(&journey, &event, &journey, &ask), "%s", rows[i].name);
		cr_assert(journey.stage == rows[i].to && ask == rows[i].ask &&
		    journey.reason == rows[i].reason, "%s: stage %d, ask %d, %s", rows[i].name,
		    journey.stage, ask, journey_reason_name(journey.reason));
	}
}

/* Chosen, made, and judged once more: of him who began. */
Test(renewal, then_policy_is_asked_again)
{
	struct journey journey = journey_of(&rows[0]), other;
	struct journey_event event = { .kind = EVENT_NEW_PASSWORD, .now = NOW + 2,
		.verifier = "$h" };
	enum journey_ask ask;

	journey.stage = STAGE_PASSWORD;
	cr_assert(journey_step(&journey, &event, &journey, &ask) && ask == ASK_MAKE);
	event = (struct journey_event){ .kind = EVENT_MADE, .now = NOW + 3, .user.byte[0] = 2,
		.epoch = 8 };
	cr_assert(!journey_step(&journey, &event, &other, &ask));
	event.user.byte[0] = 1;
	cr_assert(journey_step(&journey, &event, &journey, &ask));
	cr_assert(ask == ASK_JUDGE && journey.stage == STAGE_JUDGING && journey.renewed);
	cr_assert(journey.epoch == 8 && journey.verifier == NULL && journey.factors == BOTH);
}
