/* mail.c - what waits to be sent, and a mail to see that it works */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/people.h"
#include "flow/retry.h"
#include "model/address.h"
#include "store/outbox.h"
#include "surface/admin/odata.h"
#include "text/values.h"

static json_t *entry_json(struct exchange *ex, const struct outbox_entry *entry)
{
	json_t *one = json_object();
	char id[ID_TEXT];

	id_format(entry->id, id);
	json_object_set_new(one, "id", json_string(id));
	json_object_set_new(one, "to", json_string(log_address(ex->arena, entry->message.to)));
	json_object_set_new(one, "dueDateTime", json_string(text_time(ex->arena, entry->due)));
	json_object_set_new(one, "expirationDateTime",
	    json_string(text_time(ex->arena, entry->message.expires)));
	json_object_set_new(one, "tries", json_integer((json_int_t)entry->tries));
	return one;
}

struct queue {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	struct odata odata;
};

/* A notice that is held is not waiting: most are taken back before they are due. */
static void queue_finished(struct turn *turn, void *arg)
{
	struct queue *queue = arg;
	struct exchange *ex = queue->ex;
	json_t *value = json_array();
	struct outbox_entry entry;

	for (size_t i = 0; i < queue->page.count; i++)
		if (outbox_read(ex->arena, turn->store, queue->page.records[i], &entry) &&
		    id_zero(entry.account))
			json_array_append_new(value, entry_json(ex, &entry));
	admin_reply_page(ex, &queue->odata, &queue->page, value);
}

void admin_mail_queue(struct exchange *ex)
{
	struct queue *queue = arena_alloc(ex->arena, sizeof(*queue));
	const char *actor;

	queue->ex = ex;
	if (!admin_begin_server(ex, &queue->page.turn, &actor) ||
	    !odata_read(ex, ODATA_SELECT | ODATA_SKIP, &queue->odata))
		return;
	queue->page.prefix = outbox_all();
	queue->page.after.key = queue->odata.cursor;
	queue->page.limit = SP_LIST_MAX;
	queue->page.turn.finished = queue_finished;
	queue->page.turn.arg = queue;
	page_run(&queue->page);
}

struct retrying {
	struct retry retry;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void retry_finished(struct turn *turn, void *arg)
{
	struct retrying *retrying = arg;
	struct exchange *ex = retrying->ex;

	(void)turn;
	switch (retrying->retry.outcome) {
	case RETRY_GOOD:
		reply_status(ex, 202);
		reply_send(ex);
		break;
	case RETRY_ABSENT:
		admin_error(ex, 404, "ResourceNotFound", "No such mail is waiting.");
		break;
	case RETRY_BUSY:
		admin_error(ex, 409, "ObjectConflict", "It is being sent at this moment.");
		break;
	default:
		admin_unavailable(ex, "The store does not answer.");
		break;
	}
}

void admin_mail_retry(struct exchange *ex)
{
	struct retrying *retrying = arena_alloc(ex->arena, sizeof(*retrying));
	struct retry *retry = &retrying->retry;

	retrying->ex = ex;
	if (!admin_begin_server(ex, &retry->turn, &retry->actor))
		return;
	if (!id_parse(exchange_param(ex, "id"), &retry->id)) {
		admin_error(ex, 404, "ResourceNotFound", "No such mail is waiting.");
		return;
	}
	retry->turn.finished = retry_finished;
	retry->turn.arg = retrying;
	retry_run(retry);
}

/* The mail of a code, with a code that opens nothing. */

struct trial {
	struct stroke stroke;	/* first: its turn is what ends */
	struct exchange *ex;
	const char *actor;
	struct outbox_entry entry;
};

static bool trial_write(struct trial *trial, const char *to)
{
	enum { MINUTES = 10 };
	struct turn *turn = &trial->stroke.turn;
	struct values *values = letters_values(turn, NULL);
	struct letter letter = { .name = "code", .subject = "mail.code.subject", .to = to,
		.expires = turn->now + MINUTES * 60000 };

	values_flag(values_group(values, "purpose"), "first", true);
	values_set(values, "code", "00000000");
	values_set(values, "reference", "TEST");
	values_number(values, "minutes", MINUTES);
	trial->entry = (struct outbox_entry){ .id = id_ordered(turn->now),
		.tenant = turn->tenant->id };
	return letters_write(turn, &letter, values, trial->entry.id, &trial->entry.message);
}

static void trial_draw(struct stroke *stroke, struct sp_records_commit *commit)
{
	struct trial *trial = (struct trial *)(void *)stroke;
	struct audit_act act = turn_act(&stroke->turn, trial->entry.tenant, trial->actor);

	act.verb = "Add";
	act.activity = "Send test mail";
	if (!outbox_put(commit, stroke->turn.store, &trial->entry) || !audits_tell(commit, &act))
		commit->count = 0;
}

static void trial_finished(struct turn *turn, void *arg)
{
	struct trial *trial = arg;

	if (trial->stroke.status == SP_OK) {
		outbox_send(turn->store, turn->loop, &trial->entry);
		face_json(trial->ex, 202, entry_json(trial->ex, &trial->entry));
	} else {
		admin_unavailable(trial->ex, "The store does not answer.");
	}
	face_end(trial->ex, turn);
}

void admin_mail_test(struct exchange *ex)
{
	struct trial *trial = arena_alloc(ex->arena, sizeof(*trial));
	struct turn *turn = &trial->stroke.turn;
	struct address address;

	trial->ex = ex;
	if (!admin_begin(ex, turn, &trial->actor))
		return;
	json_t *body = admin_body(ex);
	if (body == NULL) {
		face_end(ex, turn);
		return;
	}
	enum address_reason reason = address_parse(ex->arena,
	    text_copy(ex->arena, json_text(body, "to", NULL)), &address);
	json_decref(body);
	if (reason != ADDRESS_OK || !trial_write(trial, address.send)) {
		admin_error(ex, 400, "BadRequest", text_print(ex->arena, "to: %s",
		    address_words(reason)));
		face_end(ex, turn);
		return;
	}
	trial->stroke.draw = trial_draw;
	trial->stroke.arg = trial;
	turn->finished = trial_finished;
	turn->arg = trial;
	stroke_run(&trial->stroke);
}
