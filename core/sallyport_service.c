/* sallyport_service.c - the server itself: keys, mail, plugins, version */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

static const struct column queue_columns[] = { { "ID", "id", NULL }, { "TO", "to", NULL },
	{ "TRIES", "tries", NULL }, { "NEXT TRY", "dueDateTime", NULL },
	{ "GIVEN UP", "expirationDateTime", NULL }, { 0 } };
static const struct column plugin_columns[] = { { "NAME", "name", NULL },
	{ "FILE", "file", NULL }, { "KIND", "kind", NULL }, { "OFFERS", "roles", NULL },
	{ "SERVES AS", "bound", NULL }, { "API", "api", NULL }, { "READY", "ready", NULL }, { 0 } };

enum cli_exit service_mail_queue(struct cli *cli)
{
	return table_get(cli, "/mail/queue", queue_columns);
}

enum cli_exit service_plugins(struct cli *cli)
{
	return table_get(cli, "/plugins", plugin_columns);
}

enum cli_exit service_mail_retry(struct cli *cli)
{
	const char *id = cli->arguments[0];
	enum cli_exit exit = call_must(cli, "POST", text_print(cli->arena, "/mail/queue/%s/retry",
	    encode_url(cli->arena, id)), NULL, NULL);

	if (exit == CLI_FINE)
		report_done(cli, NULL, id, "%s is tried again now", say_safe(cli->arena, id));
	return exit;
}

enum cli_exit service_mail_test(struct cli *cli)
{
	const char *to = cli->arguments[0];
	json_t *body = json_object(), *sent = NULL;

	json_object_set_new(body, "to", json_string(to));
	enum cli_exit exit = call_must(cli, "POST", "/mail/test", body, &sent);
	json_decref(body);
	if (exit == CLI_FINE)
		report_done(cli, sent, NULL, "A mail to %s is under way; if it does not arrive, see: "
		    "sallyport mail queue", say_safe(cli->arena, to));
	json_decref(sent);
	return exit;
}

enum cli_exit service_keys_rotate(struct cli *cli)
{
	json_t *made = NULL;
	enum cli_exit exit = call_must(cli, "POST", "/keys/rotate", NULL, &made);

	if (exit == CLI_FINE)
		report_done(cli, made, NULL, "New signing keys are published, and sign from this "
		    "time tomorrow on, when every app knows them; those of today stay published "
		    "until the last token that they signed has expired. Nobody needs to do a thing.");
	json_decref(made);
	return exit;
}

enum cli_exit service_version(struct cli *cli)
{
	json_t *body;

	if (!cli->options.json)
		puts("sallyport " VERSION);
	enum cli_exit exit = call_must(cli, "GET", "/version", NULL, &body);
	if (exit != CLI_FINE)
		return exit;
	if (cli->options.json)
		say_json(cli, body);
	else
		printf("server %s (plugin API %lld.%lld, store format %lld)\n",
		    say_safe(cli->arena, json_text(body, "version", "?")), (long long)
		    json_integer_value(json_array_get(json_object_get(body, "pluginApi"), 0)),
		    (long long)json_integer_value(json_array_get(json_object_get(body,
		    "pluginApi"), 1)), (long long)json_number(body, "storeFormat", 0));
	json_decref(body);
	return CLI_FINE;
}
