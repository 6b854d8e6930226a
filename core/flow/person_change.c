/* person_change.c - the change of a customer itself, after what must come first is on record */
#include "flow/person_work.h"

#include "base/id.h"
#include "flow/visit_value.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/store.h"

enum { ROUNDS_MOST = 32 };

enum intent_kind person_next(struct person *person)
{
	struct sp_user *next = arena_alloc(person->turn.arena, sizeof(*next));

	*next = person->action == PERSON_CREATE ? person->wanted : *person->user;
	person->work->next = next;
	switch (person->action) {
	case PERSON_CREATE:
		if (id_zero(next->id))
			next->id = id_random();
		return INTENT_CREATE;
	case PERSON_UPDATE:
		person_merge(person->turn.arena, person->user, &person->wanted, next);
		return INTENT_UPDATE;
	case PERSON_ENABLE:
		next->enabled = true;
		return INTENT_ENABLE;
	case PERSON_DISABLE:
		next->enabled = false;
		return INTENT_UPDATE;
	case PERSON_RESET:
		next->verifier = NULL;
		return INTENT_UPDATE;
	case PERSON_REMOVE:
		return person->work->removed ? INTENT_NONE : INTENT_REMOVE;
	default:
		return INTENT_NONE;
	}
}

bool person_insists(struct person *person)
{
	return person->action != PERSON_CREATE && person->action != PERSON_UPDATE &&
	    person->allows == NULL && ++person->work->rounds < ROUNDS_MOST;
}

void person_ask_change(struct flow *flow)
{
	struct person *person = person_of(flow);

	turn_call(&person->turn, &intents_operation(turn_seat(&person->turn, BINDING_USERS),
	    &person->work->intent)->op);
}

unsigned person_got_change(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct person *person = person_of(flow);

	if (status == SP_CONFLICT && person_insists(person))
		return PERSON_AGAIN;
	person->outcome = person_outcome_of(status);
	if (status == SP_OK) {
		person->user = person->work->next;
		person->user->revision = ((struct sp_users_change *)answer)->revision;
	}
	/* Unavailable or unknown: the intent stays, and is resumed. */
	return person->outcome == PERSON_UNAVAILABLE ? FLOW_END : PERSON_END;
}

/* What (a) took stays taken: the change is made to whom the other one left. A crash in between gives
 * him back what he had (store/intents.h). */
void person_ask_again(struct flow *flow)
{
	struct person *person = person_of(flow);

	turn_call(&person->turn, &users_get(turn_seat(&person->turn, BINDING_USERS),
	    person->turn.tenant->id, person->user->id)->op);
}

unsigned person_got_again(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);

	if (status == SP_OK) {
		person->user = visit_copy_user(person->turn.arena,
		    ((struct sp_users_find *)answer)->user);
		(void)person_next(person);
		person->work->intent.user = person->work->next;
		return PERSON_CHANGE;
	}
	person->outcome = status == SP_NOT_FOUND ? PERSON_ABSENT : PERSON_UNAVAILABLE;
	return status == SP_NOT_FOUND ? PERSON_END : FLOW_END;
}

void person_ask_end(struct flow *flow)
{
	struct person *person = person_of(flow);
	struct sp_records_commit *commit = turn_commit(&person->turn, 4);
	bool good = person->outcome == PERSON_GOOD;

	intents_end(commit, &person->work->intent, good);
	turn_send_if(&person->turn, commit, intents_settle(commit, &person->work->intent, good,
	    &person->account, person->work->account_revision));
}

unsigned person_got_end(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);

	(void)answer;
	if (status == SP_CONFLICT && ++person->work->rounds < ROUNDS_MOST)
		return PERSON_LOOK;
	if (status != SP_OK)
		person->outcome = PERSON_UNAVAILABLE;
	return FLOW_END;
}

/* The account has moved on meanwhile: its end is written over what it is now. */
void person_ask_look(struct flow *flow)
{
	struct person *person = person_of(flow);
	struct sp_address at = accounts_at(person->turn.tenant->id, person->work->intent.user->id);

	turn_get(&person->turn, &at, 1);
}

unsigned person_got_look(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct person *person = person_of(flow);

	if (status != SP_OK)
		return person_end(person, PERSON_UNAVAILABLE);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	if (!accounts_read(person->turn.arena, record, &person->account))
		return person_end(person, PERSON_UNAVAILABLE);
	person->work->account_revision = record->revision;
	return PERSON_END;
}
