/*
 * export.c - a tenant as the document that apply takes, all of one moment and without secrets
 *
 * What is kept of a secret stays here: apply leaves secrets alone where it isn't told any. People are
 * not in it, nor who of them is in which group: a backup has those.
 */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "flow/edit.h"
#include "surface/admin/odata.h"

struct exporting {
	struct edit edit;	/* first: its turn is what ends */
	struct exchange *ex;
};

static json_t *export_section(const json_t *stored)
{
	json_t *section = json_deep_copy(stored), *one;
	size_t index;

	json_array_foreach(section, index, one)
		json_object_del(one, "passwordCredentials");
	return section;
}

static json_t *export_document(const struct plan *plan)
{
	json_t *document = json_object();
	json_t *tenant = json_deep_copy(json_array_get(plan->stored[DOCUMENT_TENANT], 0));

	json_object_set(document, "settings", json_object_get(tenant, "settings"));
	json_object_del(tenant, "settings");
	json_object_set_new(document, "tenant", tenant);
	for (enum document_kind kind = DOCUMENT_APP; kind < DOCUMENT_KINDS; kind++)
		json_object_set_new(document, document_row(kind)->section,
		    export_section(plan->stored[kind]));
	return document;
}

static void export_finished(struct turn *turn, void *arg)
{
	struct exporting *exporting = arg;
	struct exchange *ex = exporting->ex;

	if (!admin_edit_failed(ex, &exporting->edit))
		face_json(ex, 200, export_document(&exporting->edit.plan));
	edit_done(&exporting->edit);
	face_end(ex, turn);
}

void admin_export(struct exchange *ex)
{
	struct exporting *exporting = arena_alloc(ex->arena, sizeof(*exporting));
	struct edit *edit = &exporting->edit;
	struct odata odata;

	exporting->ex = ex;
	if (!admin_begin(ex, &edit->turn, &edit->actor))
		return;
	if (!odata_read(ex, 0, &odata)) {
		face_end(ex, &edit->turn);
		return;
	}
	edit->action = EDIT_READ;
	edit->kind = DOCUMENT_TENANT;
	edit->tenant = edit->turn.tenant->id;
	edit->turn.finished = export_finished;
	edit->turn.arg = exporting;
	edit_run(edit);
}
