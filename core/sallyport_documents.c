/* sallyport_documents.c - tenants, apps, user flows, policies, methods, groups, contexts and named
 * locations */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <string.h>

static const char *redirects(struct arena *arena, const json_t *row)
{
	static const char *const paths[] = { "web.redirectUris", "spa.redirectUris",
		"publicClient.redirectUris" };
	const char *all = "";

	for (size_t i = 0; i < 3; i++) {
		const char *some = table_text(arena, row, paths[i]);
		all = text_print(arena, "%s%s%s", all, all[0] != '\0' && some[0] != '\0' ? ", " : "",
		    some);
	}
	return all;
}

static const char *flow_apps(struct arena *arena, const json_t *row)
{
	const json_t *apps = json_object_get(json_object_get(json_object_get(row, "conditions"),
	    "applications"), "includeApplications");

	return text_print(arena, "%zu", json_array_size(apps));
}

static const char *flow_factor(struct arena *arena, const json_t *row)
{
	const json_t *start = json_object_get(row, "onAuthenticationMethodLoadStart"), *one;
	const char *result = "";
	size_t index;

	json_array_foreach(json_object_get(start, "identityProviders"), index, one)
		result = text_print(arena, "%s%s%s", result, index > 0 ? ", " : "",
		    json_text(one, "id", ""));
	return result;
}

static const char *grant(struct arena *arena, const json_t *row)
{
	const char *controls = table_text(arena, row, "grantControls.builtInControls");

	return controls[0] != '\0' ? controls : "session";
}

static const char *tenant_kind(struct arena *arena, const json_t *row)
{
	(void)arena;
	return json_flag(row, "builtIn", false) ? "administrators, built in" : "customers";
}

static const struct column tenant_columns[] = { { "NAME", "name", NULL },
	{ "DISPLAY NAME", "displayName", NULL }, { "FOR", NULL, tenant_kind },
	{ "ID", "id", NULL }, { 0 } };
static const struct column app_columns[] = { { "NAME", "displayName", NULL },
	{ "APP ID", "appId", NULL }, { "ID", "id", NULL }, { "REDIRECTS", NULL, redirects }, { 0 } };
static const struct column flow_columns[] = { { "NAME", "displayName", NULL },
	{ "FIRST FACTOR", NULL, flow_factor },
	{ "SIGN-UP", "onInteractiveAuthFlowStart.isSignUpAllowed", NULL },
	{ "APPS", NULL, flow_apps }, { "ID", "id", NULL }, { 0 } };
static const struct column policy_columns[] = { { "NAME", "displayName", NULL },
	{ "STATE", "state", NULL }, { "GRANT", NULL, grant }, { "ID", "id", NULL }, { 0 } };
static const struct column method_columns[] = { { "METHOD", "id", NULL },
	{ "STATE", "state", NULL }, { 0 } };
static const struct column group_columns[] = { { "NAME", "displayName", NULL },
	{ "DESCRIPTION", "description", NULL }, { "ID", "id", NULL }, { 0 } };

static const struct column context_columns[] = { { "CONTEXT", "id", NULL },
	{ "NAME", "displayName", NULL }, { "OFFERED", "isAvailable", NULL }, { 0 } };

static const char *location_holds(struct arena *arena, const json_t *row)
{
	const json_t *countries = json_object_get(row, "countriesAndRegions");

	return countries != NULL ? table_text(arena, row, "countriesAndRegions") :
	    text_print(arena, "%zu networks", json_array_size(json_object_get(row, "ipRanges")));
}

static const struct column location_columns[] = { { "NAME", "displayName", NULL },
	{ "HOLDS", NULL, location_holds }, { "TRUSTED", "isTrusted", NULL }, { "ID", "id", NULL },
	{ 0 } };

#define METHODS "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations"

static const struct kind_row {
	const char *name, *path, *section;
	const struct column *columns;
} kinds[] = {
	[DOCUMENTS_TENANT] = { "tenant", "/tenants", "tenant", tenant_columns },
	[DOCUMENTS_APP] = { "app", "/applications", "applications", app_columns },
	[DOCUMENTS_FLOW] = { "flow", "/identity/authenticationEventsFlows", "userFlows",
	    flow_columns },
	[DOCUMENTS_POLICY] = { "policy", "/identity/conditionalAccess/policies",
	    "conditionalAccessPolicies", policy_columns },
	[DOCUMENTS_METHOD] = { "method", METHODS, "authenticationMethodConfigurations",
	    method_columns },
	[DOCUMENTS_GROUP] = { "group", "/groups", "groups", group_columns },
	[DOCUMENTS_CONTEXT] = { "context",
	    "/identity/conditionalAccess/authenticationContextClassReferences",
	    "authenticationContextClassReferences", context_columns },
	[DOCUMENTS_LOCATION] = { "location", "/identity/conditionalAccess/namedLocations",
	    "namedLocations", location_columns },
};

enum cli_exit documents_list(struct cli *cli)
{
	const struct kind_row *kind = &kinds[cli->command->which];

	return table_get(cli, kind->path, kind->columns);
}

enum cli_exit documents_find(struct cli *cli, enum documents_kind kind, const char *name,
    json_t **out_found)
{
	return find_one(cli, kinds[kind].name, kinds[kind].path, name, out_found);
}

/* The tenant alone is reached by header, not by path. */
static enum cli_exit tenant_get(struct cli *cli, json_t **out_found)
{
	if (cli->count > 0)
		cli->tenant = cli->arguments[0];
	call_end(cli);
	enum cli_exit exit = find_tenant(cli);
	return exit == CLI_FINE ? call_must(cli, "GET", "/tenant", NULL, out_found) : exit;
}

enum cli_exit documents_get(struct cli *cli)
{
	enum documents_kind kind = (enum documents_kind)cli->command->which;
	json_t *found;
	enum cli_exit exit = kind == DOCUMENTS_TENANT ? tenant_get(cli, &found) :
	    documents_find(cli, kind, cli->arguments[0], &found);

	if (exit != CLI_FINE)
		return exit;
	if (kind == DOCUMENTS_GROUP)
		exit = members_read(cli, found);
	if (exit == CLI_FINE)
		say_json(cli, found);
	json_decref(found);
	return exit;
}

enum cli_exit documents_export(struct cli *cli)
{
	json_t *document;
	enum cli_exit exit = find_tenant(cli);

	if (exit == CLI_FINE)
		exit = call_must(cli, "GET", "/export", NULL, &document);
	if (exit != CLI_FINE)
		return exit;
	say_json(cli, document);
	json_decref(document);
	return exit;
}

/* What saving would be warned of, without saving: apply's dry run of the one document. */
static enum cli_exit state_confirm(struct cli *cli, const struct kind_row *kind,
    const json_t *wanted)
{
	json_t *document = json_pack("{s: [O]}", kind->section, wanted), *answer, *warning;
	enum cli_exit exit = call_must(cli, "POST", "/apply?dryRun=true", document, &answer);
	size_t index;

	json_decref(document);
	if (exit != CLI_FINE)
		return exit;
	const json_t *warnings = json_object_get(answer, "warnings");
	json_array_foreach(warnings, index, warning)
		say_warning(json_string_value(warning));
	if (json_array_size(warnings) > 0)
		exit = say_confirm(cli, "Save it all the same?");
	json_decref(answer);
	return exit;
}

static const char *state_of(int kind, const char *word)
{
	static const char *const states[][2] = { { "on", "enabled" }, { "off", "disabled" },
		{ "report-only", "enabledForReportingButNotEnforced" } };

	for (size_t i = 0; i < (kind == DOCUMENTS_POLICY ? 3 : 2); i++)
		if (strcmp(word, states[i][0]) == 0 || strcmp(word, states[i][1]) == 0)
			return states[i][1];
	return NULL;
}

static enum cli_exit state_set(struct cli *cli, const struct kind_row *kind, const json_t *found,
    const char *state)
{
	const char *id = json_text(found, "id", "");
	const char *name = say_safe(cli->arena, json_text(found, "displayName", id));
	json_t *wanted = json_pack("{s:s, s:s}", "id", id, "state", state), *answer = NULL;
	enum cli_exit exit = CLI_FINE;

	if (kind == &kinds[DOCUMENTS_METHOD] || strcmp(state, "disabled") != 0)
		exit = state_confirm(cli, kind, wanted);
	json_object_del(wanted, "id");
	if (exit == CLI_FINE)
		exit = call_must(cli, "PATCH", text_print(cli->arena, "%s/%s", kind->path,
		    encode_url(cli->arena, id)), wanted, &answer);
	if (exit == CLI_FINE)
		report_done(cli, answer, id, "%s '%s': %s", kind->name, name, state);
	json_decref(answer);
	json_decref(wanted);
	return exit;
}

enum cli_exit documents_state(struct cli *cli)
{
	int which = cli->command->which;
	const char *name = cli->arguments[0], *state = state_of(which, cli->arguments[1]);
	json_t *found;

	if (state == NULL)
		return say(CLI_USAGE, "'%s' is no state; wanted: on, off%s", say_safe(cli->arena,
		    cli->arguments[1]), which == DOCUMENTS_POLICY ? ", report-only" : "");
	enum cli_exit exit = documents_find(cli, (enum documents_kind)which, name, &found);
	if (exit != CLI_FINE)
		return exit;
	exit = state_set(cli, &kinds[which], found, state);
	json_decref(found);
	return exit;
}
