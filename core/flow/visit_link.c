/*
 * visit_link.c - the way in by an operator's sign-in link (SEMANTICS 5.2)
 *
 * By GET nothing is read: programs that look at links before people do spend none. The form posts
 * the link, and the batch that moves the journey removes it by its revision. Policies and budgets are
 * not asked: that is what it is for.
 */
#include "flow/visit_steps.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/visit_value.h"
#include "model/system.h"
#include "plugin/instance.h"
#include "plugin/users.h"
#include "store/assignments.h"
#include "store/audits.h"
#include "store/spent.h"

#include <string.h>

void visit_begin_link(struct visit *visit)
{
	struct visit_work *work = arena_alloc(visit->turn.arena, sizeof(*work));

	visit->work = work;
	visit->answer = (struct visit_answer){ 0 };
	work->journey = (struct journey){
		.id = id_ordered(visit->turn.now), .kind = JOURNEY_LINK, .stage = STAGE_IDENTIFY,
		.issuer = visit->turn.issuer,
		.request = { .client_id = SYSTEM_TOOLS, .scope = "", .max_age = -1 },
		.expires = visit->turn.now + visit_settings(visit)->journey_lifetime,
	};
	(void)visit_browser_hash(visit->cookies.browser, work->journey.browser);
	(void)visit_answered(visit, ASK_LINK);
	visit->turn.finished(&visit->turn, visit->turn.arg);
}

/* The whole link may be pasted, or what stands behind its "#". */
static const char *link_secret(struct arena *arena, const char *text)
{
	const char *mark = text != NULL ? strrchr(text, '#') : NULL;
	const char *from = mark != NULL ? mark + 1 : text != NULL ? text : "";

	from += strspn(from, " \t\r\n");
	return text_part(arena, from, strcspn(from, " \t\r\n"));
}

unsigned visit_link(struct visit *visit)
{
	if (!bearer_parse(link_secret(visit->turn.arena, visit->input.link),
	    &visit->work->link_bearer))
		return visit_retry(visit, REASON_LINK);
	return VISIT_LINKING;
}

void visit_ask_linking(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_address at = links_at(visit->turn.tenant->id, visit->work->link_bearer.id);

	turn_get(&visit->turn, &at, 1);
}

static unsigned linked(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct journey_event event = { .kind = EVENT_LINKED, .user = work->link.user,
		.epoch = work->link.epoch };

	if (work->user != NULL) {
		event.revision = work->user->revision;
		event.identifier = work->user->identifier_count > 0 ?
		    work->user->identifiers[0] : NULL;
		event.address = visit_address(work->user);
		event.has_password = work->user->verifier != NULL || users_offers(
		    turn_seat(&visit->turn, BINDING_USERS)->instance, &users_kind_verify);
	}
	work->link_spent = true;
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return visit_follow(visit);
}

static unsigned linked_user(struct visit *visit)
{
	const struct visit_work *work = visit->work;

	if (!visit_open(work))
		return visit_refused(visit, REASON_CREDENTIALS);
	return linked(visit);
}

static unsigned linked_account(struct visit *visit)
{
	visit->work->then = linked_user;
	return VISIT_USER;
}

unsigned visit_got_linking(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status != SP_OK)
		return visit_failed(visit, status);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	bool fits = links_read(record, &work->link) &&
	    links_fits(&work->link, visit->turn.store->ring, &work->link_bearer);
	bearer_done(&work->link_bearer);
	if (!fits)
		return visit_retry(visit, REASON_LINK);
	work->link_revision = record->revision;
	if (id_zero(work->link.user))
		return linked(visit);
	/* As of a journey that stands where this one will: account and epoch must be the link's. */
	work->journey.user = work->subject = work->link.user;
	work->journey.epoch = work->link.epoch;
	return visit_context(visit, linked_account);
}

/* The first administrator names himself. Whoever is there already under that address, after a crash
 * between the user and the role, is who he is: an operator vouches for either. */

static unsigned founder_known(struct visit *visit)
{
	visit->work->journey.address = visit->work->address.send;
	return visit_hash(visit);
}

static unsigned founder_found(struct visit *visit)
{
	return visit_context(visit, founder_known);
}

unsigned visit_founder(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (address_parse(visit->turn.arena, visit->input.address, &work->address) != ADDRESS_OK)
		return visit_retry(visit, REASON_ADDRESS);
	work->then = founder_found;
	return VISIT_FIND;
}

void visit_founder_event(const struct visit *visit, struct journey_event *event)
{
	const struct visit_work *work = visit->work;

	event->identifier = work->address.key;
	event->address = work->address.send;
	if (work->user != NULL) {
		event->user = work->user->id;
		event->epoch = work->account.epoch;
	}
}

/* Loud: the doors were gone round. */
unsigned visit_link_told(struct visit *visit)
{
	char user[ID_TEXT];

	id_format(visit->work->journey.user, user);
	LOG_EVENT(SP_WARNING, "signed in by link", { "user", user },
	    { "source", visit->turn.source_text });
	return visit_answered(visit, ASK_LINKED);
}

/* Of two who hold a link for the first administrator, one becomes it: the other one's link, or the
 * form that it opened, is as old as this at most. */
static void founds_once(const struct visit *visit, struct sp_records_commit *commit)
{
	struct spent once = { .code = system_id, .user = visit->work->journey.user,
		.op = id_random(), .until = visit->turn.now + LINKS_LIFETIME +
		visit_settings(visit)->journey_lifetime };

	spent_put(commit, visit->turn.tenant->id, &once, SP_ABSENT);
}

bool visit_link_end(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	const struct turn *turn = &visit->turn;
	struct assignment assignment = { .id = id_random(), .user = work->journey.user,
		.role = role_global(), .created = turn->now };
	char user[ID_TEXT];

	id_format(work->journey.user, user);
	struct audit_act act = turn_act(turn, turn->tenant->id, user);
	act.activity = "Sign in by link";
	act.verb = "Update";
	act.target = user;
	work->judged.decision = SP_ALLOW;
	if (work->journey.founds)
		founds_once(visit, commit);
	return audits_tell(commit, &act) && (!work->journey.founds ||
	    (assignments_put(commit, &assignment, SP_ABSENT) &&
	    assignments_tell(commit, &assignment, false, &act)));
}
