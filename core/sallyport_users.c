/* sallyport_users.c - one customer: added, shown, switched off */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

const char *users_address(struct arena *arena, const json_t *user)
{
	const json_t *first = json_array_get(json_object_get(user, "identities"), 0);

	(void)arena;
	return json_text(first, "issuerAssignedId", json_text(user, "mail", ""));
}

static const struct column columns[] = { { "ADDRESS", NULL, users_address },
	{ "NAME", "displayName", NULL }, { "ENABLED", "accountEnabled", NULL },
	{ "ID", "id", NULL }, { 0 } };

static const char *user_path(struct cli *cli, const char *who, const char *rest)
{
	return text_print(cli->arena, "/users/%s%s", encode_url(cli->arena, who), rest);
}

enum cli_exit users_get(struct cli *cli, const char *who, json_t **out_user)
{
	struct answer answer;
	enum cli_exit exit = call_ask(cli, "GET", user_path(cli, who, ""), NULL, &answer);

	if (exit != CLI_FINE)
		return exit;
	if (answer.status == 200) {
		*out_user = answer.body;
		return CLI_FINE;
	}
	exit = answer.status == 404 ? say(CLI_REFUSED, "there is no customer '%s'; an id or an "
	    "address is wanted", say_safe(cli->arena, who)) : call_refused(cli, &answer, "");
	json_decref(answer.body);
	return exit;
}

static void page_show(struct cli *cli, struct table *table, const json_t *body, bool more)
{
	if (cli->options.json)
		report_page(cli, body, more);
	else
		table_print(table, json_object_get(body, "value"));
}

/* Each page in memory of its own: there may be millions. */
enum cli_exit users_list(struct cli *cli)
{
	struct table table = { .columns = columns };
	struct arena *outer = cli->arena, page;
	enum { PAGE = 100, MOST = 999 };
	char path[4096] = "";
	json_t *body;
	long top;
	enum cli_exit exit = options_top(cli, cli->options.all ? MOST : PAGE, &top);

	if (exit != CLI_FINE)
		return exit;
	snprintf(path, sizeof(path), "/users?$top=%ld%s%s", top, cli->count > 0 ? "&prefix=" : "",
	    cli->count > 0 ? encode_url(cli->arena, cli->arguments[0]) : "");
	while (path[0] != '\0' && exit == CLI_FINE) {
		exit = call_must(cli, "GET", path, NULL, &body);
		if (exit != CLI_FINE)
			break;
		arena_init(&page, NULL, 0);
		cli->arena = &page;
		const char *next = call_next(cli, body);
		page_show(cli, &table, body, next != NULL && cli->options.all);
		snprintf(path, sizeof(path), "%s", next != NULL && cli->options.all ? next : "");
		if (next != NULL && !cli->options.all)
			fputs("There are more: --all shows them, a prefix narrows them.\n", stderr);
		cli->arena = outer;
		arena_done(&page);
		json_decref(body);
	}
	return exit;
}

enum cli_exit users_show(struct cli *cli)
{
	json_t *user = NULL;
	enum cli_exit exit = users_get(cli, cli->arguments[0], &user);

	if (exit != CLI_FINE)
		return exit;
	if (cli->options.json)
		say_json(cli, user);
	else
		table_object(cli, user);
	json_decref(user);
	return CLI_FINE;
}

/* The first line; a password on the command line would be everybody's to see. */
static enum cli_exit password_read(struct cli *cli, const char **out_password)
{
	const char *path = cli->options.password_file;

	return path == NULL ? CLI_FINE : secret_line(cli, path, "password", out_password);
}

static json_t *user_new(const char *address, const char *name, const char *password)
{
	json_t *user = json_pack("{s:[{s:s, s:s}], s:s, s:b}", "identities", "signInType",
	    "emailAddress", "issuerAssignedId", address, "mail", address, "accountEnabled", 1);

	if (name != NULL)
		json_object_set_new(user, "displayName", json_string(name));
	if (password != NULL)
		json_object_set_new(user, "passwordProfile",
		    json_pack("{s:s}", "password", password));
	return user;
}

/* The document is ours, so its members' names are no words of the operator's. */
static enum cli_exit user_post(struct cli *cli, const json_t *user, const char *address,
    json_t **out_made)
{
	struct answer answer;
	enum cli_exit exit = call_ask(cli, "POST", "/users", user, &answer);

	if (exit != CLI_FINE)
		return exit;
	if (answer.status == 201) {
		*out_made = answer.body;
		return CLI_FINE;
	}
	const json_t *detail = json_array_get(json_object_get(json_object_get(answer.body, "error"),
	    "details"), 0);
	exit = strcmp(json_text(detail, "message", ""), "not an address") == 0 ?
	    say(CLI_REFUSED, "'%s' is no address; wanted: name@example.com",
	    say_safe(cli->arena, address)) : call_refused(cli, &answer, "");
	json_decref(answer.body);
	return exit;
}

enum cli_exit users_add(struct cli *cli)
{
	const char *address = cli->arguments[0], *name = cli->options.name, *password = NULL;
	enum cli_exit exit = password_read(cli, &password);
	json_t *made = NULL;

	if (exit != CLI_FINE)
		return exit;
	if (!text_utf8(address, strlen(address)) || (name != NULL && !text_utf8(name, strlen(name))))
		return say(CLI_USAGE, "address and name must be UTF-8");
	json_t *user = user_new(address, name, password);
	exit = user_post(cli, user, address, &made);
	json_decref(user);
	if (exit != CLI_FINE)
		return exit;
	report_done(cli, made, json_text(made, "id", NULL), "%s is added, with the id %s",
	    say_safe(cli->arena, address), say_safe(cli->arena, json_text(made, "id", "")));
	json_decref(made);
	return CLI_FINE;
}

static const struct action_row {
	const char *method, *rest, *done;
	int enabled;		/* for PATCH */
	const char *how;	/* asks first; NULL: at once */
} actions[] = {
	[USERS_DISABLE] = { "PATCH", "", "is disabled; all sessions have ended", 0, NULL },
	[USERS_ENABLE] = { "PATCH", "", "is enabled", 1, NULL },
	[USERS_UNLOCK] = { "POST", "/unlock", "may try again at once", 0, NULL },
	[USERS_RESET] = { "POST", "/resetPassword",
	    "has no password any more, until \"Forgot password\" makes a new one", 0, NULL },
	[USERS_DELETE] = { "DELETE", "", "is deleted", 0, "for good" },
	[USERS_ERASE] = { "POST", "/erase", "is deleted; the logs forget him within minutes, and the "
	    "audit says when", 0, "for good, and from the logs" },
	[USERS_REVOKE] = { "POST", "/revokeSignInSessions", "is signed out everywhere", 0, NULL },
};

/* Policies that name him are told before the question. */
static enum cli_exit act_confirm(struct cli *cli, const struct action_row *action,
    const char *path)
{
	struct answer answer;
	json_t *warning;
	size_t index;

	if (action->how == NULL)
		return CLI_FINE;
	enum cli_exit exit = call_ask(cli, "DELETE", text_print(cli->arena, "%s?dryRun=true",
	    path), NULL, &answer);
	if (exit == CLI_FINE && answer.status >= 300 && answer.status != 404)
		exit = call_refused(cli, &answer, "");
	if (exit != CLI_FINE)
		return exit;
	json_array_foreach(json_object_get(answer.body, "@sallyport.warnings"), index, warning)
		say_warning(json_string_value(warning));
	json_decref(answer.body);
	return say_confirm(cli, text_print(cli->arena, "Delete %s %s?",
	    say_safe(cli->arena, cli->arguments[0]), action->how));
}

/* Who is deleted already is nothing but an id, which is enough to erase him. */
static enum cli_exit act_find(struct cli *cli, const char *who, json_t **out_user)
{
	struct sp_id id;

	if (cli->command->which != USERS_ERASE || !id_parse(who, &id))
		return users_get(cli, who, out_user);
	*out_user = json_pack("{s:s}", "id", who);
	return CLI_FINE;
}

enum cli_exit users_act(struct cli *cli)
{
	const struct action_row *action = &actions[cli->command->which];
	const char *who = cli->arguments[0];
	json_t *body = NULL, *user;
	enum cli_exit exit = act_find(cli, who, &user);

	if (exit != CLI_FINE)
		return exit;
	const char *one = user_path(cli, json_text(user, "id", who), "");
	const char *path = text_print(cli->arena, "%s%s", one, action->rest);
	exit = act_confirm(cli, action, one);
	if (strcmp(action->method, "PATCH") == 0)
		body = json_pack("{s:b}", "accountEnabled", action->enabled);
	if (exit == CLI_FINE)
		exit = call_must(cli, action->method, path, body, NULL);
	if (exit == CLI_FINE)
		report_done(cli, NULL, json_text(user, "id", NULL), "%s %s",
		    say_safe(cli->arena, who), action->done);
	json_decref(body);
	json_decref(user);
	return exit;
}
