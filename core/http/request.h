/*
 * request.h - one request and its reply: an exchange
 *
 * The router finds a route when the head is there, the body is read within the route's
 * limit, then the route's handler is called with the exchange. It starts whatever it likes
 * and sooner or later calls reply_send() EXACTLY ONCE, on the same loop, also when the
 * visitor has left: then the reply is thrown away. A second reply_send() stops the program.
 *
 * Threads  An exchange lives on one loop, the one that handle() was called on.
 * Memory   The exchange, its arena and all that it points to stay valid until reply_send() was
 *          called AND whoever called it has returned to the loop: reply_send() frees nothing, so
 *          that a handler may still let go of what it held for the request (face_end()). What
 *          runs later - a timer, an answer, a task - must not know the exchange any more. The
 *          connection behind may go at any moment and is never seen from here.
 * Failing  What isn't there is NULL. Texts end with a zero byte and hold none.
 */
#pragma once

#include "http/peer.h"

#include <sallyport/plugin.h>

struct arena;
struct loop;
struct route;

#define EXCHANGE_PARAMS_MAX 8u

struct exchange {
	struct arena *arena;	/* the turn's: wiped when the exchange is over */
	struct loop *loop;
	void *app;		/* the settings' */
	const void *caller;	/* who it is, where a surface has found that out; NULL: not yet */
	uint64_t id;		/* for sp_op.request_id and log lines; X-Request-Id */
	char id_text[17];

	const struct route *route;	/* NULL in the error hook, before one was found */
	const char *method;	/* "GET"; a HEAD is told as "HEAD" and its body is dropped */
	const char *path;	/* as it came, checked: no %00, %2f, "..", bad % or UTF-8 */
	const char *query;	/* as it came, without "?"; "" where there is none */
	struct sp_bytes body;	/* a zero byte follows that isn't counted */

	const char *base_url;	/* the listener's: "https://id.example.com", no slash at the end;
				 * never made from Host (attack B7) */
	bool https;		/* of base_url: cookies are Secure */
	unsigned surfaces;	/* that the listener serves */
	struct peer source;	/* the visitor, behind trusted proxies */
	int64_t peer_uid;	/* of a Unix socket; -1: a network */
};

/* A decoded "{name}" of the route's path. A name that the route hasn't stops the program. */
const char *exchange_param(const struct exchange *ex, const char *name);

/* NULL: absent. Lines of one name are joined by ", " (Cookie: "; "). Those that may be there
 * only once (Authorization, Content-Type, Origin, ...) were refused when doubled. Any case. */
const char *exchange_header(struct exchange *ex, const char *name);

/* The media type of the body is this one, whatever its parameters. Any case. */
bool exchange_type(struct exchange *ex, const char *type);

/* Tells that the visitor has left, or that the reply is too late, before reply_send() was
 * called: once at most, never inside handle(). `fn` may call reply_send(). NULL: no more. */
void exchange_on_leave(struct exchange *ex, void (*fn)(void *arg), void *arg);
bool exchange_left(const struct exchange *ex);
