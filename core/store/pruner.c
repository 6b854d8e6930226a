/* pruner.c - the oldest entries of the audit go, and the ends of their chain say so */
#include "store/chain.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "model/system.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/errand.h"
#include "store/snapshot.h"
#include "store/store.h"

enum { PAGE = 500 };

struct pruner {
	struct errand errand;
	struct sp_id tenant;	/* whose turn it is; first the server's own, zero */
	int64_t before;		/* ms */
	uint64_t most;
	struct chain_ends ends;
	bool old;		/* those from before the chain are looked at */
};

static void pruner_list(struct pruner *pruner);

static struct seat *pruner_seat(const struct pruner *pruner)
{
	return store_seat(pruner->errand.store, BINDING_RECORDS, pruner->errand.loop);
}

static void pruner_end(struct pruner *pruner)
{
	pruner->errand.store->pruning = false;
	errand_end(&pruner->errand);
}

static void pruner_ends(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct pruner *pruner = (struct pruner *)errand;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;

	if (status != SP_OK) {
		pruner_end(pruner);
		return;
	}
	/* A chain that is not whole stays as it is: there is something to be looked into. */
	pruner->old = chain_ends_read(&errand->arena, errand->store, pruner->tenant,
	    get->records[0], &pruner->ends) != CHAIN_FOUND;
	pruner_list(pruner);
}

static void pruner_turn(struct pruner *pruner)
{
	struct sp_address at = chain_ends_at(pruner->tenant);

	errand_call(&pruner->errand, &get_new(pruner_seat(pruner), &at, 1)->op, pruner_ends);
}

/* One errand for each: its memory is let go of. */
static void pruner_begin(struct store *store, struct loop *loop, struct sp_id tenant,
    const struct settings *settings)
{
	struct pruner *pruner = errand_new(store, loop, sizeof(*pruner));

	store->pruning = pruner != NULL;
	if (pruner == NULL)
		return;
	pruner->tenant = tenant;
	pruner->before = clock_wall() - settings->audit_retention;
	pruner->most = (uint64_t)settings->audit_most;
	pruner_turn(pruner);
}

static void pruner_next(struct pruner *pruner)
{
	struct store *store = pruner->errand.store;
	struct loop *loop = pruner->errand.loop;
	const struct tenant *tenant = snapshot_hold_next(store, loop, pruner->tenant);

	pruner_end(pruner);
	if (tenant == NULL)
		return;
	pruner_begin(store, loop, tenant->id, &tenant->settings);
	snapshot_release(store, loop, tenant);
}

static void pruner_cut(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct pruner *pruner = (struct pruner *)errand;

	/* After a conflict, or with more to go, in a minute. */
	(void)answer, (void)status;
	if (pruner->old) {
		pruner_next(pruner);
		return;
	}
	pruner->old = true;
	pruner_list(pruner);
}

static bool pruner_due(const struct pruner *pruner, const struct chain_link *link)
{
	return link->at < pruner->before || pruner->ends.last - link->sequence >= pruner->most;
}

static bool pruner_links(struct pruner *pruner, struct sp_records_commit *commit,
    const struct sp_records_list *list)
{
	struct chain_ends *ends = &pruner->ends;
	struct chain_link link;
	uint64_t floor = ends->floor;

	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!chain_read(&pruner->errand.arena, record, &link) ||
		    link.sequence != ends->floor + 1 || link.sequence >= ends->last ||
		    !chain_true(pruner->errand.store, pruner->tenant, &link) ||
		    !pruner_due(pruner, &link))
			break;
		chain_cut(commit, pruner->tenant, ends, &link, record->revision);
	}
	if (ends->floor != floor)
		chain_ends_put(commit, pruner->errand.store, pruner->tenant, ends);
	return ends->floor != floor;
}

/* Their keys begin with when they were. */
static bool pruner_olds(const struct pruner *pruner, struct sp_records_commit *commit,
    const struct sp_records_list *list)
{
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		struct sp_id id;
		if (!audits_old_id(record, &id) || id_time(id) >= pruner->before)
			break;
		(void)commit_add(commit, SP_REMOVE, record->at, record->revision);
	}
	return commit->count > 0;
}

static void pruner_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct pruner *pruner = (struct pruner *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	if (status != SP_OK) {
		pruner_end(pruner);
		return;
	}
	struct sp_records_commit *commit = commit_new(pruner_seat(pruner), PAGE + 1);
	if ((pruner->old ? pruner_olds(pruner, commit, list) :
	    pruner_links(pruner, commit, list)) && commit_ready(commit)) {
		errand_call(errand, &commit->op, pruner_cut);
		return;
	}
	op_free(&commit->op);
	pruner_cut(errand, NULL, SP_OK);
}

static void pruner_list(struct pruner *pruner)
{
	errand_call(&pruner->errand, &list_new(pruner_seat(pruner), pruner->old ?
	    audits_old(pruner->tenant) : chain_all(pruner->tenant), PAGE)->op, pruner_listed);
}

/* The server's own live as long as those of the administrators' tenant. */
void audits_prune(struct store *store, struct loop *loop)
{
	const struct tenant *system;
	struct settings settings;

	if (store->pruning)
		return;
	settings_default(&settings);
	if ((system = snapshot_hold_id(store, loop, system_id)) != NULL) {
		settings = system->settings;
		snapshot_release(store, loop, system);
	}
	pruner_begin(store, loop, (struct sp_id){ { 0 } }, &settings);
}
