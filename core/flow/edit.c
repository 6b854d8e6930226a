#include "flow/edit_steps.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/etag.h"
#include "model/modified.h"
#include "model/tenant.h"
#include "plugin/instance.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/deleted.h"
#include "store/documents.h"
#include "store/keyrings.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "store/tenants.h"

#include <string.h>

unsigned edit_end(struct edit *edit, enum edit_outcome outcome)
{
	edit->outcome = outcome;
	return FLOW_END;
}

/* As it was before anything was read. */
static void edit_fresh(struct edit *edit)
{
	edit->work->reading = DOCUMENT_TENANT;
	plan_begin(&edit->plan, edit->turn.arena, edit->turn.now);
	edit->plan.again = edit->restores != 0;
	edit->plan.foreign_groups = users_offers(turn_seat(&edit->turn, BINDING_USERS)->instance,
	    &users_kind_groups);
	edit->plan.no_countries = edit->turn.store->set.countries == NULL;
	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++)
		edit->plan.stored[kind] = json_array();
}

static unsigned edit_again(struct edit *edit)
{
	struct edit_work *work = edit->work;

	if (++work->tries == EDIT_TRIES)
		return edit_end(edit, EDIT_CONFLICT);
	edit_done(edit);
	*work = (struct edit_work){ .pass = work->pass, .tries = work->tries };
	edit_fresh(edit);
	return EDIT_BEGIN;
}

/* Begin: in line behind other changes of this tenant, then its revision, before all else. Whoever
 * commits has seen all that the rules between documents look at, or it does not commit. */

static void edit_resume(void *arg, enum sp_status status)
{
	flow_resume(arg, status);
}

static void edit_go(void *arg)
{
	flow_resume(arg, SP_OK);
}

static void edit_ask_wait(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	struct edit_work *work = edit->work;

	work->pass = (struct pass){ .tenant = edit->tenant, .go = edit_go, .arg = flow };
	if (edit->action == EDIT_READ || edit->dry_run ||
	    turnstile_enter(edit->turn.store->turnstile, &work->pass))
		flow_skip(flow, SP_OK);
	else
		flow_hold(flow);
}

static unsigned edit_got_wait(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)flow, (void)answer, (void)status;
	return EDIT_BEGIN;
}

static void edit_ask_begin(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	struct sp_address at = changes_at(edit->tenant);

	turn_get(&edit->turn, &at, 1);
}

static unsigned edit_got_begin(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);

	if (status != SP_OK)
		return edit_end(edit, EDIT_UNAVAILABLE);
	edit->work->revision = ((struct sp_records_get *)answer)->records[0]->revision;
	return EDIT_LIST;
}

/* Read: all kinds, page by page. A tenant's documents fit into memory: they are its snapshot. */

static void edit_ask_list(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	const struct edit_work *work = edit->work;
	struct sp_records_list *list = list_new(turn_seat(&edit->turn, BINDING_RECORDS),
	    documents_all(edit->tenant, work->reading), EDIT_PAGE);

	list->after.data = arena_copy(op_arena(&list->op), work->after.data, work->after.size);
	list->after.size = work->after.size;
	turn_call(&edit->turn, &list->op);
}

static void edit_keep(struct edit *edit, const struct sp_records_list *list)
{
	struct edit_work *work = edit->work;
	json_t *stored = edit->plan.stored[work->reading];
	size_t count = json_array_size(stored);
	uint64_t *revisions = arena_alloc(edit->turn.arena,
	    (count + list->count) * sizeof(*revisions));

	if (count > 0)
		memcpy(revisions, work->revisions[work->reading], count * sizeof(*revisions));
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		json_t *document = documents_read(record);
		if (document == NULL)
			continue;
		json_array_append_new(stored, document);
		revisions[count++] = record->revision;
	}
	work->revisions[work->reading] = revisions;
}

/* Changed, since the caller looked? What isn't there is told otherwise. Secrets of applications are
 * in it: a hash says nothing of them. */
static bool edit_stale(const struct edit *edit)
{
	size_t index;
	const json_t *stored = edit->seen == NULL || edit->id == NULL ? NULL :
	    plan_find(&edit->plan, edit->kind, edit->id, &index);

	return stored != NULL && !etag_allows(edit->seen, etag_of(edit->turn.arena, stored));
}

static bool edit_revise(struct edit *edit)
{
	struct plan *plan = &edit->plan;
	size_t index;
	const json_t *stored = plan_find(plan, edit->kind, edit->id, &index);
	json_t *body = stored != NULL ? edit->revise(edit, stored) : json_object();
	bool fine = plan->errors.count == 0 && plan_one(plan, edit->kind, edit->id, body);

	json_decref(body);
	return fine;
}

static bool edit_plan(struct edit *edit)
{
	struct plan *plan = &edit->plan;

	switch (edit->action) {
	case EDIT_CREATE:
		return plan_one(plan, edit->kind, NULL, edit->body);
	case EDIT_PATCH:
		return edit->revise != NULL ? edit_revise(edit) :
		    plan_one(plan, edit->kind, edit->id, edit->body);
	case EDIT_REMOVE:
		return plan_one(plan, edit->kind, edit->id, NULL);
	case EDIT_APPLY:
		return plan_apply(plan, edit->body, edit->prune);
	case EDIT_LINT:
		return plan_lint(plan);
	default:
		return true;
	}
}

static bool only_absent(const struct plan *plan)
{
	return plan->errors.first != NULL &&
	    strcmp(plan->errors.first->code, "ResourceNotFound") == 0;
}

/* Born by an apply that broke off before the keys: nobody else would make them. */
static bool edit_keyless(const struct edit *edit)
{
	return edit->turn.tenant != NULL && edit->turn.tenant->key_count == 0;
}

/* The plan is made: nothing to do, wrong, or a commit. */
static unsigned edit_planned(struct edit *edit)
{
	struct edit_work *work = edit->work;
	bool there = json_array_size(edit->plan.stored[DOCUMENT_TENANT]) > 0;

	work->born = edit->action == EDIT_APPLY ? !there || edit_keyless(edit) :
	    !there && edit->kind == DOCUMENT_TENANT;
	if (!there && !work->born)
		return edit_end(edit, EDIT_ABSENT);
	if (edit_stale(edit))
		return edit_end(edit, EDIT_STALE);
	if (!edit_plan(edit))
		return edit_end(edit, only_absent(&edit->plan) ? EDIT_ABSENT : EDIT_WRONG);
	if (!edit_members_want(edit))
		return edit_end(edit, EDIT_WRONG);
	if (edit->action == EDIT_READ)
		return edit_end(edit, EDIT_GOOD);
	if (work->group_count > 0)
		return EDIT_MEMBERS_LIST;
	return edit_users(edit);
}

static unsigned edit_got_list(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);
	struct edit_work *work = edit->work;
	const struct sp_records_list *list = (struct sp_records_list *)answer;

	if (status != SP_OK)
		return edit_end(edit, EDIT_UNAVAILABLE);
	edit_keep(edit, list);
	if (list->count == EDIT_PAGE) {
		work->after.data = arena_copy(edit->turn.arena, list->last->at.key.data,
		    list->last->at.key.size);
		work->after.size = list->last->at.key.size;
		return EDIT_LIST;
	}
	work->after = (struct sp_bytes){ 0 };
	if (++work->reading < DOCUMENT_KINDS)
		return EDIT_LIST;
	return edit_planned(edit);
}

/* Commit: every document with the revision that it was planned against, and what was done. */

struct audit_act edit_act(const struct edit *edit)
{
	return turn_act(&edit->turn, edit->tenant, edit->actor);
}

static bool commit_audit(struct edit *edit, struct sp_records_commit *commit,
    const struct plan_change *change)
{
	const struct document_row *row = document_row(change->kind);
	struct audit audit = { .tenant = edit->tenant, .id = id_ordered(edit->turn.now) };
	struct audit_act act = edit_act(edit);

	act.verb = change->old == NULL ? "Add" : change->new == NULL ? "Delete" : "Update";
	act.activity = text_print(edit->turn.arena, "%s %s",
	    edit->restores != 0 ? "Restore" : act.verb,
	    change->kind == DOCUMENT_POLICY ? "conditional access policy" : row->name);
	act.target = json_text(change->new != NULL ? change->new : change->old, row->id, "");
	json_t *entry = audits_entry(&act);
	json_object_set_new(entry, "differences", document_difference(edit->turn.arena, row,
	    change->old, change->new));
	json_object_set_new(entry, "modified", modified_document(change->old, change->new));
	audits_shorten(entry);
	bool fits = audits_put(commit, &audit, entry);
	json_decref(entry);
	return fits;
}

static bool commit_tenant(struct edit *edit, struct sp_records_commit *commit,
    const struct plan_change *change)
{
	const char *old = change->old != NULL ? json_text(change->old, "name", "") : NULL;
	const char *new = change->new != NULL ? json_text(change->new, "name", "") : NULL;

	if (change->kind != DOCUMENT_TENANT)
		return true;
	if (old == NULL)
		return tenants_create(commit, edit->tenant, new);
	if (new == NULL) {
		tenants_remove(commit, edit->tenant, old);
		return true;
	}
	return strcmp(old, new) == 0 || tenants_rename(commit, edit->tenant, old, new);
}

/* What goes is kept for a while, and what is brought back is kept no more. */
static bool commit_deletion(const struct edit *edit, struct sp_records_commit *commit,
    const struct document_place *place, const struct plan_change *change)
{
	const struct tenant *tenant = edit->turn.tenant;
	struct deletion deletion = { .document = change->old, .at = edit->turn.now };

	if (change->old == NULL && edit->restores != 0)
		deleted_remove(commit, place, edit->restores);
	if (change->new != NULL || !deleted_keeps(place->kind) || tenant == NULL)
		return true;
	deletion.until = edit->turn.now + tenant->settings.deleted_lifetime;
	return deleted_put(commit, place, &deletion);
}

static bool commit_change(struct edit *edit, struct sp_records_commit *commit,
    const struct plan_change *change)
{
	const json_t *document = change->new != NULL ? change->new : change->old;
	struct document_place place = { .tenant = edit->tenant, .kind = change->kind };
	uint64_t expect = change->index == PLAN_NEW ? SP_ABSENT :
	    edit->work->revisions[change->kind][change->index];

	if (!documents_id(change->kind, json_text(document, document_row(change->kind)->id, ""),
	    &place.id))
		return false;
	if (change->new == NULL)
		documents_remove(commit, &place, expect);
	else if (!documents_put(commit, &place, change->new, expect))
		return false;
	if (!commit_deletion(edit, commit, &place, change))
		return false;
	return commit_tenant(edit, commit, change) && commit_audit(edit, commit, change);
}

static void edit_ask_commit(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	enum { EACH = 5, MOST = (int)SP_CHANGES_MAX / EACH - 1 };
	bool fits = edit->plan.count <= MOST;

	if (edit->plan.count == 0) {
		flow_skip(flow, SP_OK);
		return;
	}
	struct sp_records_commit *commit = turn_commit(&edit->turn,
	    fits ? 2 + edit->plan.count * EACH : 1);
	for (const struct plan_change *change = edit->plan.first; change != NULL && fits;
	    change = change->next)
		fits = commit_change(edit, commit, change);
	if (fits) {
		changes_move(commit, edit->tenant, edit->work->revision);
		fits = commit_ready(commit);
	}
	if (fits) {
		turn_call(&edit->turn, &commit->op);
		return;
	}
	op_free(&commit->op);
	flow_skip(flow, SP_REJECTED);
}

static unsigned edit_taken(struct edit *edit)
{
	document_wrong(&edit->plan.errors, edit->action == EDIT_APPLY ? "tenant.name" : "name",
	    "ObjectConflict", "another tenant has this name");
	return edit_end(edit, EDIT_WRONG);
}

static unsigned edit_got_commit(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);

	if (status == SP_REJECTED) {
		document_wrong(&edit->plan.errors, "", "RequestTooLarge",
		    "more or larger than one batch can hold");
		return edit_end(edit, EDIT_WRONG);
	}
	if (status == SP_CONFLICT)
		return tenants_taken((struct sp_records_commit *)answer) ? edit_taken(edit) :
		    edit_again(edit);
	return status == SP_OK ? edit_members_next(edit) : edit_end(edit, EDIT_UNAVAILABLE);
}

unsigned edit_published(struct edit *edit)
{
	turnstile_leave(edit->turn.store->turnstile, &edit->work->pass);
	if (edit->work->born)
		return EDIT_KEYS;
	return edit->plan.count > 0 ? EDIT_PUBLISH : edit_end(edit, EDIT_GOOD);
}

/* A new tenant's signing keys; publishes too. */
static void edit_ask_keys(struct flow *flow)
{
	struct edit *edit = edit_of(flow);
	struct audit_act act = edit_act(edit);

	if (keyrings_rotate(edit->turn.store, &act, edit_resume, flow))
		flow_hold(flow);
	else
		flow_skip(flow, SP_UNAVAILABLE);
}

static void edit_ask_publish(struct flow *flow)
{
	struct edit *edit = edit_of(flow);

	flow_hold(flow);
	snapshot_change(edit->turn.store, edit->tenant, edit_resume, flow);
}

/* Not published yet: it is on the disk, and the sweeper goes on trying. */
static unsigned edit_got_publish(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct edit *edit = edit_of(flow);

	(void)answer;
	return edit_end(edit, status == SP_OK ? EDIT_GOOD : EDIT_UNAVAILABLE);
}

#define TO FLOW_TO
#define AFTER (TO(EDIT_MEMBERS_LIST) | TO(EDIT_MEMBERS_COMMIT) | TO(EDIT_KEYS) | \
	TO(EDIT_PUBLISH) | TO(FLOW_END))
static const struct flow_step edit_steps[] = {
	[EDIT_WAIT] = { "wait", edit_ask_wait, edit_got_wait, TO(EDIT_BEGIN) },
	[EDIT_BEGIN] = { "begin", edit_ask_begin, edit_got_begin,
	    TO(EDIT_LIST) | TO(FLOW_END) },
	[EDIT_LIST] = { "list", edit_ask_list, edit_got_list,
	    TO(EDIT_LIST) | TO(EDIT_MEMBERS_LIST) | TO(EDIT_USERS) | TO(EDIT_COMMIT) |
	    TO(FLOW_END) },
	[EDIT_COMMIT] = { "commit", edit_ask_commit, edit_got_commit,
	    TO(EDIT_BEGIN) | AFTER },
	[EDIT_MEMBERS_LIST] = { "members", edit_ask_members_list, edit_got_members_list,
	    TO(EDIT_USERS) | TO(EDIT_COMMIT) | AFTER },
	[EDIT_USERS] = { "users", edit_ask_users, edit_got_users,
	    TO(EDIT_USERS) | TO(EDIT_COMMIT) | TO(FLOW_END) },
	[EDIT_MEMBERS_COMMIT] = { "members commit", edit_ask_members_commit,
	    edit_got_members_commit, AFTER },
	[EDIT_KEYS] = { "keys", edit_ask_keys, edit_got_publish, TO(FLOW_END) },
	[EDIT_PUBLISH] = { "publish", edit_ask_publish, edit_got_publish, TO(FLOW_END) },
};

static void edit_over(struct flow *flow)
{
	struct edit *edit = edit_of(flow);

	turnstile_leave(edit->turn.store->turnstile, &edit->work->pass);
	if (edit->outcome == EDIT_GOOD && edit->plan.first != NULL)
		edit->changed = edit->plan.first->new;
	edit->turn.finished(&edit->turn, edit->turn.arg);
}

void edit_run(struct edit *edit)
{
	edit->work = arena_alloc(edit->turn.arena, sizeof(*edit->work));
	edit->outcome = EDIT_UNAVAILABLE;
	edit_fresh(edit);
	edit->turn.flow = (struct flow){ .steps = edit_steps, .end = edit_over };
	flow_start(&edit->turn.flow, EDIT_WAIT);
}

void edit_done(struct edit *edit)
{
	if (edit->work != NULL)
		json_decref(edit->work->names);
	plan_done(&edit->plan);
	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++)
		json_decref(edit->plan.stored[kind]);
}
