/* sallyport_whatif.c - what policies would make of a sign-in, told so that it can be read at night */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

#define EVALUATE "/identity/conditionalAccess/evaluate"
#define SECTION "conditionalAccessPolicies"

struct asked { json_t *question, *user, *app; };	/* app NULL: whichever */

static void put(json_t *object, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(object, name, json_string(value));
}

enum cli_exit whatif_drafts(struct cli *cli, json_t *body, const char *member)
{
	json_t *document, *drafts;

	if (cli->options.draft == NULL)
		return CLI_FINE;
	enum cli_exit exit = apply_read(cli, cli->options.draft, &document);
	if (exit != CLI_FINE)
		return exit;
	drafts = json_object_get(document, SECTION);
	if (drafts != NULL)
		json_object_set(body, member, drafts);
	else
		json_object_set_new(body, member, json_pack("[O]", document));
	json_decref(document);
	return CLI_FINE;
}

static enum cli_exit context_read(struct cli *cli, struct asked *asked)
{
	json_t *context = json_object();

	json_object_set_new(asked->question, "signInContext", context);
	put(context, "authenticationContextValue", cli->options.context);
	if (cli->options.app == NULL)
		return CLI_FINE;
	enum cli_exit exit = documents_find(cli, DOCUMENTS_APP, cli->options.app, &asked->app);
	if (exit == CLI_FINE)
		json_object_set_new(context, "includeApplications", json_pack("[s]",
		    json_text(asked->app, "appId", "")));
	return exit;
}

static void conditions_read(const struct cli *cli, json_t *question)
{
	const struct options *options = &cli->options;
	json_t *conditions = json_object();

	put(conditions, "devicePlatform", options->platform);
	put(conditions, "clientAppType", options->client);
	put(conditions, "ipAddress", options->address);
	put(conditions, "country", options->country);
	json_object_set_new(question, "signInConditions", conditions);
}

static enum cli_exit question_read(struct cli *cli, struct asked *asked)
{
	const struct options *options = &cli->options;

	if (options->user == NULL)
		return say(CLI_USAGE, "what-if: who? --user CUSTOMER");
	if (options->app == NULL && options->context == NULL)
		return say(CLI_USAGE, "what-if: to what? --app APP, --context c1, or both");
	enum cli_exit exit = users_get(cli, options->user, &asked->user);
	if (exit != CLI_FINE)
		return exit;
	json_object_set_new(asked->question, "signInIdentity", json_pack("{s:s}", "userId",
	    json_text(asked->user, "id", "")));
	conditions_read(cli, asked->question);
	exit = context_read(cli, asked);
	return exit == CLI_FINE ? whatif_drafts(cli, asked->question,
	    "@sallyport.policies") : exit;
}

/* The answer. */

static const char *applies(struct arena *arena, const json_t *row)
{
	const char *reason = json_text(row, "analysisReasons", "");

	(void)arena;
	if (json_flag(row, "policyApplies", false))
		return "yes";
	return text_same(reason, "notEnoughInformation") ? "not enough is said" : "no";
}

static const char *conditions(struct arena *arena, const json_t *row)
{
	const json_t *list = json_object_get(row, "@sallyport.conditions"), *one;
	const char *text = "";
	size_t index;

	json_array_foreach(list, index, one)
		text = text_print(arena, "%s%s%s %s", text, text[0] != '\0' ? ", " : "",
		    json_text(one, "condition", ""), json_text(one, "result", ""));
	return text;
}

static const char *outcome(struct arena *arena, const json_t *row)
{
	static const struct { const char *result, *word; } rows[] = {
		{ "success", "met" }, { "failure", "asks" }, { "reportOnlySuccess", "would be met" },
		{ "reportOnlyInterrupted", "would ask" }, { "reportOnlyFailure", "would block" },
	};
	const char *result = json_text(row, "@sallyport.result", "");
	const char *controls = table_text(arena, row, "grantControls.builtInControls");

	if (text_same(controls, "block") && text_same(result, "failure"))
		return "blocks";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (text_same(result, rows[i].result))
			return text_empty(controls) || text_same(controls, "block") ? rows[i].word :
			    text_print(arena, "%s: %s", rows[i].word, controls);
	return "";
}

static const char *name(struct arena *arena, const json_t *row)
{
	return text_print(arena, "%s%s", json_text(row, "displayName", ""),
	    json_flag(row, "@sallyport.draft", false) ? " (draft)" : "");
}

static const struct column columns[] = { { "POLICY", NULL, name }, { "STATE", "state", NULL },
	{ "APPLIES", NULL, applies }, { "RESULT", NULL, outcome },
	{ "CONDITIONS", NULL, conditions }, { 0 } };

static const char *decision_text(struct cli *cli, const json_t *decision)
{
	const char *word = json_text(decision, "decision", "");

	if (text_same(word, "allow"))
		return "signed in, with nothing more asked";
	if (text_same(word, "block"))
		return "blocked";
	return text_print(cli->arena, "asked for: %s", table_text(cli->arena, decision, "controls"));
}

static const char *way_text(const json_t *decision)
{
	const char *next = json_text(decision, "next", "");

	if (text_same(next, "codeByEmail"))
		return "yes, by a code by email";
	return text_same(next, "newPassword") ? "yes, by a new password" : "yes";
}

static void fact_print(struct cli *cli, const char *what, const char *text)
{
	say_line(cli, text_print(cli->arena, "%-13s %s", what, text));
}

static void reasons_print(struct cli *cli, const json_t *decision)
{
	const json_t *one;
	size_t index;

	json_array_foreach(json_object_get(decision, "reasons"), index, one)
		fact_print(cli, index == 0 ? "Can he pass:" : "", text_print(cli->arena, "%s%s",
		    index == 0 ? "no. " : "    ", json_text(one, "message", "")));
}

static void decision_print(struct cli *cli, const json_t *decision)
{
	const json_t *session = json_object_get(decision, "sessionControls");
	bool password = text_same(json_text(decision, "firstFactor", ""), "password");

	fact_print(cli, "First factor:", password ? "password" : "a code by email");
	fact_print(cli, "Then:", decision_text(cli, decision));
	if (json_flag(decision, "satisfiable", false))
		fact_print(cli, "Can he pass:", way_text(decision));
	else
		reasons_print(cli, decision);
	if (json_object_size(session) > 0)
		fact_print(cli, "Session:", json_write(cli->arena, session));
}

static void answer_print(struct cli *cli, const struct asked *asked, const json_t *answer)
{
	struct table table = { .columns = columns };
	const json_t *one;
	size_t index;

	json_array_foreach(json_object_get(answer, "@sallyport.warnings"), index, one)
		say_warning(json_string_value(one));
	fact_print(cli, "Customer:", users_address(cli->arena, asked->user));
	fact_print(cli, "Application:", asked->app != NULL ? json_text(asked->app, "displayName",
	    "") : "whichever asks for the context");
	decision_print(cli, json_object_get(answer, "@sallyport.decision"));
	printf("\n");
	table_print(&table, json_object_get(answer, "value"));
}

enum cli_exit whatif_run(struct cli *cli)
{
	struct asked asked = { .question = json_object() };
	json_t *answer;
	enum cli_exit exit = question_read(cli, &asked);

	if (exit == CLI_FINE)
		exit = call_must(cli, "POST", EVALUATE, asked.question, &answer);
	if (exit == CLI_FINE) {
		if (cli->options.json)
			say_json(cli, answer);
		else
			answer_print(cli, &asked, answer);
		json_decref(answer);
	}
	json_decref(asked.question);
	json_decref(asked.user);
	json_decref(asked.app);
	return exit;
}
