/* sallyport_lint.c - what of the policies is worth a look, and an exit status for scripts */
#include "sallyport.h"

#include "base/text.h"

static const char *whose(struct arena *arena, const json_t *row)
{
	(void)arena;
	return json_text(row, "policyDisplayName", "");
}

static const struct column columns[] = { { "CODE", "code", NULL }, { "POLICY", NULL, whose },
	{ "WHERE", "target", NULL }, { "WHAT", "message", NULL }, { 0 } };

/* Something was found: the status of a question that nobody has answered. */
enum cli_exit lint_run(struct cli *cli)
{
	struct table table = { .columns = columns };
	json_t *body;
	enum cli_exit exit = call_must(cli, "GET", "/identity/conditionalAccess/lint", NULL, &body);

	if (exit != CLI_FINE)
		return exit;
	const json_t *found = json_object_get(body, "value");
	bool any = json_array_size(found) > 0;
	if (cli->options.json)
		say_json(cli, body);
	else if (any)
		table_print(&table, found);
	else
		say_line(cli, "nothing found");
	json_decref(body);
	return any ? CLI_CONFIRM : CLI_FINE;
}
