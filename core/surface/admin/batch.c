/*
 * batch.c - POST /v1.0/$batch: up to 20 requests in one, as Graph has it
 *
 * Each is asked as if it had come alone: its own route, body limit, area and tenant, by whoever asks
 * for the batch. They are asked one after the other, those that depend on others after them; what
 * depends on one that failed is not asked, and is 424. Nothing is undone: a batch is no transaction.
 * All answers are held until the last: when they are more than ANSWERS_MOST bytes, no more is asked,
 * and the others are 413. Else one line would hold the longest list twenty times (attack E4).
 */
#include "surface/admin/admin.h"
#include "surface/admin/caller.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/nested.h"
#include "model/document.h"

#include <string.h>
#include <strings.h>

enum { BATCH_MOST = 20, ID_MOST = 64, FIELDS_MOST = 8, ANSWERS_MOST = 8 << 20 };
static const char batch_fields[] = "content-type if-match if-none-match sallyport-tenant "
    "consistencylevel accept";

struct batch {
	struct exchange *ex;
	json_t *body, *requests, *responses;
	size_t count, at;		/* at: the one that is being asked */
	size_t size;			/* of the answers so far, in bytes */
	unsigned status[BATCH_MOST];	/* 0: not yet */
};

static void batch_next(struct batch *batch);

static const json_t *batch_one(const struct batch *batch, size_t index)
{
	return json_array_get(batch->requests, index);
}

/* BATCH_MOST: there is none. */
static size_t batch_find(const struct batch *batch, const char *id)
{
	for (size_t i = 0; id != NULL && i < batch->count; i++)
		if (text_same(json_text(batch_one(batch, i), "id", NULL), id))
			return i;
	return BATCH_MOST;
}

/* What is wrong with a request; NULL: nothing. */
static const char *one_wrong(const struct batch *batch, size_t index, const char **out_where)
{
	const json_t *one = batch_one(batch, index);
	const json_t *depends = json_object_get(one, "dependsOn");
	const json_t *headers = json_object_get(one, "headers"), *body = json_object_get(one, "body");
	const char *id = json_text(one, "id", NULL), *url = json_text(one, "url", NULL);

	*out_where = "id";
	if (text_empty(id) || strlen(id) > ID_MOST)
		return "is a text of 1 to 64 bytes";
	if (batch_find(batch, id) != index)
		return "is another's, too";
	*out_where = "method";
	if (!text_word("GET POST PATCH PUT DELETE", json_text(one, "method", "")))
		return "is GET, POST, PATCH, PUT or DELETE";
	*out_where = "url";
	if (url == NULL || url[0] != '/')
		return "is a path below /v1.0, and begins with \"/\"";
	*out_where = "headers";
	if (headers != NULL && (!json_is_object(headers) || json_object_size(headers) > FIELDS_MOST))
		return "is an object of at most 8 texts";
	*out_where = "body";
	if (body != NULL && !json_is_object(body))
		return "is an object";
	*out_where = "dependsOn";
	return depends != NULL && !json_is_array(depends) ? "is a list of ids" : NULL;
}

/* Who speaks, and for how long, is said by the batch and by nothing in it. */
static const char *fields_wrong(struct exchange *ex, const json_t *one)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_object_get(one, "headers"), name, value) {
		char *lower = text_copy(ex->arena, name);
		for (char *at = lower; *at != '\0'; at++)
			*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
		if (!json_is_string(value) || !text_word(batch_fields, lower))
			return text_print(ex->arena, "'%.40s' is not offered, or is no text", name);
	}
	return NULL;
}

/* Whether each can be asked some time: takes away, round by round, whatever waits for nothing. */
static bool batch_ends(const struct batch *batch, bool *asked)
{
	for (size_t round = 0; round < batch->count; round++)
		for (size_t i = 0; i < batch->count; i++) {
			const json_t *one = batch_one(batch, i), *id;
			const json_t *depends = json_object_get(one, "dependsOn");
			size_t index, waits = 0;
			json_array_foreach(depends, index, id) {
				size_t at = batch_find(batch, json_string_value(id));
				waits += at == BATCH_MOST || !asked[at];
			}
			asked[i] = waits == 0;
		}
	for (size_t i = 0; i < batch->count; i++)
		if (!asked[i])
			return false;
	return true;
}

/* False: told. */
static bool batch_read(struct batch *batch)
{
	struct document_errors errors = { .arena = batch->ex->arena };
	bool asked[BATCH_MOST] = { false };

	batch->requests = json_object_get(batch->body, "requests");
	batch->count = json_array_size(batch->requests);
	if (batch->count < 1 || batch->count > BATCH_MOST)
		document_wrong(&errors, "requests", "InvalidValue", "is a list of 1 to %u requests",
		    BATCH_MOST);
	for (size_t i = 0; errors.count == 0 && i < batch->count; i++) {
		const char *where, *why = one_wrong(batch, i, &where);
		if (why == NULL) {
			where = "headers";
			why = fields_wrong(batch->ex, batch_one(batch, i));
		}
		if (why != NULL)
			document_wrong(&errors, text_print(batch->ex->arena, "requests[%zu].%s", i,
			    where), "InvalidValue", "%s", why);
	}
	if (errors.count == 0 && !batch_ends(batch, asked))
		document_wrong(&errors, "requests", "InvalidValue", "dependsOn names what is not "
		    "there, or they wait for each other");
	if (errors.count > 0)
		admin_wrong(batch->ex, &errors);
	return errors.count == 0;
}

static void batch_keep(struct batch *batch, unsigned status, json_t *headers, json_t *body)
{
	json_t *one = json_object();

	batch->status[batch->at] = status;
	json_object_set_new(one, "id", json_string(json_text(batch_one(batch, batch->at), "id", "")));
	json_object_set_new(one, "status", json_integer((json_int_t)status));
	json_object_set_new(one, "headers", headers);
	if (body != NULL)
		json_object_set_new(one, "body", body);
	json_array_append_new(batch->responses, one);
}

static void batch_heard(void *arg, const struct nested_reply *reply)
{
	struct batch *batch = arg;
	json_t *headers = json_object(), *body = NULL;
	struct sp_error error;

	batch->size += reply->body.size;
	if (reply->body.size > 0) {
		body = json_read(reply->body.data, reply->body.size, &error);
		json_object_set_new(headers, "Content-Type", json_string("application/json"));
	}
	for (size_t i = 0; i < reply->field_count; i++)
		json_object_set_new(headers, reply->fields[i].name,
		    json_string(reply->fields[i].value));
	batch_keep(batch, reply->status, headers, body);
	batch_next(batch);
}

static void batch_ask(struct batch *batch)
{
	struct exchange *ex = batch->ex;
	const json_t *one = batch_one(batch, batch->at), *body = json_object_get(one, "body");
	struct nested_field fields[FIELDS_MOST + 2];
	struct nested_request request = { .method = json_text(one, "method", ""), .fields = fields };
	const char *name, *tenant = exchange_header(ex, "Sallyport-Tenant");
	bool typed = false, told = false;
	json_t *value;

	request.target = text_print(ex->arena, "/v1.0%s", json_text(one, "url", ""));
	json_object_foreach(json_object_get(one, "headers"), name, value) {
		typed = typed || strcasecmp(name, "Content-Type") == 0;
		told = told || strcasecmp(name, "Sallyport-Tenant") == 0;
		fields[request.field_count++] = (struct nested_field){ name,
			json_string_value(value) };
	}
	if (!typed && body != NULL)
		fields[request.field_count++] = (struct nested_field){ "Content-Type",
			"application/json" };
	if (!told && tenant != NULL)
		fields[request.field_count++] = (struct nested_field){ "Sallyport-Tenant", tenant };
	if (body != NULL) {
		const char *text = json_write(ex->arena, body);
		request.body = (struct sp_bytes){ text, strlen(text) };
	}
	nested_send(ex, &request, batch_heard, batch);
}

enum waiting { WAITING_FAILED = 0, WAITING_READY, WAITING_STILL };

static enum waiting batch_waits(const struct batch *batch, size_t index)
{
	enum waiting waiting = WAITING_READY;
	const json_t *id;
	size_t i;

	json_array_foreach(json_object_get(batch_one(batch, index), "dependsOn"), i, id) {
		unsigned status = batch->status[batch_find(batch, json_string_value(id))];
		if (status >= 400)
			return WAITING_FAILED;
		if (status == 0)
			waiting = WAITING_STILL;
	}
	return waiting;
}

static void batch_over(struct batch *batch)
{
	json_t *answer = json_pack("{s:O}", "responses", batch->responses);

	json_decref(batch->body);
	json_decref(batch->responses);
	face_json(batch->ex, 200, answer);
}

/* Not asked, and that is told. */
static void batch_pass_over(struct batch *batch, unsigned status, const char *code,
    const char *message)
{
	batch_keep(batch, status, json_object(), json_pack("{s:{s:s, s:s}}", "error", "code", code,
	    "message", message));
	batch_next(batch);
}

/* Asks the next that waits for nothing; those that wait for a failure are told on the way. */
static void batch_next(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		enum waiting waiting = batch->status[i] != 0 ? WAITING_STILL : batch_waits(batch, i);
		batch->at = i;
		if (waiting == WAITING_STILL)
			continue;
		if (waiting == WAITING_FAILED)
			batch_pass_over(batch, 424, "FailedDependency",
			    "One that this depends on has failed.");
		else if (batch->size > ANSWERS_MOST)
			batch_pass_over(batch, 413, "ResponseTooLarge", "Not asked: the answers of "
			    "this batch are more than 8 MiB already.");
		else
			batch_ask(batch);
		return;
	}
	batch_over(batch);
}

void admin_batch(struct exchange *ex)
{
	struct batch *batch = arena_alloc(ex->arena, sizeof(*batch));
	const char *actor;

	batch->ex = ex;
	if (!caller_known(ex, &actor))
		return;
	if (exchange_nested(ex)) {
		admin_error(ex, 400, "BadRequest", "A batch in a batch is not offered.");
		return;
	}
	batch->body = admin_body(ex);
	if (batch->body == NULL)
		return;
	if (!batch_read(batch)) {
		json_decref(batch->body);
		return;
	}
	batch->responses = json_array();
	batch_next(batch);
}
