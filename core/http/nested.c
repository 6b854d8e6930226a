#include "http/nested.h"

#include "base/text.h"
#include "http/connection.h"
#include "http/router.h"
#include "http/talk.h"

#include <string.h>

bool exchange_nested(const struct exchange *ex)
{
	return talk_of(ex)->heard != NULL;
}

static bool nested_refuse(struct refusal *out, unsigned status, const char *code,
    const char *message)
{
	*out = (struct refusal){ status, code, message };
	return false;
}

static uint16_t head_append(struct head *head, const char *text, uint16_t *out_size)
{
	size_t size = strlen(text), at = head->size;

	memcpy(head->data + at, text, size + 1);
	head->size += size + 1;
	*out_size = (uint16_t)size;
	return (uint16_t)at;
}

/* As the parser would have left them. */
static bool nested_head(struct talk *talk, const struct nested_request *request,
    struct refusal *out)
{
	struct head *head = &talk->head;
	size_t room = 0;

	for (size_t i = 0; i < request->field_count; i++) {
		const struct nested_field *field = &request->fields[i];
		if (!text_plain(field->name) || !text_plain(field->value))
			return nested_refuse(out, 400, "badRequest",
			    "a header has control characters");
		room += strlen(field->name) + strlen(field->value) + 2;
	}
	if (room > HEAD_MAX || request->field_count > HEAD_FIELDS_MAX)
		return nested_refuse(out, 431, "headersTooLarge", "the headers are too large");
	head->data = arena_alloc(talk->ex.arena, room + 1);
	head->room = room + 1;
	for (size_t i = 0; i < request->field_count; i++) {
		struct field *field = &head->fields[head->count++];
		field->name = head_append(head, request->fields[i].name, &field->name_size);
		field->value = head_append(head, request->fields[i].value, &field->value_size);
	}
	return true;
}

static bool nested_route(struct talk *talk, const struct nested_request *request,
    struct refusal *out)
{
	struct exchange *ex = &talk->ex;
	struct router_match match;

	if (strlen(request->target) > HEAD_TARGET_MAX ||
	    !target_parse(ex->arena, text_copy(ex->arena, request->target), &talk->target) ||
	    talk->target.asterisk || talk->target.authority != NULL)
		return nested_refuse(out, 400, "badRequest", "the request target is malformed");
	ex->path = talk->target.path;
	ex->query = talk->target.query;
	router_find(talk->http->server->settings.router, ex->method, &talk->target.segments,
	    ex->surfaces, ex->arena, &match);
	ex->route = match.route;
	if (match.route == NULL)
		return match.allow == NULL ?
		    nested_refuse(out, 404, "notFound", "there is nothing at this path") :
		    nested_refuse(out, 405, "methodNotAllowed", "the path doesn't have this method");
	if (request->body.size > match.route->body_limit)
		return nested_refuse(out, 413, "bodyTooLarge", "the body is too large");
	return true;
}

/* A body is followed by a zero byte, as one that was read. */
static void nested_fill(struct talk *talk, const struct exchange *outer,
    const struct nested_request *request)
{
	struct exchange *ex = &talk->ex;

	ex->caller = outer->caller;
	ex->method = text_copy(ex->arena, request->method);
	ex->base_url = outer->base_url;
	ex->https = outer->https;
	ex->surfaces = outer->surfaces;
	ex->source = outer->source;
	ex->peer_uid = outer->peer_uid;
	ex->body = (struct sp_bytes){ text_part(ex->arena, request->body.data,
	    request->body.size), request->body.size };
}

void nested_send(struct exchange *outer, const struct nested_request *request,
    nested_heard_fn *heard, void *arg)
{
	struct talk *talk = talk_new(talk_of(outer)->http, NULL);
	struct refusal refusal;

	nested_fill(talk, outer, request);
	talk->heard = heard;
	talk->heard_arg = arg;
	talk->given = true;
	if (nested_head(talk, request, &refusal) && nested_route(talk, request, &refusal)) {
		talk->ex.route->handle(&talk->ex);
		return;
	}
	talk_refuse(talk, &refusal);
	reply_send(&talk->ex);
}

void nested_told(struct talk *talk)
{
	struct nested_reply reply = { .status = talk->status };
	size_t count = 0;

	if (talk->heard == NULL)
		return;
	for (const struct reply_line *line = talk->lines; line != NULL; line = line->next)
		count++;
	struct nested_field *fields = arena_alloc(talk->ex.arena, (count + 1) * sizeof(*fields));
	for (const struct reply_line *line = talk->lines; line != NULL; line = line->next)
		fields[reply.field_count++] = (struct nested_field){ line->name, line->value };
	reply.fields = fields;
	if (talk->status != 204 && talk->status != 304)
		reply.body = (struct sp_bytes){ talk->body, talk->body_size };
	talk->heard(talk->heard_arg, &reply);
}
