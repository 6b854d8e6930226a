/* Requests, as they come from strangers: what we take is framed as RFC 9112 says and as llhttp
 * alone would, however it is cut on its way; what waits for more is not over by the RFC. Requirement
 * 223, attacks E8, F2. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "framing.h"
#include "http/head.h"
#include "http/target.h"

#define BODY_LIMIT 65536u

struct taken { enum feed feed; size_t used; struct head *head; };

/* In pieces of `step` bytes. */
static struct taken take(struct arena *arena, const uint8_t *data, size_t size, size_t step)
{
	struct taken taken = { .feed = FEED_MORE, .head = arena_alloc(arena, sizeof(struct head)) };
	struct evbuffer *input = evbuffer_new();
	bool body = false;
	size_t at = 0;

	CHECK(input != NULL);
	head_init(taken.head, arena);
	while (taken.feed == FEED_MORE && at < size) {
		size_t part = step < size - at ? step : size - at;
		CHECK(evbuffer_add(input, data + at, part) == 0);
		at += part;
		if (!body) {
			taken.feed = head_feed(taken.head, input);
			body = taken.feed == FEED_DONE && taken.head->has_body;
			if (body)
				head_expect_body(taken.head, BODY_LIMIT);
		}
		if (body)
			taken.feed = head_feed_body(taken.head, input);
	}
	taken.used = at - evbuffer_get_length(input);
	evbuffer_free(input);
	return taken;
}

/* llhttp, with nothing of ours. */
struct plain { size_t body; bool over; };

static int plain_head(llhttp_t *parser)
{
	parser->upgrade = 0;
	return 0;
}

static int plain_body(llhttp_t *parser, const char *at, size_t size)
{
	(void)at;
	((struct plain *)parser->data)->body += size;
	return 0;
}

static int plain_over(llhttp_t *parser)
{
	((struct plain *)parser->data)->over = true;
	return HPE_PAUSED;
}

static void check_plain(const struct taken *taken, const uint8_t *data)
{
	static const llhttp_settings_t settings = { .on_headers_complete = plain_head,
		.on_body = plain_body, .on_message_complete = plain_over };
	struct plain plain = { 0 };
	llhttp_t parser;

	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = &plain;
	llhttp_errno_t error = llhttp_execute(&parser, (const char *)data, taken->used);
	CHECK(error == HPE_PAUSED && plain.over);
	CHECK(llhttp_get_error_pos(&parser) == (const char *)data + taken->used);
	CHECK(plain.body == taken->head->body_size);
}

static void check_taken(const struct taken *taken, const struct framing *framing)
{
	const struct head *head = taken->head;

	CHECK(framing->total == taken->used);
	CHECK(framing->fields == head->count);
	CHECK(framing->target_size == head->target_size &&
	    memcmp(framing->target, head->data + head->target, head->target_size) == 0);
	CHECK(framing->host_size == strlen(head->host) &&
	    memcmp(framing->host, head->host, framing->host_size) == 0);
	CHECK(framing->body_size == head->body_size);
	CHECK(framing->body_size == 0 ||
	    memcmp(framing->body, head->body, framing->body_size) == 0);
	CHECK(!head->has_body || head->body[head->body_size] == '\0');
}

static void check_target(struct arena *arena, const char *text)
{
	struct target target;

	if (!target_parse(arena, text, &target) || target.asterisk)
		return;
	CHECK(target.path[0] == '/' && target.path[1] != '/');
	for (size_t i = 0; i < target.segments.count; i++) {
		const char *segment = target.segments.segments[i];
		CHECK(*segment != '\0' && strpbrk(segment, "/\\\r\n") == NULL);
		CHECK(strcmp(segment, ".") != 0 && strcmp(segment, "..") != 0);
		CHECK(text_utf8(segment, strlen(segment)) && text_plain(segment));
	}
}

/* The beginning of an unknown method may look like one, and the whole not: 501 or 400. */
static void check_same(const struct taken *a, const struct taken *b)
{
	unsigned one = a->head->refusal.status, other = b->head->refusal.status;

	CHECK(a->feed == b->feed && (one == other || (one + other == 901 && b->used < 9)));
	CHECK((a->feed == FEED_BAD) == (one != 0));
	if (a->feed == FEED_DONE)
		CHECK(a->used == b->used && a->head->count == b->head->count &&
		    a->head->body_size == b->head->body_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken taken;

	do {
		struct arena arena = { 0 };
		struct framing framing;
		taken = take(&arena, data, size, size + 1);
		struct taken slow = take(&arena, data, size, 1);
		enum framing_verdict verdict = framing_read(data, size, &framing);
		check_same(&taken, &slow);
		CHECK(taken.feed != FEED_DONE || verdict == FRAMING_WHOLE);
		CHECK(taken.feed != FEED_MORE || verdict != FRAMING_WHOLE);
		if (taken.feed == FEED_DONE) {
			check_taken(&taken, &framing);
			check_plain(&taken, data);
			check_target(&arena, taken.head->data + taken.head->target);
		}
		data += taken.used;
		size -= taken.used;
		bool more = taken.feed == FEED_DONE && taken.head->keep_alive && size > 0;
		framing_done(&framing);
		arena_done(&arena);
		if (!more)
			break;
	} while (true);
	return 0;
}
