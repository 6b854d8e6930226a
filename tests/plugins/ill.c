/*
 * ill - a real plugin, with the faults that a file orders
 *
 * Built around each bundled plugin's own files, whose sp_plugin is called sp_plugin_sound there.
 * Its conf has all keys of the sound one, and `orders`: a file of lines
 *
 *	OPERATION FATE [NUMBER]		users.create exit-after
 *					changes exit-before 3
 *
 * that counts from the moment that it is put in place (by rename). OPERATION is a role's
 * operation, or "changes" for any that writes records or users. FATE is one of:
 *
 *	fail, unavailable, rejected	ended so, nothing done
 *	undone, done			UNKNOWN, nothing done, or done
 *	empty				OK, and nothing done
 *	hang				held until the orders change, then carried out
 *	late				held until nobody waits for it, then carried out
 *	exit-before, exit-after		the process is killed at the NUMBERth of them
 *
 * The first time that a line counts, it is added to the file `orders`.met.
 */
#include <sallyport/mail.h>
#include <sallyport/policy.h>
#include <sallyport/records.h>
#include <sallyport/users.h>

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct sp_plugin sp_plugin_sound;

enum { ORDERS = 16, KEYS = 32, BATCHES = 8 };

enum fate { SOUND = 0, FAIL, UNAVAILABLE, REJECTED, UNDONE, DONE, EMPTY, HANG, LATE, EXIT_BEFORE,
	EXIT_AFTER };

static const char *const fates[] = { "", "fail", "unavailable", "rejected", "undone", "done",
	"empty", "hang", "late", "exit-before", "exit-after" };

struct order {
	char operation[32];
	enum fate fate;
	unsigned number, seen;
};

struct ill {
	struct sp_host mine;		/* what the sound plugin takes for core */
	const struct sp_host *core;
	void *sound;
	const char *path;
	pthread_mutex_t lock;		/* guards all below */
	ino_t file;			/* 0: there is none */
	struct order orders[ORDERS];
	size_t count;
	sp_batch_fn *batches[BATCHES];
};

/* Of one operation, while the sound plugin has it. */
struct held {
	LIST_ENTRY(held) link;
	struct sp_op *op;
	struct ill *ill;
	void (*call)(struct sp_op *op);
	const char *operation;
	enum fate fate;
	sp_work_fn *work;
};

struct here {
	struct ill *ill;
	void *sound;
	struct event *tick;
	LIST_HEAD(, held) held;
};

/* Orders. */

static void orders_read(struct ill *ill)
{
	struct order *order = ill->orders;
	char word[16], line[80];
	FILE *file = fopen(ill->path, "re");

	while (file != NULL && order < ill->orders + ORDERS &&
	    fgets(line, sizeof(line), file) != NULL) {
		*order = (struct order){ .number = 1 };
		if (sscanf(line, "%31s %15s %u", order->operation, word, &order->number) < 2)
			continue;
		for (size_t i = 1; i < sizeof(fates) / sizeof(fates[0]); i++)
			if (strcmp(word, fates[i]) == 0)
				order->fate = (enum fate)i;
		if (order->fate == SOUND)
			abort();	/* a misspelt order would prove nothing */
		order++;
	}
	if (file != NULL)
		fclose(file);
	ill->count = (size_t)(order - ill->orders);
}

static void orders_met(const struct ill *ill, const struct order *order)
{
	char path[512];

	snprintf(path, sizeof(path), "%s.met", ill->path);
	FILE *file = fopen(path, "ae");
	if (file == NULL)
		abort();
	fprintf(file, "%s %s\n", order->operation, fates[order->fate]);
	fclose(file);
}

static bool is_change(const char *operation)
{
	return strcmp(operation, "records.commit") == 0 || strcmp(operation, "users.create") == 0 ||
	    strcmp(operation, "users.update") == 0 || strcmp(operation, "users.remove") == 0;
}

/* The lock is held. A line counts its operations; one that kills does so at one of them alone. */
static enum fate orders_take(struct ill *ill, const char *operation)
{
	for (size_t i = 0; i < ill->count; i++) {
		struct order *order = &ill->orders[i];
		bool names = strcmp(order->operation, operation) == 0 ||
		    (strcmp(order->operation, "changes") == 0 && is_change(operation));
		if (!names || (++order->seen != order->number && order->fate >= EXIT_BEFORE))
			continue;
		if (order->seen == (order->fate >= EXIT_BEFORE ? order->number : 1))
			orders_met(ill, order);
		return order->fate;
	}
	return SOUND;
}

/* Under the lock: reads the file again if it is another. */
static void orders_look(struct ill *ill)
{
	struct stat st = { .st_ino = 0 };

	if (stat(ill->path, &st) != 0)
		st.st_ino = 0;
	if (st.st_ino == ill->file)
		return;
	ill->file = st.st_ino;
	orders_read(ill);
}

static enum fate fate_of(struct ill *ill, const char *operation)
{
	pthread_mutex_lock(&ill->lock);
	orders_look(ill);
	enum fate fate = orders_take(ill, operation);
	pthread_mutex_unlock(&ill->lock);
	return fate;
}

/* Whether it would have to wait any more. */
static bool still(struct ill *ill, const struct held *held)
{
	bool so = false;

	if (held->fate == LATE)
		return sp_op_wanted(held->op);
	pthread_mutex_lock(&ill->lock);
	orders_look(ill);
	for (size_t i = 0; i < ill->count; i++)
		so |= ill->orders[i].fate == HANG &&
		    strcmp(ill->orders[i].operation, held->operation) == 0;
	pthread_mutex_unlock(&ill->lock);
	return so;
}

/* One operation on its way through the sound plugin and back. */

static struct ill *ill_of(const struct sp_host *mine)
{
	return (struct ill *)(uintptr_t)mine;	/* its first member */
}

static enum sp_status turned(const struct held *held, enum sp_status status)
{
	if (held->fate == EXIT_AFTER)
		raise(SIGKILL);
	return held->fate == DONE && status == SP_OK ? SP_UNKNOWN : status;
}

static void ill_done(struct sp_op *op, enum sp_status status)
{
	struct ill *ill = ill_of(op->host);
	const struct held *held = op->mine;

	op->host = ill->core;
	sp_op_done(op, turned(held, status));
}

static enum sp_status ill_work_run(struct sp_op *op)
{
	const struct held *held = op->mine;
	enum sp_status status = held->work(op);

	op->host = held->ill->core;
	return turned(held, status);
}

static void ill_work(struct sp_op *op, sp_work_fn *fn)
{
	struct held *held = op->mine;

	held->work = fn;
	held->ill->core->work(op, ill_work_run);
}

#define BATCH(n) static void batch_##n(void *self, struct sp_op *const *ops, size_t count) \
	{ struct ill *ill = self; ill->batches[n](ill->sound, ops, count); }
BATCH(0) BATCH(1) BATCH(2) BATCH(3) BATCH(4) BATCH(5) BATCH(6) BATCH(7)

/* A function of ours for each of the plugin's, so that core still tells them apart. */
static void ill_batch(struct sp_op *op, sp_batch_fn *fn)
{
	static sp_batch_fn *const ours[BATCHES] = { batch_0, batch_1, batch_2, batch_3, batch_4,
		batch_5, batch_6, batch_7 };
	struct ill *ill = ill_of(op->host);
	size_t i = 0;

	pthread_mutex_lock(&ill->lock);
	while (i < BATCHES && ill->batches[i] != NULL && ill->batches[i] != fn)
		i++;
	if (i == BATCHES)
		abort();
	ill->batches[i] = fn;
	pthread_mutex_unlock(&ill->lock);
	ill->core->batch(op, ours[i]);
}

static void ill_log(const struct sp_host *mine, enum sp_level level, const char *text)
{
	const struct sp_host *core = ill_of(mine)->core;

	core->log(core, level, text);
}

static void carry_out(struct held *held)
{
	struct sp_op *op = held->op;
	struct here *here = op->here;

	op->host = &held->ill->mine;
	op->self = held->ill->sound;
	op->here = here->sound;
	held->call(op);
}

static void take(struct sp_op *op, const char *operation, void (*call)(struct sp_op *op))
{
	struct ill *ill = op->self;
	struct here *here = op->here;
	struct held *held = sp_op_alloc(op, sizeof(*held));
	static const enum sp_status plain[] = { [FAIL] = SP_FAILED,
		[UNAVAILABLE] = SP_UNAVAILABLE, [REJECTED] = SP_REJECTED, [UNDONE] = SP_UNKNOWN,
		[EMPTY] = SP_OK };

	*held = (struct held){ .op = op, .ill = ill, .call = call, .operation = operation,
		.fate = fate_of(ill, operation) };
	op->mine = held;
	switch (held->fate) {
	case FAIL: case UNAVAILABLE: case REJECTED: case UNDONE: case EMPTY:
		sp_op_done(op, plain[held->fate]);
		return;
	case HANG: case LATE:
		LIST_INSERT_HEAD(&here->held, held, link);
		return;
	case EXIT_BEFORE:
		raise(SIGKILL);
		return;
	case SOUND: case DONE: case EXIT_AFTER:
		carry_out(held);
	}
}

#define OPERATION(role, name, type) \
	static void call_##role##_##name(struct sp_op *op) \
	{ sp_plugin_sound.role->name((struct sp_##role##_##type *)op); } \
	static void role##_##name(struct sp_##role##_##type *op) \
	{ take(&op->op, #role "." #name, call_##role##_##name); }
OPERATION(records, get, get)
OPERATION(records, list, list)
OPERATION(records, commit, commit)
OPERATION(users, find, find)
OPERATION(users, get, find)
OPERATION(users, create, change)
OPERATION(users, update, change)
OPERATION(users, remove, change)
OPERATION(users, list, list)
OPERATION(policy, load, load)
OPERATION(mail, send, send)

/* No operation: answered on the spot. */
static enum sp_status policy_decide(void *here_data, const void *set,
    const struct sp_facts *facts, struct sp_judgement *out)
{
	struct here *here = here_data;

	switch (fate_of(here->ill, "policy.decide")) {
	case SOUND:
		return sp_plugin_sound.policy->decide_now(here->sound, set, facts, out);
	case EMPTY:
		return SP_OK;
	case UNAVAILABLE:
		return SP_UNAVAILABLE;
	case REJECTED:
		return SP_REJECTED;
	case UNDONE: case DONE:
		return SP_UNKNOWN;
	case EXIT_BEFORE: case EXIT_AFTER:
		raise(SIGKILL);
		return SP_FAILED;
	case FAIL: case HANG: case LATE:
		break;
	}
	return SP_FAILED;
}

static void policy_free_set(void *self, void *set)
{
	sp_plugin_sound.policy->free_set(((struct ill *)self)->sound, set);
}

/* The plugin. */

static size_t orders_offset(void)
{
	size_t size = sp_plugin_sound.conf_size;

	return (size + sizeof(char *) - 1) / sizeof(char *) * sizeof(char *);
}

static enum sp_status ill_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	struct ill *ill = calloc(1, sizeof(*ill));

	if (ill == NULL)
		return SP_FAILED;
	ill->mine = *host;
	ill->core = host;
	ill->mine.log = ill_log;
	ill->mine.done = ill_done;
	ill->mine.work = ill_work;
	ill->mine.batch = ill_batch;
	memcpy(&ill->path, (const char *)conf + orders_offset(), sizeof(ill->path));
	pthread_mutex_init(&ill->lock, NULL);
	enum sp_status status = sp_plugin_sound.open(&ill->mine, conf, &ill->sound, out_error);
	if (status == SP_OK)
		*out_self = ill;
	else
		free(ill);
	return status;
}

static void ill_close(void *self)
{
	struct ill *ill = self;

	sp_plugin_sound.close(ill->sound);
	pthread_mutex_destroy(&ill->lock);
	free(ill);
}

static void here_tick(evutil_socket_t fd, short what, void *arg)
{
	struct here *here = arg;
	struct held *next;

	(void)fd, (void)what;
	for (struct held *held = LIST_FIRST(&here->held); held != NULL; held = next) {
		next = LIST_NEXT(held, link);
		if (still(here->ill, held))
			continue;
		LIST_REMOVE(held, link);
		carry_out(held);
	}
}

static enum sp_status ill_attach(void *self, struct event_base *base, void **out_here)
{
	static const struct timeval often = { .tv_usec = 5000 };
	struct ill *ill = self;
	struct here *here = calloc(1, sizeof(*here));

	if (here == NULL)
		return SP_FAILED;
	here->ill = ill;
	LIST_INIT(&here->held);
	here->tick = event_new(base, -1, EV_PERSIST, here_tick, here);
	if (here->tick == NULL || event_add(here->tick, &often) != 0 ||
	    (sp_plugin_sound.attach != NULL &&
	    sp_plugin_sound.attach(ill->sound, base, &here->sound) != SP_OK)) {
		if (here->tick != NULL)
			event_free(here->tick);
		free(here);
		return SP_FAILED;
	}
	*out_here = here;
	return SP_OK;
}

static void ill_detach(void *self, void *here_data)
{
	struct here *here = here_data;
	struct held *held;

	if (here == NULL)
		return;
	while ((held = LIST_FIRST(&here->held)) != NULL) {
		LIST_REMOVE(held, link);
		sp_op_done(held->op, SP_UNAVAILABLE);
	}
	event_free(here->tick);
	if (sp_plugin_sound.detach != NULL)
		sp_plugin_sound.detach(((struct ill *)self)->sound, here->sound);
	free(here);
}

static const struct sp_records records = SP_RECORDS(
	.get = records_get,
	.list = records_list,
	.commit = records_commit,
);

static const struct sp_users users = SP_USERS(
	.find = users_find,
	.get = users_get,
	.create = users_create,
	.update = users_update,
	.remove = users_remove,
	.list = users_list,
);

static const struct sp_policy policy = SP_POLICY(
	.load = policy_load,
	.free_set = policy_free_set,
	.decide_now = policy_decide,
);

static const struct sp_mail mail = SP_MAIL(.send = mail_send);

/* No constant: what it is made of is another file's. Filled in before anybody looks. */
SP_EXPORT extern struct sp_plugin sp_plugin;
struct sp_plugin sp_plugin;

__attribute__((constructor)) static void ill_make(void)
{
	static struct sp_key keys[KEYS];
	size_t count = 0;

	for (const struct sp_key *key = sp_plugin_sound.keys; key != NULL && key->name != NULL;
	    key++)
		keys[count++] = *key;
	keys[count] = (struct sp_key){ .name = "orders", .type = SP_PATH,
		.offset = orders_offset(), .help = "File that says what shall go wrong." };
	sp_plugin = sp_plugin_sound;
	sp_plugin.keys = keys;
	sp_plugin.conf_size = orders_offset() + sizeof(char *);
	sp_plugin.open = ill_open;
	sp_plugin.attach = ill_attach;
	sp_plugin.detach = ill_detach;
	sp_plugin.close = ill_close;
	sp_plugin.records = sp_plugin_sound.records != NULL ? &records : NULL;
	sp_plugin.users = sp_plugin_sound.users != NULL ? &users : NULL;
	sp_plugin.policy = sp_plugin_sound.policy != NULL ? &policy : NULL;
	sp_plugin.mail = sp_plugin_sound.mail != NULL ? &mail : NULL;
}
