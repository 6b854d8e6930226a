/* lint.c - what of a tenant's policies is worth a look: GET, and nothing changes */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "flow/edit.h"
#include "surface/admin/odata.h"

struct linting {
	struct edit edit;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void linting_finished(struct turn *turn, void *arg)
{
	struct linting *linting = arg;
	struct exchange *ex = linting->ex;

	if (!admin_edit_failed(ex, &linting->edit))
		face_json(ex, 200, json_pack("{s:O}", "value", linting->edit.plan.findings));
	edit_done(&linting->edit);
	face_end(ex, turn);
}

void admin_lint(struct exchange *ex)
{
	struct linting *linting = arena_alloc(ex->arena, sizeof(*linting));
	struct edit *edit = &linting->edit;
	struct odata odata;

	linting->ex = ex;
	if (!admin_begin(ex, &edit->turn, &edit->actor))
		return;
	if (!odata_read(ex, 0, &odata)) {
		face_end(ex, &edit->turn);
		return;
	}
	edit->action = EDIT_LINT;
	edit->kind = DOCUMENT_POLICY;
	edit->dry_run = true;
	edit->tenant = edit->turn.tenant->id;
	edit->turn.finished = linting_finished;
	edit->turn.arg = linting;
	edit_run(edit);
}
