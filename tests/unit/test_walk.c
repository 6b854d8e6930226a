/*
 * A random walk through journeys, against a second and naive definition of the doors that a
 * customer must have passed: it believes the events alone, never the journey.
 *
 * WALK_JOURNEYS and WALK_SEED say how many, and which.
 */
#include <criterion/criterion.h>

#include "base/id.h"
#include "model/journey.h"
#include "model/session.h"

#include <stdlib.h>
#include <string.h>

#define BEGAN INT64_C(1000000)
#define LIFE INT64_C(1800000)

/* How things are. The policy of a walk wants `wants`, of factors not older than the journey if
 * `fresh`, and a first factor of this journey if `again`. */
struct world {
	uint64_t seed;
	uint32_t wants;
	bool fresh, again, wanted, usable, counts;
	uint32_t must, may;	/* what the app wishes: SP_MFA, SP_BLOCK */
};

/* What has really been passed. */
struct truth {
	struct sp_id user, first_challenge, second_challenge;
	bool proved, password, otp, chosen, attributes, second, second_fresh, allowed, made, old;
	unsigned challenges;
};

struct walk {
	struct world world;
	struct truth truth;
	struct journey journey;
	enum journey_ask ask;
	struct journey_event event;
	unsigned done[4];
	int64_t now;
};

static uint64_t draw(struct walk *walk)
{
	uint64_t z = walk->world.seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool chance(struct walk *walk, unsigned percent)
{
	return draw(walk) % 100 < percent;
}

static struct sp_id some_id(struct walk *walk)
{
	struct sp_id id = { { 0 } };

	id.byte[0] = (uint8_t)(1 + draw(walk) % 3);
	return id;
}

/* A second opinion on what the policy is content with. */
static bool content(const struct walk *walk)
{
	const struct truth *truth = &walk->truth;
	bool second = walk->world.fresh ? truth->second_fresh : truth->second;

	if ((walk->world.wants & ~(uint32_t)SP_MFA) != 0 || (walk->world.again && truth->old))
		return false;
	return (walk->world.wants & SP_MFA) == 0 || (second && truth->password && !truth->otp);
}

/* And on what the app must have, and whom it speaks of. */
static bool wished(const struct walk *walk)
{
	const struct truth *truth = &walk->truth;
	const struct authorize *request = &walk->journey.request;

	if (request->hinted && (id_zero(truth->user) || !id_equal(truth->user, request->hint)))
		return false;
	return walk->world.must == 0 ||
	    (walk->world.must == SP_MFA && truth->second && truth->password && !truth->otp);
}

/* What the policy engine would answer: it knows the facts that the journey gives it. */
static void judge(struct walk *walk)
{
	struct sp_facts facts;
	struct tenant tenant = { 0 };
	uint32_t missing = walk->world.wants;

	journey_facts(&walk->journey, &tenant, (struct sp_ids){ 0 }, walk->now, &facts);
	if ((facts.factors & SP_FACTORS_SECOND) != 0 &&
	    (!walk->world.fresh || facts.factor_time >= facts.began))
		missing &= ~(uint32_t)SP_MFA;
	if (walk->world.again && facts.signed_in < facts.began)
		missing |= SP_AGAIN;
	bool passed = (facts.factors & SP_FACTORS_SECOND) != 0;
	walk->event.must = passed ? walk->world.must & SP_BLOCK : walk->world.must;
	walk->event.may = passed ? walk->world.may & SP_BLOCK : walk->world.may;
	walk->event.missing = missing;
	walk->event.decision = missing == 0 ? SP_ALLOW : missing & SP_BLOCK ? SP_DENY : SP_ASK;
	if (chance(walk, 2))		/* an engine at fault contradicts itself */
		walk->event.decision = missing == 0 ? SP_ASK : SP_DENY;
	if (chance(walk, 1)) {
		walk->event.decision = SP_ALLOW;
		walk->event.missing |= SP_MFA;
	}
	if (chance(walk, 1)) {
		walk->event.decision = SP_ASK;
		walk->event.missing = SP_MFA;
	}
}

static enum journey_event_kind fitting(struct walk *walk)
{
	const struct journey *journey = &walk->journey;

	switch (journey->stage) {
	case STAGE_IDENTIFY:
		if (chance(walk, 20))
			return EVENT_SIGN_IN + draw(walk) % 3;
		return journey->kind == JOURNEY_SIGN_IN && journey->method == METHOD_PASSWORD ?
		    EVENT_PASSWORD : EVENT_IDENTIFIED;
	case STAGE_PROVE:
		return EVENT_PROVED;
	case STAGE_PASSWORD:
		return EVENT_NEW_PASSWORD;
	case STAGE_ATTRIBUTES:
		return EVENT_ATTRIBUTES;
	case STAGE_SEND:
		return EVENT_SENT;
	case STAGE_SECOND:
		return EVENT_SECOND;
	case STAGE_CREATING:
		return EVENT_MADE;
	case STAGE_JUDGING:
		return EVENT_JUDGED;
	case STAGE_CONSENT:
		return EVENT_CONSENTED;
	case STAGE_OVER:
		break;
	}
	return draw(walk) % (EVENT_DENIED + 1);
}

static void make_event(struct walk *walk)
{
	struct journey_event *event = &walk->event;

	*event = (struct journey_event){ .now = walk->now, .challenge = walk->journey.challenge,
		.identifier = "a@b.example", .address = "a@b.example", .verifier = "$hash",
		.email_usable = walk->world.usable, .proof_counts = walk->world.counts,
		.attributes_wanted = walk->world.wanted, .reason = REASON_TRIES };
	event->kind = chance(walk, 85) ? fitting(walk) : draw(walk) % (EVENT_DENIED + 3);
	/* Who is found: in a sign-up mostly nobody, else mostly somebody. */
	if (walk->journey.kind == JOURNEY_SIGN_UP && event->kind == EVENT_IDENTIFIED) {
		if (chance(walk, 15))
			event->user = some_id(walk);
	} else if (chance(walk, 90)) {
		event->user = some_id(walk);
	}
	if (event->kind == EVENT_IDENTIFIED || event->kind == EVENT_SENT || chance(walk, 8))
		event->challenge = chance(walk, 95) ? some_id(walk) : (struct sp_id){ { 0 } };
	if (chance(walk, 4))
		event->verifier = event->identifier = NULL;
	judge(walk);
}

static bool is(struct sp_id id)
{
	return !id_zero(id);
}

/* The address was proven by the code of this journey, and to the right effect. */
static void believe_proof(struct walk *walk)
{
	struct truth *truth = &walk->truth;
	bool sign_up = walk->journey.kind == JOURNEY_SIGN_UP;

	if (!is(truth->first_challenge) || !id_equal(truth->first_challenge, walk->event.challenge))
		return;
	truth->first_challenge = (struct sp_id){ { 0 } };
	truth->proved = sign_up != is(truth->user);
	truth->otp = truth->proved && walk->journey.method == METHOD_OTP &&
	    walk->journey.kind != JOURNEY_RESET;
}

/* An accepted event moves what is true, by the plainest reading of SEMANTICS 3. */
static void believe(struct walk *walk)
{
	struct truth *truth = &walk->truth;
	const struct journey_event *event = &walk->event;

	switch (event->kind) {
	case EVENT_SIGN_IN:
	case EVENT_SIGN_UP:
	case EVENT_RESET:
		*truth = (struct truth){ 0 };
		break;
	case EVENT_IDENTIFIED:
		*truth = (struct truth){ .user = event->user, .first_challenge = event->challenge };
		break;
	case EVENT_PASSWORD:
		*truth = (struct truth){ .user = event->user,
		    .password = walk->journey.method == METHOD_PASSWORD };
		break;
	case EVENT_PROVED:
		believe_proof(walk);
		break;
	case EVENT_NEW_PASSWORD:
		truth->chosen = truth->proved && event->verifier != NULL;
		truth->password = truth->chosen && walk->journey.kind == JOURNEY_SIGN_UP;
		break;
	case EVENT_ATTRIBUTES:
		truth->attributes = true;
		break;
	case EVENT_JUDGED:
		truth->allowed = event->decision == SP_ALLOW && event->missing == 0 &&
		    content(walk) && wished(walk);
		if (walk->ask == ASK_SIGN_IN)
			*truth = (struct truth){ 0 };
		break;
	case EVENT_SENT:
		truth->second_challenge = event->challenge;
		truth->challenges++;
		break;
	case EVENT_SECOND:
		truth->second |= is(truth->second_challenge) &&
		    id_equal(truth->second_challenge, event->challenge);
		truth->second_fresh = truth->second;
		truth->second_challenge = (struct sp_id){ { 0 } };
		truth->allowed = false;
		break;
	case EVENT_MADE:
		truth->made = true;
		if (walk->journey.kind == JOURNEY_SIGN_UP)
			truth->user = event->user;
		break;
	default:
		break;
	}
	/* The proof of a sign-up with a password is a second door too, if the tenant says so. */
	if (walk->ask == ASK_JUDGE && walk->journey.kind == JOURNEY_SIGN_UP &&
	    event->kind != EVENT_SECOND && event->proof_counts && event->email_usable)
		truth->second = truth->second_fresh = truth->proved && truth->password;
}

/* What must be true before each ask is given. NULL: nothing is wrong. */
static const char *wrong_ask(const struct walk *walk)
{
	const struct truth *truth = &walk->truth;
	bool first = truth->password || truth->otp;
	bool sign_up = truth->proved && first && (!walk->world.wanted || truth->attributes);

	if (truth->challenges > 1)
		return "a second door after the second door";
	switch (walk->ask) {
	case ASK_MAKE:
		if (walk->journey.kind == JOURNEY_SIGN_UP)
			return sign_up && truth->allowed ? NULL : "made without leave";
		return truth->proved && truth->chosen && is(truth->user) ? NULL : "reset by nobody";
	case ASK_DONE:
		if (!is(truth->user) || !truth->allowed || !first)
			return "done without its doors";
		if (walk->journey.kind == JOURNEY_SIGN_UP)
			return sign_up && truth->made ? NULL : "done before it was made";
		return walk->journey.kind == JOURNEY_SIGN_IN ? NULL : "a reset signed in";
	case ASK_RESET_DONE:
		return truth->proved && truth->chosen && truth->made ? NULL : "reset not earned";
	case ASK_JUDGE:
		if (((walk->journey.factors & SP_FACTOR_PASSWORD) != 0) != truth->password ||
		    ((walk->journey.factors & SP_FACTOR_EMAIL_FIRST) != 0) != truth->otp ||
		    ((walk->journey.factors & SP_FACTOR_EMAIL_SECOND) != 0) != truth->second)
			return "the policy was told of other factors";
		break;
	case ASK_CHALLENGE:
		return truth->password && !truth->otp ? NULL : "a second door without a first";
	case ASK_SIGN_IN:
	case ASK_ADDRESS:
		if (is(walk->journey.user) || walk->journey.factors != 0)
			return "asked anew, and something still counts";
		break;
	default:
		break;
	}
	return NULL;
}

static const char *wrong_session(const struct walk *walk)
{
	struct session session;
	bool signed_in = walk->ask == ASK_DONE;

	journey_session(&walk->journey, &session);
	if (signed_in != is(session.user))
		return "a session that was not earned, or none";
	if (walk->journey.stage == STAGE_OVER &&
	    (walk->ask == ASK_DENIED) != (walk->journey.reason != REASON_NONE))
		return "denied without a reason, or the reverse";
	return NULL;
}

static void begin_by_session(struct walk *walk)
{
	bool second = chance(walk, 50), otp = chance(walk, 20);

	walk->journey.kind = JOURNEY_SIGN_IN;
	walk->journey.stage = STAGE_JUDGING;
	walk->journey.user = walk->truth.user = some_id(walk);
	walk->journey.session = some_id(walk);
	walk->journey.signed_in = 10;
	walk->journey.factors = otp ? SP_FACTOR_EMAIL_FIRST : SP_FACTOR_PASSWORD;
	walk->truth.old = true;
	walk->truth.otp = otp;
	walk->truth.password = !otp;
	if (second && !otp) {
		walk->journey.factors |= SP_FACTOR_EMAIL_SECOND;
		walk->journey.factor_time = 20;
		walk->truth.second = true;
	}
}

static void begin_walk(struct walk *walk, uint64_t seed)
{
	static const uint32_t wants[] = { 0, 0, SP_MFA, SP_MFA, SP_BLOCK, SP_TERMS,
		SP_MFA | SP_TERMS, SP_BLOCK | SP_MFA };

	*walk = (struct walk){ .world.seed = seed, .now = BEGAN };
	walk->world.wants = wants[draw(walk) % 8];
	walk->world.fresh = chance(walk, 50);
	walk->world.again = chance(walk, 20);
	walk->world.usable = chance(walk, 80);
	walk->world.counts = chance(walk, 50);
	walk->world.wanted = chance(walk, 40);
	walk->world.must = chance(walk, 15) ? SP_MFA : chance(walk, 3) ? SP_BLOCK : 0;
	walk->world.may = chance(walk, 15) ? SP_MFA : chance(walk, 3) ? SP_BLOCK : 0;
	walk->journey = (struct journey){ .kind = JOURNEY_SIGN_IN + draw(walk) % 3,
		.stage = STAGE_IDENTIFY, .method = draw(walk) % 2,
		.sign_up_allowed = chance(walk, 80), .issuer = "https://a.example/v2.0",
		.expires = BEGAN + LIFE };
	for (size_t i = 0; i < 6; i++)
		walk->journey.id.byte[i] = (uint8_t)(BEGAN >> (40 - 8 * i));
	walk->journey.request.none = chance(walk, 10);
	walk->journey.request.hinted = chance(walk, 10);
	walk->journey.request.hint = some_id(walk);
	if (chance(walk, 15))
		begin_by_session(walk);
}

static const char *wrong_step(struct walk *walk, bool late)
{
	if (late && walk->event.kind != EVENT_DENIED)
		return "moved after its end";
	believe(walk);
	if (walk->ask == ASK_CHALLENGE && chance(walk, 5))
		walk->world.usable = false;	/* an operator switches the method off */
	const char *wrong = wrong_ask(walk);
	return wrong != NULL ? wrong : wrong_session(walk);
}

/* One journey to its end and a little beyond. */
static const char *take_walk(struct walk *walk)
{
	const char *wrong = NULL;

	for (int i = 0; i < 24 && wrong == NULL; i++) {
		bool over = walk->journey.stage == STAGE_OVER;
		walk->now += (int64_t)(draw(walk) % 1000) + (chance(walk, 1) ? LIFE : 0);
		make_event(walk);
		if (!journey_step(&walk->journey, &walk->event, &walk->journey, &walk->ask))
			continue;
		if (over)
			return "moved though it was over";
		wrong = wrong_step(walk, walk->now >= walk->journey.expires);
		if (walk->ask == ASK_DONE || walk->ask == ASK_RESET_DONE)
			walk->done[walk->journey.kind]++;
	}
	return wrong;
}

static uint64_t setting(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 0) : fallback;
}

Test(walk, req32_done_only_through_all_doors, .timeout = 600)
{
	uint64_t count = setting("WALK_JOURNEYS", 200000), seed = setting("WALK_SEED", 20261124);
	uint64_t done[4] = { 0 };

	for (uint64_t i = 0; i < count; i++) {
		struct walk walk;
		begin_walk(&walk, seed + i * 7919);
		const char *wrong = take_walk(&walk);
		if (wrong != NULL)
			cr_assert(false, "WALK_SEED=%llu WALK_JOURNEYS=1: %s (kind %d, stage %d, "
			    "event %d)", (unsigned long long)(seed + i * 7919), wrong,
			    (int)walk.journey.kind, (int)walk.journey.stage,
			    (int)walk.event.kind);
		for (size_t kind = 0; kind < 4; kind++)
			done[kind] += walk.done[kind];
	}
	/* A walk that gets nowhere would find nothing. */
	if (count >= 100000)
		for (size_t kind = JOURNEY_SIGN_IN; kind <= JOURNEY_RESET; kind++)
			cr_assert_gt(done[kind], count / 50, "kind %zu: %llu", kind,
			    (unsigned long long)done[kind]);
}
