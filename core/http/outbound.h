/*
 * outbound.h - requests that the server makes itself: to apps, on the loops (libcurl)
 *
 * Whoever may register an app chooses an address that the server will call. So (requirement 101):
 * https, or http to what the operator has allowed; public addresses alone, and those networks that
 * `outbound_allow` names; the address that the name resolved to is the one that is connected to,
 * and is looked at then, so that no second answer of a name server slips in between; no redirect,
 * no proxy of the environment, certificates verified, a cap on time and on what is read.
 *
 * Threads  outbound_new(), outbound_stop(), outbound_free() on the main thread; outbound_call() on a
 *          loop, where done() is called later, once. libcurl resolves names on threads of its own.
 * Memory   The call is the caller's until done(), with all that it points to.
 * Failing  done() always comes: within the deadline, or at once after outbound_stop().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct outbound;

#define OUTBOUND_ANSWER_MOST ((size_t)65536)
#define OUTBOUND_CALLS 256u		/* at once on a loop; the rest waits */
#define OUTBOUND_CALLS_HOST 16u		/* to one host: who hangs holds up himself */

enum outbound_result {
	OUTBOUND_FAILED = 0,	/* no answer: it may be tried again */
	OUTBOUND_FORBIDDEN,	/* the address is none that may be called */
	OUTBOUND_ANSWERED,	/* `status` says how */
};

struct outbound_settings {
	struct loop *const *loops;
	unsigned loop_count;
	const char *const *allow;	/* networks; NULL: none */
	const char *ca;			/* a PEM file beside the system's; NULL or "": none */
};

struct outbound_call {
	const char *url;
	const char *type;		/* of the body, which is posted */
	const void *body;
	size_t size;
	int64_t deadline;		/* ms in all */
	void (*done)(struct outbound_call *call);

	enum outbound_result result;
	unsigned status;
	const char *why;		/* FAILED, FORBIDDEN: in words, until done() returns */

	struct outbound_work *work;	/* the client's */
};

struct outbound *outbound_new(const struct outbound_settings *settings);
void outbound_call(struct outbound *outbound, struct loop *loop, struct outbound_call *call);
/* Ends what is under way, and lets nothing new begin. Loops run still. */
void outbound_stop(struct outbound *outbound);
void outbound_free(struct outbound *outbound);	/* accepts NULL */

/* Whether the server may connect there. */
struct peer;
bool outbound_public(const struct peer *peer);
