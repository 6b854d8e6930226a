#include "http/head.h"

#include "base/arena.h"

#include <string.h>

#define HEAD_ROOM ((size_t)2048)	/* enough for most */

static void head_refuse(struct head *head, unsigned status, const char *code, const char *message)
{
	if (head->refusal.status == 0)
		head->refusal = (struct refusal){ status, code, message };
}

static void head_bad(struct head *head, const char *message)
{
	head_refuse(head, 400, "badRequest", message);
}

const char *head_name(const struct head *head, unsigned index)
{
	return head->data + head->fields[index].name;
}

const char *head_value(const struct head *head, unsigned index)
{
	return head->data + head->fields[index].value;
}

static int on_target(llhttp_t *parser, const char *at, size_t size)
{
	struct head *head = parser->data;

	if (head->target_size == 0)
		head->target = (uint16_t)(at - head->data);
	head->target_size = (uint16_t)(at + size - head->data - head->target);
	return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t size)
{
	struct head *head = parser->data;

	if (head->body != NULL)
		return 0;	/* a trailer: dropped */
	head->in_fields = true;
	if (!head->in_field && head->count == HEAD_FIELDS_MAX) {
		head_refuse(head, 431, "headersTooLarge", "more than 100 header fields");
		return HPE_USER;
	}
	if (!head->in_field)
		head->fields[head->count++].name = (uint16_t)(at - head->data);
	head->in_field = true;
	struct field *field = &head->fields[head->count - 1];
	field->name_size = (uint16_t)(at + size - head->data - field->name);
	return 0;
}

static int on_name_end(llhttp_t *parser)
{
	struct head *head = parser->data;

	head->in_field = false;
	return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t size)
{
	struct head *head = parser->data;

	if (head->body != NULL)
		return 0;
	struct field *field = &head->fields[head->count - 1];
	if (field->value == 0)
		field->value = (uint16_t)(at - head->data);
	field->value_size = (uint16_t)(at + size - head->data - field->value);
	return 0;
}

static int on_head_end(llhttp_t *parser)
{
	parser->upgrade = 0;	/* no other protocol is spoken: RFC 9110 7.8 lets us ignore it */
	return HPE_PAUSED;
}

/*
 * What lies around the chunks, up to `end`: llhttp ends a line of it with a lone LF, and whoever
 * stands before us may not, so that a request could be hidden in what he takes for a trailer.
 */
static void framing_check(struct head *head, const char *end)
{
	char last = head->framing_last;

	for (const char *at = head->framing; at < end; at++) {
		bool folded = last == '\n' && (*at == ' ' || *at == '\t');
		bool control = ((unsigned char)*at < 0x20 && strchr("\t\r\n", *at) == NULL) ||
		    *at == '\0' || *at == 0x7f;
		bool nameless = last == '\n' && *at == ':';	/* a trailer */
		if (folded || control || nameless || (*at == '\n') != (last == '\r'))
			head->framing_wrong = true;
		last = *at;
	}
	head->framing = end;
	head->framing_last = last;
}

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
	struct head *head = parser->data;

	if (head->chunked) {
		framing_check(head, at);
		head->framing = at + size;
		head->framing_last = '\0';
	}
	if (size > head->body_limit - head->body_size) {
		head->body_big = true;
		return HPE_USER;
	}
	if (head->body_size + size + 1 > head->body_room) {
		size_t room = 2 * (head->body_size + size + 1);
		room = room < head->body_limit + 1 ? room : head->body_limit + 1;
		char *body = arena_alloc(head->arena, room);
		memcpy(body, head->body, head->body_size);
		head->body = body;
		head->body_room = room;
	}
	memcpy(head->body + head->body_size, at, size);
	head->body_size += size;
	return 0;
}

static int on_end(llhttp_t *parser)
{
	struct head *head = parser->data;

	head->body_done = true;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_url = on_target, .on_header_field = on_name, .on_header_field_complete = on_name_end,
	.on_header_value = on_value, .on_headers_complete = on_head_end, .on_body = on_body,
	.on_message_complete = on_end,
};

void head_init(struct head *head, struct arena *arena)
{
	llhttp_init(&head->parser, HTTP_REQUEST, &settings);
	head->parser.data = head;
	head->arena = arena;
	head->room = HEAD_ROOM;
	head->data = arena_alloc(arena, head->room + 1);
}

static bool head_grow(struct head *head)
{
	if (head->room == HEAD_MAX) {
		if (head->in_fields)
			head_refuse(head, 431, "headersTooLarge", "the head is over 16 KiB");
		else
			head_refuse(head, 414, "targetTooLong", "the request target is too long");
		return false;
	}
	char *data = arena_alloc(head->arena, HEAD_MAX + 1);
	memcpy(data, head->data, head->size);
	head->data = data;
	head->room = HEAD_MAX;
	return true;
}

/* A method that we don't know is 501 if it looks like one at all. */
static void head_refuse_method(struct head *head, size_t seen)
{
	static const char proxy[] = "\r\n\r\n";
	size_t letters = 0;

	while (letters < seen && head->data[letters] >= 'A' && head->data[letters] <= 'Z')
		letters++;
	if (head->data[0] == 0x16)
		head_bad(head, "this port speaks plain HTTP, not TLS");
	else if (seen > 5 && memcmp(head->data, proxy, 4) == 0 && head->data[4] == '\0')
		head_refuse(head, 400, "proxyHeader", "a PROXY header is not expected from here");
	else if (letters > 1 && (letters == seen || head->data[letters] == ' '))
		head_refuse(head, 501, "notImplemented", "the method is not known");
	else
		head_bad(head, "not an HTTP request");
}

static enum feed head_failed(struct head *head, llhttp_errno_t error, size_t seen)
{
	if (error == HPE_INVALID_METHOD)
		head_refuse_method(head, seen);
	else if (error == HPE_INVALID_VERSION)
		head_refuse(head, 505, "versionNotSupported", "HTTP/1.1 and HTTP/1.0 only");
	else if (error == HPE_PAUSED_H2_UPGRADE || error == HPE_PAUSED_UPGRADE)
		head_refuse(head, 505, "versionNotSupported", "HTTP/2 is not spoken here");
	else
		head_bad(head, "the request head is malformed");
	return FEED_BAD;
}

static bool is(const char *text, const char *word)
{
	return strcasecmp(text, word) == 0;
}

/* Every line ends with CR LF, no CR or LF stands alone, none is folded. */
static bool head_lines_fit(const struct head *head)
{
	const char *data = head->data;
	size_t lines = 0;

	for (size_t i = 0; i < head->size; i++) {
		if (data[i] == '\r' && (i + 1 == head->size || data[i + 1] != '\n'))
			return false;
		if (data[i] != '\n')
			continue;
		if (i == 0 || data[i - 1] != '\r')
			return false;
		if (i + 1 < head->size && (data[i + 1] == ' ' || data[i + 1] == '\t'))
			return false;
		lines++;
	}
	return lines >= 2;
}

static bool field_fits(struct head *head, struct field *field)
{
	char *value = head->data + field->value;

	if (field->name_size == 0)
		return false;
	while (field->value_size > 0 && strchr(" \t", value[field->value_size - 1]) != NULL)
		field->value_size--;
	for (size_t i = 0; i < field->value_size; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
			return false;
	return true;
}

/* Ends names and values with a zero byte: the colon's and the CR's place. */
static bool head_cut(struct head *head)
{
	for (unsigned i = 0; i < head->count; i++) {
		struct field *field = &head->fields[i];

		if (!field_fits(head, field))
			return false;
		head->data[field->name + field->name_size] = '\0';
		if (field->value_size == 0)
			field->value = (uint16_t)(field->name + field->name_size);
		else
			head->data[field->value + field->value_size] = '\0';
	}
	head->data[head->target + head->target_size] = '\0';
	return true;
}

/* Fields of which two would mean two things, to us and to whoever stands before us. */
static bool head_once(const char *name)
{
	static const char *const names[] = { "Host", "Content-Length", "Transfer-Encoding",
		"Authorization", "Content-Type", "Content-Encoding", "Expect", "Origin", "Referer",
		"If-Match", "If-None-Match", "Range", "Sec-Fetch-Site", "User-Agent", "DPoP",
		"X-HTTP-Method-Override", "Access-Control-Request-Method", "Idempotency-Key" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is(name, names[i]))
			return true;
	return false;
}

static bool head_doubled(const struct head *head)
{
	for (unsigned i = 0; i < head->count; i++) {
		if (!head_once(head_name(head, i)))
			continue;
		for (unsigned j = i + 1; j < head->count; j++)
			if (is(head_name(head, i), head_name(head, j)))
				return true;
	}
	return false;
}

static bool head_take(struct head *head, const char *name, const char *value, bool *length_told)
{
	if (is(name, "Host")) {
		head->host = value;
	} else if (is(name, "Content-Length")) {
		*length_told = true;
		if (*value == '\0' || value[strspn(value, "0123456789")] != '\0')
			return false;
	} else if (is(name, "Transfer-Encoding")) {
		if (!is(value, "chunked") || head->http10)
			return false;
		head->chunked = true;
	} else if (is(name, "Expect")) {
		head->expects = !head->http10;
		if (!is(value, "100-continue"))
			head_refuse(head, 417, "expectationFailed", "only 100-continue is known");
	}
	return true;
}

/* Where the body ends, and whether the next request may follow. */
static bool head_frame(struct head *head)
{
	bool length_told = false;

	head->http10 = head->parser.http_minor == 0;
	for (unsigned i = 0; i < head->count; i++)
		if (!head_take(head, head_name(head, i), head_value(head, i), &length_told))
			return false;
	if (head->chunked && length_told)
		return false;
	head->length = length_told ? head->parser.content_length : 0;
	head->has_body = head->chunked || head->length > 0;
	head->keep_alive = llhttp_should_keep_alive(&head->parser) != 0;
	return true;
}

/* llhttp knows RTSP and ICE too, for the methods that those have. */
static bool head_is_http(const struct head *head)
{
	static const char protocol[] = " HTTP/1.";
	size_t at = (size_t)head->target + head->target_size, size = sizeof(protocol) - 1;

	return head->size - at > size && memcmp(head->data + at, protocol, size) == 0 &&
	    head->parser.http_minor <= 1;
}

/* llhttp skips spaces before the target, however many. */
static bool head_one_space(const struct head *head)
{
	return head->target >= 2 && head->data[head->target - 1] == ' ' &&
	    head->data[head->target - 2] != ' ';
}

static enum feed head_check(struct head *head)
{
	if (!head_one_space(head))
		head_bad(head, "the request line is malformed");
	else if (!head_is_http(head))
		head_refuse(head, 505, "versionNotSupported", "HTTP/1.1 and HTTP/1.0 only");
	else if (!head_lines_fit(head))
		head_bad(head, "a line is folded or doesn't end with CR LF");
	else if (!head_cut(head))
		head_bad(head, "a header field has no name or holds a control character");
	else if (head->target_size > HEAD_TARGET_MAX)
		head_refuse(head, 414, "targetTooLong", "the request target is too long");
	else if (head_doubled(head))
		head_bad(head, "a header field is there twice that may be there once");
	else if (!head_frame(head))
		head_bad(head, "Content-Length or Transfer-Encoding is wrong");
	else if (head->host == NULL || *head->host == '\0')
		head_bad(head, "there is no Host");
	return head->refusal.status == 0 ? FEED_DONE : FEED_BAD;
}

enum feed head_feed(struct head *head, struct evbuffer *input)
{
	size_t size;

	while ((size = evbuffer_get_length(input)) > 0) {
		if (head->size == head->room && !head_grow(head))
			return FEED_BAD;
		char *data = head->data + head->size;
		if (size > head->room - head->size)
			size = head->room - head->size;
		evbuffer_copyout(input, data, size);
		llhttp_errno_t error = llhttp_execute(&head->parser, data, size);
		if (error != HPE_OK && error != HPE_PAUSED)
			return head_failed(head, error, head->size + size);
		if (error == HPE_PAUSED)
			size = (size_t)(llhttp_get_error_pos(&head->parser) - data);
		head->size += size;
		evbuffer_drain(input, size);
		if (error == HPE_PAUSED)
			return head_check(head);
	}
	return FEED_MORE;
}

void head_expect_body(struct head *head, size_t limit)
{
	size_t room = head->length < 4096 ? (size_t)head->length + 1 : 4096;

	head->body_limit = limit;
	head->body_room = head->chunked ? 1024 : room;
	head->body = arena_alloc(head->arena, head->body_room);
	llhttp_resume(&head->parser);
}

/* What frames the body may be eight times as long as it, as with chunks of a byte. */
static bool head_wire_fits(struct head *head, size_t size)
{
	head->wire += size;
	return head->wire <= 8 * head->body_limit + HEAD_MAX;
}

static enum feed head_body_failed(struct head *head, bool fits)
{
	if (head->body_big || !fits)
		head_refuse(head, 413, "bodyTooLarge", "the body is too large");
	else
		head_bad(head, "the body is malformed");
	return FEED_BAD;
}

enum feed head_feed_body(struct head *head, struct evbuffer *input)
{
	struct evbuffer_iovec part;

	do {
		if (evbuffer_peek(input, -1, NULL, &part, 1) < 1)
			part = (struct evbuffer_iovec){ .iov_base = head->data, .iov_len = 0 };
		head->framing = part.iov_base;
		llhttp_errno_t error = llhttp_execute(&head->parser, part.iov_base, part.iov_len);
		size_t used = part.iov_len;
		if (error == HPE_PAUSED)
			used = (size_t)(llhttp_get_error_pos(&head->parser) -
			    (const char *)part.iov_base);
		if (head->chunked && (error == HPE_OK || error == HPE_PAUSED))
			framing_check(head, (const char *)part.iov_base + used);
		bool fits = head_wire_fits(head, used);
		if (!fits || head->framing_wrong || (error != HPE_OK && error != HPE_PAUSED))
			return head_body_failed(head, fits);
		evbuffer_drain(input, used);
	} while (!head->body_done && evbuffer_get_length(input) > 0);
	return head->body_done ? FEED_DONE : FEED_MORE;
}
