/* sallyport_doctor.c - one row for each check, and how findings are told */
#include "sallyport_doctor.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CONF_PATH "/etc/sallyport/sallyport.yaml"

enum needs { NOTHING = 0, CONF, SERVER };

static const struct { const char *name; void (*run)(struct doctor *doctor); enum needs needs; }
    checks[] = {
	{ "conf", doctor_conf, NOTHING },
	{ "server", doctor_server, NOTHING },
	{ "clock", doctor_clock, NOTHING },
	{ "key file", doctor_key_file, CONF },
	{ "disk", doctor_disk, CONF },
	{ "plugins", doctor_plugins, CONF },
	{ "proxies", doctor_proxies, CONF },
	{ "certificates", doctor_certificates, CONF },
	{ "demo", doctor_demo, CONF },
	{ "relay", doctor_relay, CONF },
	{ "sender", doctor_sender, CONF },
	{ "queue", doctor_queue, SERVER },
	{ "doors", doctor_doors, SERVER },
};

static const struct { const char *word, *colour; } verdicts[] = {
	[DOCTOR_WRONG] = { "wrong", "\033[1;31m" },
	[DOCTOR_WARNING] = { "warning", "\033[33m" },
	[DOCTOR_FINE] = { "ok", "\033[32m" },
	[DOCTOR_UNCHECKED] = { "not checked", "\033[36m" },
};

void doctor_tell(struct doctor *doctor, enum doctor_verdict verdict, const char *advice,
    const char *format, ...)
{
	struct cli *cli = doctor->cli;
	bool coloured = say_coloured(stdout);
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	doctor->wrong += verdict == DOCTOR_WRONG;
	doctor->warnings += verdict == DOCTOR_WARNING;
	/* A text that is no UTF-8 would make no JSON. */
	json_array_append_new(doctor->findings, json_pack("{s:s, s:s, s:s, s:s?}", "check",
	    doctor->check, "verdict", verdicts[verdict].word, "text",
	    text_utf8(text, strlen(text)) ? text : "?", "advice", advice));
	if (cli->options.json)
		return;
	printf("%s%-11s%s  %-12s  %s%s%s\n", coloured ? verdicts[verdict].colour : "",
	    verdicts[verdict].word, coloured ? "\033[0m" : "", doctor->check,
	    say_safe(cli->arena, text), advice != NULL ? ". " : "",
	    advice != NULL ? say_safe(cli->arena, advice) : "");
}

const char *doctor_key(const struct conf_plugin *plugin, const char *key, const char *fallback)
{
	const struct tree *tree = tree_find(plugin->map, key);

	return tree != NULL && tree->kind == TREE_TEXT ? tree->text : fallback;
}

bool doctor_sends(const struct doctor *doctor, const struct conf_plugin *plugin)
{
	for (const char *const *name = doctor->conf->server.mail; *name != NULL; name++)
		if (strcmp(*name, plugin->name) == 0)
			return true;
	return false;
}

/* A proxy gives itself away by the URL: visitors speak TLS, and not to us. */
bool doctor_public(const struct conf *conf)
{
	for (size_t i = 0; i < conf->listen_count; i++)
		if (conf->listens[i].secure && text_empty(conf->listens[i].tls_certificate))
			return true;
	return !conf_loopback(conf);
}

static void row_run(struct doctor *doctor, size_t at)
{
	doctor->check = checks[at].name;
	if (checks[at].needs == CONF && doctor->conf == NULL)
		doctor_tell(doctor, DOCTOR_UNCHECKED, NULL, "this needs a conf file that is fine");
	else if (checks[at].needs == SERVER && !doctor->reached)
		doctor_tell(doctor, DOCTOR_UNCHECKED, NULL, "this needs a server that runs");
	else
		checks[at].run(doctor);
}

static void summary(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;

	if (cli->options.json) {
		json_t *all = json_pack("{s:i, s:i, s:O}", "wrong", (int)doctor->wrong, "warnings",
		    (int)doctor->warnings, "findings", doctor->findings);
		say_json(cli, all);
		json_decref(all);
		return;
	}
	printf("\n%zu wrong, %zu to look at\n", doctor->wrong, doctor->warnings);
}

enum cli_exit doctor_run(struct cli *cli)
{
	struct doctor doctor = { .cli = cli, .findings = json_array(), .tenants = json_array(),
		.path = cli->options.conf != NULL ? cli->options.conf : CONF_PATH };

	/* Names that nobody answers for end soon: both the resolver and getaddrinfo() heed it. */
	setenv("RES_OPTIONS", "timeout:2 attempts:1", 1);
	doctor_user(&doctor);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		row_run(&doctor, i);
	summary(&doctor);
	json_decref(doctor.tenants);
	json_decref(doctor.findings);
	return doctor.wrong > 0 ? CLI_REFUSED : CLI_FINE;
}
