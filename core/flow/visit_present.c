/*
 * visit_present.c - who is signed in here, and who of them it is to be
 *
 * Several customers may share a browser: each has a session and a cookie of his own, and the first
 * cookie is of who was here last. As long as that is the only one, nobody is asked. Of several it is
 * the one whom the app names, else whom the customer picks: an app that renews in silence must not
 * get the tokens of somebody who has signed in elsewhere since.
 */
#include "flow/visit_steps.h"

#include "base/text.h"
#include "plugin/users.h"
#include "store/accounts.h"

struct present *visit_own(struct visit *visit)
{
	struct visit_work *work = visit->work;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (!id_zero(work->present[i].session.id) &&
		    id_equal(work->present[i].session.user, work->journey.user))
			return &work->present[i];
	return NULL;
}

size_t visit_present_room(struct visit *visit)
{
	const struct present *present = visit->work->present, *own = visit_own(visit);
	size_t oldest = 1;

	if (!present[0].live || own == &present[0])
		return 0;
	if (own != NULL)
		return (size_t)(own - present);
	for (size_t i = 1; i < VISIT_SESSIONS; i++) {
		if (!present[i].live)
			return i;
		if (present[i].session.used < present[oldest].session.used)
			oldest = i;
	}
	return oldest;
}

static size_t present_count(const struct visit *visit)
{
	size_t count = 0;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		count += visit->work->present[i].live;
	return count;
}

/* He is the first from now on, in the browser too. */
static unsigned present_chosen(struct visit *visit, size_t place)
{
	struct visit_work *work = visit->work;
	const char **cookies = visit->cookies.sessions, *first = cookies[0];
	struct visit_cookie *set = visit->answer.set_sessions;
	struct present before = work->present[0];

	if (place > 0) {
		cookies[0] = cookies[place];
		cookies[place] = first;
		work->present[0] = work->present[place];
		work->present[place] = before;
		set[0] = (struct visit_cookie){ cookies[0], work->present[0].session.persistent };
		set[place] = before.live ? (struct visit_cookie){ first, before.session.persistent } :
		    (struct visit_cookie){ "", false };
	}
	work->session = work->present[0].session;
	return visit_begin_as(visit);
}

/* By GET an authorize request, by POST the answer to ASK_ACCOUNT. */
void visit_ask_session(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	const struct authorize *request = visit->work->request;
	struct sp_address at[VISIT_SESSIONS];
	size_t count = request->login || request->create ? 0 :
	    present_at(&visit->turn, visit->cookies.sessions, at);

	if (count > 0)
		turn_get(&visit->turn, at, count);
	else
		flow_skip(flow, SP_NOT_FOUND);
}

/* Whoever picks has seen who there is: an account that has gone since is a new sign-in. */
static unsigned session_picked(struct visit *visit)
{
	struct sp_id id;

	for (size_t i = 0; id_parse(visit->input.pick, &id) && i < VISIT_SESSIONS; i++)
		if (visit->work->present[i].live &&
		    id_equal(visit->work->present[i].session.id, id))
			return present_chosen(visit, i);
	return visit_anew(visit);
}

unsigned visit_got_session(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status == SP_NOT_FOUND)
		return visit_anew(visit);
	if (status != SP_OK)
		return visit_failed(visit, status);
	present_read(&visit->turn, visit->cookies.sessions,
	    ((struct sp_records_get *)answer)->records, work->present);
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (visit->cookies.sessions[i] != NULL && id_zero(work->present[i].session.id))
			visit->answer.set_sessions[i] = (struct visit_cookie){ "", false };
	if (visit->input.action == VISIT_PICK)
		return session_picked(visit);
	if (present_count(visit) == 0)
		return visit_anew(visit);
	if (present_count(visit) == 1 && work->present[0].live && !work->request->select)
		return present_chosen(visit, 0);
	return VISIT_PRESENT;
}

/* Several, or one who is to be asked: who they are, and whether they may still come in. */

void visit_ask_present(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_address at[VISIT_SESSIONS];
	size_t count = 0;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (visit->work->present[i].live)
			at[count++] = accounts_at(visit->turn.tenant->id,
			    visit->work->present[i].session.user);
	turn_get(&visit->turn, at, count);
}

/* The next one to be named. */
static unsigned present_next(struct visit *visit)
{
	struct visit_work *work = visit->work;

	while (work->named < VISIT_SESSIONS && !work->present[work->named].live)
		work->named++;
	return work->named < VISIT_SESSIONS ? (unsigned)VISIT_NAMES : visit_pick(visit);
}

unsigned visit_got_present(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct sp_record *const *records = status == SP_OK ?
	    ((struct sp_records_get *)answer)->records : NULL;

	if (status != SP_OK)
		return visit_failed(visit, status);
	for (size_t i = 0; i < VISIT_SESSIONS; i++) {
		struct present *present = &visit->work->present[i];
		struct account account;
		if (present->live)
			present->live = accounts_read(visit->turn.arena, *records++, &account) &&
			    !account.blocked && account.epoch == present->session.epoch;
	}
	return present_next(visit);
}

void visit_ask_names(struct flow *flow)
{
	struct visit *visit = visit_of(flow);

	turn_call(&visit->turn, &users_get(turn_seat(&visit->turn, BINDING_USERS),
	    visit->turn.tenant->id, visit->work->present[visit->work->named].session.user)->op);
}

unsigned visit_got_names(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct present *present = &visit->work->present[visit->work->named];

	if (status != SP_OK && status != SP_NOT_FOUND)
		return visit_failed(visit, status);
	const struct sp_user *user = status == SP_OK ? ((struct sp_users_find *)answer)->user : NULL;
	present->live = user != NULL && user->enabled && user->identifier_count > 0;
	if (present->live)
		present->address = text_copy(visit->turn.arena, user->identifiers[0]);
	visit->work->named++;
	return present_next(visit);
}

/* Whom the app has named; VISIT_SESSIONS: nobody of those here. */
static size_t pick_named(const struct visit *visit)
{
	const struct authorize *request = visit->work->request;
	const struct present *present = visit->work->present;
	struct address hint;
	bool named = request->login_hint != NULL && address_parse(visit->turn.arena,
	    request->login_hint, &hint) == ADDRESS_OK;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (present[i].live && (request->hinted ? id_equal(present[i].session.user,
		    request->hint) : named && text_same(present[i].address, hint.key)))
			return i;
	return VISIT_SESSIONS;
}

static void pick_fill(struct visit *visit)
{
	struct visit_answer *answer = &visit->answer;

	for (size_t i = 0; i < VISIT_SESSIONS; i++) {
		const struct present *present = &visit->work->present[i];
		char *id = arena_alloc(visit->turn.arena, ID_TEXT);
		if (!present->live)
			continue;
		id_format(present->session.id, id);
		answer->accounts[answer->account_count++] =
		    (struct visit_account){ id, present->address };
	}
}

/* OpenID Connect Core 3.1.2.1, 3.1.2.6: select_account asks in any case. */
unsigned visit_pick(struct visit *visit)
{
	const struct authorize *request = visit->work->request;
	size_t count = present_count(visit), named = pick_named(visit);

	if (count == 0 || (request->hinted && named == VISIT_SESSIONS))
		return visit_anew(visit);
	if (named < VISIT_SESSIONS && !request->select)
		return present_chosen(visit, named);
	if (count == 1 && visit->work->present[0].live && !request->select)
		return present_chosen(visit, 0);
	if (request->none)
		return visit_tell_app(visit, "account_selection_required",
		    "The request names none of the customers who are signed in here.");
	visit_begin_journey(visit, JOURNEY_SIGN_IN);
	pick_fill(visit);
	return visit_answered(visit, ASK_ACCOUNT);
}
