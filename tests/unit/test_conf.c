#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/change.h"
#include "conf/conf.h"
#include "conf/endpoint.h"
#include "conf/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER "server: {state: /s, mail: [m]}\n"
#define LISTEN "listen: {p: {address: '127.0.0.1:80', surfaces: [pages]}}\n"
#define PLUGIN "plugin: {main: {file: l.so}, ca: {file: c.so}, m: {file: s.so}}\n"
#define FINE SERVER LISTEN PLUGIN

static char path[] = "/tmp/conf-XXXXXX";
static struct arena arena;
static struct errors errors;
static struct conf conf;

static void begin(void)
{
	close(mkstemp(path));
	arena_init(&arena, NULL, 0);
}

static void end(void)
{
	unlink(path);
	arena_done(&arena);
}

TestSuite(conf, .init = begin, .fini = end);

static enum sp_status read_text(const char *text, bool bench)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
	return conf_read(path, &(struct conf_options){ .bench = bench }, &arena, &conf, &errors);
}

static const char *printed(void)
{
	static char text[1 << 16];
	FILE *file = fmemopen(text, sizeof(text), "w");

	errors_print(&errors, file);
	fclose(file);
	return text;
}

/* `at` is what the errors begin with, behind the file's name. */
static void refuses(const char *text, const char *at)
{
	const char *all;
	char expected[512];

	cr_assert_eq(read_text(text, false), SP_FAILED, "%s", text);
	all = printed();
	snprintf(expected, sizeof(expected), "%s:%s", path, at);
	cr_assert_not_null(strstr(all, expected), "%s\nsays: %s\nnot: %s", text, all, expected);
	cr_assert_eq(errors.count, 1, "%s\nsays: %s", text, all);
}

Test(conf, refuses_what_is_no_plain_yaml)
{
	static const struct { const char *text, *at; } rows[] = {
		{ "", "1:1: is empty" },
		{ "# nothing\n", "1:1: is empty" },
		{ "server: [\n", "2:1: not YAML: did not find expected node content" },
		{ "server: {state: \"\\q\"}\n", "1:18: not YAML: found unknown escape" },
		{ "- a\n", "1:1: holds no sections" },
		{ FINE "lane: {hash: &a {threads: 1}}\n", "4:14: an anchor (&)" },
		{ FINE "lane: {hash: {threads: *a}}\n", "4:24: an alias (*)" },
		{ FINE "lane: {hash: {threads: !!int 1}}\n", "4:24: a tag (!)" },
		{ "%YAML 1.1\n---\n" FINE, "1:1: a directive (%)" },
		{ FINE "---\na: b\n", "4:1: a second document" },
		{ FINE "lane: {hash: {threads: 1, threads: 2}}\n",
		  "4:27: threads: occurs twice, first in line 4" },
		{ FINE SERVER, "4:1: server: occurs twice, first in line 1" },
		{ FINE "lane: {[a]: b}\n", "4:8: not a key" },
		{ FINE "lane: {hash: {threads: \"\\e[31m\"}}\n", "4:24: a text with control" },
		{ FINE "lane: {hash: {threads: [[[[[[[[1]]]]]]]]}}\n", "4:30: nested too deeply" },
		{ FINE "lanes: {}\n", "4:1: lanes: unknown section; allowed: server listen" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		read_text(rows[i].text, false);
		char expected[256];
		snprintf(expected, sizeof(expected), "%s:%s", path, rows[i].at);
		cr_assert_not_null(strstr(printed(), expected), "row %zu: %s\nnot %s", i, printed(),
		    expected);
	}
}

/* The half that could be read would be told to lack what the other half holds. */
Test(conf, tells_of_broken_yaml_alone)
{
	refuses("server:\n\tstate: /s\n", "2:1: not YAML: found character that cannot start");
	refuses("server:\n  state: s\nplugin: [", "4:1: not YAML: did not find expected node");
}

Test(conf, refuses_values_with_their_place_and_what_is_allowed)
{
	static const struct { const char *key, *at; } rows[] = {
		{ "workers: many", "cannot be 'many'; allowed: a whole number, 0 to 256" },
		{ "workers: 257", "cannot be '257'" }, { "workers: -1", "cannot be '-1'" },
		{ "workers: +1", "cannot be '+1'" }, { "workers: 1.5", "cannot be '1.5'" },
		{ "workers: 99999999999999999999", "cannot be '999" },
		{ "workers: [1]", "cannot be a list" }, { "workers: {a: b}", "cannot be a mapping" },
		{ "workers:", "cannot be ''" }, { "workers: 0x10", "cannot be '0x10'" },
		{ "test_clock: true", "cannot be 'true'; allowed: yes or no" },
		{ "test_clock: Yes", "cannot be 'Yes'" }, { "test_clock: on", "cannot be 'on'" },
		{ "log_level: trace", "cannot be 'trace'; allowed: one of error warning info debug" },
		{ "log_level: erro", "cannot be 'erro'" },
		{ "head_deadline: 10", "cannot be '10'; allowed: a time such as" },
		{ "head_deadline: 999ms", "cannot be '999ms'" },
		{ "head_deadline: 10 s", "cannot be '10 s'" },
		{ "password_memory: 19MB", "cannot be '19MB'; allowed: a size such as 64k, 16M or "
		  "2G, 8k to 256M" },
		{ "password_memory: 18M", "below the floor" },
		{ "password_passes: 1", "below the floor" },
		{ "pages: pages", "cannot be 'pages'; allowed: an absolute path" },
		{ "trusted_proxies: [10.0.0.1/8]", "cannot hold '10.0.0.1/8'" },
		{ "trusted_proxies: proxy.example", "cannot hold 'proxy.example'" },
		{ "users: nobody", "there is no plugin 'nobody'" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[64], at[256];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(rows[i].key, ":"), rows[i].key);
		size_t column = strlen(rows[i].key) == strlen(name) + 1 ? strlen(name) + 4 :
		    strlen(name) + 5;
		snprintf(at, sizeof(at), "4:%zu: server.%s: %s", column, name, rows[i].at);
		refuses(text_print(&arena, "server:\n  state: /s\n  mail: [m]\n  %s\n" LISTEN PLUGIN,
		    rows[i].key), at);
	}
}

Test(conf, refuses_what_is_missing_unknown_or_relative)
{
	refuses("server: {mail: [m]}\n" LISTEN PLUGIN, "1:1: server.state: must be set (Folder of");
	refuses("server: {state: s, mail: [m]}\n" LISTEN PLUGIN, "1:17: server.state: cannot be 's'");
	refuses("server: {state: /s, mail: []}\n" LISTEN PLUGIN,
	    "1:27: server.mail: names 0 plugins; allowed: 1 to 8");
	refuses("server: {state: /s, mail: [m, n]}\n" LISTEN PLUGIN,
	    "1:27: server.mail: there is no plugin 'n'");
	refuses("server: {state: /s, mail: 'm, [x'}\n" LISTEN PLUGIN, "1:27: server.mail: there");
	refuses("server: {state: /s, mail: [m], statte: /t}\n" LISTEN PLUGIN,
	    "1:32: server.statte: unknown key; allowed: state workers plugins");
	refuses(SERVER PLUGIN, "1:1: listen: must name one at least");
	refuses(SERVER PLUGIN "listen:\n", "3:8: listen: must name one at least");
	refuses(FINE "lane: {hush: {}}\n", "4:8: lane.hush: unknown lane; allowed: hash work");
	refuses(FINE "lane: {hash: {}, work: 7}\n", "4:24: lane.work: no section");
	refuses(SERVER LISTEN "plugin: {main: {file: l.so}, ca: {}, m: {file: s.so}}\n",
	    "3:30: plugin.ca.file: must be set");
	refuses(SERVER LISTEN "plugin: {main: {file: l.so, queue: 0}, ca: {file: c.so}, "
	    "m: {file: s.so}}\n", "3:36: plugin.main.queue: cannot be '0'");
	refuses(SERVER LISTEN "plugin: {main: {file: l.so}, ca: {file: c.so}, m: {file: s.so}, "
	    "A: {file: x.so}}\n", "3:65: plugin.A: cannot be a name");
}

Test(conf, refuses_listeners_that_are_not_safe_req244)
{
	static const struct { const char *keys, *at; } rows[] = {
		{ "address: localhost:80, surfaces: [pages]", "2:23: listen.p.address: cannot be" },
		{ "address: '127.0.0.1', surfaces: [pages]", "2:23: listen.p.address: cannot be" },
		{ "address: '127.0.0.1:0', surfaces: [pages]", "2:23: listen.p.address: cannot be" },
		{ "address: '127.0.0.1:65536', surfaces: [pages]", "2:23: listen.p.address" },
		{ "address: '::1:80', surfaces: [pages]", "2:23: listen.p.address: cannot be" },
		{ "address: '0.0.0.0:80', surfaces: [pages]", "2:10: listen.p.base_url: must be" },
		{ "address: '10.0.0.1:80', surfaces: [pages]", "2:10: listen.p.base_url: http" },
		{ "address: '10.0.0.1:80', surfaces: [pages], base_url: 'http://localhost:80'",
		  "2:67: listen.p.base_url: cannot be" },
		{ "address: '10.0.0.1:80', surfaces: [pages], base_url: 'http://localhost:81'",
		  "2:67: listen.p.base_url: http beyond loopback" },
		{ "address: '10.0.0.1:443', surfaces: [pages], base_url: 'https://a.example'",
		  "2:68: listen.p.base_url: https, but nobody speaks TLS" },
		{ "address: '127.0.0.1:80', surfaces: [pages], base_url: 'https://A.example'",
		  "2:68: listen.p.base_url: cannot be" },
		{ "address: '127.0.0.1:80', surfaces: [pages], base_url: 'https://a.example/'",
		  "2:68: listen.p.base_url: cannot be" },
		{ "address: '127.0.0.1:80', surfaces: [pages], base_url: 'https://a@b.example'",
		  "2:68: listen.p.base_url: cannot be" },
		{ "address: '127.0.0.1:80', surfaces: [pages], base_url: 'ftp://a.example'",
		  "2:68: listen.p.base_url: cannot be" },
		{ "address: '127.0.0.1:80', surfaces: []", "2:49: listen.p.surfaces: is empty" },
		{ "address: '127.0.0.1:80', surfaces: [pages, page]",
		  "2:57: listen.p.surfaces: cannot hold 'page'; allowed: a list such as" },
		{ "address: '127.0.0.1:80', surfaces: [pages], tls_key: /nowhere",
		  "2:67: listen.p: one of tls_certificate and tls_key alone" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char at[256];
		read_text(text_print(&arena, SERVER "listen: {p: {%s}}\n" PLUGIN, rows[i].keys),
		    false);
		snprintf(at, sizeof(at), "%s:%s", path, rows[i].at);
		cr_assert_not_null(strstr(printed(), at), "row %zu: %s\nnot: %s", i, printed(), at);
	}
}

#define BEYOND "listen: {p: {address: '10.0.0.1:80', surfaces: [%s], " \
	"base_url: 'https://a.example'%s}}\n"
#define PROXY "server: {state: /s, mail: [m], trusted_proxies: [10.0.0.2]%s}\n"

static const char *beyond(const char *server, const char *surfaces, const char *listen,
    const char *file)
{
	return text_print(&arena, PROXY BEYOND "plugin: {main: {file: l.so}, ca: {file: c.so}, "
	    "m: {file: %s}}\n", server, surfaces, listen, file);
}

Test(conf, keeps_dangerous_settings_on_loopback)
{
	cr_assert_eq(read_text(beyond("", "pages", "", "s.so"), false), SP_OK, "%s", printed());
	cr_assert(!conf_loopback(&conf) && conf.listens[0].secure);
	cr_assert_eq(conf.server.proxy_count, 1);
	refuses(beyond(", test_clock: yes", "pages", "", "s.so"), "1:73: server.test_clock: yes");
	refuses(beyond("", "pages, ops", "", "s.so"), "2:48: listen.p.surfaces: admin and");
	refuses(beyond("", "pages", "", "spool.so"), "3:48: plugin.m: spool.so writes passcodes");
	cr_assert_eq(read_text(beyond(", plaintext_codes: yes", "pages, admin",
	    ", allow_private: yes", "spool.so"), false), SP_OK, "%s", printed());
	cr_assert_eq(errors.warnings, 2);
	cr_assert_not_null(strstr(printed(), ":2:48: warning: listen.p.surfaces: admin and ops are"));
	cr_assert_eq(read_text(beyond("", "ops", "", "s.so"), false), SP_OK, "%s", printed());
	cr_assert_eq(read_text("server: {state: /s, mail: [m], password_memory: 8M}\n" LISTEN PLUGIN,
	    true), SP_OK);
	cr_assert(conf.weak_passwords);
	cr_assert_eq(read_text(beyond(", password_passes: 1", "pages", "", "s.so"), true), SP_FAILED);
}

Test(conf, tells_everything_at_once)
{
	cr_assert_eq(read_text("server:\n  state: x\n  mail: [m]\n  wrokers: 1\n  workers: one\n"
	    "listen: {p: {address: nowhere, surfaces: [pages, x]}}\n" PLUGIN "lane: {x: {}}\n",
	    false), SP_FAILED);
	cr_assert_eq(errors.count, 6, "%s", printed());
	static const char *const places[] = { ":2:10: ", ":4:3: ", ":5:12: ", ":6:23: ", ":6:50: ",
		":8:8: " };
	const char *all = text_copy(&arena, printed()), *from = all;
	for (size_t i = 0; i < 6; i++) {
		from = strstr(from, places[i]);
		cr_assert(from != NULL, "%s\nnot %s", all, places[i]);
	}
}

Test(conf, fills_what_is_said_and_what_is_not)
{
	cr_assert_eq(read_text("server:\n  state: /s\n  mail: m\n  workers: 3\n  log_level: debug\n"
	    "  head_deadline: 1m\n  trusted_proxies: '10.0.0.0/8, ::1'\n  mask_addresses: no\n"
	    LISTEN "plugin: {main: {file: l.so, lanes: 2, path: /p}, ca: {file: c.so}, "
	    "m: {file: s.so, deadline: 250ms}}\nlane: {hash: {queue: 7}}\n", false), SP_OK, "%s",
	    printed());
	cr_assert(conf.server.workers == 3 && conf.server.log_level == SP_DEBUG);
	cr_assert(conf.server.head_deadline == 60000 && conf.server.body_deadline == 30000);
	cr_assert(!conf.server.mask_addresses && conf.server.proxy_count == 2);
	cr_assert(conf.server.proxies[1].v6 && conf.server.proxies[0].bits == 8);
	cr_assert_str_eq(conf.server.admin_socket, "/s/admin.sock");
	cr_assert_str_eq(conf.listens[0].base_url, "http://127.0.0.1");
	cr_assert(conf.lanes[CONF_LANE_HASH].queue == 7 && conf.lanes[CONF_LANE_WORK].queue == 512);
	cr_assert(conf_plugin(&conf, "main")->lanes == 2);
	cr_assert(conf_plugin(&conf, "m")->deadline == 250);
	cr_assert_eq(conf.server.plugins[0], '/');
}

Test(conf, refuses_files_that_others_may_write)
{
	read_text(FINE, false);
	chmod(path, 0666);
	cr_assert_eq(conf_read(path, &(struct conf_options){ 0 }, &arena, &conf, &errors), SP_FAILED);
	cr_assert_not_null(strstr(printed(), "may be written to by anybody"));
	cr_assert_eq(conf_read("/nowhere", &(struct conf_options){ 0 }, &arena, &conf, &errors),
	    SP_FAILED);
	cr_assert_str_eq(printed(), "/nowhere: cannot be read: No such file or directory\n");
}

Test(conf, knows_what_a_reload_changes)
{
	static const struct { const char *text, *says; } rows[] = {
		{ FINE, "" },
		{ "server: {state: /s, mail: [m], log_level: debug}\n" LISTEN PLUGIN,
		  "server.log_level+ " },
		{ "server: {state: /t, mail: [m], workers: 3}\n" LISTEN PLUGIN,
		  "server.state- server.workers- server.admin_socket- " },
		{ SERVER "listen: {p: {address: '127.0.0.1:81', surfaces: [pages]}}\n" PLUGIN,
		  "listen.p.address- listen.p.base_url- " },
		{ SERVER "listen: {q: {address: '127.0.0.1:80', surfaces: [pages]}}\n" PLUGIN,
		  "listen.q- listen.p- " },
		{ SERVER LISTEN "plugin: {main: {file: l.so, x: y}, ca: {file: c.so}, "
		  "m: {file: s.so, host: [h]}}\n", "plugin.main- plugin.m+ " },
		{ FINE "lane: {hash: {threads: 2}}\n", "lane.hash.threads- " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *says = "";
		cr_assert_eq(read_text(FINE, false), SP_OK);
		struct conf old = conf;
		cr_assert_eq(read_text(rows[i].text, false), SP_OK, "%s", printed());
		for (struct change *at = change_list(&old, &conf, &arena); at != NULL; at = at->next)
			says = text_print(&arena, "%s%s%s ", says, at->name,
			    at->reloadable ? "+" : "-");
		cr_assert_str_eq(says, rows[i].says);
	}
}

Test(conf, reads_its_own_sample)
{
	FILE *file = fopen(path, "w");

	sample_print(file, NULL, 0);
	fclose(file);
	cr_assert_eq(conf_read(path, &(struct conf_options){ 0 }, &arena, &conf, &errors), SP_OK,
	    "%s", printed());
	cr_assert_eq(conf.listen_count, 2);
}
