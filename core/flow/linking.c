#include "flow/linking.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "flow/visit_value.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/assignments.h"
#include "store/audits.h"
#include "store/links.h"
#include "store/store.h"

enum { LINKING_FIRST, LINKING_FIND, LINKING_ACCOUNT, LINKING_COMMIT };

static struct linking *linking_of(struct flow *flow) { return (struct linking *)(void *)flow; }

static unsigned linking_end(struct linking *linking, enum linking_outcome outcome)
{
	linking->outcome = outcome;
	return FLOW_END;
}

static void linking_ask_first(struct flow *flow)
{
	struct linking *linking = linking_of(flow);

	turn_call(&linking->turn, &list_new(turn_seat(&linking->turn, BINDING_RECORDS),
	    assignments_all(), ASSIGNMENTS_MOST)->op);
}

static unsigned linking_got_first(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct linking *linking = linking_of(flow);
	const struct sp_records_list *list = (struct sp_records_list *)answer;
	struct assignment assignment;

	if (status != SP_OK)
		return linking_end(linking, LINKING_UNAVAILABLE);
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (assignments_read(record, &assignment) && assignments_whole(&assignment))
			return linking_end(linking, LINKING_LATE);
	return LINKING_COMMIT;
}

static void linking_ask_find(struct flow *flow)
{
	struct linking *linking = linking_of(flow);

	turn_find(&linking->turn, linking->who);
}

static unsigned linking_got_find(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct linking *linking = linking_of(flow);

	if (status != SP_OK)
		return linking_end(linking, status == SP_NOT_FOUND ? LINKING_ABSENT :
		    LINKING_UNAVAILABLE);
	linking->user = visit_copy_user(linking->turn.arena,
	    ((struct sp_users_find *)answer)->user);
	return LINKING_ACCOUNT;
}

static void linking_ask_account(struct flow *flow)
{
	struct linking *linking = linking_of(flow);
	struct sp_address at = accounts_at(linking->turn.tenant->id, linking->user->id);

	turn_get(&linking->turn, &at, 1);
}

static unsigned linking_got_account(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct linking *linking = linking_of(flow);

	if (status != SP_OK || !accounts_read(linking->turn.arena,
	    ((struct sp_records_get *)answer)->records[0], &linking->account))
		return linking_end(linking, LINKING_UNAVAILABLE);
	return linking->user->enabled && !linking->account.blocked ? LINKING_COMMIT :
	    linking_end(linking, LINKING_DISABLED);
}

static void linking_ask_commit(struct flow *flow)
{
	struct linking *linking = linking_of(flow);
	struct turn *turn = &linking->turn;
	struct sp_records_commit *commit = turn_commit(turn, 2);
	struct audit_act act = turn_act(turn, turn->tenant->id, linking->actor);
	struct sp_id user = linking->user != NULL ? linking->user->id : (struct sp_id){ { 0 } };
	struct bearer bearer;
	char text[ID_TEXT];

	act.activity = "Create sign-in link";
	act.verb = "Add";
	struct link link = links_new(turn->store->ring, user, turn->now, &bearer);
	link.epoch = linking->account.epoch;
	linking->secret = bearer_format(turn->arena, &bearer);
	linking->expires = link.expires;
	bearer_done(&bearer);
	id_format(user, text);
	if (linking->user != NULL)
		act.target = text;
	links_put(commit, turn->tenant->id, &link);
	turn_send_if(turn, commit, audits_tell(commit, &act));
}

/* Loud: nobody makes one unless something is wrong, or begins. */
static unsigned linking_got_commit(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct linking *linking = linking_of(flow);
	char user[ID_TEXT] = "";

	(void)answer;
	if (status != SP_OK)
		return linking_end(linking, LINKING_UNAVAILABLE);
	if (linking->user != NULL)
		id_format(linking->user->id, user);
	LOG_EVENT(SP_WARNING, "sign-in link made",
	    { "user", user[0] != '\0' ? user : "the first administrator" },
	    { "by", linking->actor });
	return linking_end(linking, LINKING_GOOD);
}

#define TO FLOW_TO
static const struct flow_step linking_steps[] = {
	[LINKING_FIRST] = { "first", linking_ask_first, linking_got_first,
	    TO(LINKING_COMMIT) | TO(FLOW_END) },
	[LINKING_FIND] = { "find", linking_ask_find, linking_got_find,
	    TO(LINKING_ACCOUNT) | TO(FLOW_END) },
	[LINKING_ACCOUNT] = { "account", linking_ask_account, linking_got_account,
	    TO(LINKING_COMMIT) | TO(FLOW_END) },
	[LINKING_COMMIT] = { "commit", linking_ask_commit, linking_got_commit, TO(FLOW_END) },
};

void linking_run(struct linking *linking)
{
	linking->outcome = LINKING_UNAVAILABLE;
	turn_start(&linking->turn, linking_steps,
	    linking->who != NULL ? LINKING_FIND : LINKING_FIRST);
}
