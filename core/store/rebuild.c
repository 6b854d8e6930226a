#include "store/rebuild.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "plugin/records.h"
#include "store/documents.h"
#include "store/errand.h"
#include "store/keyrings.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/tenants.h"
#include "store/version.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN_FIRST 1000	/* ms until what could not be built is tried again, doubling */
#define AGAIN_MOST 60000

/* Who waits for a tenant. */
struct waiter {
	struct task task;
	struct store *store;
	struct loop *loop;
	struct sp_id tenant;
	snapshot_done_fn *done;
	void *arg;
	enum sp_status status;
	STAILQ_ENTRY(waiter) link;
};
STAILQ_HEAD(waiters, waiter);

/* What is known of a tenant on loop 0, whether it exists or not. */
struct known {
	struct sp_id id;
	uint64_t changed;		/* of the change feed: built from this */
	unsigned failed;		/* in a row */
	int64_t again;			/* loop time; failed > 0 */
	struct rebuild *rebuild;	/* under way */
	struct waiters waiters;		/* for the next one */
	struct known *next;
};

#define BUCKETS 1024u

struct rebuilds {
	struct known *known[BUCKETS];
	uint64_t head;			/* of the change feed: all before it is known */
	bool polling;
};

struct rebuild {
	struct errand errand;
	struct known *known;
	struct waiters waiters;
	struct compile compile;
	struct raw **last[RAW_KINDS];
	unsigned kind;			/* being listed */
	uint64_t changed;
	bool absent, compiled;
	_Atomic unsigned left;		/* loops that do not have it yet */
	struct handover *handovers;
};

struct handover { struct task task; struct rebuild *rebuild; struct loop *loop; };

struct rebuilds *rebuilds_new(struct store *store)
{
	(void)store;
	return must_calloc(1, sizeof(struct rebuilds));
}

void rebuilds_free(struct rebuilds *rebuilds)
{
	for (unsigned i = 0; i < BUCKETS; i++) {
		while (rebuilds->known[i] != NULL) {
			struct known *known = rebuilds->known[i];
			rebuilds->known[i] = known->next;
			free(known);
		}
	}
	free(rebuilds);
}

static struct known *known_find(struct rebuilds *rebuilds, struct sp_id id)
{
	struct known **bucket = &rebuilds->known[(id.byte[0] * 256u + id.byte[1]) % BUCKETS];
	struct known *known = *bucket;

	while (known != NULL && !id_equal(known->id, id))
		known = known->next;
	if (known == NULL) {
		known = must_calloc(1, sizeof(*known));
		known->id = id;
		STAILQ_INIT(&known->waiters);
		known->next = *bucket;
		*bucket = known;
	}
	return known;
}

/* Answering. */

static void waiter_answer(struct task *task)
{
	struct waiter *waiter = (struct waiter *)task;

	if (waiter->done != NULL)
		waiter->done(waiter->arg, waiter->status);
	free(waiter);
}

static void waiter_send(struct waiter *waiter, enum sp_status status)
{
	waiter->status = status;
	waiter->task.run = waiter_answer;
	if (waiter->loop == loop_current())
		loop_later(waiter->loop, &waiter->task);
	else
		loop_post(waiter->loop, &waiter->task);
}

static void waiters_send(struct waiters *waiters, enum sp_status status)
{
	struct waiter *waiter;

	while ((waiter = STAILQ_FIRST(waiters)) != NULL) {
		STAILQ_REMOVE_HEAD(waiters, link);
		waiter_send(waiter, status);
	}
}

static void known_start(struct store *store, struct known *known);

static void rebuild_noted(struct rebuild *rebuild, enum sp_status status)
{
	struct known *known = rebuild->known;
	char id[ID_TEXT];

	if (status == SP_OK) {
		known->changed = rebuild->changed;
		known->failed = 0;
		return;
	}
	int64_t wait = AGAIN_FIRST;
	for (unsigned i = 0; i < known->failed && wait < AGAIN_MOST; i++)
		wait *= 2;
	known->failed++;
	known->again = clock_loop() + wait;
	id_format(known->id, id);
	log_line(SP_ERROR, "tenant %s: %s; it stays as it was", id,
	    rebuild->compile.error.text[0] != '\0' ? rebuild->compile.error.text :
	    "its records or its policies could not be loaded");
}

static void rebuild_end(struct rebuild *rebuild, enum sp_status status)
{
	struct store *store = rebuild->errand.store;
	struct known *known = rebuild->known;

	if (rebuild->compile.version != NULL)
		version_free(rebuild->compile.version);	/* nobody has it */
	rebuild_noted(rebuild, status);
	known->rebuild = NULL;
	waiters_send(&rebuild->waiters, status);
	errand_end(&rebuild->errand);
	if (!STAILQ_EMPTY(&known->waiters))
		known_start(store, known);
}

/* Giving it to every loop. */

static void handover_run(struct task *task)
{
	struct handover *handover = (struct handover *)task;
	struct rebuild *rebuild = handover->rebuild;

	snapshot_install(rebuild->errand.store, handover->loop, rebuild->known->id,
	    rebuild->compile.version);
	if (atomic_fetch_sub(&rebuild->left, 1) == 1)
		errand_wake(&rebuild->errand);
}

static void rebuild_given(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rebuild *rebuild = (struct rebuild *)errand;

	(void)answer;
	rebuild->compile.version = NULL;	/* the loops' now */
	rebuild_end(rebuild, status);
}

static void rebuild_give(struct rebuild *rebuild)
{
	struct errand *errand = &rebuild->errand;
	const struct store_setup *set = &errand->store->set;

	errand_wait(errand, rebuild_given);
	rebuild->handovers = arena_alloc(&errand->arena,
	    set->loop_count * sizeof(*rebuild->handovers));
	atomic_store(&rebuild->left, set->loop_count);
	for (unsigned i = 0; i < set->loop_count; i++) {
		struct handover *handover = &rebuild->handovers[i];
		*handover = (struct handover){ { .run = handover_run }, rebuild,
			set->loops[i] };
		if (set->loops[i] == errand->loop)
			loop_later(set->loops[i], &handover->task);
		else
			loop_post(set->loops[i], &handover->task);
	}
}

/* Compiling. */

static void rebuild_loaded(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rebuild *rebuild = (struct rebuild *)errand;
	const struct store *store = errand->store;

	if (status != SP_OK) {
		rebuild_end(rebuild, status);
		return;
	}
	rebuild->compile.version->set = policy_set_of(store_seat(store, BINDING_POLICY,
	    errand->loop), (struct sp_policy_load *)answer);
	rebuild_give(rebuild);
}

static void rebuild_compiled(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rebuild *rebuild = (struct rebuild *)errand;
	const struct version *version = rebuild->compile.version;
	struct seat *seat = store_seat(errand->store, BINDING_POLICY, errand->loop);

	(void)answer;
	if (status == SP_OK && rebuild->compiled)
		errand_call(errand, &policy_load(seat, rebuild->known->id, version->rows,
		    version->tenant.policy_count)->op, rebuild_loaded);
	else
		rebuild_end(rebuild, status == SP_OK ? SP_REJECTED : status);
}

static void rebuild_compile(struct errand *errand)
{
	struct rebuild *rebuild = (struct rebuild *)errand;

	rebuild->compiled = compile_tenant(&rebuild->compile);
}

/* Reading. */

static void raw_add(struct rebuild *rebuild, unsigned kind, const struct sp_record *record)
{
	struct raw *raw = arena_alloc(&rebuild->errand.arena, sizeof(*raw));

	raw->text.data = arena_copy(&rebuild->errand.arena, record->value.data,
	    record->value.size);
	raw->text.size = record->value.size;
	raw->revision = record->revision;
	if (record->at.key.size == sizeof(raw->id))
		memcpy(&raw->id, record->at.key.data, sizeof(raw->id));
	*rebuild->last[kind] = raw;
	rebuild->last[kind] = &raw->next;
	rebuild->compile.count[kind]++;
}

static void rebuild_list(struct rebuild *rebuild, const struct sp_id *after);

static void rebuild_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rebuild *rebuild = (struct rebuild *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct sp_id last = { { 0 } };

	if (status != SP_OK) {
		rebuild_end(rebuild, status);
		return;
	}
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		raw_add(rebuild, rebuild->kind, record);
	if (list->count == list->limit && list->last->at.key.size == sizeof(last)) {
		memcpy(&last, list->last->at.key.data, sizeof(last));
		rebuild_list(rebuild, &last);
	} else if (++rebuild->kind < RAW_KINDS) {
		rebuild_list(rebuild, NULL);
	} else {
		rebuild->compile.version = version_new(errand->store->set.loop_count);
		errand_work(errand, errand->store->set.work_lane, rebuild_compile,
		    rebuild_compiled);
	}
}

static const enum document_kind documents_of[RAW_KINDS] = {
	[RAW_TENANT] = DOCUMENT_TENANT, [RAW_APP] = DOCUMENT_APP, [RAW_FLOW] = DOCUMENT_FLOW,
	[RAW_POLICY] = DOCUMENT_POLICY, [RAW_METHOD] = DOCUMENT_METHOD,
	[RAW_GROUP] = DOCUMENT_GROUP, [RAW_CONTEXT] = DOCUMENT_CONTEXT,
	[RAW_LOCATION] = DOCUMENT_LOCATION,
};

static void rebuild_list(struct rebuild *rebuild, const struct sp_id *after)
{
	struct errand *errand = &rebuild->errand;
	struct sp_address all = rebuild->kind == RAW_KEY ? keyrings_all(rebuild->known->id) :
	    documents_all(rebuild->known->id, documents_of[rebuild->kind]);
	struct sp_records_list *list = list_new(store_seat(errand->store, BINDING_RECORDS,
	    errand->loop), all, SP_LIST_MAX);

	if (after != NULL) {
		list->after.data = arena_copy(op_arena(&list->op), after, sizeof(*after));
		list->after.size = sizeof(*after);
	}
	errand_call(errand, &list->op, rebuild_listed);
}

/* The change record is read first: what changes while the rest is read is built again. */
static void rebuild_begun(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct rebuild *rebuild = (struct rebuild *)errand;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;

	if (status != SP_OK) {
		rebuild_end(rebuild, status);
		return;
	}
	rebuild->changed = get->records[0]->revision;
	if (get->records[1]->revision == 0 || get->records[2]->revision == 0)
		rebuild_give(rebuild);		/* gone */
	else
		rebuild_list(rebuild, NULL);
}

static void known_start(struct store *store, struct known *known)
{
	struct loop *loop = store->set.loops[0];
	struct rebuild *rebuild = errand_new(store, loop, sizeof(*rebuild));

	if (rebuild == NULL) {
		waiters_send(&known->waiters, SP_UNAVAILABLE);
		return;
	}
	known->rebuild = rebuild;
	rebuild->known = known;
	STAILQ_INIT(&rebuild->waiters);
	STAILQ_CONCAT(&rebuild->waiters, &known->waiters);
	rebuild->compile = (struct compile){ .store = store, .tenant = known->id,
		.now = clock_wall() };
	for (unsigned i = 0; i < RAW_KINDS; i++)
		rebuild->last[i] = &rebuild->compile.first[i];
	struct sp_address at[] = { changes_at(known->id), tenants_at(known->id),
		documents_at(known->id, DOCUMENT_TENANT, known->id) };
	errand_call(&rebuild->errand, &get_new(store_seat(store, BINDING_RECORDS, loop), at,
	    3)->op, rebuild_begun);
}

/* Asking. */

static void waiter_arrive(struct task *task)
{
	struct waiter *waiter = (struct waiter *)task;
	struct store *store = waiter->store;
	struct known *known = known_find(snapshot_rebuilds(store), waiter->tenant);

	STAILQ_INSERT_TAIL(&known->waiters, waiter, link);
	if (known->rebuild == NULL)
		known_start(store, known);
}

void snapshot_change(struct store *store, struct sp_id tenant, snapshot_done_fn *done, void *arg)
{
	struct waiter *waiter = must_calloc(1, sizeof(*waiter));

	*waiter = (struct waiter){ .task.run = waiter_arrive, .store = store,
		.loop = loop_current(), .tenant = tenant, .done = done, .arg = arg };
	if (waiter->loop == store->set.loops[0])
		loop_later(store->set.loops[0], &waiter->task);
	else
		loop_post(store->set.loops[0], &waiter->task);
}

/* The change feed. */

struct poll {
	struct errand errand;
	uint64_t head;
};

static void poll_end(struct poll *poll)
{
	snapshot_rebuilds(poll->errand.store)->polling = false;
	errand_end(&poll->errand);
}

static void poll_listed(struct errand *errand, struct sp_op *answer, enum sp_status status);

static void poll_list(struct poll *poll, struct sp_bytes after)
{
	struct errand *errand = &poll->errand;
	struct sp_records_list *list = list_new(store_seat(errand->store, BINDING_RECORDS,
	    errand->loop), changes_all(), SP_LIST_MAX);

	list->after.data = arena_copy(op_arena(&list->op), after.data, after.size);
	list->after.size = after.size;
	errand_call(errand, &list->op, poll_listed);
}

static void poll_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct poll *poll = (struct poll *)errand;
	struct rebuilds *rebuilds = snapshot_rebuilds(errand->store);
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct sp_id id;

	if (status != SP_OK) {
		poll_end(poll);
		return;
	}
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (changes_tenant(record, &id) &&
		    known_find(rebuilds, id)->changed < record->revision)
			snapshot_change(errand->store, id, NULL, NULL);
	if (list->count == list->limit) {
		poll_list(poll, list->last->at.key);
		return;
	}
	rebuilds->head = poll->head;
	poll_end(poll);
}

static void poll_head(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct poll *poll = (struct poll *)errand;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;

	if (status == SP_OK)
		poll->head = get->records[0]->revision;
	if (poll->head > snapshot_rebuilds(errand->store)->head)
		poll_list(poll, (struct sp_bytes){ NULL, 0 });
	else
		poll_end(poll);
}

/* What could not be built, if its time has come. */
static void rebuilds_again(struct store *store, struct rebuilds *rebuilds)
{
	int64_t now = clock_loop();

	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct known *known = rebuilds->known[i]; known != NULL; known = known->next)
			if (known->failed > 0 && known->rebuild == NULL && known->again <= now)
				snapshot_change(store, known->id, NULL, NULL);
}

void rebuilds_poll(struct store *store, struct loop *loop)
{
	struct rebuilds *rebuilds = snapshot_rebuilds(store);
	struct sp_address head = changes_head();

	rebuilds_again(store, rebuilds);
	if (rebuilds->polling)
		return;
	struct poll *poll = errand_new(store, loop, sizeof(*poll));
	if (poll == NULL)
		return;
	rebuilds->polling = true;
	errand_call(&poll->errand, &get_new(store_seat(store, BINDING_RECORDS, loop), &head,
	    1)->op, poll_head);
}
