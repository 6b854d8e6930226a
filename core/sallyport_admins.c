/* sallyport_admins.c - administrators, the link that lets one in, and API tokens */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "model/role.h"
#include "model/system.h"

#include <stdlib.h>
#include <string.h>

static enum cli_exit link_print(struct cli *cli, json_t *body)
{
	json_t *link;
	enum cli_exit exit = call_must(cli, "POST", "/signInLinks", body, &link);

	json_decref(body);
	if (exit != CLI_FINE)
		return exit;
	if (cli->options.json) {
		say_json(cli, link);
	} else {
		say_line(cli, json_text(link, "link", ""));
		say_only("It works once, until %s. Whoever has it is an administrator: give it to "
		    "nobody else.", json_text(link, "expiresDateTime", ""));
	}
	json_decref(link);
	return CLI_FINE;
}

enum cli_exit admins_link(struct cli *cli)
{
	if (cli->options.first != (cli->count == 0))
		return say(CLI_USAGE, "admin link: an administrator's address, or --first");
	return link_print(cli, cli->options.first ? json_pack("{s:b}", "first", 1) :
	    json_pack("{s:s}", "user", cli->arguments[0]));
}

#define ROLES "/roleManagement/directory/"

/* What --all or --tenant says; then the requests are about the tenant of administrators. */
static enum cli_exit scope_of(struct cli *cli, const char **out_scope)
{
	json_t *tenant = NULL;

	if (cli->options.all == (cli->options.tenant != NULL))
		return say(CLI_USAGE, "%s: for which tenant? --tenant NAME, or --all, which is the "
		    "server itself, too", cli->command->words);
	*out_scope = "/";
	if (!cli->options.all) {
		enum cli_exit exit = find_one(cli, "tenant", "/tenants", cli->options.tenant,
		    &tenant);
		if (exit != CLI_FINE)
			return exit;
		*out_scope = text_print(cli->arena, "/tenants/%s", json_text(tenant, "id", ""));
		json_decref(tenant);
	}
	call_end(cli);		/* the tenant is a header of the connection's */
	cli->tenant = SYSTEM_ID;
	return CLI_FINE;
}

static enum cli_exit role_of(struct cli *cli, const struct role **out_role)
{
	const struct role *role = cli->options.role != NULL ? role_find(cli->options.role) : NULL;

	if (role != NULL) {
		*out_role = role;
		return CLI_FINE;
	}
	say(CLI_USAGE, "%s: --role wants one of:", cli->command->words);
	for (role = roles; role->id != NULL; role++)
		fprintf(stderr, "  %-36s  %s\n", role->name, role->description);
	return CLI_USAGE;
}

/* Who is there already gets a role more. */
static enum cli_exit admin_user(struct cli *cli, const char *address, const char **out_id)
{
	struct answer answer;
	json_t *user = json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}]}", "displayName",
	    cli->options.name != NULL ? cli->options.name : address, "mail", address,
	    "identities", "signInType", "emailAddress", "issuer", "system", "issuerAssignedId",
	    address);
	enum cli_exit exit = call_ask(cli, "POST", "/users", user, &answer);

	json_decref(user);
	if (exit != CLI_FINE)
		return exit;
	if (answer.status == 409) {
		json_decref(answer.body);
		exit = users_get(cli, address, &answer.body);
	} else if (answer.status > 299) {
		exit = call_refused(cli, &answer, "");
	}
	if (exit != CLI_FINE)
		return exit;
	*out_id = text_copy(cli->arena, json_text(answer.body, "id", ""));
	json_decref(answer.body);
	return CLI_FINE;
}

enum cli_exit admins_add(struct cli *cli)
{
	const struct role *role = NULL;
	const char *scope = NULL, *user = NULL;
	enum cli_exit exit = role_of(cli, &role);

	if (exit == CLI_FINE)
		exit = scope_of(cli, &scope);
	if (exit == CLI_FINE)
		exit = admin_user(cli, cli->arguments[0], &user);
	if (exit != CLI_FINE)
		return exit;
	json_t *body = json_pack("{s:s, s:s, s:s}", "principalId", user, "roleDefinitionId",
	    role->id, "directoryScopeId", scope);
	exit = call_must(cli, "POST", ROLES "roleAssignments", body, NULL);
	json_decref(body);
	return exit == CLI_FINE ? link_print(cli, json_pack("{s:s}", "user", user)) : exit;
}

static const struct column admin_columns[] = { { "ADMINISTRATOR", "address", NULL },
	{ "ROLE", "roleDisplayName", NULL }, { "FOR", "directoryScopeId", NULL },
	{ "ID", "id", NULL }, { 0 } };

enum cli_exit admins_list(struct cli *cli)
{
	struct table table = { .columns = admin_columns };
	json_t *all, *one, *user;
	size_t index;

	cli->tenant = SYSTEM_ID;
	enum cli_exit exit = call_must(cli, "GET", ROLES "roleAssignments", NULL, &all);
	if (exit != CLI_FINE)
		return exit;
	json_array_foreach(json_object_get(all, "value"), index, one) {
		const char *id = json_text(one, "principalId", "");
		struct answer answer = { 0 };
		exit = call_ask(cli, "GET", text_print(cli->arena, "/users/%s", id), NULL, &answer);
		if (exit != CLI_FINE)
			break;
		user = answer.body;
		json_object_set_new(one, "address", json_string(answer.status == 200 ?
		    users_address(cli->arena, user) : id));
		json_decref(user);
	}
	if (exit == CLI_FINE && cli->options.json)
		say_json(cli, all);
	else if (exit == CLI_FINE)
		table_print(&table, json_object_get(all, "value"));
	json_decref(all);
	return exit;
}

enum cli_exit admins_remove(struct cli *cli)
{
	json_t *user;

	cli->tenant = SYSTEM_ID;
	enum cli_exit exit = users_get(cli, cli->arguments[0], &user);
	if (exit != CLI_FINE)
		return exit;
	const char *id = text_copy(cli->arena, json_text(user, "id", ""));
	json_decref(user);
	exit = say_confirm(cli, "The administrator and all roles go, for good.");
	if (exit == CLI_FINE)
		exit = call_must(cli, "DELETE", text_print(cli->arena, "/users/%s", id), NULL, NULL);
	if (exit == CLI_FINE)
		report_done(cli, NULL, id, "%s administers nothing any more",
		    say_safe(cli->arena, cli->arguments[0]));
	return exit;
}

enum cli_exit tokens_create(struct cli *cli)
{
	const struct role *role = NULL;
	const char *scope = NULL;
	json_t *token;
	long days = 0;
	enum cli_exit exit = role_of(cli, &role);

	if (exit == CLI_FINE)
		exit = options_days(cli, 90, 366, &days);
	if (exit == CLI_FINE)
		exit = scope_of(cli, &scope);
	if (exit != CLI_FINE)
		return exit;
	json_t *body = json_pack("{s:s, s:s, s:i, s:s*}", "roleDefinitionId", role->id,
	    "directoryScopeId", scope, "lifetimeDays", (int)days, "displayName",
	    cli->options.name);
	exit = call_must(cli, "POST", "/apiTokens", body, &token);
	json_decref(body);
	if (exit != CLI_FINE)
		return exit;
	if (cli->options.json) {
		say_json(cli, token);
	} else {
		say_line(cli, json_text(token, "secretText", ""));
		say_only("It is not shown again, and works until %s.",
		    json_text(token, "expirationDateTime", ""));
	}
	json_decref(token);
	return CLI_FINE;
}

enum cli_exit tokens_list(struct cli *cli)
{
	static const struct column columns[] = { { "NAME", "displayName", NULL },
		{ "ROLE", "roleDisplayName", NULL }, { "FOR", "directoryScopeId", NULL },
		{ "EXPIRES", "expirationDateTime", NULL }, { "LAST USED", "lastUsedDateTime", NULL },
		{ "FROM", "lastUsedFrom", NULL }, { "ID", "id", NULL }, { 0 } };

	return table_get(cli, "/apiTokens", columns);
}

enum cli_exit tokens_revoke(struct cli *cli)
{
	enum cli_exit exit = call_must(cli, "DELETE", text_print(cli->arena, "/apiTokens/%s",
	    encode_url(cli->arena, cli->arguments[0])), NULL, NULL);

	if (exit == CLI_FINE)
		report_done(cli, NULL, cli->arguments[0], "the token opens nothing any more");
	return exit;
}
