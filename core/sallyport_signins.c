/* sallyport_signins.c - who came in, who didn't, and which policies had a say */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <string.h>
#include <time.h>

static const char *result(struct arena *arena, const json_t *row)
{
	const json_t *status = json_object_get(row, "status");
	int64_t code = json_number(status, "errorCode", -1);

	if (code == 0)
		return "success";
	if (code == 50076)
		return "second door asked";
	const char *why = json_text(status, "additionalDetails",
	    json_text(status, "failureReason", "?"));
	return text_print(arena, "failed: %s", why);
}

/* What a policy did, or would have done. NULL: it did not apply. */
static const char *policy_word(const char *word)
{
	static const struct { const char *result, *word; } rows[] = {
		{ "success", "passed" }, { "failure", "not passed" },
		{ "reportOnlySuccess", "would pass" }, { "reportOnlyInterrupted", "would ask" },
		{ "reportOnlyFailure", "would refuse" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(word, rows[i].result) == 0)
			return rows[i].word;
	return NULL;
}

static const char *policies(struct arena *arena, const json_t *row)
{
	const json_t *all = json_object_get(row, "appliedConditionalAccessPolicies"), *one;
	const char *text = "";
	size_t index;

	json_array_foreach(all, index, one) {
		const char *word = policy_word(json_text(one, "result", ""));
		if (word != NULL)
			text = text_print(arena, "%s%s%s: %s", text, text[0] != '\0' ? "; " : "",
			    json_text(one, "displayName", ""), word);
	}
	return text;
}

static const struct column columns[] = { { "TIME", "createdDateTime", NULL },
	{ "RESULT", NULL, result }, { "APP", "appDisplayName", NULL },
	{ "USER", "userPrincipalName", NULL }, { "SOURCE", "ipAddress", NULL },
	{ "POLICIES", NULL, policies }, { 0 } };

static void show(struct cli *cli, struct table *table, const json_t *list)
{
	json_t *one;
	size_t index;

	if (!cli->options.json) {
		table_print(table, list);
	} else {
		json_array_foreach(list, index, one)
			say_json(cli, one);
	}
	fflush(stdout);
}

/* In order of time, whichever way they came. */
static json_t *reversed(const json_t *list)
{
	json_t *result = json_array();

	for (size_t i = json_array_size(list); i > 0; i--)
		json_array_append(result, json_array_get(list, i - 1));
	return result;
}

struct following { char last[64]; struct table *table; long top; };

/* One look: what is new, oldest first. */
static enum cli_exit look(struct cli *cli, struct following *following)
{
	struct arena *outer = cli->arena, arena;
	json_t *body, *list;

	arena_init(&arena, NULL, 0);
	cli->arena = &arena;
	bool first = following->last[0] == '\0';
	enum cli_exit exit = call_must(cli, "GET", first ?
	    text_print(&arena, "/auditLogs/signIns?$top=%ld", following->top) :
	    text_print(&arena, "/auditLogs/signIns?$top=999&after=%s", following->last), NULL, &body);
	if (exit == CLI_FINE) {
		json_t *value = json_object_get(body, "value");
		list = first ? reversed(value) : json_incref(value);
		size_t count = json_array_size(list);
		show(cli, following->table, list);
		if (count > 0)
			snprintf(following->last, sizeof(following->last), "%s", encode_url(&arena,
			    json_text(json_array_get(list, count - 1), "id", "")));
		json_decref(list);
		json_decref(body);
	}
	cli->arena = outer;
	arena_done(&arena);
	return exit;
}

static enum cli_exit follow(struct cli *cli, struct table *table, long top)
{
	struct following following = { .table = table, .top = top };
	enum cli_exit exit;

	while ((exit = look(cli, &following)) == CLI_FINE)
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	return exit;
}

enum cli_exit signins_run(struct cli *cli)
{
	struct table table = { .columns = columns };
	long top;
	enum cli_exit exit = options_top(cli, 50, &top);

	if (exit != CLI_FINE)
		return exit;
	if (cli->options.follow)
		return follow(cli, &table, top);
	return table_get(cli, text_print(cli->arena, "/auditLogs/signIns?$top=%ld", top), columns);
}
