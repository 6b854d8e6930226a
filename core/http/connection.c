#include "http/connection.h"

#include "base/clock.h"
#include "http/talk.h"

#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MOST 16384u	/* read ahead of an exchange that is under way */
#define OUTPUT_MOST 65536u	/* unread replies, before the next request is looked at */
#define LINGER_MS 2000

void http_loop_check(struct http_loop *http)
{
	if (http->wait == WAIT_NOT || (http->wait == WAIT_VISITS && http->visits > 0) ||
	    (http->wait == WAIT_CONNECTIONS && !TAILQ_EMPTY(&http->connections)))
		return;
	http->wait = WAIT_NOT;
	sem_post(&http->server->none);
}

/* The handler's reply will go nowhere; a handler that asked is told. */
static void talk_cut(struct talk *talk)
{
	talk->connection = NULL;
	if (!talk->given) {
		talk_free(talk);
	} else if (!talk->sent) {
		void (*leave)(void *arg) = talk->leave;

		http_counter_add(&talk->http->counters.left, 1);
		talk->leave = NULL;
		if (leave != NULL)
			leave(talk->leave_arg);
	}
}

void connection_free(struct connection *c)
{
	struct http_loop *http = c->http;

	TAILQ_REMOVE(&http->connections, c, link);
	timer_clear(&c->timer);
	proxy_free(c->proxy);
	if (c->event != NULL)
		bufferevent_free(c->event);
	else
		close(c->fd);
	if (c->counted)
		caps_give_source(http->server->caps, c->source.key);
	caps_give(http->server->caps);
	http_counter_add(&http->counters.open, (uint64_t)-1);
	if (c->talk != NULL)
		talk_cut(c->talk);
	SSL_CTX_free(c->tls);
	free(c);
	http_loop_check(http);
}

void connection_enter(struct connection *c, enum phase phase)
{
	if (phase == PHASE_IDLE || phase == PHASE_BODY) {
		TAILQ_REMOVE(&c->http->connections, c, link);
		TAILQ_INSERT_TAIL(&c->http->connections, c, link);
	}
	if (c->phase != PHASE_HANDLE || phase != PHASE_WRITE)
		c->entered++;	/* but writing goes on with the handler's deadline */
	c->phase = phase;
}

static int64_t phase_ms(const struct connection *c)
{
	const struct http_limits *limits = &c->http->config->limits;

	switch (c->phase) {
	case PHASE_IDLE:
		return limits->idle;
	case PHASE_BODY:
		return limits->body;
	case PHASE_HANDLE:
	case PHASE_WRITE:
		return limits->reply;
	case PHASE_LINGER:
		return LINGER_MS;
	default:
		return limits->head;
	}
}

static void connection_timed(void *arg);

/* The timer is seldom moved: when it fires too early it is set again. */
static void connection_arm(struct connection *c, int64_t now)
{
	if (c->fires != 0 && c->fires <= c->deadline)
		return;
	c->fires = c->deadline;
	timer_set(&c->timer, c->http->loop, c->deadline - now, connection_timed, c);
}

static void connection_settle(struct connection *c)
{
	int64_t now;

	if (c->armed == c->entered && c->fires != 0)
		return;
	now = clock_loop();
	c->armed = c->entered;
	c->deadline = now + phase_ms(c);
	connection_arm(c, now);
}

static struct evbuffer *input_of(struct connection *c)
{
	return bufferevent_get_input(c->event);
}

static size_t unsent(struct connection *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->event));
}

static void connection_write(struct connection *c, struct talk *talk)
{
	talk->close |= c->http->draining || c->gone || !talk->head.keep_alive;
	c->closing |= talk->close;
	talk_write(talk, bufferevent_get_output(c->event));
}

static void connection_refuse(struct connection *c, const struct refusal *refusal, bool close)
{
	c->talk->close |= close;
	talk_refuse(c->talk, refusal);
	connection_write(c, c->talk);
	talk_free(c->talk);
	c->talk = NULL;
	connection_enter(c, PHASE_WRITE);
}

static bool step_wait(struct connection *c)
{
	(void)c;
	return false;
}

static bool step_idle(struct connection *c)
{
	if (evbuffer_get_length(input_of(c)) == 0) {
		if (c->http->draining || c->gone)
			c->phase = PHASE_CLOSED;
		return false;
	}
	struct exchange *ex = &(c->talk = talk_new(c->http, c))->ex;
	ex->base_url = c->listener->base_url;
	ex->https = c->listener->https;
	ex->surfaces = c->listener->set.surfaces;
	ex->source = c->source;
	ex->peer_uid = c->uid;
	connection_enter(c, PHASE_HEAD);
	return true;
}

static bool connection_handle(struct connection *c)
{
	struct talk *talk = c->talk;

	talk->ex.body = (struct sp_bytes){ talk->head.body != NULL ? talk->head.body : "",
		talk->head.body_size };
	talk->given = true;
	connection_enter(c, PHASE_HANDLE);
	talk->ex.route->handle(&talk->ex);
	return true;
}

static bool step_head(struct connection *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct talk *talk = c->talk;
	struct refusal refusal = { 0 };
	enum feed feed = head_feed(&talk->head, input_of(c));

	if (feed == FEED_MORE)
		return false;
	http_counter_add(&c->http->counters.requests, 1);
	if (feed == FEED_BAD) {
		if (strcmp(talk->head.refusal.code, "proxyHeader") == 0)
			connection_tell_proxy(c);
		connection_refuse(c, &talk->head.refusal, true);
		return true;
	}
	if (!connection_admit(c, talk, &refusal)) {
		connection_refuse(c, &refusal, talk->head.has_body);
		return true;
	}
	if (!talk->head.has_body)
		return connection_handle(c);
	head_expect_body(&talk->head, talk->ex.route->body_limit);
	if (talk->head.expects && evbuffer_get_length(input_of(c)) == 0)
		bufferevent_write(c->event, go_on, strlen(go_on));
	connection_enter(c, PHASE_BODY);
	return true;
}

static bool step_body(struct connection *c)
{
	enum feed feed = head_feed_body(&c->talk->head, input_of(c));

	if (feed == FEED_DONE)
		return connection_handle(c);
	if (feed == FEED_BAD)
		connection_refuse(c, &c->talk->head.refusal, true);
	return feed == FEED_BAD;
}

static bool step_handle(struct connection *c)
{
	if (!c->talk->sent || c->talk->queued)
		return false;
	talk_free(c->talk);
	c->talk = NULL;
	connection_enter(c, PHASE_WRITE);
	return true;
}

/* Says goodbye, then reads on for a while: to close with bytes unread would be a reset, which
 * may take the reply away from the peer again. */
static bool connection_end(struct connection *c)
{
	SSL *ssl = c->tls != NULL ? bufferevent_openssl_get_ssl(c->event) : NULL;

	if (ssl != NULL) {
		SSL_shutdown(ssl);
		ERR_clear_error();
	}
	if (c->gone) {
		c->phase = PHASE_CLOSED;
		return false;
	}
	shutdown(bufferevent_getfd(c->event), SHUT_WR);
	connection_enter(c, PHASE_LINGER);
	return true;
}

static bool step_write(struct connection *c)
{
	size_t left = unsent(c);

	if (c->closing)
		return left == 0 && connection_end(c);
	if (left > 0 && (evbuffer_get_length(input_of(c)) == 0 || left >= OUTPUT_MOST))
		return false;
	connection_enter(c, PHASE_IDLE);
	return true;
}

static bool step_linger(struct connection *c)
{
	evbuffer_drain(input_of(c), evbuffer_get_length(input_of(c)));
	return false;
}

void connection_advance(struct connection *c)
{
	static bool (*const steps[PHASE_COUNT])(struct connection *) = {
		[PHASE_CLOSED] = step_wait, [PHASE_PROXY] = step_wait,
		[PHASE_HANDSHAKE] = step_wait, [PHASE_FRESH] = step_idle,
		[PHASE_IDLE] = step_idle, [PHASE_HEAD] = step_head, [PHASE_BODY] = step_body,
		[PHASE_HANDLE] = step_handle, [PHASE_WRITE] = step_write,
		[PHASE_LINGER] = step_linger,
	};

	if (c->running)
		return;
	c->running = true;
	while (steps[c->phase](c))
		continue;
	c->running = false;
	if (c->phase == PHASE_CLOSED)
		connection_free(c);
	else
		connection_settle(c);
}

static void talk_run(struct task *task)
{
	struct talk *talk = (struct talk *)((char *)task - offsetof(struct talk, task));

	talk->queued = false;
	if (talk->connection != NULL) {
		connection_advance(talk->connection);
		return;
	}
	nested_told(talk);
	talk_free(talk);
}

/* Within handle() the connection goes on by itself; elsewhere it does so later, so that no
 * handler is ever called inside another one's reply_send(), and who replied may let go of what it
 * held: the exchange goes with the next turn of the loop, never in here. */
void connection_replied(struct talk *talk)
{
	struct connection *c = talk->connection;

	if (c != NULL)
		connection_write(c, talk);
	if (c != NULL && c->running)
		return;
	talk->queued = true;
	talk->task.run = talk_run;
	loop_later(talk->http->loop, &talk->task);
}

/* The handler is too late: the visitor gets a 503, the handler's own reply goes nowhere. */
static void connection_late(struct connection *c)
{
	static const struct refusal late = { 503, "timeout", "the reply took too long" };
	struct talk *old = c->talk, *talk = talk_new(c->http, c);
	struct arena *arena = talk->ex.arena;

	talk->ex = old->ex;	/* its texts are there until reply_send() */
	talk->ex.arena = arena;
	c->talk = talk;
	reply_retry_after(&talk->ex, 5);
	connection_refuse(c, &late, true);
	talk_cut(old);
}

static void connection_timed(void *arg)
{
	static const struct refusal late = { 408, "requestTimeout", "the request took too long" };
	struct connection *c = arg;
	int64_t now = clock_loop();

	c->fires = 0;
	if (now < c->deadline) {
		connection_arm(c, now);
		return;
	}
	if (c->phase == PHASE_HEAD || c->phase == PHASE_BODY)
		connection_refuse(c, &late, true);
	else if (c->phase == PHASE_HANDLE && !c->talk->sent)
		connection_late(c);
	else
		c->phase = PHASE_CLOSED;
	http_counter_add(&c->http->counters.late, c->phase == PHASE_WRITE);
	connection_advance(c);
}

static void connection_moved(struct bufferevent *event, void *arg)
{
	(void)event;
	connection_advance(arg);
}

/* Plain HTTP came in where TLS was expected: the one thing that it can read is this. */
static void connection_tell_plain(struct connection *c)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 43\r\n\r\n"
	    "This port speaks HTTPS, not plain HTTP.\r\n\r\n";
	unsigned long error;
	bool plain = false;

	while ((error = bufferevent_get_openssl_error(c->event)) != 0)
		plain |= ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
	if (plain)
		(void)!send(bufferevent_getfd(c->event), text, strlen(text),
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	http_counter_add(&c->http->counters.handshakes_failed, 1);
}

static void connection_event(struct bufferevent *event, short what, void *arg)
{
	struct connection *c = arg;

	(void)event;
	if (what & BEV_EVENT_CONNECTED) {
		http_counter_add(&c->http->counters.handshakes, 1);
		connection_enter(c, PHASE_FRESH);
		connection_advance(c);
		return;
	}
	if (c->phase == PHASE_HANDSHAKE)
		connection_tell_plain(c);
	ERR_clear_error();
	if ((what & BEV_EVENT_EOF) && c->phase == PHASE_WRITE && unsent(c) > 0) {
		c->gone = c->closing = true;	/* half closed: it may still read */
		return;
	}
	connection_free(c);
}

void connection_watch(struct connection *c)
{
	bufferevent_setcb(c->event, connection_moved, connection_moved, connection_event, c);
	bufferevent_setwatermark(c->event, EV_READ, 0, INPUT_MOST);
	bufferevent_enable(c->event, EV_READ | EV_WRITE);
	connection_enter(c, c->tls != NULL ? PHASE_HANDSHAKE : PHASE_FRESH);
	connection_advance(c);
}
