/*
 * head.h - reads the head of a request, and believes little of it
 *
 * llhttp in its strict build finds the ends of things; what it leaves open is closed here:
 * obs-fold, bare CR and LF, empty names, doubled fields that may not be, Transfer-Encoding other than
 * "chunked" or on HTTP/1.0, versions, Expect, sizes. Requirements 223 and 224. Private.
 *
 * Threads  One at a time. Memory  The turn's arena; texts end with a zero byte once checked.
 * Failing  FEED_BAD: `refusal` says with what status, and the connection must close.
 */
#pragma once

#include <event2/buffer.h>
#include <llhttp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_MAX ((size_t)16384)
#define HEAD_TARGET_MAX ((size_t)8192)
#define HEAD_FIELDS_MAX 100u

struct arena;

struct refusal {
	unsigned status;	/* 0: none */
	const char *code, *message;
};

enum feed { FEED_BAD = 0, FEED_MORE, FEED_DONE };

struct field { uint16_t name, name_size, value, value_size; };	/* places in `data` */

struct head {
	llhttp_t parser;
	struct arena *arena;
	char *data;
	size_t size, room;
	struct field fields[HEAD_FIELDS_MAX];
	unsigned count;
	uint16_t target, target_size;
	bool in_field;		/* a name has begun and not ended */
	bool in_fields;		/* the request line is over */

	/* What came out of it. */
	const char *host;
	bool http10, keep_alive, has_body, chunked, expects;
	uint64_t length;	/* Content-Length */
	struct refusal refusal;

	/* The body: see body.h */
	char *body;
	size_t body_size, body_room, body_limit, wire;
	bool body_done, body_big;
	const char *framing;	/* of the chunks: up to here it has been looked at */
	char framing_last;	/* the byte before; 0: the end of a chunk's data */
	bool framing_wrong;
};

void head_init(struct head *head, struct arena *arena);
enum feed head_feed(struct head *head, struct evbuffer *input);

/* After FEED_DONE. The body is in `head->body`, a zero byte behind it; over the limit is 413. */
void head_expect_body(struct head *head, size_t limit);
enum feed head_feed_body(struct head *head, struct evbuffer *input);

const char *head_name(const struct head *head, unsigned index);
const char *head_value(const struct head *head, unsigned index);
