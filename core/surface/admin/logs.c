/* logs.c - sign-ins, newest first; or what came after one, in order */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/people.h"
#include "store/signins.h"

struct history {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void history_finished(struct turn *turn, void *arg)
{
	struct history *history = arg;
	struct exchange *ex = history->ex;
	json_t *body = json_object(), *value = json_array();
	struct signin_record record;

	for (size_t i = 0; history->page.good && i < history->page.count; i++)
		if (signins_read(ex->arena, history->page.records[i], &record))
			json_array_append_new(value, signin_json(turn->tenant, &record));
	json_object_set_new(body, "value", value);
	if (history->page.good) {
		face_json(ex, 200, body);
	} else {
		json_decref(body);
		admin_error(ex, 503, "ServiceUnavailable", "The store does not answer.");
	}
	face_end(ex, turn);
}

void admin_signins(struct exchange *ex)
{
	enum { PAGE = 50, MOST = 999 };
	struct history *history = arena_alloc(ex->arena, sizeof(*history));
	struct turn *turn = &history->page.turn;
	const char *after = admin_query(ex, "after"), *before = admin_query(ex, "before"), *actor;
	struct sp_id id;
	int64_t limit;

	history->ex = ex;
	if (!admin_begin(ex, turn, &actor))
		return;
	if (!admin_number(ex, "$top", MOST, PAGE, &limit)) {
		face_end(ex, turn);
		return;
	}
	history->page.backwards = after == NULL;
	history->page.prefix = signins_all(turn->tenant->id);
	history->page.limit = (size_t)limit;
	const char *from = after != NULL ? after : before;
	if (from != NULL && !id_parse(from, &id)) {
		admin_error(ex, 400, "BadRequest", "after, before: the id of a sign-in.");
		face_end(ex, turn);
		return;
	}
	if (from != NULL)
		history->page.after = signins_at(turn->tenant->id, id);
	turn->finished = history_finished;
	turn->arg = history;
	page_run(&history->page);
}
