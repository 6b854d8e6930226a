/*
 * talk.h - what the layer knows about an exchange, and its handler doesn't
 *
 *	read (connection's) -> given (handler's) -> sent -> freed
 *
 * Private. Threads  The loop. Memory  One block with the arena's first room in it. While it
 * is read it belongs to its connection; once given it belongs to the handler, and the
 * connection may cut the link at any moment: the reply then goes nowhere.
 */
#pragma once

#include "base/arena.h"
#include "http/head.h"
#include "http/nested.h"
#include "http/reply.h"
#include "http/target.h"
#include "loop/loop.h"

struct connection;
struct http_loop;

struct reply_line { struct reply_line *next; const char *name, *value; };

struct talk {
	struct exchange ex;	/* first: an exchange is a talk */
	struct arena arena;
	struct http_loop *http;
	struct connection *connection;	/* NULL: the visitor has left */
	struct task task;
	struct head head;
	struct target target;
	void (*leave)(void *arg);
	void *leave_arg;
	nested_heard_fn *heard;		/* within another: who hears the reply; else NULL */
	void *heard_arg;
	bool given, sent, queued;
	bool large;		/* counted by its loop */

	unsigned status;
	struct reply_line *lines, **end;
	const char *type;
	const void *body;
	size_t body_size;
	bool cache, policy, resource;	/* the handler has set these headers itself */
	bool close;			/* the connection, after this reply */

	_Alignas(max_align_t) char room[4096];
};

struct talk *talk_new(struct http_loop *http, struct connection *connection);
void talk_free(struct talk *talk);
struct talk *talk_of(const struct exchange *ex);
/* Tells whoever asked within another of its reply. */
void nested_told(struct talk *talk);

/* Asks the caller's error hook, or reply_error(), for the body of a refusal. */
void talk_refuse(struct talk *talk, const struct refusal *refusal);
/* Serialises the reply into `output`. */
void talk_write(struct talk *talk, struct evbuffer *output);
