/*
 * visit_notice.c - somebody knows the password and goes no further than the second door (1.3)
 *
 * Who fails there is told of at once (visit_code.c). Who just leaves does nothing that could be
 * answered: so the notice is written with the code, held until the journey is over, and
 * removed by whatever passes the door or tells the customer before. The sweeper sends what is
 * left, one a day. Its id is the challenge's, its time the end of the journey: nothing more has to
 * be kept to find it again.
 */
#include "flow/visit_steps.h"

#include "base/log.h"

/* The password was passed here: of a session that is stepping up, or a newcomer who has just
 * chosen it, the notice would be untrue. */
static bool notice_fits(const struct visit *visit)
{
	const struct visit_work *work = visit->work;

	return work->purpose == PASSCODE_SECOND && !work->resending &&
	    work->journey.kind == JOURNEY_SIGN_IN && id_zero(work->journey.session);
}

/* One that cannot be written is logged, and keeps nobody from signing in. */
void visit_hold_notice(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	int64_t due = work->journey.expires;

	if (!notice_fits(visit) || !visit_compose_notice(visit, "failed-second-door", due))
		return;
	work->notice.id = work->passcode.id;
	work->notice.account = work->journey.user;
	if (!outbox_hold(commit, visit->turn.store, &work->notice, due))
		log_line(SP_ERROR, "a notice of the second door is too long to be kept");
}

void visit_drop_notice(struct visit *visit, struct sp_records_commit *commit)
{
	const struct visit_work *work = visit->work;
	struct outbox_entry held = { .id = work->passcode.id, .due = work->journey.expires };

	outbox_remove(commit, &held, SP_ANY);
}
