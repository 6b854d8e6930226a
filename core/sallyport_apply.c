/*
 * sallyport_apply.c - a tenant becomes what a document says
 *
 * A dry run tells the difference, then one batch, then the users (sallyport_people.c).
 */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"
#include "text/buffer.h"

#include <errno.h>
#include <string.h>

enum { FILE_MOST = 1 << 30 };

struct applying {
	json_t *document, *bare;	/* bare: without users */
	json_t *plan;			/* what the dry run answered */
	json_t *answer;			/* what was done */
	struct people people;
};

static enum cli_exit file_read(struct cli *cli, FILE *file, const char *name)
{
	char part[65536];
	struct buffer buffer;
	size_t count;

	buffer_begin(&buffer, cli->arena, FILE_MOST);
	while ((count = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(&buffer, part, count);
	memset(part, 0, sizeof(part));
	if (ferror(file))
		return say(CLI_USAGE, "%s: %s", name, strerror(errno));
	cli->document = (struct document_text){ name, buffer_end(&buffer), buffer.size };
	return cli->document.text != NULL ? CLI_FINE : say(CLI_USAGE, "%s: over 1 GiB", name);
}

enum cli_exit apply_read(struct cli *cli, const char *path, json_t **out_document)
{
	struct sp_error error;
	bool piped = strcmp(path, "-") == 0;
	FILE *file = piped ? stdin : fopen(path, "re");
	if (file == NULL)
		return say(CLI_USAGE, "%s: %s", path, strerror(errno));
	enum cli_exit exit = file_read(cli, file, piped ? "standard input" : path);
	if (!piped)
		fclose(file);
	if (exit != CLI_FINE)
		return exit;
	json_t *document = json_read(cli->document.text, cli->document.size, &error);
	if (document == NULL)
		return say(CLI_REFUSED, "%s: %s", cli->document.name, error.text);
	if (!json_is_object(document)) {
		json_decref(document);
		return say(CLI_REFUSED, "%s: a document is an object", cli->document.name);
	}
	*out_document = document;
	return CLI_FINE;
}

/* The document's own; it need not be there yet. */
static enum cli_exit tenant_choose(struct cli *cli, const json_t *document)
{
	const json_t *tenant = json_object_get(document, "tenant");
	const char *id = json_text(tenant, "id", NULL), *name = json_text(tenant, "name", NULL);
	const char *named = cli->options.tenant;

	if (id == NULL && name == NULL)
		return find_tenant(cli);
	if (named != NULL && !text_same(named, id) && !text_same(named, name))
		return say(CLI_USAGE, "the document is of the tenant '%s', and --tenant says '%s'",
		    say_safe(cli->arena, name != NULL ? name : id), say_safe(cli->arena, named));
	cli->tenant = id != NULL ? id : name;
	return text_plain(cli->tenant) ? CLI_FINE :
	    say(CLI_REFUSED, "tenant: control characters in its id or name");
}

static enum cli_exit tenant_there(struct cli *cli, bool *out_there)
{
	struct answer answer;
	enum cli_exit exit = call_ask(cli, "GET", "/tenant", NULL, &answer);

	if (exit != CLI_FINE)
		return exit;
	if (answer.status == 200 || answer.status == 404)
		*out_there = answer.status == 200;
	else
		exit = call_refused(cli, &answer, "");
	json_decref(answer.body);
	return exit;
}

/* The ids of users in a document: in groups, and in what policies include and exclude. */
static void ids_of(json_t *ids, const json_t *list)
{
	json_t *one;
	size_t index;

	json_array_foreach(list, index, one)
		if (json_is_string(one))
			json_object_set_new(ids, json_string_value(one), json_true());
}

static json_t *ids_named(const json_t *document)
{
	json_t *ids = json_object(), *one;
	size_t index;

	json_array_foreach(json_object_get(document, "groups"), index, one)
		ids_of(ids, json_object_get(one, "members"));
	json_array_foreach(json_object_get(document, "conditionalAccessPolicies"), index, one) {
		const json_t *users = json_object_get(json_object_get(one, "conditions"), "users");
		ids_of(ids, json_object_get(users, "includeUsers"));
		ids_of(ids, json_object_get(users, "excludeUsers"));
	}
	return ids;
}

/* Users come after the rest: those of them whom the rest names are told beforehand. */
static void users_announce(struct cli *cli, const json_t *document, json_t *bare)
{
	json_t *ids = ids_named(document), *coming = json_object(), *one;
	size_t index;

	json_array_foreach(json_object_get(document, "users"), index, one) {
		const char *id = json_text(one, "id", NULL);
		if (id != NULL && json_object_get(ids, id) != NULL)
			json_object_set_new(coming, id,
			    json_string(users_address(cli->arena, one)));
	}
	if (json_object_size(coming) > 0)
		json_object_set(bare, "@sallyport.users", coming);
	json_decref(coming);
	json_decref(ids);
}

/* Both halves are looked at before either's errors end it. */
static enum cli_exit plan_make(struct cli *cli, struct applying *applying)
{
	const json_t *users = json_object_get(applying->document, "users");
	const char *query = cli->options.prune ? "/apply?dryRun=true&prune=true" :
	    "/apply?dryRun=true";
	bool there = false;
	enum cli_exit wrong = people_check(cli, users);
	enum cli_exit exit = call_must(cli, "POST", query, applying->bare, &applying->plan);

	if (exit != CLI_FINE || wrong != CLI_FINE)
		return exit != CLI_FINE ? exit : wrong;
	if ((exit = tenant_there(cli, &there)) != CLI_FINE)
		return exit;
	applying->people.users = users;
	applying->people.new_tenant = !there;
	return people_plan(cli, &applying->people);
}

static void line_print(struct arena *arena, const char *text, bool coloured)
{
	size_t size = strlen(text);
	const char *colour = size > 7 && strcmp(&text[size - 7], ": added") == 0 ? "\033[32m" :
	    size > 9 && strcmp(&text[size - 9], ": removed") == 0 ? "\033[31m" : "\033[36m";

	printf("%s%s%s\n", coloured ? colour : "", say_safe(arena, text), coloured ? "\033[0m" : "");
}

static void plan_print(struct cli *cli, const struct applying *applying)
{
	bool coloured = say_coloured(stdout);
	json_t *one;
	size_t index;

	if (cli->options.json)
		return;
	json_array_foreach(json_object_get(applying->plan, "differences"), index, one)
		line_print(cli->arena, json_string_value(one), coloured);
	json_array_foreach(applying->people.told, index, one)
		line_print(cli->arena, json_string_value(one), coloured);
	if (json_array_size(applying->people.told) < applying->people.lines)
		printf("users: and %zu more\n",
		    applying->people.lines - json_array_size(applying->people.told));
	json_array_foreach(json_object_get(applying->plan, "kept"), index, one)
		printf("%s%s\n", say_safe(cli->arena, json_string_value(one)),
		    cli->options.prune ? "" : " (--prune removes it)");
	json_array_foreach(json_object_get(applying->plan, "warnings"), index, one)
		say_warning(json_string_value(one));
}

/* Documents, and members of groups: each is one, however many lines tell of it. */
static size_t documents_of(const struct applying *applying)
{
	return (size_t)json_number(applying->plan, "changes", 0);
}

static size_t changes_of(const struct applying *applying)
{
	return documents_of(applying) + applying->people.added + applying->people.changed;
}

/* The server's own answer, and beside it what became of the users. */
static void answer_json(struct cli *cli, const struct applying *applying)
{
	const struct people *people = &applying->people;
	json_t *answer = json_copy(applying->answer != NULL ? applying->answer : applying->plan);

	json_object_set_new(answer, "changes", json_integer((json_int_t)changes_of(applying)));
	json_object_set_new(answer, "users", json_pack("{s:I, s:I, s:I, s:I}",
	    "added", (json_int_t)people->added, "changed", (json_int_t)people->changed,
	    "same", (json_int_t)people->same, "wrong", (json_int_t)people->wrong));
	say_json(cli, answer);
	json_decref(answer);
}

static void answer_print(struct cli *cli, const struct applying *applying)
{
	const struct people *people = &applying->people;
	size_t changes = changes_of(applying);
	const char *word = changes == 1 ? "change" : "changes";

	if (cli->options.json) {
		answer_json(cli, applying);
		return;
	}
	if (changes == 0 && people->wrong == 0)
		puts("no change");
	else if (cli->options.dry_run)
		printf("%zu %s would be made; nothing was changed\n", changes, word);
	else
		printf("%zu %s made\n", changes, word);
}

static enum cli_exit plan_do(struct cli *cli, struct applying *applying)
{
	const char *query = cli->options.prune ? "/apply?prune=true" : "/apply";
	enum cli_exit exit = CLI_FINE;

	if (json_array_size(json_object_get(applying->plan, "warnings")) > 0)
		exit = say_confirm(cli, "Apply it all the same?");
	if (exit == CLI_FINE && documents_of(applying) > 0)
		exit = call_must(cli, "POST", query, applying->bare, &applying->answer);
	if (exit != CLI_FINE)
		return exit;
	exit = people_apply(cli, &applying->people);
	if (exit == CLI_FINE || exit == CLI_REFUSED)
		answer_print(cli, applying);
	return exit;
}

static enum cli_exit apply(struct cli *cli, struct applying *applying)
{
	enum cli_exit exit = tenant_choose(cli, applying->document);

	if (exit != CLI_FINE)
		return exit;
	call_end(cli);
	applying->bare = json_copy(applying->document);
	json_object_del(applying->bare, "users");
	users_announce(cli, applying->document, applying->bare);
	exit = plan_make(cli, applying);
	if (exit != CLI_FINE)
		return exit;
	plan_print(cli, applying);
	if (!cli->options.dry_run && changes_of(applying) > 0)
		return plan_do(cli, applying);
	answer_print(cli, applying);
	return CLI_FINE;
}

enum cli_exit apply_run(struct cli *cli)
{
	struct applying applying = { 0 };
	enum cli_exit exit = cli->options.file == NULL ? say(CLI_USAGE, "apply: which document? -f "
	    "FILE.json, or -f - for standard input") :
	    apply_read(cli, cli->options.file, &applying.document);

	if (exit == CLI_FINE)
		exit = apply(cli, &applying);
	json_decref(applying.bare);
	json_decref(applying.document);
	json_decref(applying.plan);
	json_decref(applying.answer);
	json_decref(applying.people.told);
	return exit;
}
