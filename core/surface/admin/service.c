/* service.c - the server itself: keys, plugins, version, the test clock */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/clock.h"
#include "flow/people.h"
#include "loop/loop.h"
#include "store/keyrings.h"
#include "store/sweeper.h"
#include "store/store.h"

#include <string.h>

struct rotation {
	struct turn turn;
	struct exchange *ex;
};

static void rotation_done(void *arg, enum sp_status status)
{
	struct rotation *rotation = arg;
	struct exchange *ex = rotation->ex;

	if (status == SP_OK) {
		admin_reply_gone(ex, NULL);
	} else if (status == SP_REJECTED) {
		admin_error(ex, 409, "TooManyKeys", "Enough keys are published already; the oldest "
		    "must go first, which takes until the last token signed by it has expired.");
	} else {
		admin_unavailable(ex, "The keys could not be changed.");
	}
	face_end(ex, &rotation->turn);
}

void admin_keys_rotate(struct exchange *ex)
{
	struct rotation *rotation = arena_alloc(ex->arena, sizeof(*rotation));
	const char *actor;

	rotation->ex = ex;
	if (!admin_begin(ex, &rotation->turn, &actor))
		return;
	struct audit_act act = turn_act(&rotation->turn, rotation->turn.tenant->id, actor);
	if (!keyrings_rotate(rotation->turn.store, &act, rotation_done, rotation))
		rotation_done(rotation, SP_UNAVAILABLE);
}

void admin_plugins(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;

	if (!admin_begin_server(ex, &turn, &actor))
		return;
	admin_reply_all(ex, true, face_of(ex)->plugins(face_of(ex), ex->arena));
}

void admin_version(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;

	if (!admin_begin_server(ex, &turn, &actor))
		return;
	json_t *body = json_object();
	json_object_set_new(body, "version", json_string(VERSION));
	json_object_set_new(body, "pluginApi",
	    json_pack("[i, i]", (int)SP_MAJOR, (int)SP_MINOR));
	json_object_set_new(body, "storeFormat", json_integer(STORE_FORMAT));
	face_json(ex, 200, body);
}

#define ADVANCE_MOST (INT64_C(36525) * 24 * 3600 * 1000)

/* {"advance": milliseconds}: only where the conf says test_clock, which needs loopback. */

struct advance {
	struct stroke stroke;	/* first: its turn is what ends */
	struct exchange *ex;
	const char *actor;
	int64_t ms;
};

static void advance_draw(struct stroke *stroke, struct sp_records_commit *commit)
{
	const struct advance *advance = (const struct advance *)(void *)stroke;
	struct audit_act act = turn_act(&stroke->turn, (struct sp_id){ { 0 } }, advance->actor);

	act.verb = "Update";
	act.activity = "Advance the test clock";
	if (!audits_tell(commit, &act))
		commit->count = 0;
}

static void advance_finished(struct turn *turn, void *arg)
{
	struct advance *advance = arg;

	(void)turn;
	if (advance->stroke.status != SP_OK) {
		admin_unavailable(advance->ex, "The store does not answer.");
		return;
	}
	loop_advance(advance->ms);
	json_t *answer = json_object();
	json_object_set_new(answer, "now", json_integer((json_int_t)clock_wall()));
	face_json(advance->ex, 200, answer);
}

void admin_clock(struct exchange *ex)
{
	struct advance *advance = arena_alloc(ex->arena, sizeof(*advance));
	struct turn *turn = &advance->stroke.turn;

	advance->ex = ex;
	if (!admin_begin_server(ex, turn, &advance->actor))
		return;
	if (!face_of(ex)->test_clock) {
		admin_error(ex, 404, "ResourceNotFound", "The clock of this server can't be moved.");
		return;
	}
	json_t *body = admin_body(ex);
	if (body == NULL)
		return;
	advance->ms = json_number(body, "advance", 0);
	json_decref(body);
	if (advance->ms <= 0 || advance->ms > ADVANCE_MOST) {
		admin_error(ex, 400, "BadRequest", "advance: milliseconds, 1 to a century.");
		return;
	}
	advance->stroke.draw = advance_draw;
	turn->finished = advance_finished;
	turn->arg = advance;
	stroke_run(&advance->stroke);
}
