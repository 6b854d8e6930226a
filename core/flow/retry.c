#include "flow/retry.h"

#include "base/arena.h"
#include "base/id.h"
#include "plugin/records.h"
#include "store/audits.h"

enum { RETRY_LIST, RETRY_COMMIT };

static struct retry *retry_of(struct flow *flow) { return (struct retry *)(void *)flow; }

static unsigned retry_end(struct retry *retry, enum retry_outcome outcome)
{
	retry->outcome = outcome;
	return FLOW_END;
}

static void retry_ask_list(struct flow *flow)
{
	struct retry *retry = retry_of(flow);
	struct sp_records_list *list = list_new(turn_seat(&retry->turn, BINDING_RECORDS),
	    outbox_all(), SP_LIST_MAX);

	list->after.data = arena_copy(op_arena(&list->op), retry->after.data, retry->after.size);
	list->after.size = retry->after.size;
	turn_call(&retry->turn, &list->op);
}

/* A notice that is held is not waiting: most are taken back before they are due. */
static bool retry_found(struct retry *retry, const struct sp_record *record)
{
	if (!outbox_is(record, retry->id) || !outbox_read(retry->turn.arena, retry->turn.store,
	    record, &retry->entry) || !id_zero(retry->entry.account))
		return false;
	retry->revision = record->revision;
	return true;
}

static unsigned retry_got_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct retry *retry = retry_of(flow);
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	if (status != SP_OK)
		return retry_end(retry, RETRY_UNAVAILABLE);
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (retry_found(retry, record))
			return RETRY_COMMIT;
	if (list->count < list->limit)
		return retry_end(retry, RETRY_ABSENT);
	retry->after.data = arena_copy(retry->turn.arena, list->last->at.key.data,
	    list->last->at.key.size);
	retry->after.size = list->last->at.key.size;
	return RETRY_LIST;
}

static void retry_ask_commit(struct flow *flow)
{
	enum { ROOM = 3 };
	struct retry *retry = retry_of(flow);
	struct turn *turn = &retry->turn;
	struct sp_records_commit *commit = turn_commit(turn, ROOM);
	char id[ID_TEXT];

	id_format(retry->id, id);
	struct audit_act act = turn_act(turn, retry->entry.tenant, retry->actor);
	act.activity = "Retry mail";
	act.verb = "Update";
	act.target = id;
	commit->op.now = turn->now;
	turn_send_if(turn, commit,
	    outbox_retry(commit, turn->store, &retry->entry, retry->revision) &&
	    audits_tell(commit, &act));
}

static unsigned retry_got_commit(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)answer;
	return retry_end(retry_of(flow), status == SP_OK ? RETRY_GOOD :
	    status == SP_CONFLICT ? RETRY_BUSY : RETRY_UNAVAILABLE);
}

#define TO FLOW_TO
static const struct flow_step retry_steps[] = {
	[RETRY_LIST] = { "list", retry_ask_list, retry_got_list,
	    TO(RETRY_LIST) | TO(RETRY_COMMIT) | TO(FLOW_END) },
	[RETRY_COMMIT] = { "commit", retry_ask_commit, retry_got_commit, TO(FLOW_END) },
};

void retry_run(struct retry *retry)
{
	retry->outcome = RETRY_UNAVAILABLE;
	turn_start(&retry->turn, retry_steps, RETRY_LIST);
}
