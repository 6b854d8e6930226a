/* sallyport_consents.c - what a customer lets apps of others have, and what is taken back for him */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <strings.h>

static const struct column columns[] = { { "CLIENT", "clientId", NULL },
	{ "AGREED TO", "scope", NULL }, { "SINCE", "startTime", NULL }, { 0 } };

static const char *consents_path(struct cli *cli, const json_t *user)
{
	return text_print(cli->arena, "/users/%s/oauth2PermissionGrants",
	    encode_url(cli->arena, json_text(user, "id", "")));
}

enum cli_exit consents_list(struct cli *cli)
{
	json_t *user;
	enum cli_exit exit = users_get(cli, cli->arguments[0], &user);

	if (exit != CLI_FINE)
		return exit;
	exit = table_get(cli, consents_path(cli, user), columns);
	json_decref(user);
	return exit;
}

/* NULL: none. */
static const char *consent_id(const json_t *list, const char *client)
{
	size_t index;
	json_t *one;

	json_array_foreach(json_object_get(list, "value"), index, one)
		if (strcasecmp(json_text(one, "clientId", ""), client) == 0)
			return json_text(one, "id", NULL);
	return NULL;
}

/* By its client id, also when the application is gone; else by its name. */
static enum cli_exit consent_find(struct cli *cli, const json_t *list, const char **out_id)
{
	const char *id = consent_id(list, cli->arguments[1]);
	enum cli_exit exit = CLI_FINE;
	json_t *app = NULL;

	if (id == NULL)
		exit = documents_find(cli, DOCUMENTS_APP, cli->arguments[1], &app);
	if (id == NULL && exit == CLI_FINE)
		id = consent_id(list, json_text(app, "appId", ""));
	json_decref(app);
	if (exit == CLI_FINE && id == NULL)
		return say(CLI_REFUSED, "%s has agreed to nothing of '%s'",
		    say_safe(cli->arena, cli->arguments[0]),
		    say_safe(cli->arena, cli->arguments[1]));
	*out_id = text_copy(cli->arena, id);
	return exit;
}

enum cli_exit consents_revoke(struct cli *cli)
{
	json_t *user, *list;
	const char *id = NULL;
	enum cli_exit exit = users_get(cli, cli->arguments[0], &user);

	if (exit != CLI_FINE)
		return exit;
	exit = call_must(cli, "GET", consents_path(cli, user), NULL, &list);
	json_decref(user);
	if (exit != CLI_FINE)
		return exit;
	exit = consent_find(cli, list, &id);
	json_decref(list);
	if (exit == CLI_FINE)
		exit = call_must(cli, "DELETE", text_print(cli->arena, "/oauth2PermissionGrants/%s",
		    encode_url(cli->arena, id)), NULL, NULL);
	if (exit == CLI_FINE)
		report_done(cli, NULL, id, "'%s' gets nothing more of %s until he agrees again",
		    say_safe(cli->arena, cli->arguments[1]),
		    say_safe(cli->arena, cli->arguments[0]));
	return exit;
}
