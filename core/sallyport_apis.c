/* sallyport_apis.c - what an application offers to others, and what others may have of it */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"

static const json_t *scopes_of(const json_t *api)
{
	return json_object_get(json_object_get(api, "api"), "oauth2PermissionScopes");
}

/* NULL: it has no scope of that value. */
static const char *scope_id(const json_t *api, const char *value)
{
	size_t index;
	json_t *one;

	json_array_foreach(scopes_of(api), index, one)
		if (text_same(json_text(one, "value", NULL), value))
			return json_text(one, "id", NULL);
	return NULL;
}

/* Takes the reference to `members`. */
static enum cli_exit app_patch(struct cli *cli, const json_t *app, json_t *members,
    json_t **out_answer)
{
	enum cli_exit exit = call_must(cli, "PATCH", text_print(cli->arena, "/applications/%s",
	    encode_url(cli->arena, json_text(app, "id", ""))), members, out_answer);

	json_decref(members);
	return exit;
}

static const char *app_name(struct cli *cli, const json_t *app)
{
	return say_safe(cli->arena, json_text(app, "displayName", ""));
}

static enum cli_exit scope_add(struct cli *cli, const json_t *app, const char *value,
    json_t **out_answer)
{
	json_t *scopes = json_deep_copy(scopes_of(app));
	char id[ID_TEXT];

	id_format(id_random(), id);
	json_array_append_new(scopes, json_pack("{s:s, s:s}", "id", id, "value", value));
	return app_patch(cli, app, json_pack("{s:{s:o}}", "api", "oauth2PermissionScopes", scopes),
	    out_answer);
}

/* Once there, again changes nothing. */
enum cli_exit apis_publish(struct cli *cli)
{
	const char *value = cli->arguments[1];
	json_t *app, *answer = NULL;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[0], &app);

	if (exit != CLI_FINE)
		return exit;
	if (scope_id(app, value) == NULL)
		exit = scope_add(cli, app, value, &answer);
	if (exit == CLI_FINE)
		report_done(cli, answer, json_text(app, "id", ""), "'%s' has the scope %s, asked for "
		    "as %s/%s", app_name(cli, app), say_safe(cli->arena, value),
		    json_text(app, "appId", ""), say_safe(cli->arena, value));
	json_decref(answer);
	json_decref(app);
	return exit;
}

/* The place of an element by one of its texts; the size of the list: none. */
static size_t place_of(const json_t *list, const char *name, const char *text)
{
	size_t index;
	json_t *one;

	json_array_foreach(list, index, one)
		if (text_same(json_text(one, name, NULL), text))
			return index;
	return json_array_size(list);
}

/* What it needs, with that scope or without: a new list. An API of which nothing is left goes. */
static json_t *needs_with(const json_t *app, const char *api, const char *scope, bool granted)
{
	json_t *needs = json_deep_copy(json_object_get(app, "requiredResourceAccess"));
	size_t at = place_of(needs, "resourceAppId", api);

	if (at == json_array_size(needs))
		json_array_append_new(needs, json_pack("{s:s, s:[]}", "resourceAppId", api,
		    "resourceAccess"));
	json_t *rights = json_object_get(json_array_get(needs, at), "resourceAccess");
	size_t right = place_of(rights, "id", scope);
	if (granted && right == json_array_size(rights))
		json_array_append_new(rights, json_pack("{s:s, s:s}", "id", scope, "type", "Scope"));
	else if (!granted)
		(void)json_array_remove(rights, right);
	if (json_array_size(rights) == 0)
		json_array_remove(needs, at);
	return needs;
}

static enum cli_exit grant_set(struct cli *cli, const json_t *app, const json_t *api)
{
	bool granted = cli->command->which == APIS_GRANT;
	const char *value = say_safe(cli->arena, cli->arguments[2]);
	const char *scope = scope_id(api, cli->arguments[2]);
	json_t *answer = NULL;

	if (scope == NULL)
		return say(CLI_REFUSED, "'%s' has no scope '%s'; `sallyport app publish` gives it "
		    "one", app_name(cli, api), value);
	enum cli_exit exit = app_patch(cli, app, json_pack("{s:o}", "requiredResourceAccess",
	    needs_with(app, json_text(api, "appId", ""), scope, granted)), &answer);
	if (exit == CLI_FINE)
		report_done(cli, answer, json_text(app, "id", ""), "'%s' %s %s of '%s'",
		    app_name(cli, app), granted ? "may have" : "may not have", value,
		    app_name(cli, api));
	json_decref(answer);
	return exit;
}

enum cli_exit apis_grant(struct cli *cli)
{
	json_t *app, *api = NULL;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[0], &app);

	if (exit != CLI_FINE)
		return exit;
	exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[1], &api);
	if (exit == CLI_FINE)
		exit = grant_set(cli, app, api);
	json_decref(api);
	json_decref(app);
	return exit;
}
