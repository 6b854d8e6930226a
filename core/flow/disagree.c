#include "flow/disagree.h"

#include "base/id.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/consents.h"

enum { DISAGREE_READ, DISAGREE_COMMIT };

static struct disagree *disagree_of(struct flow *flow)
{
	return (struct disagree *)(void *)flow;
}

static unsigned disagree_end(struct disagree *disagree, enum disagree_outcome outcome)
{
	disagree->outcome = outcome;
	return FLOW_END;
}

static void disagree_ask_read(struct flow *flow)
{
	struct disagree *disagree = disagree_of(flow);
	struct sp_address at = consents_at(disagree->turn.tenant->id, disagree->user,
	    disagree->app);

	turn_get(&disagree->turn, &at, 1);
}

static unsigned disagree_got_read(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct disagree *disagree = disagree_of(flow);

	if (status != SP_OK)
		return disagree_end(disagree, DISAGREE_UNAVAILABLE);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	if (!consents_read(disagree->turn.arena, record, &disagree->consent))
		return disagree_end(disagree, DISAGREE_ABSENT);
	disagree->revision = record->revision;
	return DISAGREE_COMMIT;
}

static void disagree_ask_commit(struct flow *flow)
{
	enum { ROOM = 2 };
	struct disagree *disagree = disagree_of(flow);
	struct turn *turn = &disagree->turn;
	struct sp_records_commit *commit = turn_commit(turn, ROOM);
	char id[ID_TEXT];

	id_format(disagree->user, id);
	struct audit_act act = turn_act(turn, turn->tenant->id, disagree->actor);
	act.activity = "Take back consent to application";
	act.verb = "Delete";
	act.target = id;
	consents_remove(commit, turn->tenant->id, &disagree->consent, disagree->revision);
	turn_send_if(turn, commit, audits_tell(commit, &act));
}

static unsigned disagree_got_commit(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	(void)answer;
	if (status == SP_CONFLICT)
		return DISAGREE_READ;
	return disagree_end(disagree_of(flow), status == SP_OK ? DISAGREE_GOOD :
	    DISAGREE_UNAVAILABLE);
}

static const struct flow_step disagree_steps[] = {
	[DISAGREE_READ] = { "read", disagree_ask_read, disagree_got_read,
	    FLOW_TO(DISAGREE_COMMIT) | FLOW_TO(FLOW_END) },
	[DISAGREE_COMMIT] = { "commit", disagree_ask_commit, disagree_got_commit,
	    FLOW_TO(DISAGREE_READ) | FLOW_TO(FLOW_END) },
};

void disagree_run(struct disagree *disagree)
{
	disagree->outcome = DISAGREE_UNAVAILABLE;
	turn_start(&disagree->turn, disagree_steps, DISAGREE_READ);
}
