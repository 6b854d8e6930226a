#include "http/connection.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "http/proxy.h"
#include "http/router.h"

#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TELL_MS = 60000, RESERVE = 64, LOOK_MOST = 64, TAKE_TRIES = 8 };

/* The header is read to its last byte and no further, since TLS may follow. */
struct proxy {
	struct event event;
	size_t size, want;
	unsigned char data[PROXY_MOST];
};

void proxy_free(struct proxy *proxy)
{
	if (proxy == NULL)
		return;
	event_del(&proxy->event);
	free(proxy);
}

static bool from_trusted(const struct connection *c)
{
	const struct http_config *config = c->http->config;

	return !c->listener->local &&
	    peer_among(config->trusted, config->trusted_count, &c->source);
}

/* Once a minute: whoever floods us shall not flood the log as well. */
static bool tell_again(_Atomic int64_t *last)
{
	int64_t now = clock_loop(), before = atomic_load(last);

	return (before == 0 || now - before >= TELL_MS) &&
	    atomic_compare_exchange_strong(last, &before, now);
}

static void tell_source(const struct connection *c)
{
	struct arena arena = { 0 };

	if (tell_again(&c->http->server->told_source))
		log_line(SP_WARNING, "%s has %u connections, as many as one source may have: more "
		    "are refused (server.connections_per_source)",
		    log_ip(&arena, c->source.text), c->http->config->limits.per_source);
	arena_done(&arena);
}

static void tell_full(const struct http_loop *http)
{
	if (tell_again(&http->server->told_full))
		log_line(SP_ERROR, "%u connections are open, as many as there may be: who has "
		    "waited longest gives way, and others are refused (server.connections)",
		    caps_total(http->server->caps));
}

/* Operators come in when strangers have taken all there is. */
static unsigned places(const struct http_loop *http, const struct listener *listener)
{
	unsigned most = http->config->limits.connections;
	bool operators = listener->local ||
	    (listener->set.surfaces | SURFACE_ADMIN | SURFACE_OPS) ==
	    (SURFACE_ADMIN | SURFACE_OPS);

	return operators ? most + RESERVE : most;
}

/* We wait for it, and not it for us. */
static bool waits(const struct connection *c)
{
	return c->phase != PHASE_HANDLE && c->phase != PHASE_WRITE;
}

/* Of this loop's who has kept us waiting longest goes: with all places taken by connections that
 * ask nothing, those who do ask would be kept out. */
static bool shed(struct http_loop *http)
{
	for (unsigned looked = 0; looked < LOOK_MOST; looked++) {
		struct connection *c = TAILQ_FIRST(&http->connections);
		if (c == NULL)
			break;
		if (waits(c)) {
			http_counter_add(&http->counters.shed, 1);
			connection_free(c);
			return true;
		}
		/* Out of the way: enough of these in front would hide the others for good. */
		TAILQ_REMOVE(&http->connections, c, link);
		TAILQ_INSERT_TAIL(&http->connections, c, link);
	}
	return false;
}

static void tell_busy(const struct connection *c)
{
	static const char text[] = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
	    "Retry-After: 1\r\nContent-Length: 0\r\n\r\n";

	if (c->tls == NULL)
		(void)!send(c->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
	http_counter_add(&c->http->counters.refused, 1);
}

static struct bufferevent *event_new_for(struct connection *c)
{
	struct event_base *base = loop_base(c->http->loop);
	SSL *ssl;

	if (c->tls == NULL)
		return bufferevent_socket_new(base, c->fd, BEV_OPT_CLOSE_ON_FREE);
	ssl = SSL_new(c->tls);
	if (ssl == NULL)
		fatal("out of memory");
	/* Deferred: draining its input may make it read, and find the end, at once. */
	return bufferevent_openssl_socket_new(base, c->fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
}

/* The source is known: within its cap, requests may follow. */
static void connection_begin(struct connection *c)
{
	proxy_free(c->proxy);
	c->proxy = NULL;
	if (!c->listener->local && !from_trusted(c)) {
		c->counted = caps_take_source(c->http->server->caps, c->source.key,
		    c->http->config->limits.per_source);
		if (!c->counted) {
			tell_source(c);
			tell_busy(c);
			connection_free(c);
			return;
		}
	}
	c->event = event_new_for(c);
	if (c->event == NULL)
		fatal("out of memory");
	c->fd = -1;
	connection_watch(c);
}

static void proxy_read(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	struct proxy *proxy = c->proxy;
	ssize_t got = recv(fd, proxy->data + proxy->size, proxy->want - proxy->size, 0);

	(void)what;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		connection_free(c);
		return;
	}
	proxy->size += (size_t)got;
	if (proxy->size < proxy->want)
		return;
	if (proxy->want == PROXY_HEAD)
		proxy->want = proxy_size(proxy->data);
	if (proxy->want == 0)
		connection_free(c);
	else if (proxy->size < proxy->want)
		return;
	else if (!proxy_source(proxy->data, proxy->size, &c->source))
		connection_free(c);
	else
		connection_begin(c);
}

static void connection_read_proxy(struct connection *c)
{
	c->proxy = must_calloc(1, sizeof(*c->proxy));
	c->proxy->want = PROXY_HEAD;
	event_assign(&c->proxy->event, loop_base(c->http->loop), c->fd, EV_READ | EV_PERSIST,
	    proxy_read, c);
	event_add(&c->proxy->event, NULL);
	connection_enter(c, PHASE_PROXY);
	connection_advance(c);
}

static void connection_peer(struct connection *c, const struct sockaddr *address)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	c->uid = -1;
	if (!c->listener->local) {
		peer_of(address, &c->source);
		return;
	}
	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
		c->uid = peer.uid;
	peer_of_uid(c->uid, &c->source);
}

static bool place_take(struct http_loop *http, const struct listener *listener)
{
	unsigned most = places(http, listener);

	if (caps_take(http->server->caps, most))
		return true;
	tell_full(http);
	/* Another loop may be faster to the place that was freed here. */
	for (unsigned tries = 0; tries < TAKE_TRIES && shed(http); tries++)
		if (caps_take(http->server->caps, most))
			return true;
	return false;
}

void connection_arrive(struct listening *listening, int fd, const struct sockaddr *address)
{
	struct http_loop *http = listening->http;
	struct connection *c = must_calloc(1, sizeof(*c));

	*c = (struct connection){ .http = http, .listener = listening->listener,
		.tls = listening->tls, .fd = fd };
	http_counter_add(&http->counters.accepted, 1);
	if (!place_take(http, listening->listener)) {
		tell_busy(c);
		close(fd);
		free(c);
		return;
	}
	if (c->tls != NULL)
		SSL_CTX_up_ref(c->tls);	/* a reload may come first */
	TAILQ_INSERT_TAIL(&http->connections, c, link);
	http_counter_add(&http->counters.open, 1);
	connection_peer(c, address);
	if (c->listener->set.proxy_protocol && from_trusted(c))
		connection_read_proxy(c);
	else
		connection_begin(c);
}
