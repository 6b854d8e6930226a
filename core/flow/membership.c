#include "flow/membership.h"

#include "plugin/records.h"
#include "plugin/users.h"
#include "store/audits.h"
#include "store/documents.h"

enum { MEMBERSHIP_USER, MEMBERSHIP_LOOK, MEMBERSHIP_COMMIT };
enum { MEMBERSHIP_TRIES = 8 };

static struct membership *membership_of(struct flow *flow)
{
	return (struct membership *)(void *)flow;
}

static unsigned membership_end(struct membership *membership, enum membership_outcome outcome)
{
	membership->outcome = outcome;
	return FLOW_END;
}

/* Whoever leaves may be gone already. */
static void membership_ask_user(struct flow *flow)
{
	struct membership *membership = membership_of(flow);
	const struct member *member = &membership->member;

	if (membership->leaves)
		flow_skip(flow, SP_OK);
	else
		turn_call(&membership->turn, &users_get(turn_seat(&membership->turn, BINDING_USERS),
		    member->tenant, member->user)->op);
}

static unsigned membership_got_user(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	(void)answer;
	if (status == SP_OK)
		return MEMBERSHIP_LOOK;
	return membership_end(membership_of(flow), status == SP_NOT_FOUND ?
	    MEMBERSHIP_NO_USER : MEMBERSHIP_UNAVAILABLE);
}

static struct sp_address group_at(const struct member *member)
{
	return documents_at(member->tenant, DOCUMENT_GROUP, member->group);
}

static void membership_ask_look(struct flow *flow)
{
	struct membership *membership = membership_of(flow);
	struct sp_address at[] = { group_at(&membership->member),
		members_at(&membership->member) };

	turn_get(&membership->turn, at, 2);
}

static unsigned membership_got_look(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct membership *membership = membership_of(flow);
	const struct sp_records_get *get = (const struct sp_records_get *)answer;

	if (status != SP_OK)
		return membership_end(membership, MEMBERSHIP_UNAVAILABLE);
	membership->work.group = get->records[0]->revision;
	membership->work.there = get->records[1]->revision;
	if (membership->work.group == 0)
		return membership_end(membership, MEMBERSHIP_NO_GROUP);
	if (!membership->leaves && membership->work.there != 0)
		return membership_end(membership, MEMBERSHIP_ALREADY);
	if (membership->leaves && membership->work.there == 0)
		return membership_end(membership, MEMBERSHIP_NO_MEMBER);
	return MEMBERSHIP_COMMIT;
}

static void membership_ask_commit(struct flow *flow)
{
	enum { ROOM = 4 };
	struct membership *membership = membership_of(flow);
	struct turn *turn = &membership->turn;
	struct sp_records_commit *commit = turn_commit(turn, ROOM);
	struct audit_act act = turn_act(turn, membership->member.tenant, membership->actor);

	documents_check(commit, group_at(&membership->member), membership->work.group);
	if (membership->leaves)
		members_remove(commit, &membership->member, membership->work.there);
	else
		members_put(commit, &membership->member, SP_ABSENT);
	turn_send_if(turn, commit,
	    members_tell(commit, &membership->member, membership->leaves, &act));
}

static unsigned membership_got_commit(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct membership *membership = membership_of(flow);

	(void)answer;
	if (status != SP_CONFLICT)
		return membership_end(membership, status == SP_OK ? MEMBERSHIP_GOOD :
		    MEMBERSHIP_UNAVAILABLE);
	return ++membership->work.tries < MEMBERSHIP_TRIES ? MEMBERSHIP_LOOK :
	    membership_end(membership, MEMBERSHIP_CONFLICT);
}

#define TO FLOW_TO
static const struct flow_step membership_steps[] = {
	[MEMBERSHIP_USER] = { "user", membership_ask_user, membership_got_user,
	    TO(MEMBERSHIP_LOOK) | TO(FLOW_END) },
	[MEMBERSHIP_LOOK] = { "look", membership_ask_look, membership_got_look,
	    TO(MEMBERSHIP_COMMIT) | TO(FLOW_END) },
	[MEMBERSHIP_COMMIT] = { "commit", membership_ask_commit, membership_got_commit,
	    TO(MEMBERSHIP_LOOK) | TO(FLOW_END) },
};

void membership_run(struct membership *membership)
{
	membership->outcome = MEMBERSHIP_UNAVAILABLE;
	membership->work = (struct membership_work){ 0 };
	turn_start(&membership->turn, membership_steps, MEMBERSHIP_USER);
}
