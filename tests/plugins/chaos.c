/*
 * chaos - the memory plugin behind a backend's bad days, and a mailbox in the test's memory
 *
 * Built from the memory plugin's own files. It carries an operation out under a host of its
 * own, which only notes how it ended, and then answers what the fate of the operation says. What
 * it answers is always within the contract: CONFLICT only where a change expects something, and
 * nothing is done then; UNKNOWN only of what changes something.
 */
#include "chaos.h"

#include "../../plugins/memory/memory.h"

#include <stdlib.h>

struct conf {
	int64_t chaos;	/* address of a struct chaos in the test */
};

static const struct sp_key keys[] = {
	{ .name = "chaos", .type = SP_NUMBER, .offset = offsetof(struct conf, chaos),
	  .help = "Who decides." },
	{ 0 },
};

struct self {
	struct memory memory;	/* first: what its functions take for theirs */
	struct chaos *chaos;
};

enum kind { GET, LIST, COMMIT, FIND, USER_GET, USER_LIST, CREATE, UPDATE, REMOVE, KINDS };

enum { BACKGROUND, FLOW, MAIL };

static uint64_t draw(struct chaos *chaos, int which)
{
	uint64_t z = chaos->seeds[which] += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct chaos *chaos_of(const struct sp_op *op)
{
	return ((struct self *)op->self)->chaos;
}

static enum sp_status caught;

static void catch_done(struct sp_op *op, enum sp_status status)
{
	(void)op;
	caught = status;
}

static enum sp_status perform(struct sp_op *op, enum kind kind)
{
	const struct sp_host *host = op->host;
	struct sp_host catcher = *host;

	catcher.done = catch_done;
	op->host = &catcher;
	switch (kind) {
	case GET: records_get((struct sp_records_get *)op); break;
	case LIST: records_list((struct sp_records_list *)op); break;
	case COMMIT: records_commit((struct sp_records_commit *)op); break;
	case FIND: users_find((struct sp_users_find *)op); break;
	case USER_GET: users_get((struct sp_users_find *)op); break;
	case USER_LIST: users_list((struct sp_users_list *)op); break;
	case CREATE: users_create((struct sp_users_change *)op); break;
	case UPDATE: users_update((struct sp_users_change *)op); break;
	case REMOVE: users_remove((struct sp_users_change *)op); break;
	case KINDS: break;
	}
	op->host = host;
	return caught;
}

/* Somebody might have been first: names whom. */
static bool conflict(struct sp_op *op, enum kind kind)
{
	struct sp_records_commit *commit = (struct sp_records_commit *)op;

	if (kind != COMMIT)
		return true;
	for (size_t i = 0; i < commit->count; i++)
		if (commit->changes[i]->expect != SP_ANY) {
			commit->failed = commit->changes[i];
			return true;
		}
	return false;
}

static void finish(struct sp_op *op, enum kind kind, enum chaos_fate fate)
{
	enum sp_status status = SP_UNAVAILABLE;

	if (fate == CHAOS_CONFLICT && !conflict(op, kind))
		fate = CHAOS_UNAVAILABLE;
	chaos_of(op)->thrown[fate]++;
	if (fate == CHAOS_NONE || fate == CHAOS_DONE)
		status = perform(op, kind);
	if (fate == CHAOS_CONFLICT)
		status = SP_CONFLICT;
	/* A refusal is certain: who hears of one knows that nothing was done. */
	if ((fate == CHAOS_DONE && status == SP_OK) || fate == CHAOS_UNDONE)
		status = SP_UNKNOWN;
	sp_op_done(op, status);
}

static enum chaos_fate fate_of(struct chaos *chaos, enum kind kind, int which)
{
	unsigned number = (unsigned)(draw(chaos, which) % 1000), fate = CHAOS_FATES - 1;

	while (fate > CHAOS_NONE && number >= chaos->odds[fate])
		number -= chaos->odds[fate--];
	if (kind >= COMMIT && kind != FIND && kind != USER_GET && kind != USER_LIST)
		return (enum chaos_fate)fate;
	return fate == CHAOS_NONE ? CHAOS_NONE : CHAOS_UNAVAILABLE;
}

static bool forced(struct chaos *chaos, enum kind kind)
{
	if (kind != COMMIT || chaos->forced_count == 0)
		return false;
	chaos->forced_count--;
	return true;
}

static void take(struct sp_op *op, enum kind kind)
{
	struct chaos *chaos = chaos_of(op);
	bool flow = (op->request_id & CHAOS_FLOW) != 0;
	enum chaos_fate fate = fate_of(chaos, kind, flow ? FLOW : BACKGROUND);

	if (flow && forced(chaos, kind))
		fate = chaos->forced;
	if (flow && draw(chaos, FLOW) % 1000 < chaos->hold && chaos->held_count < CHAOS_HELD) {
		op->mine = (void *)(uintptr_t)((unsigned)kind * CHAOS_FATES + (unsigned)fate + 1);
		chaos->held[chaos->held_count++] = op;
		chaos->holds++;
		return;
	}
	finish(op, kind, fate);
}

static void chaos_release(struct chaos *chaos, size_t which)
{
	struct sp_op *op = chaos->held[which];
	uintptr_t mine = (uintptr_t)op->mine - 1;

	chaos->held[which] = chaos->held[--chaos->held_count];
	finish(op, (enum kind)(mine / CHAOS_FATES), (enum chaos_fate)(mine % CHAOS_FATES));
}

static void chaos_get(struct sp_records_get *op) { take(&op->op, GET); }
static void chaos_list(struct sp_records_list *op) { take(&op->op, LIST); }
static void chaos_commit(struct sp_records_commit *op) { take(&op->op, COMMIT); }
static void chaos_find(struct sp_users_find *op) { take(&op->op, FIND); }
static void chaos_user(struct sp_users_find *op) { take(&op->op, USER_GET); }
static void chaos_users(struct sp_users_list *op) { take(&op->op, USER_LIST); }
static void chaos_create(struct sp_users_change *op) { take(&op->op, CREATE); }
static void chaos_update(struct sp_users_change *op) { take(&op->op, UPDATE); }
static void chaos_remove(struct sp_users_change *op) { take(&op->op, REMOVE); }

/* Mail has no conflicts: its transport refuses the address instead. */
static void chaos_send(struct sp_mail_send *mail)
{
	struct chaos *chaos = chaos_of(&mail->op);
	enum chaos_fate fate = fate_of(chaos, COMMIT, MAIL);

	if (fate == CHAOS_NONE || fate == CHAOS_DONE)
		chaos->deliver(chaos->arg, mail);
	sp_op_done(&mail->op, fate == CHAOS_NONE ? SP_OK : fate == CHAOS_CONFLICT ? SP_REJECTED :
	    fate == CHAOS_UNAVAILABLE ? SP_UNAVAILABLE : SP_UNKNOWN);
}

static enum sp_status chaos_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	struct self *self = calloc(1, sizeof(*self));

	(void)host, (void)out_error;
	if (self == NULL)
		return SP_FAILED;
	pthread_mutex_init(&self->memory.lock, NULL);
	self->chaos = (struct chaos *)(intptr_t)((const struct conf *)conf)->chaos;
	self->chaos->release = chaos_release;
	*out_self = self;
	return SP_OK;
}

static void chaos_close(void *arg)
{
	struct self *self = arg;

	records_done(&self->memory);
	users_done(&self->memory);
	pthread_mutex_destroy(&self->memory.lock);
	free(self);
}

static const struct sp_records records = SP_RECORDS(
	.get = chaos_get,
	.list = chaos_list,
	.commit = chaos_commit,
);

static const struct sp_users users = SP_USERS(
	.find = chaos_find,
	.get = chaos_user,
	.create = chaos_create,
	.update = chaos_update,
	.remove = chaos_remove,
	.list = chaos_users,
);

static const struct sp_mail mail = SP_MAIL(.send = chaos_send);

SP_PLUGIN(
	.name = "chaos",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = chaos_open,
	.close = chaos_close,
	.records = &records,
	.users = &users,
	.mail = &mail,
);
