/* sealer.c - new entries of the audit go into the chains of their tenants */
#include "store/chain.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/errand.h"
#include "store/store.h"

#include <string.h>

enum { PAGE = 500, BATCH_BYTES = 4 << 20 };
#define COMPLAIN_EVERY (INT64_C(60) * 1000)	/* ms */

struct sealer {
	struct errand errand;
	struct sp_record *const *found;	/* a page of the inbox */
	size_t count, next, end;	/* the group in hand: of one tenant */
	struct sp_bytes after;		/* where the page ends; empty: that was the last */
	struct sp_id tenant;
};

static void sealer_page(struct sealer *sealer);
static void sealer_group(struct sealer *sealer);

static struct seat *sealer_seat(const struct sealer *sealer)
{
	return store_seat(sealer->errand.store, BINDING_RECORDS, sealer->errand.loop);
}

static void sealer_end(struct sealer *sealer)
{
	sealer->errand.store->sealing = false;
	errand_end(&sealer->errand);
}

/* The entries stay where they are, and are told as not in the chain. */
static void sealer_complain(struct sealer *sealer, const char *what)
{
	struct store *store = sealer->errand.store;
	char tenant[ID_TEXT];

	sealer->next = sealer->end;
	if (clock_loop() < store->seal_complained)
		return;
	store->seal_complained = clock_loop() + COMPLAIN_EVERY;
	id_format(sealer->tenant, tenant);
	log_line(SP_ERROR, "audit of %s: %s: somebody has changed it on the disk; new entries stay "
	    "outside of the chain (sallyport audit verify)", tenant, what);
}

static void sealer_sealed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sealer *sealer = (struct sealer *)errand;
	const struct sp_records_commit *commit = (const struct sp_records_commit *)answer;

	/* Of two nodes one was first, or an entry was written anew: the next round has them. */
	if (status == SP_CONFLICT && commit->failed->expect == SP_ABSENT &&
	    commit->failed->value.size > 0)
		sealer_complain(sealer, "there is a link where the next one belongs");
	sealer_group(sealer);
}

/* False: it is none for the chain, yet. */
static bool sealer_take(struct sealer *sealer, struct sp_records_commit *commit,
    struct chain_ends *ends, const struct sp_record *record)
{
	const struct store *store = sealer->errand.store;
	struct audit audit;
	json_t *json = audits_read(record);
	bool taken = json != NULL && !audits_open(json) && audits_id(record, &audit);

	if (taken) {
		struct chain_entry entry = { .id = audit.id, .at = commit->op.now,
			.json = json_write(op_arena(&commit->op), json) };
		taken = chain_add(commit, store, audit.tenant, ends, &entry);
	}
	if (taken)
		(void)commit_add(commit, SP_REMOVE, record->at, record->revision);
	json_decref(json);
	return taken;
}

static void sealer_commit(struct sealer *sealer, struct chain_ends *ends)
{
	struct sp_records_commit *commit =
	    commit_new(sealer_seat(sealer), 2 * (sealer->end - sealer->next) + 1);
	uint64_t before = ends->last;
	size_t bytes = 0;

	while (sealer->next < sealer->end && bytes < BATCH_BYTES) {
		const struct sp_record *record = sealer->found[sealer->next++];
		if (sealer_take(sealer, commit, ends, record))
			bytes += record->value.size;
	}
	if (ends->last != before) {
		chain_ends_put(commit, sealer->errand.store, sealer->tenant, ends);
		if (commit_ready(commit)) {
			errand_call(&sealer->errand, &commit->op, sealer_sealed);
			return;
		}
	}
	op_free(&commit->op);
	sealer_group(sealer);
}

static void sealer_ends(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sealer *sealer = (struct sealer *)errand;
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct chain_ends ends;

	if (status != SP_OK) {
		sealer_end(sealer);
		return;
	}
	if (chain_ends_read(&errand->arena, errand->store, sealer->tenant, get->records[0],
	    &ends) != CHAIN_WRONG) {
		sealer_commit(sealer, &ends);
		return;
	}
	sealer_complain(sealer, "the record of its ends is not the server's");
	sealer_group(sealer);
}

static struct sp_id sealer_tenant(const struct sealer *sealer, size_t index)
{
	struct audit audit = { .tenant = { { 0 } } };

	(void)audits_id(sealer->found[index], &audit);
	return audit.tenant;
}

/* All of the page that are of one tenant: they stand beside each other. */
static void sealer_group(struct sealer *sealer)
{
	if (sealer->next == sealer->count) {
		sealer_page(sealer);
		return;
	}
	if (sealer->next == sealer->end) {
		sealer->tenant = sealer_tenant(sealer, sealer->next);
		while (sealer->end < sealer->count &&
		    id_equal(sealer_tenant(sealer, sealer->end), sealer->tenant))
			sealer->end++;
	}
	struct sp_address at = chain_ends_at(sealer->tenant);
	errand_call(&sealer->errand, &get_new(sealer_seat(sealer), &at, 1)->op, sealer_ends);
}

static struct sp_record *sealer_copy(struct arena *arena, const struct sp_record *record)
{
	struct sp_record *copy = arena_copy(arena, record, sizeof(*record));

	copy->at.key.data = arena_copy(arena, record->at.key.data, record->at.key.size);
	copy->value.data = arena_copy(arena, record->value.data, record->value.size);
	return copy;
}

static void sealer_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sealer *sealer = (struct sealer *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct sp_record **found;

	if (status != SP_OK || list->count == 0) {
		sealer_end(sealer);
		return;
	}
	found = arena_alloc(&errand->arena, list->count * sizeof(*found));
	sealer->found = found;
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		found[sealer->count++] = sealer_copy(&errand->arena, record);
	if (list->count == list->limit)
		sealer->after = found[sealer->count - 1]->at.key;
	sealer_group(sealer);
}

static void sealer_begin(struct store *store, struct loop *loop, struct sp_bytes after)
{
	struct sealer *sealer = errand_new(store, loop, sizeof(*sealer));

	store->sealing = sealer != NULL;
	if (sealer == NULL)
		return;
	struct sp_records_list *list = list_new(sealer_seat(sealer), audits_inbox(), PAGE);
	list->after.size = after.size;
	list->after.data = arena_copy(op_arena(&list->op), after.data, after.size);
	errand_call(&sealer->errand, &list->op, sealer_listed);
}

/* Each page is an errand of its own, whose memory is let go of at its end. */
static void sealer_page(struct sealer *sealer)
{
	struct store *store = sealer->errand.store;
	struct loop *loop = sealer->errand.loop;
	unsigned char key[SP_KEY_MAX];
	struct sp_bytes after = { key, sealer->after.size };

	if (after.size > 0)
		memcpy(key, sealer->after.data, after.size);
	sealer_end(sealer);
	if (after.size > 0)
		sealer_begin(store, loop, after);
}

void audits_seal(struct store *store, struct loop *loop)
{
	if (!store->sealing)
		sealer_begin(store, loop, (struct sp_bytes){ NULL, 0 });
}
