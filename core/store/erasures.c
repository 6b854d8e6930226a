#include "store/erasures.h"

#include "base/id.h"
#include "base/log.h"
#include "base/pack.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/consents.h"
#include "store/errand.h"
#include "store/kinds.h"
#include "store/signins.h"
#include "store/store.h"

#define FORMAT 1u
#define PAGE 200u		/* sign-ins looked at in one go */
#define BREATH 5		/* ms between two pages: sign-ins come first */

static const struct sp_id server;

static bool erasure_write(struct sp_records_commit *commit, const struct erasure *erasure,
    uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, erasure->tenant);
	pack_id(&pack, erasure->user);
	pack_id(&pack, erasure->after);
	pack_signed(&pack, erasure->begun);
	pack_number(&pack, erasure->request_id);
	pack_text(&pack, erasure->actor);
	return kinds_put(commit, kinds_at_id(KIND_ERASURE, server, erasure->id), pack_end(&pack), 0,
	    expect);
}

bool erasures_put(struct sp_records_commit *commit, struct erasure *erasure)
{
	erasure->id = id_ordered(commit->op.now);
	erasure->begun = commit->op.now;
	return erasure_write(commit, erasure, SP_ABSENT);
}

static bool erasure_read(struct arena *arena, const struct sp_record *record,
    struct erasure *out_erasure)
{
	struct erasure erasure = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &erasure.id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	erasure.tenant = unpack_id(&unpack);
	erasure.user = unpack_id(&unpack);
	erasure.after = unpack_id(&unpack);
	erasure.begun = unpack_signed(&unpack);
	erasure.request_id = unpack_number(&unpack);
	erasure.actor = unpack_text(&unpack);
	if (!unpack_ok(&unpack))
		return false;
	*out_erasure = erasure;
	return true;
}

/* One of them at a time, by one errand of the node. */

struct erasing {
	struct errand errand;
	struct erasure erasure;
	uint64_t revision;	/* of its record: who moves it, has it */
	bool over;		/* the page was the last one */
};

static void erasing_page(struct errand *errand, struct sp_op *answer, enum sp_status status);

static struct seat *erasing_seat(const struct erasing *erasing)
{
	return store_seat(erasing->errand.store, BINDING_RECORDS, erasing->errand.loop);
}

/* What is left is found by the next round, here or on another node. */
static void erasing_end(struct erasing *erasing)
{
	erasing->errand.store->erasing = false;
	errand_end(&erasing->errand);
}

static void erasing_call(struct erasing *erasing, struct sp_records_commit *commit, bool fits,
    errand_fn *then)
{
	if (fits && commit_ready(commit)) {
		errand_call(&erasing->errand, &commit->op, then);
		return;
	}
	op_free(&commit->op);
	log_line(SP_ERROR, "erasure: a sign-in that can't be read, or a batch too large");
	erasing_end(erasing);
}

static void erasing_done(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer;
	if (status == SP_OK)
		log_line(SP_INFO, "erasure: done; the sign-ins name nobody any more");
	erasing_end((struct erasing *)errand);
}

/* The last batch: consents, its own record, and the word that it is done. */
static void erasing_last(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct erasing *erasing = (struct erasing *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	const struct erasure *erasure = &erasing->erasure;
	struct consent consent;
	char user[ID_TEXT];

	if (status != SP_OK) {
		erasing_end(erasing);
		return;
	}
	struct sp_records_commit *commit = commit_new(erasing_seat(erasing),
	    CONSENTS_MOST + 2);
	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (consents_read(&errand->arena, record, &consent))
			consents_remove(commit, erasure->tenant, &consent, SP_ANY);
	kinds_remove(commit, kinds_at_id(KIND_ERASURE, server, erasure->id), erasing->revision);
	id_format(erasure->user, user);
	struct audit_act act = { .tenant = erasure->tenant, .now = commit->op.now,
		.request_id = erasure->request_id, .actor = erasure->actor,
		.activity = "Erase user from the logs", .verb = "Delete",
		.target = user };
	erasing_call(erasing, commit, audits_tell(commit, &act), erasing_done);
}

static void erasing_next(struct erasing *erasing)
{
	const struct erasure *erasure = &erasing->erasure;

	if (errand_hurried(&erasing->errand))
		erasing_end(erasing);
	else if (erasing->over)
		errand_call(&erasing->errand, &list_new(erasing_seat(erasing),
		    consents_of(erasure->tenant, erasure->user), CONSENTS_MOST)->op, erasing_last);
	else
		errand_pause(&erasing->errand, BREATH, erasing_page);
}

/* CONFLICT: another node has it in hand. */
static void erasing_moved(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct erasing *erasing = (struct erasing *)errand;

	if (status != SP_OK) {
		erasing_end(erasing);
		return;
	}
	erasing->revision = ((struct sp_records_commit *)answer)->revision;
	erasing_next(erasing);
}

/* A page without him writes nothing: it is looked at again after a crash. */
static void erasing_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct erasing *erasing = (struct erasing *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct erasure *erasure = &erasing->erasure;
	bool fits = true;

	if (status != SP_OK) {
		erasing_end(erasing);
		return;
	}
	struct sp_records_commit *commit = commit_new(erasing_seat(erasing), PAGE + 1);
	commit->durability = SP_ORDERED;
	erasing->over = list->count < PAGE;
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		(void)kinds_id(record, 0, &erasure->after);
		if (signins_of(record, erasure->user))
			fits = fits && signins_forget(commit, erasure->tenant, record);
	}
	if (commit->count == 0) {
		op_free(&commit->op);
		erasing_next(erasing);
		return;
	}
	fits = fits && erasure_write(commit, erasure, erasing->revision);
	erasing_call(erasing, commit, fits, erasing_moved);
}

static void erasing_page(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct erasing *erasing = (struct erasing *)errand;
	const struct erasure *erasure = &erasing->erasure;
	struct sp_records_list *list = list_new(erasing_seat(erasing),
	    signins_all(erasure->tenant), PAGE);

	(void)answer, (void)status;
	if (!id_zero(erasure->after)) {
		struct sp_address at = signins_at(erasure->tenant, erasure->after);
		list->after = (struct sp_bytes){ arena_copy(op_arena(&list->op), at.key.data,
			at.key.size), at.key.size };
	}
	errand_call(errand, &list->op, erasing_listed);
}

static void erasing_found(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct erasing *erasing = (struct erasing *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	for (const struct sp_record *record = status == SP_OK ? list->first : NULL;
	    record != NULL; record = record->next)
		if (erasure_read(&errand->arena, record, &erasing->erasure)) {
			erasing->revision = record->revision;
			erasing_page(errand, NULL, SP_OK);
			return;
		}
	erasing_end(erasing);
}

void erasures_sweep(struct store *store, struct loop *loop)
{
	enum { SOME = 8 };	/* more than the unreadable ones that there should ever be */

	if (store->erasing)
		return;
	struct erasing *erasing = errand_new(store, loop, sizeof(*erasing));
	if (erasing == NULL)
		return;
	store->erasing = true;
	errand_call(&erasing->errand, &list_new(erasing_seat(erasing),
	    kinds_at(KIND_ERASURE, server, NULL, 0), SOME)->op, erasing_found);
}
