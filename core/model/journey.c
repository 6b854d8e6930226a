#include "model/journey.h"

#include "base/id.h"
#include "base/text.h"
#include "model/session.h"

#include <string.h>

/* What one step works on: the journey as it will be, and what is asked then. */
struct step {
	struct journey journey;
	const struct journey_event *event;
	enum journey_ask ask;
};

static bool step_to(struct step *step, enum journey_stage stage, enum journey_ask ask)
{
	step->journey.stage = stage;
	step->ask = ask;
	return true;
}

/* A denial without a reason would read as done. */
static bool step_deny(struct step *step, enum journey_reason reason)
{
	step->journey.reason = reason == REASON_NONE ? REASON_BLOCKED : reason;
	step->journey.verifier = NULL;
	return step_to(step, STAGE_OVER, ASK_DENIED);
}

static bool step_done(struct step *step, enum journey_ask ask)
{
	step->journey.verifier = NULL;
	step->journey.reason = REASON_NONE;
	return step_to(step, STAGE_OVER, ask);
}

static bool kind_allowed(const struct journey *journey, enum journey_kind kind)
{
	switch (kind) {
	case JOURNEY_SIGN_IN:
		return true;
	case JOURNEY_SIGN_UP:
		return journey->sign_up_allowed;
	case JOURNEY_RESET:
		return journey->method == METHOD_PASSWORD;
	case JOURNEY_LINK:	/* begins as one, and is nothing else */
	case JOURNEY_NONE:
		break;
	}
	return false;
}

/* Nothing is known of anybody: what an earlier way through had passed doesn't count here. */
static void forget(struct journey *journey)
{
	journey->user = (struct sp_id){ 0 };
	journey->challenge = (struct sp_id){ 0 };
	journey->epoch = journey->revision = 0;
	journey->factors = 0;
	journey->signed_in = journey->factor_time = 0;
	journey->single_mailbox = journey->renewed = false;
}

static bool on_kind(struct step *step, enum journey_kind kind)
{
	if (step->journey.stage != STAGE_IDENTIFY || step->journey.kind == JOURNEY_LINK ||
	    !kind_allowed(&step->journey, kind))
		return false;
	forget(&step->journey);
	step->journey.kind = kind;
	return step_to(step, STAGE_IDENTIFY,
	    step->journey.kind == JOURNEY_SIGN_IN ? ASK_SIGN_IN : ASK_ADDRESS);
}

static void know(struct journey *journey, const struct journey_event *event)
{
	forget(journey);
	journey->user = event->user;
	journey->epoch = event->epoch;
	journey->revision = event->revision;
	journey->identifier = event->identifier;
	journey->address = event->address;
	journey->single_mailbox = event->single_mailbox;
}

static bool on_identified(struct step *step)
{
	struct journey *journey = &step->journey;

	if (journey->stage != STAGE_IDENTIFY || !kind_allowed(journey, journey->kind))
		return false;
	if (journey->kind == JOURNEY_SIGN_IN && journey->method != METHOD_OTP)
		return false;
	if (text_empty(step->event->identifier) || text_empty(step->event->address))
		return false;
	know(journey, step->event);
	journey->challenge = step->event->challenge;
	return step_to(step, STAGE_PROVE, ASK_CODE);
}

static bool on_password(struct step *step)
{
	struct journey *journey = &step->journey;

	if (journey->stage != STAGE_IDENTIFY || journey->kind != JOURNEY_SIGN_IN ||
	    journey->method != METHOD_PASSWORD || id_zero(step->event->user))
		return false;
	know(journey, step->event);
	journey->factors = SP_FACTOR_PASSWORD;
	journey->signed_in = step->event->now;
	return step_to(step, STAGE_JUDGING, ASK_JUDGE);
}

/* The code that was right was asked for by this journey, and is right only once. */
static bool spend_challenge(struct step *step)
{
	if (id_zero(step->journey.challenge) ||
	    !id_equal(step->journey.challenge, step->event->challenge))
		return false;
	step->journey.challenge = (struct sp_id){ 0 };
	return true;
}

/* Policy is asked before the account is made, as the customer who would result (3.2). The proof of
 * the address is a second factor beside a password alone (3.3, 3.4). */
static bool judge_sign_up(struct step *step)
{
	struct journey *journey = &step->journey;

	if (journey->method == METHOD_OTP) {
		journey->factors = SP_FACTOR_EMAIL_FIRST;
	} else {
		journey->factors = SP_FACTOR_PASSWORD;
		if (step->event->proof_counts && step->event->email_usable) {
			journey->factors |= SP_FACTOR_EMAIL_SECOND;
			journey->factor_time = journey->signed_in;
		}
	}
	return step_to(step, STAGE_JUDGING, ASK_JUDGE);
}

static bool attributes_or_judge(struct step *step)
{
	if (step->event->attributes_wanted)
		return step_to(step, STAGE_ATTRIBUTES, ASK_ATTRIBUTES);
	return judge_sign_up(step);
}

static bool proved_sign_up(struct step *step)
{
	step->journey.signed_in = step->event->now;
	if (step->journey.method == METHOD_PASSWORD)
		return step_to(step, STAGE_PASSWORD, ASK_NEW_PASSWORD);
	return attributes_or_judge(step);
}

static bool on_proved(struct step *step)
{
	struct journey *journey = &step->journey;
	bool known = !id_zero(journey->user);

	/* A sign-in or reset of nobody, a sign-up of somebody who is here: decoys both. */
	if (journey->stage != STAGE_PROVE || known != (journey->kind != JOURNEY_SIGN_UP) ||
	    !spend_challenge(step))
		return false;
	if (journey->kind == JOURNEY_SIGN_UP)
		return proved_sign_up(step);
	if (journey->kind == JOURNEY_RESET)
		return step_to(step, STAGE_PASSWORD, ASK_NEW_PASSWORD);
	journey->factors = SP_FACTOR_EMAIL_FIRST;
	journey->signed_in = step->event->now;
	return step_to(step, STAGE_JUDGING, ASK_JUDGE);
}

/* The link is both: who it is, and that he may. That he is asked for a password is for later. */
static bool on_linked(struct step *step)
{
	struct journey *journey = &step->journey;
	bool first = id_zero(step->event->user);

	if (journey->stage != STAGE_IDENTIFY || journey->kind != JOURNEY_LINK ||
	    (first && step->event->has_password))
		return false;
	know(journey, step->event);
	journey->founds = first;
	journey->factors = SP_FACTOR_LINK;
	journey->signed_in = journey->factor_time = step->event->now;
	return step->event->has_password ? step_done(step, ASK_DONE) :
	    step_to(step, STAGE_PASSWORD, ASK_NEW_PASSWORD);
}

/* The first administrator says who he is together with his password. */
static bool link_password(struct step *step)
{
	struct journey *journey = &step->journey;

	if (journey->founds) {
		if (text_empty(step->event->identifier) || text_empty(step->event->address))
			return false;
		journey->user = step->event->user;
		journey->epoch = step->event->epoch;
		journey->identifier = step->event->identifier;
		journey->address = step->event->address;
	}
	return step_to(step, STAGE_CREATING, ASK_MAKE);
}

static bool on_new_password(struct step *step)
{
	if (step->journey.stage != STAGE_PASSWORD || text_empty(step->event->verifier))
		return false;
	step->journey.verifier = step->event->verifier;
	if (step->journey.kind == JOURNEY_LINK)
		return link_password(step);
	if (step->journey.kind == JOURNEY_RESET || step->journey.kind == JOURNEY_SIGN_IN)
		return step_to(step, STAGE_CREATING, ASK_MAKE);
	return attributes_or_judge(step);
}

static bool on_attributes(struct step *step)
{
	if (step->journey.stage != STAGE_ATTRIBUTES)
		return false;
	step->journey.attribute_count = step->event->attribute_count;
	step->journey.attributes = step->event->attributes;
	return judge_sign_up(step);
}

/* A code passed at the second door of this journey, not earlier in the session. */
static bool second_passed_here(const struct journey *journey)
{
	return (journey->factors & SP_FACTOR_EMAIL_SECOND) != 0 &&
	    journey->factor_time >= journey_began(journey);
}

static bool allowed(struct step *step)
{
	/* The method was switched off since: its code counts no more (3.6, requirement 146). */
	if (second_passed_here(&step->journey) && !step->event->email_usable)
		return step_deny(step, REASON_METHOD_OFF);
	if (step->journey.kind == JOURNEY_SIGN_UP)
		return step_to(step, STAGE_CREATING, ASK_MAKE);
	return step_done(step, ASK_DONE);
}

/* A session had grown too old for policy: who it is, is asked anew, and nothing of it counts. */
static bool again(struct step *step)
{
	forget(&step->journey);
	step->journey.session = (struct sp_id){ 0 };
	return step_to(step, STAGE_IDENTIFY, ASK_SIGN_IN);
}

/* Is there a first factor that a code to the mailbox may be the second of (3.4)? */
static bool second_door_fits(const struct journey *journey)
{
	if (journey->kind == JOURNEY_RESET ||
	    (journey->kind == JOURNEY_SIGN_IN && id_zero(journey->user)))
		return false;
	return (journey->factors & ~(uint32_t)SP_FACTORS_SECOND) != 0 &&
	    (journey->factors & SP_FACTOR_EMAIL_FIRST) == 0;
}

/* Only a session can be too old: what was passed in this journey was passed now. Nor does one choose
 * a password: whoever sits at the browser may not know the old one. */
static bool again_fits(const struct step *step, uint32_t missing)
{
	const uint32_t anew = SP_AGAIN | SP_NEW_PASSWORD;

	return (missing & anew) != 0 && (missing & ~(anew | SP_MFA)) == 0 &&
	    !id_zero(step->journey.session) && step->journey.kind == JOURNEY_SIGN_IN;
}

/* The last of what policy asks for. Never a loop: what was chosen here and is not good enough will
 * not be the next time. */
static bool renew(struct step *step)
{
	const struct journey *journey = &step->journey;

	if (journey->kind != JOURNEY_SIGN_IN || journey->renewed || !step->event->renewable ||
	    (journey->factors & SP_FACTOR_PASSWORD) == 0 || !second_passed_here(journey))
		return step_deny(step, REASON_BLOCKED);
	return step_to(step, STAGE_PASSWORD, ASK_NEW_PASSWORD);
}

/* False: nothing that can be asked for would bring it. */
static bool wish(struct step *step, uint32_t missing)
{
	if (again_fits(step, missing))
		return again(step);
	if (missing != SP_MFA || !second_door_fits(&step->journey) ||
	    !step->event->email_usable || second_passed_here(&step->journey))
		return false;
	return step_to(step, STAGE_SEND, ASK_CHALLENGE);
}

/* Policy is content; is the app? For what it would merely like nobody is disturbed who may not be
 * shown a page. */
static bool content(struct step *step)
{
	uint32_t must = step->event->must, may = step->journey.request.none ? 0 : step->event->may;

	if (((must | may) != 0 && wish(step, must | may)) || (must != 0 && wish(step, must)))
		return true;
	return must != 0 ? step_deny(step, REASON_UNMET) : allowed(step);
}

static bool hinted_at_another(const struct journey *journey)
{
	return journey->request.hinted && (id_zero(journey->user) ||
	    !id_equal(journey->user, journey->request.hint));
}

static bool on_judged(struct step *step)
{
	const struct journey_event *event = step->event;
	uint32_t missing = event->missing;

	if (step->journey.stage != STAGE_JUDGING)
		return false;
	if (hinted_at_another(&step->journey))
		return step_deny(step, REASON_OTHER);
	if (event->decision == SP_ALLOW && missing == 0)
		return content(step);
	if (event->decision == SP_ASK && again_fits(step, missing))
		return again(step);
	if (event->decision == SP_ASK && missing == SP_NEW_PASSWORD)
		return renew(step);
	if (event->decision != SP_ASK || (missing & ~(uint32_t)SP_NEW_PASSWORD) != SP_MFA)
		return step_deny(step, REASON_BLOCKED);
	if (!second_door_fits(&step->journey))
		return step_deny(step, REASON_NO_METHOD);
	if (!event->email_usable)
		return step_deny(step, REASON_METHOD_OFF);
	/* Policy wants more than what was just passed: never a loop. */
	if (second_passed_here(&step->journey))
		return step_deny(step, REASON_BLOCKED);
	return step_to(step, STAGE_SEND, ASK_CHALLENGE);
}

static bool on_sent(struct step *step)
{
	if (step->journey.stage != STAGE_SEND || id_zero(step->event->challenge) ||
	    !second_door_fits(&step->journey))
		return false;
	step->journey.challenge = step->event->challenge;
	return step_to(step, STAGE_SECOND, ASK_CODE);
}

static bool on_second(struct step *step)
{
	if (step->journey.stage != STAGE_SECOND || !second_door_fits(&step->journey) ||
	    !spend_challenge(step))
		return false;
	step->journey.factors |= SP_FACTOR_EMAIL_SECOND;
	step->journey.factor_time = step->event->now;
	return step_to(step, STAGE_JUDGING, ASK_JUDGE);
}

static bool on_made(struct step *step)
{
	struct journey *journey = &step->journey;

	if (journey->stage != STAGE_CREATING)
		return false;
	if (journey->kind == JOURNEY_RESET)
		return step_done(step, ASK_RESET_DONE);
	if (id_zero(step->event->user))
		return false;
	if (journey->kind == JOURNEY_SIGN_IN && !id_equal(journey->user, step->event->user))
		return false;
	journey->user = step->event->user;
	journey->epoch = step->event->epoch;
	journey->revision = step->event->revision;
	if (journey->kind != JOURNEY_SIGN_IN)
		return step_done(step, ASK_DONE);
	journey->renewed = true;
	journey->verifier = NULL;
	return step_to(step, STAGE_JUDGING, ASK_JUDGE);
}

/* Doors were for the session to pass, and policy has let it through before this was asked. */
static bool on_consented(struct step *step)
{
	if (step->journey.stage != STAGE_CONSENT || id_zero(step->journey.user) ||
	    id_zero(step->journey.session))
		return false;
	return step_done(step, ASK_DONE);
}

static bool take(struct step *step)
{
	switch (step->event->kind) {
	case EVENT_SIGN_IN:
		return on_kind(step, JOURNEY_SIGN_IN);
	case EVENT_SIGN_UP:
		return on_kind(step, JOURNEY_SIGN_UP);
	case EVENT_RESET:
		return on_kind(step, JOURNEY_RESET);
	case EVENT_IDENTIFIED:
		return on_identified(step);
	case EVENT_PASSWORD:
		return on_password(step);
	case EVENT_PROVED:
		return on_proved(step);
	case EVENT_NEW_PASSWORD:
		return on_new_password(step);
	case EVENT_ATTRIBUTES:
		return on_attributes(step);
	case EVENT_JUDGED:
		return on_judged(step);
	case EVENT_SENT:
		return on_sent(step);
	case EVENT_SECOND:
		return on_second(step);
	case EVENT_MADE:
		return on_made(step);
	case EVENT_LINKED:
		return on_linked(step);
	case EVENT_CONSENTED:
		return on_consented(step);
	case EVENT_DENIED:
		return step_deny(step, step->event->reason);
	case EVENT_NONE:
		break;
	}
	return false;
}

bool journey_step(const struct journey *journey, const struct journey_event *event,
    struct journey *out_journey, enum journey_ask *out_ask)
{
	struct step step = { .journey = *journey, .event = event };

	if (journey->stage == STAGE_OVER || journey->kind == JOURNEY_NONE)
		return false;
	if (event->now >= journey->expires && event->kind != EVENT_DENIED)
		return false;
	if (!take(&step))
		return false;
	*out_journey = step.journey;
	*out_ask = step.ask;
	return true;
}
