/* sallyport_people_check.c - what is wrong with a list of users in itself */
#include "sallyport.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

enum { TOLD_MOST = 100 };	/* each looks for its line in the whole text */

struct checking { struct cli *cli; json_t *seen; size_t wrong; };

static void wrong(struct checking *checking, size_t index, const char *what, const char *value)
{
	struct cli *cli = checking->cli;

	if (checking->wrong++ >= TOLD_MOST)
		return;
	const char *place = text_print(cli->arena, "users[%zu]", index);

	say(CLI_REFUSED, "%s%s: %s%s", call_where(cli, place), place, what,
	    say_safe(cli->arena, value));
}

static void once(struct checking *checking, size_t index, const char *value)
{
	if (json_object_get(checking->seen, value) != NULL)
		wrong(checking, index, "stands there twice: ", value);
	else if (json_object_set_new(checking->seen, value, json_true()) != 0)
		wrong(checking, index, "is no text", "");
}

static void check_members(struct checking *checking, size_t index, const json_t *user)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)user, name, value)
		if (!json_is_string(value) && !json_is_null(value) &&
		    !text_word("identities passwordProfile accountEnabled", name))
			wrong(checking, index, "must be a text: ", name);
	value = json_object_get(user, "accountEnabled");
	if (value != NULL && !json_is_boolean(value) && !json_is_null(value))
		wrong(checking, index, "must be true or false: ", "accountEnabled");
}

static void check_user(struct checking *checking, size_t index, const json_t *user)
{
	const json_t *identities = json_object_get(user, "identities"), *one;
	const char *id = json_text(user, "id", NULL);
	struct sp_id parsed;
	size_t at;

	if (!json_is_object(user)) {
		wrong(checking, index, "must be an object", "");
		return;
	}
	if (json_array_size(identities) == 0)
		wrong(checking, index, "identities: at least one is needed", "");
	json_array_foreach(identities, at, one) {
		const char *address = json_text(one, "issuerAssignedId", NULL);
		if (address == NULL)
			wrong(checking, index, "identities: issuerAssignedId is missing", "");
		else
			once(checking, index, address);
	}
	if (id != NULL && !id_parse(id, &parsed))
		wrong(checking, index, "id: not a UUID: ", id);
	else if (id != NULL)
		once(checking, index, id);
	check_members(checking, index, user);
}

enum cli_exit people_check(struct cli *cli, const json_t *users)
{
	struct checking checking = { .cli = cli, .seen = json_object() };
	json_t *user;
	size_t index;

	if (users != NULL && !json_is_array(users)) {
		say(CLI_REFUSED, "users: must be a list");
		checking.wrong++;
	}
	json_array_foreach(users, index, user)
		check_user(&checking, index, user);
	json_decref(checking.seen);
	if (checking.wrong > TOLD_MOST)
		say(CLI_REFUSED, "users: and %zu more", checking.wrong - TOLD_MOST);
	return checking.wrong > 0 ? CLI_REFUSED : CLI_FINE;
}
