/* sallyport_backtest.c - policies on the sign-ins on record: part after part, added up here */
#include "sallyport.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"

#include <stdlib.h>

#define BACKTEST "/identity/conditionalAccess/backtest"
#define DAY INT64_C(86400000)

static const char *const tables[] = { "byApplication", "byGroup" };

struct adding {
	json_t *body;			/* of the next request */
	json_t *sum;			/* as one answer would be */
	struct progress progress;
	int64_t from, to;		/* of when the sign-ins are */
};

/* Members that are numbers. */
static void counts_add(json_t *sum, const json_t *part)
{
	const char *name;
	json_t *one;

	json_object_foreach((json_t *)(uintptr_t)part, name, one)
		if (json_is_integer(one))
			json_object_set_new(sum, name, json_integer(json_integer_value(one) +
			    json_number(sum, name, 0)));
}

static void rows_add(json_t *rows, const json_t *part)
{
	json_t *one, *found;
	size_t index, place;

	json_array_foreach(part, index, one) {
		json_t *same = NULL;
		json_array_foreach(rows, place, found)
			if (text_same(json_text(found, "id", NULL), json_text(one, "id", NULL)))
				same = found;
		if (same != NULL)
			counts_add(same, one);
		else
			json_array_append(rows, one);
	}
}

static void texts_add(json_t *texts, const json_t *part)
{
	json_t *one, *found;
	size_t index, place;

	json_array_foreach(part, index, one) {
		bool there = false;
		json_array_foreach(texts, place, found)
			there = there || json_equal(found, one) != 0;
		if (!there)
			json_array_append(texts, one);
	}
}

static void part_add(struct adding *adding, json_t *part)
{
	json_t *sum = adding->sum;

	if (sum == NULL) {
		adding->sum = json_deep_copy(part);
		return;
	}
	counts_add(sum, part);
	counts_add(json_object_get(sum, "totals"), json_object_get(part, "totals"));
	for (size_t i = 0; i < 2; i++)
		rows_add(json_object_get(sum, tables[i]), json_object_get(part, tables[i]));
	texts_add(json_object_get(sum, "breakGlass"), json_object_get(part, "breakGlass"));
	json_object_set_new(sum, "incomplete", json_boolean(json_flag(sum, "incomplete", false) ||
	    json_flag(part, "incomplete", false)));
	json_object_set(sum, "lastDateTime", json_object_get(part, "lastDateTime"));
}

/* By the time of the last that was judged: how many there are, nobody has counted. */
static void progress_tell(struct adding *adding, const json_t *part)
{
	const char *last = json_text(part, "lastDateTime", NULL);
	int64_t at;

	if (last == NULL || !text_time_read(last, &at) || at <= adding->from ||
	    adding->to <= adding->from)
		return;
	progress_step(&adding->progress, (size_t)((at - adding->from) * 100 /
	    (adding->to - adding->from)));
}

static enum cli_exit parts_read(struct cli *cli, struct adding *adding)
{
	enum cli_exit exit;
	json_t *part;

	while ((exit = call_must(cli, "POST", BACKTEST, adding->body, &part)) == CLI_FINE) {
		const char *after = json_text(part, "after", NULL);
		part_add(adding, part);
		progress_tell(adding, part);
		if (after != NULL)
			json_object_set_new(adding->body, "after", json_string(after));
		json_decref(part);
		if (after == NULL)
			break;
	}
	progress_end(&adding->progress);
	json_object_del(adding->sum, "after");
	return exit;
}

/* What came of it. */

static const struct column app_columns[] = { { "APPLICATION", "displayName", NULL },
	{ "NEWLY ASKED", "newlyAsked", NULL }, { "LOCKED OUT", "newlyLockedOut", NULL },
	{ "BLOCKED", "newlyBlocked", NULL }, { "EASED", "eased", NULL }, { 0 } };
static const struct column group_columns[] = { { "GROUP", "displayName", NULL },
	{ "NEWLY ASKED", "newlyAsked", NULL }, { "LOCKED OUT", "newlyLockedOut", NULL },
	{ "BLOCKED", "newlyBlocked", NULL }, { "EASED", "eased", NULL }, { 0 } };

static void totals_print(struct cli *cli, const json_t *sum)
{
	static const struct { const char *name, *text; } rows[] = {
		{ "same", "As it was:" }, { "newlyAsked", "Newly asked:" },
		{ "newlyLockedOut", "Locked out:" }, { "newlyBlocked", "Newly blocked:" },
		{ "eased", "Less is asked:" },
	};
	const json_t *totals = json_object_get(sum, "totals");
	const char *glass = table_text(cli->arena, sum, "breakGlass");

	printf("Sign-ins:      %lld; %lld more are no policy's affair\n",
	    (long long)json_number(sum, "judged", 0), (long long)json_number(sum, "passedOver", 0));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%-14s %lld\n", rows[i].text, (long long)json_number(totals, rows[i].name, 0));
	say_line(cli, text_print(cli->arena, "Break-glass:   %s%s", glass[0] != '\0' ?
	    "touched: " : "not touched", glass));
}

static void sum_print(struct cli *cli, const json_t *sum)
{
	static const struct column *const columns[] = { app_columns, group_columns };
	const json_t *one;
	size_t index;

	json_array_foreach(json_object_get(sum, "warnings"), index, one)
		say_warning(json_string_value(one));
	totals_print(cli, sum);
	for (size_t i = 0; i < 2; i++) {
		struct table table = { .columns = columns[i] };
		const json_t *rows = json_object_get(sum, tables[i]);
		if (json_array_size(rows) == 0)
			continue;
		printf("\n");
		table_print(&table, rows);
	}
	if (json_flag(sum, "incomplete", false))
		say_line(cli, "More applications or groups than can be told one by one are in the "
		    "totals alone.");
}

enum cli_exit backtest_run(struct cli *cli)
{
	const char *days = cli->options.days != NULL ? cli->options.days : "30";
	char *end;
	long number = strtol(days, &end, 10);
	struct adding adding = { .body = json_object(), .progress = { "backtest %", 100, 0, false },
		.to = clock_wall() };

	if (*end != '\0' || days[0] < '0' || days[0] > '9') {
		json_decref(adding.body);
		return say(CLI_USAGE, "--days wants a number, not '%s'", say_safe(cli->arena, days));
	}
	adding.from = adding.to - number * DAY;
	json_object_set_new(adding.body, "days", json_integer(number));
	enum cli_exit exit = whatif_drafts(cli, adding.body, "policies");
	if (exit == CLI_FINE)
		exit = parts_read(cli, &adding);
	if (exit == CLI_FINE && cli->options.json)
		say_json(cli, adding.sum);
	else if (exit == CLI_FINE)
		sum_print(cli, adding.sum);
	json_decref(adding.body);
	json_decref(adding.sum);
	return exit;
}
