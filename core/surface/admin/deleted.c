/*
 * deleted.c - applications and policies that were deleted: seen, brought back, or gone for good
 *
 * In Graph's shape: /directory/deletedItems/microsoft.graph.application and its like. The path says
 * which, so that each has the area of what it was: whoever may not edit policies brings none back.
 */
#include "store/deleted.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/edit.h"
#include "flow/people.h"
#include "store/audits.h"
#include "surface/admin/admin.h"

#include <string.h>

struct finding {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	struct document_place place;
	const char *actor;
	void (*then)(struct finding *finding);	/* it is there: `found`, at `revision` */
	json_t *found;		/* of a list: all so far */
	uint64_t revision;
	struct edit edit;	/* of a restore */
	struct stroke stroke;	/* of a purge */
};

static json_t *finding_json(struct finding *finding, json_t *deleted)
{
	json_t *shown = admin_served(finding->ex, json_object_get(deleted, "document"));

	json_object_del(shown, "@odata.etag");
	json_object_set(shown, "deletedDateTime", json_object_get(deleted, "deletedDateTime"));
	json_decref(deleted);
	return shown;
}

static void finding_absent(struct exchange *ex)
{
	admin_error(ex, 404, "ResourceNotFound", "Nothing of this id was deleted, or it is too long "
	    "ago.");
}

static void finding_over(struct finding *finding, struct turn *turn)
{
	json_decref(finding->found);
	face_end(finding->ex, turn);
}

static void finding_finished(struct turn *turn, void *arg)
{
	struct finding *finding = arg;
	const struct page *page = &finding->page;

	finding->found = page->good && page->count > 0 ? deleted_read(page->records[0]) : NULL;
	if (finding->found != NULL) {
		finding->revision = page->records[0]->revision;
		finding->then(finding);
		return;
	}
	if (page->good)
		finding_absent(finding->ex);
	else
		admin_unavailable(finding->ex, "The store does not answer.");
	face_end(finding->ex, turn);
}

/* Reads what the path names, and goes on with `then`. */
static void finding_run(struct exchange *ex, void (*then)(struct finding *finding))
{
	struct finding *finding = arena_alloc(ex->arena, sizeof(*finding));
	struct turn *turn = &finding->page.turn;

	finding->ex = ex;
	finding->then = then;
	if (!admin_begin(ex, turn, &finding->actor))
		return;
	finding->place = (struct document_place){ .tenant = turn->tenant->id,
		.kind = admin_kind(ex) };
	if (!id_parse(exchange_param(ex, "id"), &finding->place.id)) {
		finding_absent(ex);
		face_end(ex, turn);
		return;
	}
	finding->page.prefix = deleted_at(&finding->place);
	finding->page.limit = 1;
	turn->finished = finding_finished;
	turn->arg = finding;
	page_run(&finding->page);
}

static void finding_show(struct finding *finding)
{
	json_t *shown = finding_json(finding, json_incref(finding->found));

	admin_reply_one(finding->ex, 200, shown);
	finding_over(finding, &finding->page.turn);
}

void admin_deleted_one(struct exchange *ex)
{
	finding_run(ex, finding_show);
}

/* Back: made again, as it was, by the rules that hold now; and the record of it goes with that. */

static void restore_finished(struct turn *turn, void *arg)
{
	struct finding *finding = arg;
	struct edit *edit = &finding->edit;
	struct exchange *ex = finding->ex;

	if (!admin_edit_failed(ex, edit)) {
		json_t *shown = admin_served(ex, edit->changed);
		if (json_array_size(edit->plan.warnings) > 0)
			json_object_set(shown, "@sallyport.warnings", edit->plan.warnings);
		face_json(ex, 200, shown);
	}
	edit_done(edit);
	finding_over(finding, turn);
}

static void restore_run(struct finding *finding)
{
	struct edit *edit = &finding->edit;

	edit->turn = finding->page.turn;
	edit->action = EDIT_CREATE;
	edit->kind = finding->place.kind;
	edit->tenant = finding->place.tenant;
	edit->actor = finding->actor;
	edit->body = json_object_get(finding->found, "document");
	edit->restores = finding->revision;
	edit->turn.finished = restore_finished;
	edit->turn.arg = finding;
	edit_run(edit);
}

void admin_deleted_restore(struct exchange *ex)
{
	finding_run(ex, restore_run);
}

/* For good. */

static void purge_draw(struct stroke *stroke, struct sp_records_commit *commit)
{
	struct finding *finding = stroke->arg;
	const json_t *document = json_object_get(finding->found, "document");
	struct audit_act act = turn_act(&stroke->turn, finding->place.tenant, finding->actor);

	act.verb = "Delete";
	act.activity = text_print(stroke->turn.arena, "Hard delete %s",
	    finding->place.kind == DOCUMENT_POLICY ? "conditional access policy" :
	    document_row(finding->place.kind)->name);
	act.target = json_text(document, "id", "");
	deleted_remove(commit, &finding->place, finding->revision);
	if (!audits_tell(commit, &act))
		commit->count = 0;
}

static void purge_finished(struct turn *turn, void *arg)
{
	struct finding *finding = arg;

	if (finding->stroke.status == SP_OK)
		admin_reply_gone(finding->ex, NULL);
	else if (finding->stroke.status == SP_CONFLICT)
		finding_absent(finding->ex);	/* somebody else was faster */
	else
		admin_unavailable(finding->ex, "The store does not answer.");
	finding_over(finding, turn);
}

static void purge_run(struct finding *finding)
{
	struct stroke *stroke = &finding->stroke;

	stroke->turn = finding->page.turn;
	stroke->draw = purge_draw;
	stroke->arg = finding;
	stroke->turn.finished = purge_finished;
	stroke->turn.arg = finding;
	stroke_run(stroke);
}

void admin_deleted_purge(struct exchange *ex)
{
	finding_run(ex, purge_run);
}

/* One page of the store after the other: what is asked of the list, is asked of all of it. */
static void list_finished(struct turn *turn, void *arg)
{
	struct finding *finding = arg;
	struct page *page = &finding->page;
	json_t *one;

	for (size_t i = 0; i < page->count; i++)
		if ((one = deleted_read(page->records[i])) != NULL)
			json_array_append_new(finding->found, finding_json(finding, one));
	if (page->good && page->count == page->limit) {
		page->after = page->records[page->count - 1]->at;
		page_run(page);
		return;
	}
	admin_reply_all(finding->ex, page->good, finding->found);
	face_end(finding->ex, turn);
}

void admin_deleted(struct exchange *ex)
{
	struct finding *finding = arena_alloc(ex->arena, sizeof(*finding));
	struct turn *turn = &finding->page.turn;

	finding->ex = ex;
	if (!admin_begin(ex, turn, &finding->actor))
		return;
	finding->page.prefix = deleted_all(turn->tenant->id, admin_kind(ex));
	finding->page.limit = SP_LIST_MAX;
	finding->found = json_array();
	turn->finished = list_finished;
	turn->arg = finding;
	page_run(&finding->page);
}
