#include "flow/governing.h"

#include "base/arena.h"
#include "base/id.h"
#include "flow/keepers.h"
#include "model/system.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/audits.h"
#include "store/store.h"
#include "store/tenants.h"

enum { GOVERN_BEGIN, GOVERN_USER, GOVERN_LIST, GOVERN_KEEPERS, GOVERN_TOKEN, GOVERN_COMMIT };

struct governing_work {
	struct keepers keepers;
	bool guarded, closing;	/* the user is being removed, or disabled */
	uint64_t revision;	/* of what goes */
};

static struct governing *governing_of(struct flow *flow)
{
	return (struct governing *)(void *)flow;
}

static unsigned governing_end(struct governing *governing, enum governing_outcome outcome)
{
	governing->outcome = outcome;
	return FLOW_END;
}

/* Whoever removes this user at the same moment must find the role, or we that he goes: else it
 * would wait for the next one of his id. */
static void govern_ask_begin(struct flow *flow)
{
	struct governing *governing = governing_of(flow);
	struct sp_address at[] = { changes_at(system_id),
		accounts_at(system_id, governing->assignment.user) };

	turn_get(&governing->turn, at, 2);
}

static unsigned govern_got_begin(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct governing *governing = governing_of(flow);
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct account account;

	if (status != SP_OK || !accounts_read(governing->turn.arena, get->records[1], &account))
		return governing_end(governing, GOVERNING_UNAVAILABLE);
	governing->work->keepers.revision = get->records[0]->revision;
	governing->work->closing = account.blocked;
	return GOVERN_USER;
}

/* A role is a user's of the tenant of administrators, and never a group's (attack E9). */
static void govern_ask_user(struct flow *flow)
{
	struct governing *governing = governing_of(flow);

	turn_call(&governing->turn, &users_get(turn_seat(&governing->turn, BINDING_USERS),
	    system_id, governing->assignment.user)->op);
}

static unsigned govern_got_user(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct governing *governing = governing_of(flow);

	if (status != SP_OK)
		return governing_end(governing, status == SP_NOT_FOUND ? GOVERNING_ABSENT :
		    GOVERNING_UNAVAILABLE);
	if (governing->work->closing && ((struct sp_users_find *)answer)->user->enabled)
		return governing_end(governing, GOVERNING_CONFLICT);
	return GOVERN_LIST;
}

static void govern_ask_list(struct flow *flow)
{
	struct governing *governing = governing_of(flow);
	struct sp_address all = governing->action == GOVERNING_MINT ? tokens_all() :
	    assignments_all();

	turn_call(&governing->turn, &list_new(turn_seat(&governing->turn, BINDING_RECORDS), all,
	    ASSIGNMENTS_MOST)->op);
}

static bool same_role(const struct assignment *a, const struct assignment *b)
{
	return id_equal(a->user, b->user) && a->role == b->role && id_equal(a->tenant, b->tenant);
}

static unsigned govern_assign(struct governing *governing, const struct sp_records_list *list)
{
	struct assignment one;

	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (assignments_read(record, &one) && same_role(&one, &governing->assignment))
			return governing_end(governing, GOVERNING_THERE);
	return GOVERN_COMMIT;
}

static unsigned govern_unassign(struct governing *governing, const struct sp_records_list *list)
{
	struct governing_work *work = governing->work;
	struct assignment one;

	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!assignments_read(record, &one) || !id_equal(one.id, governing->assignment.id))
			continue;
		governing->assignment = one;
		work->revision = record->revision;
		work->guarded = true;
		work->keepers = (struct keepers){ .leaving = one.user, .assignment = one.id };
		return GOVERN_KEEPERS;
	}
	return governing_end(governing, GOVERNING_ABSENT);
}

static unsigned govern_got_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct governing *governing = governing_of(flow);
	const struct sp_records_list *list = (struct sp_records_list *)answer;

	if (status != SP_OK)
		return governing_end(governing, GOVERNING_UNAVAILABLE);
	if (governing->action == GOVERNING_UNASSIGN)
		return govern_unassign(governing, list);
	if (list->count >= ASSIGNMENTS_MOST)
		return governing_end(governing, GOVERNING_FULL);
	return governing->action == GOVERNING_MINT ? GOVERN_COMMIT :
	    govern_assign(governing, list);
}

static void govern_ask_keepers(struct flow *flow)
{
	struct governing *governing = governing_of(flow);

	keepers_ask(&governing->work->keepers, &governing->turn);
}

static unsigned govern_got_keepers(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct governing *governing = governing_of(flow);

	switch (keepers_got(&governing->work->keepers, &governing->turn, answer, status)) {
	case KEEPERS_AGAIN:
		return GOVERN_KEEPERS;
	case KEEPERS_LEFT:
		return GOVERN_COMMIT;
	case KEEPERS_NONE:
		return governing_end(governing, GOVERNING_LAST);
	default:
		return governing_end(governing, GOVERNING_UNAVAILABLE);
	}
}

static void govern_ask_token(struct flow *flow)
{
	struct governing *governing = governing_of(flow);
	struct sp_address at = tokens_at(governing->token.id);

	turn_get(&governing->turn, &at, 1);
}

static unsigned govern_got_token(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct governing *governing = governing_of(flow);

	if (status != SP_OK)
		return governing_end(governing, GOVERNING_UNAVAILABLE);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	return tokens_read(governing->turn.arena, record, &governing->token) ? GOVERN_COMMIT :
	    governing_end(governing, GOVERNING_ABSENT);
}

static bool govern_mint(struct governing *governing, struct sp_records_commit *commit)
{
	struct turn *turn = &governing->turn;
	struct token *token = &governing->token;
	struct bearer bearer;

	token->id = id_ordered(turn->now);
	token->created = turn->now;
	token->maker = governing->actor;
	token->user = governing->user;
	bearer = bearer_new(token->id);
	tokens_seal(token, turn->store->ring, &bearer);
	governing->secret = bearer_format(turn->arena, &bearer);
	bearer_done(&bearer);
	return tokens_put(commit, token, SP_ABSENT);
}

static bool govern_token(struct governing *governing, struct sp_records_commit *commit,
    struct audit_act *act)
{
	bool mint = governing->action == GOVERNING_MINT;
	bool fits = !mint || govern_mint(governing, commit);
	char id[ID_TEXT];

	if (!mint)	/* also one that was used in between */
		tokens_remove(commit, governing->token.id, SP_ANY);
	id_format(governing->token.id, id);
	act->target = id;
	act->activity = mint ? "Add API token" : "Delete API token";
	act->verb = mint ? "Add" : "Delete";
	return audits_tell(commit, act) && fits;
}

static bool govern_role(struct governing *governing, struct sp_records_commit *commit,
    const struct audit_act *act)
{
	const struct governing_work *work = governing->work;
	struct assignment *assignment = &governing->assignment;
	bool ends = governing->action == GOVERNING_UNASSIGN, fits = true;

	if (ends) {
		assignments_remove(commit, assignment, work->revision);
	} else {
		assignment->id = id_random();
		assignment->created = act->now;
		fits = assignments_put(commit, assignment, SP_ABSENT);
	}
	changes_move(commit, system_id, work->keepers.revision);
	return fits && assignments_tell(commit, assignment, ends, act);
}

static void govern_ask_commit(struct flow *flow)
{
	enum { ROOM = 6 };
	struct governing *governing = governing_of(flow);
	struct turn *turn = &governing->turn;
	struct sp_records_commit *commit = turn_commit(turn, ROOM);
	struct audit_act act = turn_act(turn, system_id, governing->actor);
	bool role = governing->action == GOVERNING_ASSIGN ||
	    governing->action == GOVERNING_UNASSIGN;

	turn_send_if(turn, commit, role ? govern_role(governing, commit, &act) :
	    govern_token(governing, commit, &act));
}

static unsigned govern_got_commit(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)answer;
	return governing_end(governing_of(flow), status == SP_OK ? GOVERNING_GOOD :
	    status == SP_CONFLICT ? GOVERNING_CONFLICT : GOVERNING_UNAVAILABLE);
}

#define TO FLOW_TO
static const struct flow_step governing_steps[] = {
	[GOVERN_BEGIN] = { "begin", govern_ask_begin, govern_got_begin,
	    TO(GOVERN_USER) | TO(FLOW_END) },
	[GOVERN_USER] = { "user", govern_ask_user, govern_got_user,
	    TO(GOVERN_LIST) | TO(FLOW_END) },
	[GOVERN_LIST] = { "list", govern_ask_list, govern_got_list,
	    TO(GOVERN_KEEPERS) | TO(GOVERN_COMMIT) | TO(FLOW_END) },
	[GOVERN_KEEPERS] = { "keepers", govern_ask_keepers, govern_got_keepers,
	    TO(GOVERN_KEEPERS) | TO(GOVERN_COMMIT) | TO(FLOW_END) },
	[GOVERN_TOKEN] = { "token", govern_ask_token, govern_got_token,
	    TO(GOVERN_COMMIT) | TO(FLOW_END) },
	[GOVERN_COMMIT] = { "commit", govern_ask_commit, govern_got_commit, TO(FLOW_END) },
};

void governing_run(struct governing *governing)
{
	static const unsigned first[] = { [GOVERNING_ASSIGN] = GOVERN_BEGIN,
		[GOVERNING_UNASSIGN] = GOVERN_LIST, [GOVERNING_MINT] = GOVERN_LIST,
		[GOVERNING_REVOKE] = GOVERN_TOKEN };

	governing->work = arena_alloc(governing->turn.arena, sizeof(*governing->work));
	governing->outcome = GOVERNING_UNAVAILABLE;
	turn_start(&governing->turn, governing_steps, first[governing->action]);
}
