#include "http/connection.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "http/listen.h"
#include "http/tls.h"

#include <errno.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOPS_MOST 256u

static enum sp_status config_new(const struct http_limits *limits,
    struct http_config **out_config, struct sp_error *out_error)
{
	size_t count = 0;

	while (limits->trusted_proxies != NULL && limits->trusted_proxies[count] != NULL)
		count++;
	struct http_config *config = must_calloc(1, sizeof(*config) +
	    count * sizeof(config->trusted[0]));
	config->limits = *limits;
	config->limits.trusted_proxies = NULL;
	config->trusted_count = count;
	for (size_t i = 0; i < count; i++) {
		if (peer_network_parse(limits->trusted_proxies[i], &config->trusted[i]))
			continue;
		snprintf(out_error->text, sizeof(out_error->text),
		    "trusted_proxies: %s is no address or network", limits->trusted_proxies[i]);
		free(config);
		return SP_REJECTED;
	}
	*out_config = config;
	return SP_OK;
}

static enum sp_status listener_refuse(const struct listener *listener, const char *why,
    struct sp_error *out_error)
{
	snprintf(out_error->text, sizeof(out_error->text), "listener %s: %s",
	    listener->set.address, why);
	return SP_REJECTED;
}

/* Where visitors find us is never taken from what they send. */
static enum sp_status listener_name(struct listener *listener, const struct place *address,
    struct arena *arena, struct sp_error *out_error)
{
	const char *url = listener->set.base_url;

	listener->local = address->local;
	if (url == NULL && address->local) {
		listener->any_host = true;
		url = "http://localhost";
	}
	if (url == NULL && !address->loopback)
		return listener_refuse(listener, "base_url is wanted, since visitors find this "
		    "address under a name", out_error);
	if (url == NULL) {
		int host = (int)(strrchr(listener->set.address, ':') - listener->set.address);
		url = text_print(arena, "http%s://%.*s:%u", listener->tls != NULL ? "s" : "", host,
		    listener->set.address, listener->port);
	}
	if (!origin_parse(arena, url, &listener->origin))
		return listener_refuse(listener, "base_url must be like https://id.example.com, "
		    "without a path", out_error);
	listener->https = strcmp(listener->origin.scheme, "https") == 0;
	listener->base_url = text_print(arena, "%s://%s", listener->origin.scheme,
	    listener->origin.authority);
	if (!listener->https && !address->loopback)
		return listener_refuse(listener, "base_url may be http on a loopback address only",
		    out_error);
	return SP_OK;
}

/* One socket for each loop, from those handed over if there are any. */
static enum sp_status listener_open(struct http_server *server, size_t index,
    const struct place *want, struct sp_error *out_error)
{
	struct listener *listener = &server->listeners[index];
	struct place address = *want;
	int fds[LOOPS_MOST];
	size_t given = listen_inherited(want, fds, server->loop_count);

	if (given == 0 && !want->local && place_port(want) != 0 &&
	    !listen_free(want, listener->set.address, out_error))
		return SP_REJECTED;
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct listening *listening = &server->loops[i].listenings[index];

		if (i < given)
			listening->fd = fds[i];
		else if (given > 0 || (want->local && i > 0))
			listening->fd = dup(server->loops[i % (given > 0 ? given : 1)]
			    .listenings[index].fd);
		else
			listening->fd = listen_open(&address, &listener->set, out_error);
		if (listening->fd < 0)
			return SP_REJECTED;
		listener->bound |= given == 0 && want->local;
		if (i == 0 && !want->local)
			place_set_port(&address, listen_port(listening->fd));
	}
	listener->port = want->local ? 0 : place_port(&address);
	return SP_OK;
}

static enum sp_status listener_new(struct http_server *server, size_t index,
    struct sp_error *out_error)
{
	struct listener *listener = &server->listeners[index];
	struct place address;
	enum sp_status status = SP_OK;

	if (!place_parse(listener->set.address, &address, out_error))
		return SP_REJECTED;
	if ((listener->set.cert == NULL) != (listener->set.key == NULL))
		return listener_refuse(listener, "cert and key belong together", out_error);
	if (listener->set.cert != NULL)
		status = tls_new(listener->set.cert, listener->set.key, &listener->tls, out_error);
	if (status == SP_OK)
		status = listener_open(server, index, &address, out_error);
	if (status == SP_OK)
		status = listener_name(listener, &address, server->arena, out_error);
	for (unsigned i = 0; i < server->loop_count; i++)
		server->loops[i].listenings[index].tls = listener->tls;
	return status;
}

static void server_copy(struct http_server *server, const struct http_settings *settings)
{
	struct arena *arena = server->arena;

	server->settings = *settings;
	server->listeners = arena_alloc(arena,
	    settings->listener_count * sizeof(server->listeners[0]));
	for (size_t i = 0; i < settings->listener_count; i++) {
		struct http_listener set = settings->listeners[i];

		set.address = text_copy(arena, set.address);
		set.base_url = text_copy(arena, set.base_url);
		set.cert = text_copy(arena, set.cert);
		set.key = text_copy(arena, set.key);
		set.group = text_copy(arena, set.group);
		server->listeners[i].set = set;
	}
	server->settings.listeners = NULL;
	server->settings.limits.trusted_proxies = NULL;
}

static void server_add_loops(struct http_server *server, struct loop *const *loops)
{
	size_t count = server->settings.listener_count;

	server->loops = aligned_alloc(_Alignof(struct http_loop),
	    server->loop_count * sizeof(server->loops[0]));
	if (server->loops == NULL)
		fatal("out of memory");
	memset(server->loops, 0, server->loop_count * sizeof(server->loops[0]));
	for (unsigned i = 0; i < server->loop_count; i++) {
		struct http_loop *http = &server->loops[i];

		http->loop = loops[i];
		http->server = server;
		http->config = server->config;
		http->listenings = must_calloc(count, sizeof(http->listenings[0]));
		TAILQ_INIT(&http->connections);
		random_fill(&http->next_id, sizeof(http->next_id));
		for (size_t j = 0; j < count; j++)
			http->listenings[j] = (struct listening){ .http = http, .fd = -1,
				.listener = &server->listeners[j] };
	}
}

enum sp_status http_server_new(const struct http_settings *settings, struct loop *const *loops,
    unsigned loop_count, struct http_server **out_server, struct sp_error *out_error)
{
	struct http_config *config;
	enum sp_status status = config_new(&settings->limits, &config, out_error);

	if (status != SP_OK)
		return status;
	struct http_server *server = must_calloc(1, sizeof(*server));
	server->arena = must_calloc(1, sizeof(*server->arena));
	server->config = config;
	server->caps = caps_new();
	server->loop_count = loop_count < LOOPS_MOST ? loop_count : LOOPS_MOST;
	sem_init(&server->none, 0, 0);
	server_copy(server, settings);
	server_add_loops(server, loops);
	for (size_t i = 0; i < settings->listener_count && status == SP_OK; i++)
		status = listener_new(server, i, out_error);
	if (status == SP_OK)
		*out_server = server;
	else
		(void)http_server_free(server);
	return status;
}

unsigned http_server_port(const struct http_server *server, size_t listener)
{
	return server->listeners[listener].port;
}

const char *http_server_base_url(const struct http_server *server, size_t listener)
{
	return server->listeners[listener].base_url;
}

static void listening_came(struct evconnlistener *event, evutil_socket_t fd,
    struct sockaddr *address, int size, void *arg)
{
	(void)event, (void)size;
	connection_arrive(arg, fd, address);
}

static void listening_again(void *arg)
{
	struct listening *listening = arg;

	evconnlistener_enable(listening->event);
}

/* Out of descriptors: epoll would tell it again at once, and for ever. */
static void listening_failed(struct evconnlistener *event, void *arg)
{
	struct listening *listening = arg;

	log_line(SP_ERROR, "listener %s: %s", listening->listener->set.address, strerror(errno));
	evconnlistener_disable(event);
	timer_set(&listening->pause, listening->http->loop, 100, listening_again, listening);
}

static void loop_begin(struct loop *loop, void *arg)
{
	struct http_loop *http = arg;

	for (size_t i = 0; i < http->server->settings.listener_count; i++) {
		struct listening *listening = &http->listenings[i];

		listening->event = evconnlistener_new(loop_base(loop), listening_came, listening,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, listening->fd);
		if (listening->event == NULL)
			fatal("no listener on a socket");
		listening->fd = -1;
		evconnlistener_set_error_cb(listening->event, listening_failed);
	}
}

void http_server_start(struct http_server *server)
{
	server->started = true;
	for (unsigned i = 0; i < server->loop_count; i++)
		loop_call(server->loops[i].loop, loop_begin, &server->loops[i]);
}

struct swap { struct http_loop *http; const struct http_config *config; SSL_CTX **tls; };

static void loop_swap(struct loop *loop, void *arg)
{
	struct swap *swap = arg;

	(void)loop;
	swap->http->config = swap->config;
	for (size_t i = 0; i < swap->http->server->settings.listener_count; i++)
		swap->http->listenings[i].tls = swap->tls[i];
}

static enum sp_status reload_tls(const struct http_server *server,
    const struct http_settings *settings, SSL_CTX **tls, struct sp_error *out_error)
{
	for (size_t i = 0; i < settings->listener_count; i++) {
		const struct http_listener *set = &settings->listeners[i];

		if ((set->cert == NULL) != (server->listeners[i].tls == NULL))
			return listener_refuse(&server->listeners[i],
			    "TLS comes and goes with a restart only", out_error);
		if (set->cert == NULL)
			continue;
		enum sp_status status = tls_new(set->cert, set->key, &tls[i], out_error);
		if (status != SP_OK)
			return status;
	}
	return SP_OK;
}

enum sp_status http_server_reload(struct http_server *server,
    const struct http_settings *settings, struct sp_error *out_error)
{
	size_t count = server->settings.listener_count;
	struct http_config *config = NULL;
	enum sp_status status;

	if (settings->listener_count != count) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "listeners come and go with a restart only");
		return SP_REJECTED;
	}
	SSL_CTX **tls = must_calloc(count + 1, sizeof(*tls));
	status = reload_tls(server, settings, tls, out_error);
	if (status == SP_OK)
		status = config_new(&settings->limits, &config, out_error);
	for (unsigned i = 0; i < server->loop_count && status == SP_OK; i++) {
		struct swap swap = { &server->loops[i], config, tls };
		loop_call(server->loops[i].loop, loop_swap, &swap);
	}
	for (size_t i = 0; i < count; i++) {
		/* What the loops use no more; connections have references of their own. */
		SSL_CTX *old = status == SP_OK ? server->listeners[i].tls : tls[i];
		if (status == SP_OK)
			server->listeners[i].tls = tls[i];
		SSL_CTX_free(old);
	}
	if (status == SP_OK) {
		atomic_store(&server->told_forwarded, false);
		atomic_store(&server->told_proxy, false);
		free(server->config);
		server->config = config;
	}
	free(tls);
	return status;
}
