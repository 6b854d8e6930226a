/* sallyport_signins.c - who came in, who didn't, and which policies had a say */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <stdlib.h>
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

struct following { struct table *table; char next[8192]; bool begun; };

/* The first look is a list, newest first, of what is settled; then what has come since. */
static json_t *looked(struct cli *cli, struct following *following, const json_t *body)
{
	json_t *value = json_object_get(body, "value");
	const char *link = following->begun ? call_link(cli, body, "@odata.nextLink") : NULL;
	bool first = !following->begun;

	if (link == NULL)
		link = call_link(cli, body, "@odata.deltaLink");
	if (link != NULL)
		snprintf(following->next, sizeof(following->next), "%s", link);
	following->begun = true;
	return first ? reversed(value) : json_incref(value);
}

static enum cli_exit look(struct cli *cli, struct following *following)
{
	struct arena *outer = cli->arena, arena;
	json_t *body;

	arena_init(&arena, NULL, 0);
	cli->arena = &arena;
	enum cli_exit exit = call_must(cli, "GET", following->next, NULL, &body);
	if (exit == CLI_FINE) {
		json_t *list = looked(cli, following, body);
		show(cli, following->table, list);
		json_decref(list);
		json_decref(body);
	}
	cli->arena = outer;
	arena_done(&arena);
	return exit;
}

static enum cli_exit follow(struct cli *cli, const char *path)
{
	struct table table = { .columns = columns };
	struct following following = { .table = &table };
	enum cli_exit exit;

	snprintf(following.next, sizeof(following.next), "%s&settled=true", path);
	while ((exit = look(cli, &following)) == CLI_FINE)
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	return exit;
}

/* What the options ask for. */
static enum cli_exit narrow(struct cli *cli, struct logs_filter *filter)
{
	const struct options *options = &cli->options;
	enum cli_exit exit = logs_since(cli, filter, "createdDateTime");
	const char *user;
	json_t *app;

	if (exit == CLI_FINE && options->failed)
		logs_where(cli, filter, "status/errorCode ne 0 and status/errorCode ne 50076");
	if (exit == CLI_FINE && options->user != NULL &&
	    (exit = logs_user(cli, &user)) == CLI_FINE)
		logs_where(cli, filter, text_print(cli->arena, "userId eq '%s'", user));
	if (exit == CLI_FINE && options->app != NULL &&
	    (exit = documents_find(cli, DOCUMENTS_APP, options->app, &app)) == CLI_FINE) {
		logs_where(cli, filter, text_print(cli->arena, "appId eq '%s'",
		    json_text(app, "appId", "")));
		json_decref(app);
	}
	return exit;
}

enum cli_exit signins_run(struct cli *cli)
{
	struct logs_filter filter = { NULL };
	long top;
	enum cli_exit exit = options_top(cli, 50, &top);

	if (exit == CLI_FINE)
		exit = narrow(cli, &filter);
	if (exit != CLI_FINE)
		return exit;
	const char *path = logs_path(cli, "/auditLogs/signIns", &filter, top);
	return cli->options.follow ? follow(cli, path) : logs_get(cli, path, columns, top);
}

/* Of what is kept of sign-ups: numbers. */
static const struct column signup_columns[] = { { "DAY", "factDate", NULL },
	{ "BEGUN", "begun", NULL }, { "ADDRESS PROVEN", "addressProven", NULL },
	{ "PASSWORD SET", "passwordSet", NULL }, { "ATTRIBUTES GIVEN", "attributesGiven", NULL },
	{ "COMPLETED", "completed", NULL }, { 0 } };

enum cli_exit signups_run(struct cli *cli)
{
	const char *text = cli->options.days != NULL ? cli->options.days : "30";
	char *end;
	long days = strtol(text, &end, 10);

	if (*end != '\0' || days < 1 || days > 180)
		return say(CLI_USAGE, "--days wants a number from 1 to 180, not '%s'",
		    say_safe(cli->arena, text));
	return table_get(cli, text_print(cli->arena,
	    "/reports/userInsights/daily/signUps?days=%ld", days), signup_columns);
}
