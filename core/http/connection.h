/*
 * connection.h - the server from inside: loops, listeners, connections
 *
 *	PROXY -> HANDSHAKE -> FRESH -> HEAD -> BODY -> HANDLE -> WRITE -> IDLE -> HEAD ...
 *	                                                           `-> LINGER -> CLOSED
 *
 * A connection has one exchange at a time; what is sent behind it waits in a small buffer.
 * Reading stays on throughout, so that a leaving visitor is seen. Each phase has a deadline for
 * the whole of it.
 *
 * Private. Threads  A struct http_loop and all on it belong to its loop; struct http_server and
 * struct listener are written on the main thread only, before the start.
 */
#pragma once

#include "http/caps.h"
#include "http/server.h"
#include "http/target.h"
#include "loop/loop.h"

#include <event2/bufferevent.h>
#include <openssl/ssl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/queue.h>
#include <time.h>

struct evconnlistener;
struct talk;

enum phase {
	PHASE_CLOSED = 0, PHASE_PROXY, PHASE_HANDSHAKE, PHASE_FRESH, PHASE_IDLE, PHASE_HEAD,
	PHASE_BODY, PHASE_HANDLE, PHASE_WRITE, PHASE_LINGER, PHASE_COUNT,
};

/* What may change while the server runs: a new one takes the old one's place. */
struct http_config {
	struct http_limits limits;	/* but for the texts */
	size_t trusted_count;
	struct peer_network trusted[];
};

/* What the settings say of a listener, and what became of it. */
struct listener {
	struct http_listener set;
	struct origin origin;		/* of base_url */
	const char *base_url;
	bool https, local, any_host;	/* local: a Unix socket; any_host: and without base_url */
	bool bound;			/* the socket's file is ours to take away */
	unsigned port;
	SSL_CTX *tls;
};

/* A listener on one loop. */
struct listening {
	struct http_loop *http;
	const struct listener *listener;
	SSL_CTX *tls;
	struct evconnlistener *event;
	int fd;				/* -1: `event` has it, or there is none */
	struct timer pause;		/* out of descriptors: no new ones for a while */
};

struct http_tally {
	_Atomic uint64_t accepted, refused, shed, open, requests, replies[6], left, late;
	_Atomic uint64_t handshakes, handshakes_failed;
};

enum http_wait { WAIT_NOT = 0, WAIT_CONNECTIONS, WAIT_VISITS };

struct http_loop {
	struct loop *loop;
	struct http_server *server;
	const struct http_config *config;
	struct listening *listenings;
	TAILQ_HEAD(, connection) connections;	/* who asked last is last */
	size_t visits, large;	/* exchanges; of these, such as have a large body */
	uint64_t next_id;
	char date[48];
	time_t date_made;
	bool draining;
	enum http_wait wait;		/* the main thread waits until there are none */
	_Alignas(64) struct http_tally counters;
};

struct http_server {
	struct http_settings settings;
	struct arena *arena;
	struct listener *listeners;
	struct http_config *config;
	struct caps *caps;
	struct http_loop *loops;
	unsigned loop_count;
	bool started;
	sem_t none;
	_Atomic bool told_forwarded, told_proxy;	/* each is logged once */
	_Atomic int64_t told_full, told_source;		/* once a minute: loop time of the last */
};

struct connection {
	TAILQ_ENTRY(connection) link;
	struct http_loop *http;
	const struct listener *listener;
	SSL_CTX *tls;			/* the listening's, when it came */
	struct bufferevent *event;
	struct proxy *proxy;		/* arrive.c: while the PROXY header is read */
	int fd;				/* until `event` has it: -1 */
	struct talk *talk;
	struct peer source;		/* the peer, or whom a PROXY header tells */
	int64_t uid;
	bool counted;			/* in caps, under source.key */
	enum phase phase;
	unsigned entered, armed;	/* phases entered; the one that `deadline` is of */
	int64_t deadline, fires;	/* loop time; fires: the timer's, 0: not set */
	struct timer timer;
	bool running;			/* connection_advance() is on the stack */
	bool closing, gone;		/* after this reply; the peer has said its last */
};

/* Only the loop's own thread writes, so that no locked instruction is needed. */
static inline void http_counter_add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
	    atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

/* arrive.c: from accept() to a bufferevent. */
struct sockaddr;
void connection_arrive(struct listening *listening, int fd, const struct sockaddr *address);
void proxy_free(struct proxy *proxy);

/* connection.c */
void connection_enter(struct connection *connection, enum phase phase);
void connection_watch(struct connection *connection);	/* `event` is there */
void connection_advance(struct connection *connection);
void connection_free(struct connection *connection);
void connection_replied(struct talk *talk);
void http_loop_check(struct http_loop *http);	/* whether the main thread may go on */

/* admit.c: what the head says, against what is offered. False: `out_refusal`. */
struct refusal;
bool connection_admit(struct connection *connection, struct talk *talk,
    struct refusal *out_refusal);
void connection_tell_proxy(struct connection *connection);
