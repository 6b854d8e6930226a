/*
 * sallyport_people.c - the users of a document, each on its own, many at once
 *
 * Each is looked up by id, else by address: absent ones are made, of the others only what differs
 * is written. That is all there is to resuming: what was done is found done. A password acts
 * when a user is made; afterwards it is the customer's own.
 */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <string.h>

enum { TOLD_MOST = 20 };	/* differences: the rest is counted */

static const char *address_of(const json_t *user)
{
	return users_address(NULL, user);
}

static const char *place(struct arena *arena, size_t index)
{
	return text_print(arena, "users[%zu]", index);
}

/* One user's turn: its memory goes with it. */
struct one {
	struct people *people;
	size_t index;
	const json_t *wanted;
	json_t *stored;			/* NULL: there is none */
};

static enum cli_exit lookup(struct cli *cli, const char *who, json_t **out_user)
{
	struct answer answer;
	enum cli_exit exit = call_ask(cli, "GET", text_print(cli->arena, "/users/%s",
	    encode_url(cli->arena, who)), NULL, &answer);

	if (exit != CLI_FINE)
		return exit;
	*out_user = NULL;
	if (answer.status == 200) {
		*out_user = answer.body;
		return CLI_FINE;
	}
	if (answer.status != 404)
		exit = call_refused(cli, &answer, who);
	json_decref(answer.body);
	return exit;
}

/* An id that is new with an address that is another's can only be a mistake. */
static enum cli_exit one_find(struct cli *cli, struct one *one, bool *out_mistaken)
{
	const char *id = json_text(one->wanted, "id", NULL), *address = address_of(one->wanted);
	enum cli_exit exit = lookup(cli, id != NULL ? id : address, &one->stored);

	*out_mistaken = false;
	if (exit != CLI_FINE || one->stored != NULL || id == NULL)
		return exit;
	exit = lookup(cli, address, &one->stored);
	if (exit != CLI_FINE || one->stored == NULL)
		return exit;
	say(CLI_REFUSED, "%s: %s is there already, with the id %s; give that one, or none",
	    place(cli->arena, one->index), say_safe(cli->arena, address),
	    say_safe(cli->arena, json_text(one->stored, "id", "")));
	*out_mistaken = true;
	return CLI_FINE;
}

static const char *text_of(const json_t *user, const char *name)
{
	return json_text(user, name, "");
}

/* The attributes to write. Identities stay: who someone is, is not for a document to change. */
static json_t *attributes(const struct one *one)
{
	json_t *patch = json_object(), *value;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)one->wanted, name, value)
		if (!text_word("id identities passwordProfile accountEnabled", name) &&
		    strcmp(text_of(one->wanted, name), text_of(one->stored, name)) != 0)
			json_object_set(patch, name, value);
	return patch;
}

static bool switched(const struct one *one)
{
	const json_t *enabled = json_object_get(one->wanted, "accountEnabled");

	return json_is_boolean(enabled) && json_is_true(enabled) !=
	    json_flag(one->stored, "accountEnabled", true);
}

static void tell(const struct one *one, const char *text)
{
	json_t **tale = &one->people->tales[one->index];

	if (*tale == NULL)
		*tale = json_array();
	json_array_append_new(*tale, json_string(text));
}

static void tell_changes(struct cli *cli, const struct one *one, json_t *patch)
{
	const char *who = address_of(one->wanted), *name;
	json_t *value;

	json_object_foreach(patch, name, value)
		tell(one, text_print(cli->arena, "users '%s': %s: \"%s\" -> \"%s\"",
		    who, name, text_of(one->stored, name), json_is_string(value) ?
		    json_string_value(value) : ""));
	if (switched(one))
		tell(one, text_print(cli->arena, "users '%s': accountEnabled: %s", who,
		    json_flag(one->wanted, "accountEnabled", false) ? "false -> true" :
		    "true -> false"));
}

static enum people_act one_judge(struct cli *cli, const struct one *one)
{
	enum people_act act = PEOPLE_SAME;

	if (one->stored == NULL) {
		tell(one, text_print(cli->arena, "users '%s': added",
		    address_of(one->wanted)));
		return PEOPLE_ADD;
	}
	json_t *patch = attributes(one);
	if (json_object_size(patch) > 0 || switched(one))
		act = PEOPLE_CHANGE;
	tell_changes(cli, one, patch);
	json_decref(patch);
	return act;
}

static enum cli_exit one_plan(struct cli *cli, struct one *one)
{
	struct people *people = one->people;
	bool mistaken = false;
	enum cli_exit exit = people->new_tenant ? CLI_FINE : one_find(cli, one, &mistaken);

	if (exit == CLI_FINE)
		people->acts[one->index] =
		    (unsigned char)(mistaken ? PEOPLE_WRONG : one_judge(cli, one));
	return exit;
}

static enum cli_exit one_change(struct cli *cli, struct one *one)
{
	const char *path = text_print(cli->arena, "/users/%s", encode_url(cli->arena,
	    text_of(one->stored, "id")));
	json_t *patch = attributes(one), *flag = json_object();
	enum cli_exit exit = CLI_FINE;

	json_object_set(flag, "accountEnabled", json_object_get(one->wanted, "accountEnabled"));
	if (json_object_size(patch) > 0)
		exit = call_at(cli, "PATCH", path, patch, place(cli->arena, one->index));
	if (exit == CLI_FINE && switched(one))
		exit = call_at(cli, "PATCH", path, flag, place(cli->arena, one->index));
	json_decref(patch);
	json_decref(flag);
	return exit;
}

/* What was to be added may be there by now: then it is changed, as it would be next time. */
static enum cli_exit one_apply(struct cli *cli, struct one *one)
{
	bool mistaken;
	enum cli_exit exit;

	if (one->people->acts[one->index] == PEOPLE_ADD)
		return call_at(cli, "POST", "/users", one->wanted, place(cli->arena, one->index));
	exit = one_find(cli, one, &mistaken);
	if (exit != CLI_FINE)
		return exit;
	return one->stored == NULL ? call_at(cli, "POST", "/users", one->wanted,
	    place(cli->arena, one->index)) : one_change(cli, one);
}

static enum cli_exit plan_work(struct cli *cli, void *arg, size_t index)
{
	struct people *people = arg;
	struct one one = { people, index, json_array_get(people->users, index), NULL };
	enum cli_exit exit = one_plan(cli, &one);

	json_decref(one.stored);
	return exit;
}

static enum cli_exit apply_work(struct cli *cli, void *arg, size_t index)
{
	struct people *people = arg;
	struct one one = { people, index, json_array_get(people->users, index), NULL };

	if (people->acts[index] == PEOPLE_SAME)
		return CLI_FINE;
	enum cli_exit exit = one_apply(cli, &one);
	json_decref(one.stored);
	if (exit != CLI_FINE)
		people->acts[index] = PEOPLE_WRONG;
	return exit;
}

static size_t people_counted(const struct people *people, enum people_act act)
{
	size_t count = 0;

	for (size_t i = 0; i < people->count; i++)
		count += people->acts[i] == act;
	return count;
}

static void tales_tell(struct people *people)
{
	size_t index;
	json_t *line;

	people->told = json_array();
	for (size_t i = 0; i < people->count; i++) {
		json_array_foreach(people->tales[i], index, line)
			if (people->lines++ < TOLD_MOST)
				json_array_append(people->told, line);
		json_decref(people->tales[i]);
	}
}

enum cli_exit people_plan(struct cli *cli, struct people *people)
{
	people->count = json_array_size(people->users);
	people->acts = arena_alloc(cli->arena, people->count + 1);
	people->tales = arena_alloc(cli->arena, (people->count + 1) * sizeof(*people->tales));
	struct crew_task task = { "users", people->count, plan_work, people };
	enum cli_exit exit = crew_run(cli, &task);

	tales_tell(people);
	people->added = people_counted(people, PEOPLE_ADD);
	people->changed = people_counted(people, PEOPLE_CHANGE);
	people->same = people_counted(people, PEOPLE_SAME);
	people->wrong = people_counted(people, PEOPLE_WRONG);
	return exit == CLI_FINE && people->wrong > 0 ? CLI_REFUSED : exit;
}

enum cli_exit people_apply(struct cli *cli, struct people *people)
{
	struct crew_task task = { "users", people->count, apply_work, people };
	enum cli_exit exit = crew_run(cli, &task);

	people->wrong = people_counted(people, PEOPLE_WRONG);
	if (exit != CLI_FINE)
		say(exit, "not all users are as the document says; once that is mended, the same "
		    "command goes on where this one was");
	return exit;
}
