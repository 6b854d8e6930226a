/*
 * A small server on core/http, for raw.py: it does what it is told on its standard input
 * ("reload", "drain MS", "quit") and says where it listens on its standard output.
 */
#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/form.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/server.h"
#include "house.h"
#include "loop/lane.h"
#include "loop/loop.h"

#include <signal.h>
#include <string.h>

#define LISTENERS_MOST 8

static struct lane *lane;
static struct http_server *server;

static void get_hello(struct exchange *ex)
{
	char *kept = text_copy(ex->arena, "kept");

	reply_text(ex, "text/plain", "hello\n");
	reply_send(ex);
	CHECK(strcmp(kept, "kept") == 0);
}

static void post_echo(struct exchange *ex)
{
	reply_body(ex, "application/octet-stream", ex->body.data, ex->body.size);
	reply_send(ex);
}

struct slow { struct timer timer; struct job job; struct task task; struct exchange *ex; };

static void slow_over(void *arg)
{
	struct slow *slow = arg;
	struct exchange *ex = slow->ex;

	reply_text(ex, "text/plain", exchange_left(ex) ? "left\n" : "slow\n");
	reply_send(ex);
	/* Arenas are wiped when they go: this one is still there, as request.h says. */
	CHECK(slow->ex == ex && strlen(ex->id_text) == 16);
}

static struct slow *slow_new(struct exchange *ex)
{
	struct slow *slow = arena_alloc(ex->arena, sizeof(*slow));

	slow->ex = ex;
	return slow;
}

static void get_slow(struct exchange *ex)
{
	struct slow *slow = slow_new(ex);

	timer_set(&slow->timer, ex->loop, atoi(exchange_param(ex, "ms")), slow_over, slow);
}

static void never_left(void *arg)
{
	struct exchange *ex = arg;
	char *kept = text_copy(ex->arena, "kept");

	reply_send(ex);
	CHECK(strcmp(kept, "kept") == 0 && strlen(ex->id_text) == 16);
}

static void get_never(struct exchange *ex)
{
	exchange_on_leave(ex, never_left, ex);
}

static void lane_heard(struct task *task)
{
	slow_over((char *)task - offsetof(struct slow, task));
}

static void lane_run(struct job *const *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slow *slow = (struct slow *)(void *)((char *)jobs[i] -
		    offsetof(struct slow, job));

		slow->task.run = lane_heard;
		loop_post(slow->ex->loop, &slow->task);
	}
}

static void get_lane(struct exchange *ex)
{
	struct slow *slow = slow_new(ex);

	slow->job.run = lane_run;
	CHECK(lane_push(lane, &slow->job));
}

static void get_big(struct exchange *ex)
{
	size_t size = (size_t)atol(exchange_param(ex, "size"));
	char *data = arena_alloc(ex->arena, size + 1);

	memset(data, 'x', size);
	reply_body(ex, "text/plain", data, size);
	reply_send(ex);
}

static void get_who(struct exchange *ex)
{
	const char *test = exchange_header(ex, "x-test");

	reply_text(ex, "text/plain", text_print(ex->arena, "%s %s?%s from %s uid %d at %s test %s",
	    ex->method, ex->path, ex->query, ex->source.text, (int)ex->peer_uid, ex->base_url,
	    test != NULL ? test : "-"));
	reply_send(ex);
}

static void post_form(struct exchange *ex)
{
	struct form form;
	struct sp_error error;
	const char *text = "";

	if (!form_body(ex, &form, &error)) {
		reply_error(ex, 400, "badForm", error.text);
		reply_send(ex);
		return;
	}
	for (size_t i = 0; i < form.count; i++)
		text = text_print(ex->arena, "%s[%s=%s]", text, form.fields[i].name,
		    form.fields[i].value);
	reply_text(ex, "text/plain", text);
	reply_send(ex);
}

static void get_pair(struct exchange *ex)
{
	reply_text(ex, "text/plain", text_print(ex->arena, "%s: %s, %s", ex->route->name,
	    exchange_param(ex, "a"), exchange_param(ex, "b")));
	reply_send(ex);
}

static void get_named(struct exchange *ex)
{
	reply_text(ex, "text/plain", ex->route->name);
	reply_send(ex);
}

static void get_files(struct exchange *ex)
{
	reply_text(ex, "text/plain", exchange_param(ex, "rest"));
	reply_header(ex, "Cache-Control", "max-age=60");
	reply_send(ex);
}

static void get_redirect(struct exchange *ex)
{
	struct form form;
	struct sp_error error;

	CHECK(form_query(ex, &form, &error));
	reply_redirect(ex, 303, form_get(&form, "to"));
	reply_send(ex);
}

static void get_cookie(struct exchange *ex)
{
	struct cookie cookie = { .name = ex->https ? "__Host-sp-a" : "sp-a", .value = "v",
		.site = COOKIE_LAX };
	const char *value = cookie_get(ex, "sp-a");

	CHECK(cookie_set(ex, &cookie));
	reply_text(ex, "text/plain", cookie_doubled(ex, "sp-a") ? "doubled" :
	    value != NULL ? value : "none");
	reply_send(ex);
}

static void get_counters(struct exchange *ex)
{
	struct http_counters n;

	http_server_count(server, &n);
	reply_text(ex, "text/plain", text_print(ex->arena,
	    "open %d left %d late %d refused %d shed %d", (int)n.open, (int)n.left, (int)n.late,
	    (int)n.refused, (int)n.shed));
	reply_send(ex);
}

#define PAGES .surface = SURFACE_PAGES
static const struct route routes[] = {
	{ "GET", "/hello", get_hello, 0, PAGES, .name = "hello" },
	{ "GET", "/", get_named, 0, PAGES, .name = "root" },
	{ "POST", "/echo", post_echo, 65536, PAGES, .name = "echo" },
	{ "PUT", "/echo", post_echo, 4 << 20, PAGES, .name = "echo.put" },
	{ "GET", "/slow/{ms}", get_slow, 0, PAGES, .name = "slow" },
	{ "GET", "/never", get_never, 0, PAGES, .name = "never" },
	{ "GET", "/lane", get_lane, 0, PAGES, .name = "lane" },
	{ "GET", "/big/{size}", get_big, 0, PAGES, .name = "big" },
	{ "GET", "/who", get_who, 0, PAGES, .name = "who" },
	{ "POST", "/form", post_form, 4096, PAGES, .name = "form" },
	{ "GET", "/pair/{a}/{b}", get_pair, 0, PAGES, .name = "pair" },
	{ "GET", "/pair/both", get_named, 0, PAGES, .name = "both" },
	{ "GET", "/pair/literal/same", get_named, 0, PAGES, .name = "literal" },
	{ "GET", "/files/{rest*}", get_files, 0, PAGES, .name = "files" },
	{ "GET", "/redirect", get_redirect, 0, PAGES, .name = "redirect" },
	{ "GET", "/cookie", get_cookie, 0, PAGES, .name = "cookie" },
	{ "GET", "/counters", get_counters, 0, PAGES, .name = "counters" },
	{ "GET", "/v1.0/secret", get_named, 0, .surface = SURFACE_ADMIN, .name = "secret" },
	{ 0 },
};

/* "listen=ADDRESS;base=URL;cert=FILE;key=FILE;proxy=yes;ops=yes": cut in place. */
static struct http_listener listener_read(char *text)
{
	struct http_listener set = { .surfaces = SURFACE_PAGES };
	char *save, *part;

	for (part = strtok_r(text, ";", &save); part != NULL; part = strtok_r(NULL, ";", &save)) {
		if (strncmp(part, "listen=", 7) == 0)
			set.address = part + 7;
		else if (strncmp(part, "base=", 5) == 0)
			set.base_url = part + 5;
		else if (strncmp(part, "cert=", 5) == 0)
			set.cert = part + 5;
		else if (strncmp(part, "key=", 4) == 0)
			set.key = part + 4;
		else if (strcmp(part, "proxy=yes") == 0)
			set.proxy_protocol = true;
		else if (strcmp(part, "ops=yes") == 0)
			set.surfaces = SURFACE_OPS;
		else
			CHECK(strcmp(part, "admin=yes") == 0 && (set.surfaces |= SURFACE_ADMIN));
	}
	return set;
}

static bool limit_read(struct http_limits *limits, const char *text)
{
	const struct { const char *name; int64_t *number; unsigned *count; } rows[] = {
		{ "head=", &limits->head, NULL }, { "body=", &limits->body, NULL },
		{ "reply=", &limits->reply, NULL }, { "idle=", &limits->idle, NULL },
		{ "connections=", NULL, &limits->connections },
		{ "per_source=", NULL, &limits->per_source },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = strlen(rows[i].name);

		if (strncmp(text, rows[i].name, size) != 0)
			continue;
		if (rows[i].number != NULL)
			*rows[i].number = atol(text + size);
		else
			*rows[i].count = (unsigned)atol(text + size);
		return true;
	}
	return false;
}

static void obey(struct http_settings *settings)
{
	char line[256];
	struct sp_error error;

	while (fgets(line, sizeof(line), stdin) != NULL && strcmp(line, "quit\n") != 0) {
		if (strncmp(line, "drain ", 6) == 0) {
			printf("%u left\n", http_server_drain(server, atol(line + 6)));
		} else if (strcmp(line, "reload\n") == 0) {
			enum sp_status status = http_server_reload(server, settings, &error);
			printf("%s\n", status == SP_OK ? "reloaded" : error.text);
		} else {
			line[strcspn(line, "\n")] = '\0';
			printf("%s\n", limit_read(&settings->limits, line) ? "noted" : "unknown");
		}
		fflush(stdout);
	}
}

static void serve(struct http_settings *settings, unsigned loops)
{
	struct house house;
	struct sp_error error;

	house_open(&house, loops);
	lane = lane_new(1, 64);
	if (http_server_new(settings, house.loops, loops, &server, &error) != SP_OK) {
		printf("refused %s\n", error.text);
	} else {
		http_server_start(server);
		printf("ready");
		for (size_t i = 0; i < settings->listener_count; i++)
			printf(" %u", http_server_port(server, i));
		printf("\n");
		fflush(stdout);
		obey(settings);
	}
	(void)http_server_free(server);
	lane_stop(lane);
	lane_free(lane);
	house_close(&house);
}

int main(int argc, char **argv)
{
	static struct http_listener listeners[LISTENERS_MOST];
	static const char *trusted[LISTENERS_MOST];
	struct router *router = router_new();
	struct http_settings settings = { .listeners = listeners, .router = router,
		.limits = { HTTP_LIMITS, .trusted_proxies = trusted } };
	size_t proxies = 0;
	unsigned loops = 2;
	struct sp_error error;

	CHECK(memory_open());
	signal(SIGPIPE, SIG_IGN);
	CHECK(router_add(router, routes, &error) == SP_OK);
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "listen=", 7) == 0)
			listeners[settings.listener_count++] = listener_read(argv[i]);
		else if (strncmp(argv[i], "trusted=", 8) == 0)
			trusted[proxies++] = argv[i] + 8;
		else if (strncmp(argv[i], "loops=", 6) == 0)
			loops = (unsigned)atoi(argv[i] + 6);
		else
			CHECK(limit_read(&settings.limits, argv[i]));
	}
	serve(&settings, loops);
	router_free(router);
	return 0;
}
