#include "flow/calling.h"

#include "base/arena.h"
#include "plugin/records.h"
#include "store/sources.h"
#include "store/store.h"

enum { CALLING_READ, CALLING_TOUCH };
enum { WRONG_MOST = 20, WRONG_WINDOW = 600000 };

static struct calling *calling_of(struct flow *flow) { return (struct calling *)(void *)flow; }

static struct source calling_source(const struct calling *calling)
{
	return (struct source){ .kind = SOURCE_ADMIN, .key = calling->turn.source,
		.most = WRONG_MOST, .window = WRONG_WINDOW };
}

static void calling_wrong(struct calling *calling)
{
	struct source source = calling_source(calling);

	sources_owe(calling->turn.store->sources, &source, calling->turn.now);
	calling->outcome = CALLING_WRONG;
}

static void calling_ask_read(struct flow *flow)
{
	struct calling *calling = calling_of(flow);
	struct sp_address at = tokens_at(calling->secret.id);

	turn_get(&calling->turn, &at, 1);
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
	calling->outcome = CALLING_GOOD;
	calling->revision = record->revision;
	return turn->now - calling->token.used < TOKENS_TOUCH ? FLOW_END : CALLING_TOUCH;
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
	    TO(CALLING_TOUCH) | TO(FLOW_END) },
	[CALLING_TOUCH] = { "touch", calling_ask_touch, calling_got_touch, TO(FLOW_END) },
};

void calling_run(struct calling *calling)
{
	struct turn *turn = &calling->turn;
	struct source source = calling_source(calling);

	calling->outcome = CALLING_UNAVAILABLE;
	if (!sources_may(turn->store->sources, &source, turn->now, &calling->wait)) {
		calling->outcome = CALLING_MANY;
	} else if (!bearer_parse(calling->bearer, &calling->secret)) {
		calling_wrong(calling);
	} else {
		turn_start(turn, calling_steps, CALLING_READ);
		return;
	}
	turn->finished(turn, turn->arg);
}
