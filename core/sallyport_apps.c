/* sallyport_apps.c - registers an application, or an API, by what its developer knows */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"

#define FLOWS "/identity/authenticationEventsFlows/"

static const char *id_new(struct cli *cli)
{
	char text[ID_TEXT];

	id_format(id_random(), text);
	return text_copy(cli->arena, text);
}

static void redirect_put(json_t *app, const char *platform, const char *uri)
{
	if (uri != NULL)
		json_object_set_new(app, platform, json_pack("{s:[s]}", "redirectUris", uri));
}

/* All that the API offers: an operator who wants less says so in a document. */
static json_t *needs_of(const json_t *api)
{
	const json_t *scopes = json_object_get(json_object_get(api, "api"),
	    "oauth2PermissionScopes"), *scope;
	json_t *access = json_array();
	size_t index;

	json_array_foreach(scopes, index, scope)
		json_array_append_new(access, json_pack("{s:s, s:s}", "id",
		    json_text(scope, "id", ""), "type", "Scope"));
	return json_pack("[{s:s, s:o}]", "resourceAppId", json_text(api, "appId", ""),
	    "resourceAccess", access);
}

static enum cli_exit needs_put(struct cli *cli, json_t *app)
{
	json_t *api;

	if (cli->options.calls == NULL)
		return CLI_FINE;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_APP, cli->options.calls, &api);
	if (exit != CLI_FINE)
		return exit;
	json_object_set_new(app, "requiredResourceAccess", needs_of(api));
	json_decref(api);
	return CLI_FINE;
}

static json_t *app_new(struct cli *cli)
{
	const struct options *options = &cli->options;
	json_t *app = json_pack("{s:s}", "displayName", cli->arguments[0]);

	redirect_put(app, "web", options->web);
	redirect_put(app, "spa", options->spa);
	redirect_put(app, "publicClient", options->native);
	if (options->signed_out != NULL)
		json_object_set_new(app, "postLogoutRedirectUris", json_pack("[s]",
		    options->signed_out));
	if (options->secret)
		json_object_set_new(app, "passwordCredentials", json_pack("[{s:s}]", "displayName",
		    "made by sallyport app add"));
	if (options->scope != NULL)
		json_object_set_new(app, "api", json_pack("{s:[{s:s, s:s}]}",
		    "oauth2PermissionScopes", "id", id_new(cli), "value", options->scope));
	return app;
}

/* Customers may then sign up in it, too: without a flow those who are known sign in. */
static enum cli_exit flow_join(struct cli *cli, const json_t *app, json_t *flow)
{
	json_t *conditions = json_object_get(flow, "conditions");
	json_t *list = json_object_get(json_object_get(conditions, "applications"),
	    "includeApplications");

	json_array_append_new(list, json_pack("{s:s}", "appId", json_text(app, "appId", "")));
	json_t *change = json_pack("{s:O}", "conditions", conditions);
	enum cli_exit exit = call_must(cli, "PATCH", text_print(cli->arena, FLOWS "%s",
	    encode_url(cli->arena, json_text(flow, "id", ""))), change, NULL);
	json_decref(change);
	return exit;
}

static void app_told(struct cli *cli, const json_t *made)
{
	const char *client = say_safe(cli->arena, json_text(made, "appId", ""));
	const char *secret = json_string_value(json_array_get(json_object_get(made,
	    "@sallyport.secrets"), 0));
	const char *text = text_print(cli->arena, "client id  %s", client);

	if (secret != NULL)
		text = text_print(cli->arena, "%s\nsecret     %s   (shown this once)", text, secret);
	if (cli->options.scope != NULL)
		text = text_print(cli->arena, "%s\nscope      api://%s/%s", text, client,
		    say_safe(cli->arena, cli->options.scope));
	report_done(cli, made, json_text(made, "id", NULL), "%s", text);
}

enum cli_exit apps_add(struct cli *cli)
{
	json_t *flow = NULL, *made = NULL;
	enum cli_exit exit = cli->options.flow == NULL ? CLI_FINE :
	    documents_find(cli, DOCUMENTS_FLOW, cli->options.flow, &flow);

	if (exit != CLI_FINE)
		return exit;
	json_t *app = app_new(cli);
	if (app == NULL)
		exit = say(CLI_USAGE, "names and addresses must be UTF-8");
	else
		exit = needs_put(cli, app);
	if (exit == CLI_FINE)
		exit = call_must(cli, "POST", "/applications", app, &made);
	if (exit == CLI_FINE)
		app_told(cli, made);
	if (exit == CLI_FINE && flow != NULL)
		exit = flow_join(cli, made, flow);
	json_decref(made);
	json_decref(flow);
	json_decref(app);
	return exit;
}
