/*
 * visit_send.c - a code on its way
 *
 * Challenge, outbox entry, send budgets and the journey's move are one batch; the mail leaves
 * after it. An address of nobody, or one whose budget is spent, looks the same from outside:
 * a challenge that no code fits, an outbox entry that is never sent (3.1).
 */
#include "flow/visit_steps.h"

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "flow/tally.h"
#include "flow/visit_value.h"
#include "store/challenges.h"
#include "store/journeys.h"

#include <string.h>

enum { DIGITS_MOST = 12 };

static bool sends_by_account(const struct visit *visit)
{
	const struct visit_work *work = visit->work;

	return work->purpose == PASSCODE_SECOND ||
	    (work->purpose == PASSCODE_SIGN_IN && work->known);
}

/* Of the tenant's minute a quarter is for those who have shown a right password or whose browser
 * is known: a stranger who spends all that he can reach keeps no customer out (1.3). */
static bool tenant_allows(struct visit *visit)
{
	const struct visit_work *work = visit->work;
	bool stranger = work->purpose != PASSCODE_SECOND && !work->known;

	return (!stranger || visit_source(visit, SOURCE_TENANT_STRANGERS, true)) &&
	    visit_source(visit, SOURCE_TENANT_SENDS, true);
}

/* One line a minute, however many are refused. */
static void tenant_alert(struct visit *visit)
{
	int64_t wait = visit->answer.wait;

	if (visit_source(visit, SOURCE_TENANT_ALERT, true))
		log_line(SP_ERROR, "tenant %s: more codes a minute are asked for than may be sent "
		    "(settings.tenantSendsAMinute); more are refused",
		    visit->turn.tenant->name);
	visit->answer.wait = wait;
}

/* The source's cap and the tenant's, in the memory of this node. */
static bool mail_allowed(struct visit *visit, enum journey_reason *out_reason)
{
	if (!visit_source(visit, SOURCE_SENDS, true)) {
		*out_reason = REASON_SENDS;
		return false;
	}
	if (tenant_allows(visit))
		return true;
	tenant_alert(visit);
	*out_reason = REASON_UNAVAILABLE;
	return false;
}

static unsigned mail_first(struct visit *visit)
{
	struct visit_work *work = visit->work;
	bool second = work->purpose == PASSCODE_SECOND;
	struct journey_event event = {
		.kind = second ? EVENT_SENT : EVENT_IDENTIFIED,
		.challenge = id_ordered(visit->turn.now),
		.identifier = work->address.key, .address = work->address.send,
	};
	enum journey_reason reason;

	/* Right passwords are given back what they were charged; others keep their form. */
	if (!mail_allowed(visit, &reason))
		return second ? visit_deny(visit, reason) : visit_retry(visit, reason);
	if (work->user != NULL && !second && (work->exists || !work->decoy)) {
		event.user = work->user->id;
		if (!work->exists && visit_address(work->user) != NULL)
			event.address = visit_address(work->user);
		event.epoch = work->account.epoch;
		event.revision = work->user->revision;
		event.single_mailbox = account_single_mailbox(&work->account, visit->turn.now);
	}
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	work->passcode = (struct passcode){
		.id = event.challenge, .journey = work->journey.id, .purpose = work->purpose,
	};
	return VISIT_MAIL;
}

unsigned visit_mail(struct visit *visit, enum passcode_purpose purpose)
{
	visit->work->purpose = purpose;
	return mail_first(visit);
}

unsigned visit_resend(struct visit *visit)
{
	struct visit_work *work = visit->work;
	enum journey_reason reason;

	if (work->passcode_revision == 0)
		return visit_refused(visit, REASON_EXPIRED);
	if (!passcode_may_resend(&work->passcode, visit_settings(visit), visit->turn.now,
	    &visit->answer.wait))
		return visit_retry(visit, REASON_SENDS);
	work->purpose = work->passcode.purpose;
	work->decoy = work->passcode.decoy;
	/* Somebody's who is here already: what he is told is that, again (3.2). */
	work->exists = work->journey.kind == JOURNEY_SIGN_UP && !id_zero(work->journey.user);
	work->resending = true;
	return mail_allowed(visit, &reason) ? VISIT_MAIL : visit_retry(visit, reason);
}

/* A new code in the passcode; its text goes into the letter and nowhere else. */
static void mail_code(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct passcode *passcode = &work->passcode;
	const struct settings *settings = visit_settings(visit);
	char digits[DIGITS_MOST + 1], reference[6];
	uint8_t hash[32];
	struct address address;

	random_digits(digits, (size_t)settings->passcode_digits);
	passcode_reference(reference);
	visit_hash_code(visit, digits, hash);
	work->before = *passcode;
	if (work->resending) {
		passcode_replace(passcode, hash, text_copy(visit->turn.arena, reference), settings,
		    visit->turn.now);
	} else {
		memcpy(passcode->hash, hash, sizeof(hash));
		passcode->reference = text_copy(visit->turn.arena, reference);
		passcode->sent = visit->turn.now;
		passcode->expires = visit->turn.now + settings->passcode_lifetime;
		passcode->address = work->journey.address;
		/* What was typed is what is shown, known or not; at the second door what is known. */
		passcode->mask = work->address.mask;
		if (work->purpose == PASSCODE_SECOND && address_parse(visit->turn.arena,
		    passcode->address, &address) == ADDRESS_OK)
			passcode->mask = address.mask;
	}
	passcode->decoy = work->decoy;
	work->mail_there = visit_compose(visit, digits);
	explicit_bzero(digits, sizeof(digits));
}

static void mail_charge(struct visit *visit, struct sp_records_commit *commit,
    enum budget_kind kind)
{
	struct budget_place place = visit_place(visit, kind);
	struct budget budget = budget_of(kind, visit_settings(visit));

	budgets_charge(commit, &place, &budget, NULL);
}

static bool mail_batch(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	struct sp_id tenant = visit->turn.tenant->id;

	if (sends_by_account(visit)) {
		mail_charge(visit, commit, BUDGET_SENDS_MFA);
	} else if (!work->muted) {
		mail_charge(visit, commit, BUDGET_SENDS_UNPROVEN);
		mail_charge(visit, commit, BUDGET_SENDS_UNPROVEN_DAY);
	}
	if (work->mail_there && !outbox_put(commit, visit->turn.store, &work->mail))
		return false;
	if (!challenges_put(commit, tenant, &work->passcode, work->journey.expires,
	    work->passcode_revision))
		return false;
	visit_hold_notice(visit, commit);
	return work->resending || visit_move(visit, commit);
}

void visit_ask_mail(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_records_commit *commit = turn_commit(&visit->turn, 6 + VISIT_MOVE_ROOM);

	if (!visit->work->mail_coded)
		mail_code(visit);
	visit->work->mail_coded = true;
	turn_send_if(&visit->turn, commit, visit->work->mail_there && mail_batch(visit, commit));
}

/* An address's budget is spent: as if sent, so that nobody learns whose it is; the code that was
 * mailed last stays good. The account's: the customer has shown a password, he is told. */
static unsigned mail_rejected(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (sends_by_account(visit)) {
		visit->answer.wait = visit_settings(visit)->mfa_sends_window;
		if (work->resending)	/* the page tells of the mail that there is */
			work->passcode = work->before;
		return work->resending ? visit_retry(visit, REASON_SENDS) :
		    visit_deny(visit, REASON_SENDS);
	}
	if (work->muted)
		return visit_failed(visit, SP_FAILED);
	work->muted = true;
	work->mail.decoy = true;
	if (work->resending) {
		struct passcode *passcode = &work->passcode;
		int64_t resends = passcode->resends;
		*passcode = work->before;
		passcode->resends = resends;
		passcode->sent = visit->turn.now;
	}
	return VISIT_MAIL;
}

unsigned visit_got_mail(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status == SP_REJECTED)
		return mail_rejected(visit);
	if (status != SP_OK)
		return visit_failed(visit, status);
	work->revision = ((struct sp_records_commit *)answer)->revision;
	visit_moved(visit);
	work->passcode_revision = work->revision;
	outbox_send(visit->turn.store, visit->turn.loop, &work->mail);
	tally_count(visit->turn.tally, visit->turn.loop, TALLY_CODES_SENT);
	return visit_answered(visit, ASK_CODE);
}
