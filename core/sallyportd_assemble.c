#include "sallyportd.h"

#include "base/countries.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "flow/tally.h"
#include "http/outbound.h"
#include "http/server.h"
#include "loop/loop.h"
#include "model/system.h"
#include "store/outbox.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "surface/admin/admin.h"
#include "surface/face.h"
#include "surface/oidc/backchannel.h"
#include "surface/oidc/oidc.h"
#include "surface/oidc/shelf.h"
#include "surface/ops/ops.h"
#include "surface/pages/page.h"
#include "surface/pages/pages.h"
#include "text/problems.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One for each reading of the texts: kept, since a request may still use them. */
struct shelf { struct shelf *next; const struct face_texts *texts; };

struct assembly {
	struct face face;
	struct shelf *shelf;
	size_t tenants;		/* at the start */
	struct router *router;
	struct outbound *outbound;
	struct http_server *http;
	struct countries *countries;
	struct arena arena;	/* listeners, as the http layer was given them */
	struct server *server;
};

static void farewells_print(struct metric_text *text, const struct farewells_counts *counts)
{
	const struct { const char *label; const _Atomic uint64_t *count; } rows[] = {
		{ "result=\"told\"", &counts->told }, { "result=\"refused\"", &counts->refused },
		{ "result=\"failed\"", &counts->failed },
		{ "result=\"forbidden\"", &counts->forbidden },
		{ "result=\"given_up\"", &counts->given_up },
	};

	metric_head(text, "sallyport_logouts_told_total", METRIC_COUNTER,
	    "Tries to tell an app of a sign-out, by how they ended.");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		metric_value(text, "sallyport_logouts_told_total", rows[i].label,
		    (int64_t)atomic_load_explicit(rows[i].count, memory_order_relaxed));
}

static char *fine_print(struct arena *arena, const struct face *face)
{
	const struct assembly *assembly = face->owner;
	struct http_counters http = { 0 };
	struct outbox_counts mail;
	struct metric_text text;

	metric_begin(&text, arena);
	http_server_count(assembly->http, &http);
	metric_head(&text, "sallyport_http_requests_total", METRIC_COUNTER, "Requests read.");
	metric_value(&text, "sallyport_http_requests_total", NULL, (int64_t)http.requests);
	metric_head(&text, "sallyport_http_replies_total", METRIC_COUNTER, "Replies by class.");
	for (size_t class = 1; class < 6; class++)
		metric_value(&text, "sallyport_http_replies_total",
		    text_print(arena, "class=\"%zuxx\"", class), (int64_t)http.replies[class]);
	metric_head(&text, "sallyport_http_connections", METRIC_GAUGE, "Connections open now.");
	metric_value(&text, "sallyport_http_connections", NULL, (int64_t)http.open);
	metric_head(&text, "sallyport_http_refused_total", METRIC_COUNTER,
	    "Connections refused by a cap.");
	metric_value(&text, "sallyport_http_refused_total", NULL, (int64_t)http.refused);
	metric_head(&text, "sallyport_http_shed_total", METRIC_COUNTER,
	    "Waiting connections closed for new ones.");
	metric_value(&text, "sallyport_http_shed_total", NULL, (int64_t)http.shed);
	outbox_counts(face->store, &mail);
	metric_head(&text, "sallyport_mails_total", METRIC_COUNTER, "Mails by how they ended.");
	metric_value(&text, "sallyport_mails_total", "result=\"sent\"", (int64_t)mail.sent);
	metric_value(&text, "sallyport_mails_total", "result=\"refused\"", (int64_t)mail.refused);
	metric_value(&text, "sallyport_mails_total", "result=\"unknown\"", (int64_t)mail.unknown);
	metric_value(&text, "sallyport_mails_total", "result=\"expired\"", (int64_t)mail.expired);
	farewells_print(&text, farewells_counts(face->store));
	metric_head(&text, "sallyport_log_lines_dropped_total", METRIC_COUNTER,
	    "Log lines that found no room.");
	metric_value(&text, "sallyport_log_lines_dropped_total", NULL, (int64_t)log_dropped());
	metric_render(&text, face->tally);
	roster_metrics(assembly->server->roster, &text);
	return text.data;
}

static const char *fine_unready(const struct face *face, struct arena *arena)
{
	return roster_unready(((struct assembly *)face->owner)->server->roster, arena);
}

static json_t *fine_plugins(const struct face *face, struct arena *arena)
{
	const struct assembly *assembly = face->owner;
	json_t *all = json_array();
	size_t count;
	const struct roster_plugin *plugins =
	    roster_describe(assembly->server->roster, arena, &count);

	for (size_t i = 0; i < count; i++)
		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}",
		    "name", plugins[i].name, "file", plugins[i].file, "kind", plugins[i].kind,
		    "roles", plugins[i].roles, "bound", plugins[i].bound,
		    "api", text_print(arena, "%u.%u", plugins[i].api_major, plugins[i].api_minor),
		    "ready", plugins[i].ready));
	return all;
}

/* A line of the log for each. */
static void problems_log(const struct problems *problems, struct arena *arena)
{
	char *rest, *words = text_copy(arena, problems_words(problems));

	for (char *line = strtok_r(words, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest))
		log_line(SP_ERROR, "%s", line);
}

/* The operator's own folder, or the one that was installed with the server. */
static bool texts_load(struct assembly *assembly, const struct conf *conf,
    struct sp_error *out_error)
{
	struct arena arena;
	struct problems problems;
	const char *folder = conf->server.pages;

	arena_init(&arena, NULL, 0);
	problems_begin(&problems, &arena);
	struct face_folders folders = {
		.pages = text_print(&arena, "%s/pages", folder),
		.mail = text_print(&arena, "%s/mail", folder),
		.text = text_print(&arena, "%s/text", folder),
		.mail_from = conf->server.mail_from,
	};
	const struct face_texts *texts = face_load(&folders, &problems);
	if (texts == NULL) {
		problems_log(&problems, &arena);
		snprintf(out_error->text, sizeof(out_error->text), "server.pages: %.160s: what is "
		    "there cannot be used, as told above", folder);
		arena_done(&arena);
		return false;
	}
	struct shelf *shelf = must_calloc(1, sizeof(*shelf));
	*shelf = (struct shelf){ .next = assembly->shelf, .texts = texts };
	assembly->shelf = shelf;
	atomic_store_explicit(&assembly->face.texts, texts, memory_order_release);
	arena_done(&arena);
	return true;
}

enum sp_status server_store_setup(struct server *server, struct arena *arena,
    struct store_setup *out_setup, struct sp_error *out_error)
{
	char *keys = text_print(arena, "%s/keys", server->conf->server.state);

	*out_setup = (struct store_setup){
		.binding = roster_binding(server->roster), .loops = server->loops,
		.loop_count = server->loop_count, .work_lane = server->lanes[CONF_LANE_WORK],
		.hash_lane = server->lanes[CONF_LANE_HASH], .state = server->conf->server.state,
		.key_file = text_print(arena, "%s/server.key", keys),
		.trust_clock = server->trust_clock,
	};
	if (mkdir(keys, 0700) == 0 || access(keys, W_OK) == 0)
		return SP_OK;
	snprintf(out_error->text, sizeof(out_error->text), "%s: cannot be made", keys);
	return SP_FAILED;
}

static bool countries_begin(struct assembly *assembly, const char *path,
    struct sp_error *out_error)
{
	if (!text_empty(path))
		assembly->countries = countries_open(path, out_error);
	return text_empty(path) || assembly->countries != NULL;
}

static enum sp_status store_begin(struct server *server, struct sp_error *out_error)
{
	struct assembly *assembly = server->assembly;
	struct store_setup setup;
	enum sp_status status = server_store_setup(server, &assembly->arena, &setup, out_error);
	const struct conf_server *set = &server->conf->server;

	assembly->outbound = outbound_new(&(struct outbound_settings){ .loops = server->loops,
	    .loop_count = server->loop_count, .allow = set->outbound_allow,
	    .ca = set->outbound_ca });
	if (status == SP_OK && !countries_begin(assembly, set->country_database, out_error))
		return SP_FAILED;
	setup.countries = assembly->countries;
	setup.post = backchannel_post;
	setup.post_client = assembly->outbound;
	return status == SP_OK ? store_open(&setup, &assembly->face.store, out_error) : status;
}

/* A cheap hash is for measuring alone: no customer's password may ever be kept by it. */
static void count_tenants(struct loop *loop, void *arg)
{
	struct assembly *assembly = arg;
	const struct tenant *system = snapshot_hold_id(assembly->face.store, loop, system_id);

	assembly->tenants = snapshot_count(assembly->face.store, loop) - (system != NULL);
	snapshot_release(assembly->face.store, loop, system);
}

static enum sp_status store_suits(struct server *server, struct sp_error *out_error)
{
	if (!server->conf->weak_passwords)
		return SP_OK;
	loop_call(server->loops[0], count_tenants, server->assembly);
	if (server->assembly->tenants == 0)
		return SP_OK;
	snprintf(out_error->text, sizeof(out_error->text),
	    "a password hash below the floor needs an empty store; this one holds %zu tenants",
	    server->assembly->tenants);
	return SP_FAILED;
}

static enum sp_status routes_add(struct assembly *assembly, struct sp_error *out_error)
{
	const struct route *const tables[] = { pages_routes, oidc_routes, ops_routes,
	    admin_routes };

	assembly->router = router_new();
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (router_add(assembly->router, tables[i], out_error) != SP_OK)
			return SP_FAILED;
	return SP_OK;
}

static const char *text_or_null(const char *text)
{
	return text_empty(text) ? NULL : text;
}

/* The conf's listeners, and the operator's socket. */
static struct http_settings http_settings_of(struct assembly *assembly, const struct conf *conf,
    struct arena *arena)
{
	const struct conf_server *set = &conf->server;
	struct http_listener *listeners =
	    arena_alloc(arena, (conf->listen_count + 1) * sizeof(*listeners));

	for (size_t i = 0; i < conf->listen_count; i++) {
		const struct conf_listen *listen = &conf->listens[i];
		listeners[i] = (struct http_listener){
			.address = text_copy(arena, listen->address),
			.base_url = text_copy(arena, listen->base_url),
			.cert = text_copy(arena, text_or_null(listen->tls_certificate)),
			.key = text_copy(arena, text_or_null(listen->tls_key)),
			.surfaces = listen->surfaces, .proxy_protocol = listen->proxy_protocol };
	}
	listeners[conf->listen_count] = (struct http_listener){
		.address = text_print(arena, "unix:%s", set->admin_socket),
		.base_url = "http://localhost", .surfaces = SURFACE_ADMIN | SURFACE_OPS,
		.group = text_or_null(set->admin_group) };
	return (struct http_settings){
		.listeners = listeners, .listener_count = conf->listen_count + 1,
		.limits = { .connections = files_allow(set->connections),
		    .per_source = (unsigned)set->connections_per_source, .head = set->head_deadline,
		    .body = set->body_deadline, .reply = set->reply_deadline,
		    .idle = set->idle_deadline, .trusted_proxies = set->trusted_proxies },
		.router = assembly->router, .app = &assembly->face, .error = page_refusal };
}

/* Whose access tokens are ours: the addresses under which they are made. */
static const char *const *issuers_of(struct assembly *assembly, const struct conf *conf)
{
	const char **urls = arena_alloc(&assembly->arena, (conf->listen_count + 1) * sizeof(*urls));
	size_t count = 0;

	for (size_t i = 0; i < conf->listen_count; i++)
		if ((conf->listens[i].surfaces & SURFACE_OIDC) != 0)
			urls[count++] = http_server_base_url(assembly->http, i);
	return urls;
}

enum sp_status server_assemble(struct server *server, struct sp_error *out_error)
{
	struct assembly *assembly = must_calloc(1, sizeof(*assembly));
	const struct conf_server *set = &server->conf->server;

	server->assembly = assembly;
	assembly->server = server;
	arena_init(&assembly->arena, NULL, 0);
	assembly->face.owner = assembly;
	assembly->face.tally = tally_new(server->loop_count);
	assembly->face.shelves = shelves_new(server->loop_count);
	assembly->face.metrics = fine_print;
	assembly->face.unready = fine_unready;
	assembly->face.plugins = fine_plugins;
	assembly->face.test_clock = set->test_clock;
	assembly->face.cost = (struct password_cost){
		.memory = (uint32_t)(set->password_memory / 1024),
		.passes = (uint32_t)set->password_passes };
	if (!texts_load(assembly, server->conf, out_error))
		return SP_FAILED;
	if (store_begin(server, out_error) != SP_OK || store_suits(server, out_error) != SP_OK ||
	    routes_add(assembly, out_error) != SP_OK)
		return SP_FAILED;
	struct http_settings settings = http_settings_of(assembly, server->conf, &assembly->arena);
	if (http_server_new(&settings, server->loops, server->loop_count, &assembly->http,
	    out_error) != SP_OK)
		return SP_FAILED;
	assembly->face.server = assembly->http;
	for (size_t i = server->conf->listen_count; i-- > 0;)
		if ((server->conf->listens[i].surfaces & SURFACE_PAGES) != 0)
			assembly->face.pages_url = http_server_base_url(assembly->http, i);
	assembly->face.issuers = issuers_of(assembly, server->conf);
	first_begin(&assembly->face);
	http_server_start(assembly->http);
	return SP_OK;
}

static void reload_told(bool fine, const char *what, const struct sp_error *error)
{
	if (fine)
		log_line(SP_INFO, "reload: %s are read again", what);
	else
		log_line(SP_ERROR, "reload: %s stay as they were: %s", what, error->text);
}

void server_reassemble(struct server *server)
{
	struct assembly *assembly = server->assembly;
	struct sp_error error = { "" };
	struct arena arena;

	arena_init(&arena, NULL, 0);
	struct http_settings settings = http_settings_of(assembly, server->conf, &arena);
	reload_told(http_server_reload(assembly->http, &settings, &error) == SP_OK,
	    "certificates, limits and proxies", &error);
	arena_done(&arena);
	reload_told(texts_load(assembly, server->conf, &error), "pages, mails and texts", &error);
}

void server_drain(struct server *server, int64_t ms)
{
	unsigned left = http_server_drain(server->assembly->http, ms);

	if (left > 0)
		log_line(SP_WARNING, "stopping: %u connections were still open", left);
}

bool server_disassemble(struct server *server)
{
	struct assembly *assembly = server->assembly;

	if (assembly == NULL)
		return true;
	if (!http_server_free(assembly->http))
		return false;
	outbound_stop(assembly->outbound);
	store_close(assembly->face.store);
	outbound_free(assembly->outbound);
	countries_close(assembly->countries);
	router_free(assembly->router);
	metric_free(assembly->face.tally);
	shelves_free(assembly->face.shelves);
	while (assembly->shelf != NULL) {
		struct shelf *shelf = assembly->shelf;
		struct arena *arena = shelf->texts->arena;
		assembly->shelf = shelf->next;
		arena_done(arena);
		free(arena);
		free(shelf);
	}
	arena_done(&assembly->arena);
	free(assembly);
	server->assembly = NULL;
	return true;
}
