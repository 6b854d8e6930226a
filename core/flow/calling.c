#include "flow/calling.h"

#include "base/arena.h"
#include "base/id.h"
#include "model/account.h"
#include "model/system.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"
#include "store/sources.h"
#include "store/store.h"

#include <string.h>

enum { CALLING_READ, CALLING_ACCOUNT, CALLING_USER, CALLING_RIGHTS, CALLING_TOUCH };
enum { WRONG_MOST = 20, WRONG_WINDOW = 600000 };

static struct calling *calling_of(struct flow *flow) { return (struct calling *)(void *)flow; }

static struct source calling_source(const struct calling *calling)
{
	return (struct source){ .kind = SOURCE_ADMIN, .key = calling->turn.source,
		.most = WRONG_MOST, .window = WRONG_WINDOW };
}

void calling_wrong(struct calling *calling)
{
	struct source source = calling_source(calling);

	sources_owe(calling->turn.store->sources, &source, calling->turn.now);
	calling->outcome = CALLING_WRONG;
}

static unsigned calling_end(struct calling *calling, enum calling_outcome outcome)
{
	calling->outcome = outcome;
	return FLOW_END;
}

static void calling_ask_read(struct flow *flow)
{
	struct calling *calling = calling_of(flow);
	struct sp_address at = tokens_at(calling->secret.id);

	turn_get(&calling->turn, &at, 1);
}

static void calling_right(struct calling *calling, const struct role *role, struct sp_id tenant)
{
	if (calling->rights == NULL)
		calling->rights = arena_alloc(calling->turn.arena, sizeof(*calling->rights));
	calling->rights[calling->right_count++] = (struct calling_right){ role, tenant };
}

/* The use of an API token is noted, once in a while. */
static unsigned calling_good(struct calling *calling)
{
	calling->outcome = CALLING_GOOD;
	return !calling->program || calling->turn.now - calling->token.used < TOKENS_TOUCH ?
	    FLOW_END : CALLING_TOUCH;
}

static unsigned calling_got_read(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct calling *calling = calling_of(flow);
	struct turn *turn = &calling->turn;

	if (status != SP_OK) {
		bearer_done(&calling->secret);
		return FLOW_END;
	}
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	bool fits = tokens_read(turn->arena, record, &calling->token) &&
	    tokens_fits(&calling->token, turn->store->ring, &calling->secret);
	bearer_done(&calling->secret);
	if (!fits) {
		calling_wrong(calling);
		return FLOW_END;
	}
	calling->program = true;
	calling->revision = record->revision;
	calling->user = calling->token.user;
	if (!id_zero(calling->user))
		return CALLING_ACCOUNT;
	calling_right(calling, calling->token.role, calling->token.tenant);
	return calling_good(calling);
}

/* Who is behind it: is he still there? */
static void calling_ask_account(struct flow *flow)
{
	struct calling *calling = calling_of(flow);
	struct sp_address at = accounts_at(system_id, calling->user);

	turn_get(&calling->turn, &at, 1);
}

static unsigned calling_got_account(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct calling *calling = calling_of(flow);
	struct account account;

	if (status != SP_OK || !accounts_read(calling->turn.arena,
	    ((struct sp_records_get *)answer)->records[0], &account))
		return calling_end(calling, CALLING_UNAVAILABLE);
	return account.blocked ? calling_end(calling, CALLING_OVER) : CALLING_USER;
}

static void calling_ask_user(struct flow *flow)
{
	struct calling *calling = calling_of(flow);

	turn_call(&calling->turn, &users_get(turn_seat(&calling->turn, BINDING_USERS), system_id,
	    calling->user)->op);
}

static unsigned calling_got_user(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct calling *calling = calling_of(flow);

	if (status != SP_OK && status != SP_NOT_FOUND)
		return calling_end(calling, CALLING_UNAVAILABLE);
	return status == SP_OK && ((struct sp_users_find *)answer)->user->enabled ?
	    CALLING_RIGHTS : calling_end(calling, CALLING_OVER);
}

static void calling_ask_rights(struct flow *flow)
{
	struct calling *calling = calling_of(flow);

	turn_call(&calling->turn, &list_new(turn_seat(&calling->turn, BINDING_RECORDS),
	    assignments_of(calling->user), ASSIGNMENTS_MOST)->op);
}

/* Whoever is behind an API token must still be somebody who makes them. */
static bool makes_tokens(const struct assignment *assignment)
{
	return id_zero(assignment->tenant) &&
	    role_may(assignment->role, AREA_TOKENS | ROLE_WRITES, false);
}

static unsigned calling_got_rights(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct calling *calling = calling_of(flow);
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct assignment one;
	bool maker = false;

	if (status != SP_OK)
		return calling_end(calling, CALLING_UNAVAILABLE);
	calling->rights = arena_alloc(calling->turn.arena,
	    (list->count + 1) * sizeof(*calling->rights));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!assignments_read(record, &one))
			continue;
		maker = maker || makes_tokens(&one);
		if (!calling->program)
			calling_right(calling, one.role, one.tenant);
	}
	if (calling->program && !maker)
		return calling_end(calling, CALLING_OVER);
	if (calling->program)
		calling_right(calling, calling->token.role, calling->token.tenant);
	return calling_good(calling);
}

/* Who revokes it at the same moment wins. */
static void calling_ask_touch(struct flow *flow)
{
	struct calling *calling = calling_of(flow);
	struct sp_records_commit *commit = turn_commit(&calling->turn, 1);

	commit->durability = SP_ORDERED;
	calling->token.used = calling->turn.now;
	calling->token.source = calling->turn.source_text;
	turn_send_if(&calling->turn, commit,
	    tokens_put(commit, &calling->token, calling->revision));
}

/* A note that could not be written is no reason to refuse: the token stood when it was read. */
static unsigned calling_got_touch(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)flow, (void)answer, (void)status;
	return FLOW_END;
}

#define TO FLOW_TO
static const struct flow_step calling_steps[] = {
	[CALLING_READ] = { "read", calling_ask_read, calling_got_read,
	    TO(CALLING_ACCOUNT) | TO(CALLING_TOUCH) | TO(FLOW_END) },
	[CALLING_ACCOUNT] = { "account", calling_ask_account, calling_got_account,
	    TO(CALLING_USER) | TO(FLOW_END) },
	[CALLING_USER] = { "user", calling_ask_user, calling_got_user,
	    TO(CALLING_RIGHTS) | TO(FLOW_END) },
	[CALLING_RIGHTS] = { "rights", calling_ask_rights, calling_got_rights,
	    TO(CALLING_TOUCH) | TO(FLOW_END) },
	[CALLING_TOUCH] = { "touch", calling_ask_touch, calling_got_touch, TO(FLOW_END) },
};

void calling_rights(struct calling *calling)
{
	turn_start(&calling->turn, calling_steps, CALLING_RIGHTS);
}

/* "id.secret" has one dot, a JWT two. */
static bool calling_is_jwt(const char *bearer)
{
	const char *dot = strchr(bearer, '.');

	return dot != NULL && strchr(dot + 1, '.') != NULL;
}

void calling_run(struct calling *calling)
{
	struct turn *turn = &calling->turn;
	struct source source = calling_source(calling);

	calling->outcome = CALLING_UNAVAILABLE;
	if (!sources_may(turn->store->sources, &source, turn->now, &calling->wait)) {
		calling->outcome = CALLING_MANY;
	} else if (calling_is_jwt(calling->bearer)) {
		calling_prove(calling);
		return;
	} else if (!bearer_parse(calling->bearer, &calling->secret)) {
		calling_wrong(calling);
	} else {
		turn_start(turn, calling_steps, CALLING_READ);
		return;
	}
	turn->finished(turn, turn->arg);
}
