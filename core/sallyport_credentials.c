/*
 * sallyport_credentials.c - what an application proves itself by: secrets, which the server makes
 * and shows once, and keys, whose private half it never shows anybody
 */
#include "sallyport.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/text.h"

#include <strings.h>

#define DAY INT64_C(86400000)

static const struct column secret_columns[] = { { "ID", "keyId", NULL },
	{ "NAME", "displayName", NULL }, { "BEGINS WITH", "hint", NULL },
	{ "FROM", "startDateTime", NULL }, { "UNTIL", "endDateTime", NULL }, { 0 } };
static const struct column key_columns[] = { { "ID", "keyId", NULL },
	{ "NAME", "displayName", NULL }, { "TYPE", "jwk.kty", NULL }, { "KID", "jwk.kid", NULL },
	{ "FROM", "startDateTime", NULL }, { "UNTIL", "endDateTime", NULL }, { 0 } };

static const char *app_path(struct cli *cli, const json_t *app, const char *rest)
{
	return text_print(cli->arena, "/applications/%s%s",
	    encode_url(cli->arena, json_text(app, "id", "")), rest);
}

static const char *app_name(struct cli *cli, const json_t *app)
{
	return say_safe(cli->arena, json_text(app, "displayName", ""));
}

enum cli_exit credentials_list(struct cli *cli)
{
	bool keys = cli->command->which == CREDENTIALS_KEYS;
	struct table table = { .columns = keys ? key_columns : secret_columns };
	json_t *app;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[0], &app);

	if (exit != CLI_FINE)
		return exit;
	json_t *rows = json_object_get(app, keys ? "keyCredentials" : "passwordCredentials");
	if (cli->options.json) {
		json_t *told = json_pack("{s:O}", "value", rows);
		say_json(cli, told);
		json_decref(told);
	} else {
		table_print(&table, rows);
	}
	json_decref(app);
	return CLI_FINE;
}

/* {"displayName", "endDateTime"}: what was said of them. */
static enum cli_exit wanted_of(struct cli *cli, json_t *wanted)
{
	long days;
	enum cli_exit exit = options_days(cli, 0, 3660, &days);

	if (cli->options.name != NULL)
		json_object_set_new(wanted, "displayName", json_string(cli->options.name));
	if (days > 0)
		json_object_set_new(wanted, "endDateTime", json_string(text_time(cli->arena,
		    clock_wall() + days * DAY)));
	return exit;
}

static void secret_told(struct cli *cli, const json_t *app, const json_t *made)
{
	report_done(cli, made, json_text(made, "keyId", ""), "secret  %s   (shown this once)\n"
	    "id      %s\nuntil   %s\nThe secrets that '%s' has had are as good as before.",
	    say_safe(cli->arena, json_text(made, "secretText", "")),
	    say_safe(cli->arena, json_text(made, "keyId", "")),
	    say_safe(cli->arena, json_text(made, "endDateTime", "")), app_name(cli, app));
}

enum cli_exit credentials_add_secret(struct cli *cli)
{
	json_t *app, *made = NULL, *wanted = json_object();
	enum cli_exit exit = wanted_of(cli, wanted);

	if (exit == CLI_FINE)
		exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[0], &app);
	if (exit != CLI_FINE) {
		json_decref(wanted);
		return exit;
	}
	json_t *body = json_pack("{s:O}", "passwordCredential", wanted);
	exit = call_must(cli, "POST", app_path(cli, app, "/addPassword"), body, &made);
	if (exit == CLI_FINE)
		secret_told(cli, app, made);
	json_decref(made);
	json_decref(body);
	json_decref(wanted);
	json_decref(app);
	return exit;
}

/* The list of its keys as it shall be. Takes the reference. */
static enum cli_exit keys_put(struct cli *cli, const json_t *app, json_t *keys, json_t **out_app)
{
	json_t *body = json_pack("{s:o}", "keyCredentials", keys);
	enum cli_exit exit = call_must(cli, "PATCH", app_path(cli, app, ""), body, out_app);

	json_decref(body);
	return exit;
}

static enum cli_exit key_add(struct cli *cli, const json_t *app, json_t *key)
{
	json_t *keys = json_deep_copy(json_object_get(app, "keyCredentials")), *answer;

	json_array_append(keys, key);
	enum cli_exit exit = keys_put(cli, app, keys, &answer);
	if (exit != CLI_FINE)
		return exit;
	const json_t *list = json_object_get(answer, "keyCredentials");
	const json_t *made = json_array_get(list, json_array_size(list) - 1);
	report_done(cli, made, json_text(made, "keyId", ""), "'%s' may sign with this key\nid  %s",
	    app_name(cli, app), say_safe(cli->arena, json_text(made, "keyId", "")));
	json_decref(answer);
	return CLI_FINE;
}

/* A JWK, or a set of one. */
static json_t *key_of(json_t *document)
{
	json_t *keys = json_object_get(document, "keys");

	return json_array_size(keys) == 1 ? json_array_get(keys, 0) : document;
}

enum cli_exit credentials_add_key(struct cli *cli)
{
	json_t *document, *app;

	if (cli->options.file == NULL)
		return say(CLI_USAGE, "which key? Its public JWK is in a file: -f FILE");
	enum cli_exit exit = apply_read(cli, cli->options.file, &document);
	if (exit != CLI_FINE)
		return exit;
	json_t *key = json_pack("{s:O}", "jwk", key_of(document));
	exit = wanted_of(cli, key);
	if (exit == CLI_FINE)
		exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[0], &app);
	if (exit == CLI_FINE) {
		exit = key_add(cli, app, key);
		json_decref(app);
	}
	json_decref(key);
	json_decref(document);
	return exit;
}

/* False: none of that id. */
static bool key_drop(json_t *keys, const char *id)
{
	size_t index;
	json_t *one;

	json_array_foreach(keys, index, one)
		if (strcasecmp(json_text(one, "keyId", ""), id) == 0) {
			json_array_remove(keys, index);
			return true;
		}
	return false;
}

static enum cli_exit secret_remove(struct cli *cli, const json_t *app, const char *id)
{
	json_t *body = json_pack("{s:s}", "keyId", id);
	enum cli_exit exit = call_must(cli, "POST", app_path(cli, app, "/removePassword"), body,
	    NULL);

	json_decref(body);
	return exit;
}

static enum cli_exit key_remove(struct cli *cli, const json_t *app, const char *id)
{
	json_t *keys = json_deep_copy(json_object_get(app, "keyCredentials"));

	if (key_drop(keys, id))
		return keys_put(cli, app, keys, NULL);
	json_decref(keys);
	return say(CLI_REFUSED, "'%s' has no key '%s'; `sallyport app key list` shows them",
	    app_name(cli, app), say_safe(cli->arena, id));
}

enum cli_exit credentials_remove(struct cli *cli)
{
	bool keys = cli->command->which == CREDENTIALS_KEYS;
	const char *id = cli->arguments[1];
	json_t *app;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[0], &app);

	if (exit != CLI_FINE)
		return exit;
	exit = keys ? key_remove(cli, app, id) : secret_remove(cli, app, id);
	if (exit == CLI_FINE)
		report_done(cli, NULL, id, "'%s' is known by that %s no more", app_name(cli, app),
		    keys ? "key" : "secret");
	json_decref(app);
	return exit;
}
