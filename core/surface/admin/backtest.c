/* backtest.c - what drafts would have made of the sign-ins on record, a part with each request */
#include "surface/admin/drafts.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/backtest.h"
#include "model/shape.h"
#include "store/signins.h"
#include "surface/face.h"

enum { DAYS = 30, DAYS_MOST = 730 };

static const struct shape backtest_shape[] = {
	{ .name = "policies", .type = SHAPE_ANY, .list = true, .most = PLAN_POLICIES_MOST },
	{ .name = "days", .type = SHAPE_NUMBER, .min = 1, .max = DAYS_MOST },
	{ .name = "after", .type = SHAPE_ID },
	{ 0 },
};

struct testing {
	struct drafts drafts;		/* first */
	struct backtest backtest;
	struct exchange *ex;
	json_t *body, *question;
};

static void testing_over(struct drafts *drafts)
{
	struct testing *testing = (struct testing *)(void *)drafts;
	struct exchange *ex = testing->ex;

	backtest_done(&testing->backtest);
	drafts_done(drafts);
	json_decref(testing->body);
	json_decref(testing->question);
	face_end(ex, &drafts->edit.turn);
}

static const char *const changes[BACKTEST_CHANGES] = {
	[BACKTEST_SAME] = "same", [BACKTEST_EASED] = "eased", [BACKTEST_ASKED] = "newlyAsked",
	[BACKTEST_LOCKED] = "newlyLockedOut", [BACKTEST_BLOCKED] = "newlyBlocked",
};

static void counts_put(json_t *object, const size_t *counts, enum backtest_change first)
{
	for (enum backtest_change change = first; change < BACKTEST_CHANGES; change++)
		json_object_set_new(object, changes[change],
		    json_integer((json_int_t)counts[change]));
}

static const char *app_name(const struct tenant *tenant, const char *id)
{
	const struct app *app = tenant_app(tenant, id);

	return app != NULL ? app->display_name : id;
}

static const char *group_name(const struct tenant *tenant, const char *id)
{
	struct sp_id key;

	for (size_t i = 0; id_parse(id, &key) && i < tenant->group_count; i++)
		if (id_equal(tenant->groups[i].id, key))
			return tenant->groups[i].display_name;
	return id;
}

typedef const char *name_fn(const struct tenant *tenant, const char *id);

static json_t *table_json(const struct testing *testing, const struct backtest_table *table,
    name_fn *name)
{
	const struct tenant *tenant = testing->drafts.edit.turn.tenant;
	json_t *list = json_array();
	char id[ID_TEXT];

	for (size_t i = 0; i < table->count; i++) {
		id_format(table->rows[i].id, id);
		json_t *row = json_pack("{s:s, s:s}", "id", id, "displayName", name(tenant, id));
		counts_put(row, table->rows[i].counts, BACKTEST_EASED);
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *spared_json(const struct backtest_tally *tally)
{
	json_t *list = json_array();
	char id[ID_TEXT];

	for (size_t i = 0; i < tally->spared_count; i++) {
		id_format(tally->spared[i], id);
		json_array_append_new(list, json_string(id));
	}
	return list;
}

static json_t *answer_json(const struct testing *testing)
{
	const struct backtest *backtest = &testing->backtest;
	const struct backtest_tally *tally = &backtest->tally;
	json_t *totals = json_object();
	char next[ID_TEXT];

	counts_put(totals, tally->counts, BACKTEST_SAME);
	id_format(backtest->after, next);
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:b, s:s?, s:s?, s:O}",
	    "judged", (json_int_t)tally->judged, "passedOver", (json_int_t)tally->passed_over,
	    "totals", totals, "byApplication", table_json(testing, &tally->apps, app_name),
	    "byGroup", table_json(testing, &tally->groups, group_name),
	    "breakGlass", spared_json(tally), "incomplete",
	    tally->apps.others + tally->groups.others > 0,
	    "lastDateTime", backtest->last != 0 ? text_time(testing->ex->arena, backtest->last) :
	    NULL, "after", backtest->whole ? NULL : next,
	    "warnings", testing->drafts.edit.plan.warnings);
}

static void backtest_finished(struct turn *turn, void *arg)
{
	struct testing *testing = arg;

	(void)turn;
	switch (testing->backtest.outcome) {
	case BACKTEST_GOOD:
		face_json(testing->ex, 200, answer_json(testing));
		break;
	case BACKTEST_ELSEWHERE:
		admin_error(testing->ex, 400, "NotSupported", "This server's policy engine can't be "
		    "asked about many sign-ins at once.");
		break;
	default:
		admin_unavailable(testing->ex, "A store or the policy engine does not answer.");
		break;
	}
	testing_over(&testing->drafts);
}

/* From where the last part ended, else from so many days ago. */
static struct sp_id testing_after(const struct testing *testing)
{
	int64_t days = json_number(testing->question, "days", DAYS);
	struct sp_id after;

	if (id_parse(json_text(testing->question, "after", NULL), &after))
		return after;
	return id_since(testing->drafts.edit.turn.now - days * 86400000);
}

static void testing_judge(struct drafts *drafts)
{
	struct testing *testing = (struct testing *)(void *)drafts;
	struct backtest *backtest = &testing->backtest;

	backtest->turn = drafts->edit.turn;
	backtest->turn.finished = backtest_finished;
	backtest->turn.arg = testing;
	backtest->after = testing_after(testing);
	if (backtest_take(backtest, drafts->documents)) {
		backtest_run(backtest);
		return;
	}
	admin_error(testing->ex, 500, "InternalServerError", "A stored policy can't be read.");
	testing_over(drafts);
}

static bool testing_read(struct testing *testing)
{
	struct document_errors errors = { .arena = testing->ex->arena };

	testing->body = admin_body(testing->ex);
	if (testing->body == NULL)
		return false;
	testing->question = shape_check(backtest_shape, testing->body, &errors);
	if (errors.count > 0)
		admin_wrong(testing->ex, &errors);
	return errors.count == 0;
}

void admin_backtest(struct exchange *ex)
{
	struct testing *testing = arena_alloc(ex->arena, sizeof(*testing));
	struct drafts *drafts = &testing->drafts;

	testing->ex = ex;
	if (!admin_begin(ex, &drafts->edit.turn, &drafts->edit.actor))
		return;
	if (!testing_read(testing)) {
		json_decref(testing->body);
		json_decref(testing->question);
		face_end(ex, &drafts->edit.turn);
		return;
	}
	drafts->ex = ex;
	drafts->place = "policies";
	drafts->then = testing_judge;
	drafts->over = testing_over;
	drafts_run(drafts, json_object_get(testing->question, "policies"));
}
