#include "surface/admin/drafts.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

/* What would be stored; those that are off only where they are asked for. */
static void drafts_take(struct drafts *drafts)
{
	const struct plan *plan = &drafts->edit.plan;
	json_t *all = plan_result(plan, DOCUMENT_POLICY), *one;
	size_t index;

	drafts->documents = json_array();
	drafts->unsaved = arena_alloc(drafts->ex->arena,
	    (json_array_size(all) + 1) * sizeof(*drafts->unsaved));
	json_array_foreach(all, index, one) {
		bool off = text_same(json_text(one, "state", NULL), "disabled");
		if (off && !drafts->disabled)
			continue;
		drafts->unsaved[json_array_size(drafts->documents)] = plan_changes(plan,
		    DOCUMENT_POLICY, one);
		json_array_append(drafts->documents, one);
	}
	json_decref(all);
}

/* An error of a draft is told where it stands in this body. */
static void drafts_place(struct drafts *drafts)
{
	const char *section = document_row(DOCUMENT_POLICY)->section;
	struct document_error *error = drafts->edit.plan.errors.first;
	size_t length = strlen(section);

	for (; error != NULL; error = error->next)
		if (strncmp(error->path, section, length) == 0)
			error->path = text_print(drafts->ex->arena, "%s%s", drafts->place,
			    error->path + length);
}

static void drafts_finished(struct turn *turn, void *arg)
{
	struct drafts *drafts = arg;

	(void)turn;
	drafts_place(drafts);
	if (admin_edit_failed(drafts->ex, &drafts->edit)) {
		drafts->over(drafts);
		return;
	}
	drafts_take(drafts);
	drafts->then(drafts);
}

/* A save that isn't one: what drafts must be, and what they would be warned of, is said by apply. */
void drafts_run(struct drafts *drafts, json_t *list)
{
	struct edit *edit = &drafts->edit;

	edit->tenant = edit->turn.tenant->id;
	edit->kind = DOCUMENT_POLICY;
	edit->action = EDIT_READ;
	edit->dry_run = true;
	edit->turn.finished = drafts_finished;
	edit->turn.arg = drafts;
	if (json_array_size(list) > 0) {
		drafts->apply = json_pack("{s:O}", document_row(DOCUMENT_POLICY)->section, list);
		edit->body = drafts->apply;
		edit->action = EDIT_APPLY;
	}
	edit_run(edit);
}

void drafts_done(struct drafts *drafts)
{
	edit_done(&drafts->edit);
	json_decref(drafts->apply);
	json_decref(drafts->documents);
}
