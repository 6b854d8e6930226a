#include "http/connection.h"

#include "base/arena.h"
#include "base/log.h"

#include <event2/listener.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define FREE_MS 5000	/* for handlers that have not replied yet */

static void loop_stop_listening(struct http_loop *http)
{
	for (size_t i = 0; i < http->server->settings.listener_count; i++) {
		struct listening *listening = &http->listenings[i];

		timer_clear(&listening->pause);
		if (listening->event != NULL)
			evconnlistener_free(listening->event);
		listening->event = NULL;
	}
}

static bool is_idle(const struct connection *c)
{
	return c->phase == PHASE_PROXY || c->phase == PHASE_HANDSHAKE ||
	    c->phase == PHASE_FRESH || c->phase == PHASE_IDLE;
}

static void loop_drain(struct loop *loop, void *arg)
{
	struct http_loop *http = arg;
	struct connection *c, *next;

	(void)loop;
	http->draining = true;
	loop_stop_listening(http);
	for (c = TAILQ_FIRST(&http->connections); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (is_idle(c))
			connection_free(c);
	}
	http->wait = WAIT_CONNECTIONS;
	http_loop_check(http);
}

static void loop_close(struct loop *loop, void *arg)
{
	struct http_loop *http = arg;

	(void)loop;
	http->draining = true;
	loop_stop_listening(http);
	while (!TAILQ_EMPTY(&http->connections))
		connection_free(TAILQ_FIRST(&http->connections));
	http->wait = WAIT_VISITS;
	http_loop_check(http);
}

static void loop_unwait(struct loop *loop, void *arg)
{
	struct http_loop *http = arg;

	(void)loop;
	http->wait = WAIT_NOT;
}

/* Each loop posts once when it has none of what is waited for. By the kernel's clock, which the
 * semaphore goes by: test_clock moves ours, and we would wait for as long as it was moved. */
static void server_wait(struct http_server *server, int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += ms % 1000 * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	for (unsigned i = 0; i < server->loop_count; i++)
		if (sem_clockwait(&server->none, CLOCK_MONOTONIC, &at) != 0)
			break;
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_call(server->loops[i].loop, loop_unwait, &server->loops[i]);
	while (sem_trywait(&server->none) == 0)
		continue;
}

unsigned http_server_drain(struct http_server *server, int64_t ms)
{
	struct http_counters counters;

	if (!server->started)
		return 0;
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_call(server->loops[i].loop, loop_drain, &server->loops[i]);
	server_wait(server, ms);
	http_server_count(server, &counters);
	return (unsigned)counters.open;
}

/* True: nothing of it is used any more. */
static bool server_close(struct http_server *server)
{
	size_t visits = 0;

	if (!server->started)
		return true;
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_call(server->loops[i].loop, loop_close, &server->loops[i]);
	server_wait(server, FREE_MS);
	for (unsigned i = 0; i < server->loop_count; i++)
		visits += server->loops[i].visits;	/* written before loop_unwait() ran */
	if (visits > 0)
		log_line(SP_ERROR, "%zu exchanges were never replied to", visits);
	return visits == 0;
}

bool http_server_free(struct http_server *server)
{
	if (server == NULL)
		return true;
	if (!server_close(server))
		return false;
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct http_loop *http = &server->loops[i];

		for (size_t j = 0; j < server->settings.listener_count; j++)
			if (http->listenings[j].fd >= 0)
				close(http->listenings[j].fd);
		free(http->listenings);
	}
	for (size_t i = 0; i < server->settings.listener_count; i++) {
		SSL_CTX_free(server->listeners[i].tls);
		if (server->listeners[i].bound)
			unlink(server->listeners[i].set.address + 5);
	}
	free(server->loops);
	free(server->config);
	caps_free(server->caps);
	sem_destroy(&server->none);
	arena_done(server->arena);
	free(server->arena);
	free(server);
	return true;
}

static void tally_add(uint64_t *sum, const _Atomic uint64_t *counter)
{
	*sum += atomic_load_explicit(counter, memory_order_relaxed);
}

void http_server_count(const struct http_server *server, struct http_counters *out_counters)
{
	struct http_counters sum = { 0 };

	for (unsigned i = 0; i < server->loop_count; i++) {
		const struct http_tally *tally = &server->loops[i].counters;

		tally_add(&sum.accepted, &tally->accepted);
		tally_add(&sum.refused, &tally->refused);
		tally_add(&sum.shed, &tally->shed);
		tally_add(&sum.open, &tally->open);
		tally_add(&sum.requests, &tally->requests);
		for (unsigned j = 0; j < 6; j++)
			tally_add(&sum.replies[j], &tally->replies[j]);
		tally_add(&sum.left, &tally->left);
		tally_add(&sum.late, &tally->late);
		tally_add(&sum.handshakes, &tally->handshakes);
		tally_add(&sum.handshakes_failed, &tally->handshakes_failed);
	}
	*out_counters = sum;
}
