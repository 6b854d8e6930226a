/*
 * server.h - listeners on all loops, and the connections that come in
 *
 *	http_server_new -> http_server_start -> [http_server_reload]* ->
 *	http_server_drain -> http_server_free
 *
 * Threads  All of these on the main thread, while the loops run; they wait for the loops.
 *          A connection stays on the loop that accepted it. On the way of a request
 *          nothing shared is written.
 * Memory   Settings are copied, but for the router and `app`, which outlive the server.
 * Failing  Says why in words, naming the listener.
 */
#pragma once

#include "http/request.h"

struct http_server;
struct router;

struct http_listener {
	const char *address;	/* "127.0.0.1:8080", "[::1]:8080", "*:443" (all of IPv6 and
				 * IPv4), "unix:/run/sallyport/admin.sock"; port 0: any */
	const char *base_url;	/* NULL: made from a loopback address; a must for others */
	const char *cert, *key;	/* PEM files; NULL: no TLS */
	unsigned surfaces;	/* enum surface, or-ed */
	bool proxy_protocol;	/* trusted proxies send PROXY v2 first, on this one */
	const char *group;	/* Unix: 0660 and this group; NULL: 0600 */
};

struct http_limits {
	unsigned connections;	/* in all; when they are there, who has asked nothing for longest
				 * gives way. Operators' listeners have some more */
	unsigned per_source;	/* trusted proxies and Unix sockets aside */
	int64_t head, body, reply, idle;	/* ms, each for the whole of it */
	const char *const *trusted_proxies;	/* networks; NULL-terminated; NULL: none */
};

#define HTTP_LIMITS .connections = 10000, .per_source = 100, .head = 10000, .body = 30000, \
	.reply = 60000, .idle = 60000

struct http_settings {
	const struct http_listener *listeners;
	size_t listener_count;
	struct http_limits limits;
	const struct router *router;
	void *app;		/* exchange.app */
	/* Renders the body of a refusal (404, 413, ...): reply_body() and reply_header(), no
	 * reply_send(). `ex->route` may be NULL. NULL: reply_error()'s JSON. */
	void (*error)(struct exchange *ex, unsigned status, const char *code,
	    const char *message);
};

/* Opens the sockets, or takes those that were handed over (LISTEN_FDS) for the same address. */
enum sp_status http_server_new(const struct http_settings *settings, struct loop *const *loops,
    unsigned loop_count, struct http_server **out_server, struct sp_error *out_error)
    __attribute__((warn_unused_result));
void http_server_start(struct http_server *server);

/* New limits, proxies, certificates. The listeners must be the same in number and order; what
 * else changed in them is left alone. On failure nothing has changed. */
enum sp_status http_server_reload(struct http_server *server,
    const struct http_settings *settings, struct sp_error *out_error)
    __attribute__((warn_unused_result));

/* Accepts no more, ends keep-alive, waits for what is under way: at most `ms`. Returns how many
 * connections were left then. */
unsigned http_server_drain(struct http_server *server, int64_t ms);

/* Closes what is left. Exchanges whose handlers never reply are named and left. */
/* False: what a request began goes on; nothing that it may use can be freed. Accepts NULL. */
bool http_server_free(struct http_server *server);

/* 0 for a Unix socket. */
unsigned http_server_port(const struct http_server *server, size_t listener);
const char *http_server_base_url(const struct http_server *server, size_t listener);

/* Since the start, summed over the loops; from any thread. */
struct http_counters {
	uint64_t accepted, refused;	/* connections; refused by a cap */
	uint64_t shed;			/* closed while they asked nothing, for others who did */
	uint64_t open;			/* now */
	uint64_t requests;		/* heads read, good or bad */
	uint64_t replies[6];		/* by class: [2] is 2xx */
	uint64_t left;			/* visitors who went before the reply */
	uint64_t late;			/* head, body or reply past its deadline */
	uint64_t handshakes, handshakes_failed;
};

void http_server_count(const struct http_server *server, struct http_counters *out_counters);
