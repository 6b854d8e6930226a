/* sallyport_find.c - names for ids: one must be meant, two are told */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

static bool has_id(const json_t *one, const char *name)
{
	return strcasecmp(json_text(one, "id", ""), name) == 0 ||
	    strcasecmp(json_text(one, "appId", ""), name) == 0;
}

static bool has_name(const json_t *one, const char *name)
{
	return strcmp(json_text(one, "displayName", ""), name) == 0 ||
	    strcmp(json_text(one, "name", ""), name) == 0;
}

static enum cli_exit told_two(struct cli *cli, const char *kind, const char *name,
    const json_t *candidates)
{
	json_t *one;
	size_t index;

	say(CLI_REFUSED, "more than one %s is named '%s'; give an id:", kind,
	    say_safe(cli->arena, name));
	json_array_foreach(candidates, index, one)
		fprintf(stderr, "  %s  %s\n", say_safe(cli->arena, json_text(one, "id", "")),
		    say_safe(cli->arena, json_text(one, "displayName", "")));
	return CLI_REFUSED;
}

static enum cli_exit told_none(struct cli *cli, const char *kind, const char *name,
    const json_t *all)
{
	const char *best = NULL;
	size_t least = 5, index;
	json_t *one;

	json_array_foreach(all, index, one) {
		const char *shown = json_text(one, "displayName", json_text(one, "id", ""));
		size_t far = help_distance(shown, name);
		if (far < least) {
			least = far;
			best = shown;
		}
	}
	say(CLI_REFUSED, "there is no %s '%s'", kind, say_safe(cli->arena, name));
	if (best != NULL)
		fprintf(stderr, "  Did you mean '%s'?\n", say_safe(cli->arena, best));
	return CLI_REFUSED;
}

static enum cli_exit choose(struct cli *cli, const char *kind, const json_t *all,
    const char *name, json_t **out_found)
{
	json_t *named = json_array(), *found = NULL, *one;
	enum cli_exit exit = CLI_FINE;
	size_t index;

	json_array_foreach(all, index, one) {
		if (has_id(one, name))
			found = one;
		if (has_name(one, name))
			json_array_append(named, one);
	}
	if (found == NULL && json_array_size(named) == 1)
		found = json_array_get(named, 0);
	if (found != NULL)
		*out_found = json_incref(found);
	else
		exit = json_array_size(named) > 1 ? told_two(cli, kind, name, named) :
		    told_none(cli, kind, name, all);
	json_decref(named);
	return exit;
}

enum cli_exit find_one(struct cli *cli, const char *kind, const char *path, const char *name,
    json_t **out_found)
{
	json_t *body;
	enum cli_exit exit = call_must(cli, "GET", path, NULL, &body);

	if (exit != CLI_FINE)
		return exit;
	exit = choose(cli, kind, json_object_get(body, "value"), name, out_found);
	json_decref(body);
	return exit;
}

/* The built-in one of administrators is never meant unless it is named (SEMANTICS 5.1). */
static size_t tenants_count(const json_t *tenants, const char **out_id)
{
	size_t count = 0, index;
	json_t *one;

	json_array_foreach(tenants, index, one) {
		if (json_flag(one, "builtIn", false))
			continue;
		*out_id = json_text(one, "id", "");
		count++;
	}
	return count;
}

static enum cli_exit told_tenants(struct cli *cli, const json_t *tenants)
{
	json_t *one;
	size_t index;

	say(CLI_USAGE, "which tenant? Name it with --tenant, or in SALLYPORT_TENANT:");
	json_array_foreach(tenants, index, one)
		fprintf(stderr, "  %s\n", say_safe(cli->arena, json_text(one, "name", "")));
	return CLI_USAGE;
}

enum cli_exit find_tenant(struct cli *cli)
{
	const char *id = NULL;
	json_t *body;

	if (cli->tenant != NULL)
		return CLI_FINE;
	enum cli_exit exit = call_must(cli, "GET", "/tenants", NULL, &body);
	if (exit != CLI_FINE)
		return exit;
	const json_t *tenants = json_object_get(body, "value");
	size_t count = tenants_count(tenants, &id);
	if (count == 1) {
		cli->tenant = text_copy(cli->arena, id);
		call_end(cli);
	} else if (count == 0) {
		exit = say(CLI_REFUSED, "there is no tenant yet; one is made by: sallyport apply "
		    "-f FILE.json");
	} else {
		exit = told_tenants(cli, tenants);
	}
	json_decref(body);
	return exit;
}
