/* backups.c - a backup, block by block: the one who asks keeps it (store/backup.h) */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/people.h"
#include "store/audits.h"
#include "store/backup.h"

struct asking {
	struct exchange *ex;
	const char *actor;
	struct sp_id id;
};

static void refused(struct exchange *ex, enum sp_status status, const struct backup_part *part)
{
	if (status == SP_CONFLICT)
		admin_error(ex, 409, "BackupUnderWay",
		    "Another backup is under way; one at a time.");
	else if (status == SP_NOT_FOUND)
		admin_error(ex, 404, "ResourceNotFound",
		    "There is no such backup: it is over, or nobody has asked for too long.");
	else
		admin_unavailable(ex, text_print(ex->arena,
		    "The backup has failed: %s.", part != NULL && part->why != NULL ? part->why :
		    "the server is stopping"));
}

/* On record before it is given: what has changed since it began is in the backup, this, too. */
struct beginning {
	struct stroke stroke;	/* first: its turn is what ends */
	struct asking asking;
};

static void begun_draw(struct stroke *stroke, struct sp_records_commit *commit)
{
	const struct beginning *beginning = (const struct beginning *)(void *)stroke;
	struct audit_act act = turn_act(&stroke->turn, (struct sp_id){ { 0 } },
	    beginning->asking.actor);
	char id[ID_TEXT];

	id_format(beginning->asking.id, id);
	act.activity = "Create backup";
	act.verb = "Add";
	act.target = id;
	if (!audits_tell(commit, &act))
		commit->count = 0;
}

static void begun_told(struct turn *turn, void *arg)
{
	struct beginning *beginning = arg;
	struct exchange *ex = beginning->asking.ex;
	char id[ID_TEXT];

	if (beginning->stroke.status != SP_OK) {
		backup_end(turn->store, beginning->asking.id);
		refused(ex, SP_UNAVAILABLE, NULL);
		return;
	}
	id_format(beginning->asking.id, id);
	LOG_EVENT(SP_INFO, "backup", { "result", "begun" }, { "actor", beginning->asking.actor },
	    { "id", id });
	face_json(ex, 201, json_pack("{s:s}", "id", id));
}

static void begun(void *arg, enum sp_status status, const struct backup_part *part)
{
	struct beginning *beginning = arg;

	if (status != SP_OK) {
		refused(beginning->asking.ex, status, part);
		return;
	}
	beginning->stroke.draw = begun_draw;
	beginning->stroke.turn.finished = begun_told;
	beginning->stroke.turn.arg = beginning;
	stroke_run(&beginning->stroke);
}

void admin_backup_begin(struct exchange *ex)
{
	struct beginning *beginning = arena_alloc(ex->arena, sizeof(*beginning));
	struct asking *asking = &beginning->asking;

	asking->ex = ex;
	if (!admin_begin_server(ex, &beginning->stroke.turn, &asking->actor))
		return;
	if (!backup_begin(beginning->stroke.turn.store, ex->loop, &asking->id, begun, beginning))
		refused(ex, SP_UNAVAILABLE, NULL);
}

/* Whose `id` is; false: told. */
static bool backup_named(struct exchange *ex, struct turn *turn, const char **out_actor,
    struct sp_id *out_id)
{
	if (!admin_begin_server(ex, turn, out_actor))
		return false;
	if (id_parse(exchange_param(ex, "id"), out_id))
		return true;
	refused(ex, SP_NOT_FOUND, NULL);
	return false;
}

static void given(void *arg, enum sp_status status, const struct backup_part *part)
{
	struct asking *asking = arg;
	struct exchange *ex = asking->ex;
	char id[ID_TEXT];

	id_format(asking->id, id);
	if (status != SP_OK) {
		if (part != NULL)
			LOG_EVENT(SP_ERROR, "backup", { "result", "failed" }, { "id", id },
			    { "why", part->why });
		refused(ex, status, part);
		return;
	}
	const char *done = text_print(ex->arena, "%llu", (unsigned long long)part->done);
	if (part->last)
		LOG_EVENT(SP_INFO, "backup", { "result", "whole" }, { "actor", asking->actor },
		    { "id", id }, { "entries", done });
	(void)reply_header(ex, "Sallyport-Backup", part->last ? "head" : "block");
	(void)reply_header(ex, "Sallyport-Backup-Entries", done);
	reply_status(ex, 200);
	reply_body(ex, "application/octet-stream", part->block.data, part->block.size);
	reply_send(ex);
}

void admin_backup_next(struct exchange *ex)
{
	struct asking *asking = arena_alloc(ex->arena, sizeof(*asking));
	struct turn turn = { 0 };

	asking->ex = ex;
	if (!backup_named(ex, &turn, &asking->actor, &asking->id))
		return;
	if (!backup_next(turn.store, ex->loop, asking->id, given, asking))
		refused(ex, SP_UNAVAILABLE, NULL);
}

void admin_backup_end(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;
	struct sp_id id;

	if (!backup_named(ex, &turn, &actor, &id))
		return;
	backup_end(turn.store, id);
	admin_reply_gone(ex, NULL);
}
