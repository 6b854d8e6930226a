/* sallyport_members.c - who is in a group */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"

/* Whoever leaves may be gone already: then his id will do. */
static enum cli_exit user_id(struct cli *cli, const char *name, bool leaves, const char **out_id)
{
	struct sp_id id;
	json_t *user;

	if (leaves && id_parse(name, &id)) {
		*out_id = name;
		return CLI_FINE;
	}
	enum cli_exit exit = users_get(cli, name, &user);
	if (exit != CLI_FINE)
		return exit;
	*out_id = text_copy(cli->arena, json_text(user, "id", ""));
	json_decref(user);
	return CLI_FINE;
}

/* Once in, again changes nothing. */
static enum cli_exit member_add(struct cli *cli, const char *group, const char *user)
{
	json_t *body = json_object();
	struct answer answer;

	json_object_set_new(body, "@odata.id",
	    json_string(text_print(cli->arena, "http://localhost/v1.0/users/%s", user)));
	enum cli_exit exit = call_ask(cli, "POST", text_print(cli->arena,
	    "/groups/%s/members/$ref", group), body, &answer);
	json_decref(body);
	if (exit != CLI_FINE)
		return exit;
	if (answer.status > 299 && !text_same("MemberExists",
	    json_text(json_object_get(answer.body, "error"), "code", NULL)))
		exit = call_refused(cli, &answer, "");
	json_decref(answer.body);
	return exit;
}

enum cli_exit members_change(struct cli *cli)
{
	bool leaves = cli->command->which == MEMBERS_REMOVE;
	const char *user;
	json_t *group;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_GROUP, cli->arguments[0], &group);

	if (exit != CLI_FINE)
		return exit;
	const char *id = json_text(group, "id", "");
	exit = user_id(cli, cli->arguments[1], leaves, &user);
	if (exit == CLI_FINE)
		exit = leaves ? call_must(cli, "DELETE", text_print(cli->arena,
		    "/groups/%s/members/%s/$ref", id, encode_url(cli->arena, user)), NULL, NULL) :
		    member_add(cli, id, user);
	if (exit == CLI_FINE)
		report_done(cli, NULL, user, "%s is %s '%s'",
		    say_safe(cli->arena, cli->arguments[1]), leaves ? "out of" : "in",
		    say_safe(cli->arena, json_text(group, "displayName", id)));
	json_decref(group);
	return exit;
}

enum cli_exit members_read(struct cli *cli, json_t *group)
{
	const char *path = text_print(cli->arena, "/groups/%s/members", json_text(group, "id", ""));
	json_t *members = json_array(), *body, *one;
	enum cli_exit exit = CLI_FINE;
	size_t index;

	while (path != NULL && exit == CLI_FINE) {
		exit = call_must(cli, "GET", path, NULL, &body);
		if (exit != CLI_FINE)
			break;
		json_array_foreach(json_object_get(body, "value"), index, one)
			json_array_append(members, json_object_get(one, "id"));
		path = call_next(cli, body);
		json_decref(body);
	}
	json_object_set_new(group, "members", members);
	return exit;
}
