#include "flow/turn.h"

#include "base/id.h"
#include "model/address.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/store.h"

#include <stdlib.h>

struct seat *turn_seat(const struct turn *turn, enum binding_role role)
{
	return binding_seat(turn->store->set.binding, role, 0, turn->loop);
}

static void turn_over(struct flow *flow)
{
	struct turn *turn = (struct turn *)(void *)flow;

	turn->finished(turn, turn->arg);
}

void turn_start(struct turn *turn, const struct flow_step *steps, unsigned first)
{
	turn->flow = (struct flow){ .steps = steps, .end = turn_over };
	flow_start(&turn->flow, first);
}

/* Expiry is judged by one clock in the whole turn. */
void turn_call(struct turn *turn, struct sp_op *op)
{
	op->now = turn->now;
	op->request_id = turn->request_id;
	flow_call(&turn->flow, op);
}

void turn_get(struct turn *turn, const struct sp_address *at, size_t count)
{
	turn_call(turn, &get_new(turn_seat(turn, BINDING_RECORDS), at, count)->op);
}

void turn_find(struct turn *turn, const char *who)
{
	struct seat *users = turn_seat(turn, BINDING_USERS);
	struct address address;
	struct sp_id id;

	if (id_parse(who, &id))
		turn_call(turn, &users_get(users, turn->tenant->id, id)->op);
	else if (address_parse(turn->arena, who, &address) == ADDRESS_OK)
		turn_call(turn, &users_find(users, turn->tenant->id, address.key)->op);
	else
		flow_skip(&turn->flow, SP_NOT_FOUND);
}

struct audit_act turn_act(const struct turn *turn, struct sp_id tenant, const char *actor)
{
	return (struct audit_act){ .tenant = tenant, .now = turn->now, .actor = actor,
		.request_id = turn->request_id, .source = turn->source_text };
}

struct sp_records_commit *turn_commit(struct turn *turn, size_t room)
{
	return commit_new(turn_seat(turn, BINDING_RECORDS), room);
}

void turn_send(struct turn *turn, struct sp_records_commit *commit)
{
	if (!commit_ready(commit))
		abort();
	turn_call(turn, &commit->op);
}

void turn_send_if(struct turn *turn, struct sp_records_commit *commit, bool fits)
{
	if (fits) {
		turn_send(turn, commit);
		return;
	}
	op_free(&commit->op);
	flow_skip(&turn->flow, SP_FAILED);
}
