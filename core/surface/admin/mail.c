/* mail.c - what waits to be sent, and a mail to see that it works */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/people.h"
#include "model/address.h"
#include "store/outbox.h"
#include "text/values.h"

#include <string.h>

struct queue {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	const char *retry;	/* an entry's id; NULL: list */
	struct stroke stroke;
	struct outbox_entry entry;
	uint64_t revision;
};

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

static void retry_draw(struct stroke *stroke, struct sp_records_commit *commit)
{
	struct queue *queue = stroke->arg;

	if (!outbox_retry(commit, stroke->turn.store, &queue->entry, queue->revision))
		commit->count = 0;
}

static void retry_finished(struct turn *turn, void *arg)
{
	struct queue *queue = arg;
	struct exchange *ex = queue->ex;

	(void)turn;
	if (queue->stroke.status == SP_OK) {
		reply_status(ex, 202);
		reply_send(ex);
	} else if (queue->stroke.status == SP_CONFLICT) {
		admin_error(ex, 409, "ObjectConflict", "It is being sent at this moment.");
	} else {
		admin_error(ex, 503, "ServiceUnavailable", "The store does not answer.");
	}
}

/* A notice that is held is not waiting: most are taken back before they are due. */
static bool queue_read(const struct queue *queue, const struct sp_record *record,
    struct outbox_entry *out_entry)
{
	return outbox_read(queue->ex->arena, queue->page.turn.store, record, out_entry) &&
	    id_zero(out_entry->account);
}

static bool queue_find(struct queue *queue)
{
	char id[ID_TEXT];

	for (size_t i = 0; i < queue->page.count; i++) {
		const struct sp_record *record = queue->page.records[i];
		if (!queue_read(queue, record, &queue->entry))
			continue;
		id_format(queue->entry.id, id);
		queue->revision = record->revision;
		if (strcmp(id, queue->retry) == 0)
			return true;
	}
	return false;
}

static void queue_retry(struct queue *queue)
{
	if (!queue_find(queue)) {
		admin_error(queue->ex, 404, "ResourceNotFound", "No such mail is waiting.");
		return;
	}
	queue->stroke.turn = queue->page.turn;
	queue->stroke.turn.finished = retry_finished;
	queue->stroke.draw = retry_draw;
	queue->stroke.arg = queue;
	stroke_run(&queue->stroke);
}

static void queue_finished(struct turn *turn, void *arg)
{
	struct queue *queue = arg;
	struct exchange *ex = queue->ex;

	(void)turn;
	if (!queue->page.good) {
		admin_error(ex, 503, "ServiceUnavailable", "The store does not answer.");
		return;
	}
	if (queue->retry != NULL) {
		queue_retry(queue);
		return;
	}
	json_t *body = json_object(), *value = json_array();
	struct outbox_entry entry;
	for (size_t i = 0; i < queue->page.count; i++)
		if (queue_read(queue, queue->page.records[i], &entry))
			json_array_append_new(value, entry_json(ex, &entry));
	json_object_set_new(body, "value", value);
	face_json(ex, 200, body);
}

static void queue_run(struct exchange *ex, const char *retry)
{
	struct queue *queue = arena_alloc(ex->arena, sizeof(*queue));
	const char *actor;

	queue->ex = ex;
	queue->retry = retry;
	if (!admin_begin_server(ex, &queue->page.turn, &actor))
		return;
	queue->page.prefix = outbox_all();
	queue->page.limit = SP_LIST_MAX;
	queue->page.turn.finished = queue_finished;
	queue->page.turn.arg = queue;
	page_run(&queue->page);
}

void admin_mail_queue(struct exchange *ex) { queue_run(ex, NULL); }
void admin_mail_retry(struct exchange *ex) { queue_run(ex, exchange_param(ex, "id")); }

/* The mail of a code, with a code that opens nothing. */

struct trial {
	struct stroke stroke;	/* first: its turn is what ends */
	struct exchange *ex;
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
	if (!outbox_put(commit, stroke->turn.store, &((struct trial *)stroke->arg)->entry))
		commit->count = 0;
}

static void trial_finished(struct turn *turn, void *arg)
{
	struct trial *trial = arg;

	if (trial->stroke.status == SP_OK) {
		outbox_send(turn->store, turn->loop, &trial->entry);
		face_json(trial->ex, 202, entry_json(trial->ex, &trial->entry));
	} else {
		admin_error(trial->ex, 503, "ServiceUnavailable", "The store does not answer.");
	}
	face_end(trial->ex, turn);
}

void admin_mail_test(struct exchange *ex)
{
	struct trial *trial = arena_alloc(ex->arena, sizeof(*trial));
	struct turn *turn = &trial->stroke.turn;
	struct address address;
	const char *actor;

	trial->ex = ex;
	if (!admin_begin(ex, turn, &actor))
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
