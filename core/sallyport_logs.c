/* sallyport_logs.c - what the logs have in common: a filter, and pages until there is enough */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "90m", "12h", "7d": so long ago; else a time, or a day. */
static enum cli_exit since_read(struct cli *cli, const char *text, int64_t *out_time)
{
	static const struct { char letter; int64_t ms; } units[] = {
		{ 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 } };
	char *end;
	long number = strtol(text, &end, 10);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (number > 0 && number < 100000 && end[0] == units[i].letter && end[1] == '\0') {
			*out_time = (int64_t)time(NULL) * 1000 - number * units[i].ms;
			return CLI_FINE;
		}
	if (text_time_read(text, out_time) ||
	    text_time_read(text_print(cli->arena, "%sT00:00:00Z", text), out_time))
		return CLI_FINE;
	return say(CLI_USAGE, "--since wants 90m, 12h, 7d, a day as 2026-11-24, or a time as "
	    "2026-11-24T07:51:33Z, not '%s'", say_safe(cli->arena, text));
}

void logs_where(struct cli *cli, struct logs_filter *filter, const char *term)
{
	filter->text = filter->text == NULL ? term :
	    text_print(cli->arena, "%s and %s", filter->text, term);
}

enum cli_exit logs_since(struct cli *cli, struct logs_filter *filter, const char *property)
{
	int64_t since;

	if (cli->options.since == NULL)
		return CLI_FINE;
	enum cli_exit exit = since_read(cli, cli->options.since, &since);
	if (exit == CLI_FINE)
		logs_where(cli, filter, text_print(cli->arena, "%s ge %s", property,
		    text_time(cli->arena, since)));
	return exit;
}

/* Who is gone is still in the logs: by his id. */
enum cli_exit logs_user(struct cli *cli, const char **out_id)
{
	const char *who = cli->options.user;
	json_t *user;

	if (strchr(who, '@') == NULL) {
		*out_id = who;
		return CLI_FINE;
	}
	enum cli_exit exit = users_get(cli, who, &user);
	if (exit == CLI_FINE) {
		*out_id = text_copy(cli->arena, json_text(user, "id", ""));
		json_decref(user);
	}
	return exit;
}

const char *logs_path(struct cli *cli, const char *path, const struct logs_filter *filter, long top)
{
	const char *query = filter->text == NULL ? "" :
	    text_print(cli->arena, "&$filter=%s", encode_url(cli->arena, filter->text));

	return text_print(cli->arena, "%s?$top=%ld%s", path, top, query);
}

static void rows_cut(json_t *rows, size_t most)
{
	while (json_array_size(rows) > most)
		json_array_remove(rows, json_array_size(rows) - 1);
}

enum cli_exit logs_get(struct cli *cli, const char *path, const struct column *columns, long top)
{
	struct table table = { .columns = columns };
	size_t left = (size_t)top;
	json_t *body;

	while (path != NULL && left > 0) {
		enum cli_exit exit = call_must(cli, "GET", path, NULL, &body);
		if (exit != CLI_FINE)
			return exit;
		json_t *rows = json_object_get(body, "value");
		rows_cut(rows, left);
		left -= json_array_size(rows);
		path = left > 0 ? call_next(cli, body) : NULL;
		json_object_del(body, "@odata.nextLink");
		if (cli->options.json)
			report_page(cli, body, path != NULL);
		else if (json_array_size(rows) > 0 || !table.headed)
			table_print(&table, rows);
		json_decref(body);
	}
	return CLI_FINE;
}
