/* sallyport_audit.c - who changed what, and whether that is still what was written */
#include "sallyport.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

static const char *target(struct arena *arena, const json_t *row)
{
	(void)arena;
	return json_text(json_array_get(json_object_get(row, "targetResources"), 0), "id", "");
}

static const struct column columns[] = { { "NO", "sequence", NULL },
	{ "TIME", "activityDateTime", NULL },
	{ "WHO", "initiatedBy.user.displayName", NULL }, { "WHAT", "activityDisplayName", NULL },
	{ "OBJECT", NULL, target }, { "RESULT", "result", NULL }, { 0 } };

enum cli_exit audit_list(struct cli *cli)
{
	struct logs_filter filter = { NULL };
	const char *user;
	long top;
	enum cli_exit exit = options_top(cli, 50, &top);

	if (exit == CLI_FINE)
		exit = logs_since(cli, &filter, "activityDateTime");
	if (exit == CLI_FINE && cli->options.user != NULL) {
		exit = logs_user(cli, &user);
		if (exit == CLI_FINE)
			logs_where(cli, &filter, text_print(cli->arena,
			    "targetResources/any(t:t/id eq '%s')", user));
	}
	return exit != CLI_FINE ? exit : logs_get(cli, logs_path(cli,
	    "/auditLogs/directoryAudits", &filter, top), columns, top);
}

/* Whole, or what is wrong. */

struct proof {
	const char *name;	/* of the tenant, or "the server" */
	json_t *faults;
	int64_t checked, last, waiting, removed;
	const char *hash;
};

static bool told(const json_t *faults, const json_t *fault)
{
	json_t *one;
	size_t index;

	json_array_foreach(faults, index, one)
		if (json_equal(one, fault))
			return true;
	return false;
}

static void proof_take(struct cli *cli, struct proof *proof, const json_t *body)
{
	json_t *one;
	size_t index;

	proof->checked += json_number(body, "checked", 0);
	proof->last = json_number(body, "lastSequence", 0);
	proof->waiting = json_number(body, "waiting", 0);
	proof->removed = json_number(body, "removedSequence", 0);
	proof->hash = text_copy(cli->arena, json_text(body, "lastHash", ""));
	/* The link between two pages is looked at twice, and so may be what belongs to no link. */
	json_array_foreach(json_object_get(body, "value"), index, one)
		if (!told(proof->faults, one))
			json_array_append(proof->faults, one);
}

static void proof_say(struct cli *cli, const struct proof *proof)
{
	size_t count = json_array_size(proof->faults), index;
	json_t *one;

	printf("%s: %s, %" PRId64 " entries looked at", say_safe(cli->arena, proof->name),
	    count == 0 ? "whole" : "NOT WHOLE", proof->checked);
	if (proof->removed > 0)
		printf(", those up to %" PRId64 " removed for their age", proof->removed);
	if (proof->waiting > 0)
		printf(", %" PRId64 " not in the chain yet", proof->waiting);
	putchar('\n');
	if (proof->last > 0)
		printf("  last %" PRId64 ":%s\n", proof->last, say_safe(cli->arena, proof->hash));
	json_array_foreach(proof->faults, index, one) {
		int64_t from = json_number(one, "sequence", 0);
		int64_t to = json_number(one, "lastSequence", from);
		const char *what = say_safe(cli->arena, json_text(one, "message", ""));
		if (from == 0)
			printf("  %s\n", what);
		else if (to == from)
			printf("  entry %" PRId64 " %s\n", from, what);
		else
			printf("  entries %" PRId64 " to %" PRId64 " %s\n", from, to, what);
	}
}

static void proof_json(struct cli *cli, const struct proof *proof, json_t *all)
{
	(void)cli;
	json_array_append_new(all, json_pack("{s:s, s:b, s:I, s:I, s:s, s:I, s:I, s:O}", "name",
	    proof->name, "whole", json_array_size(proof->faults) == 0, "checked",
	    (json_int_t)proof->checked, "lastSequence", (json_int_t)proof->last, "lastHash",
	    proof->hash, "waiting", (json_int_t)proof->waiting, "removedSequence",
	    (json_int_t)proof->removed, "faults", proof->faults));
}

/* Page by page, of whoever cli->tenant names; NULL: of the server itself. */
static enum cli_exit prove(struct cli *cli, struct proof *proof)
{
	const char *known = cli->options.known, *start = "/auditLogs/directoryAudits/verify";
	const char *path = known == NULL ? start : text_print(cli->arena, "%s?known=%s", start,
	    encode_url(cli->arena, known));
	json_t *body;

	proof->name = cli->tenant != NULL ? cli->tenant : "the server";
	while (path != NULL) {
		enum cli_exit exit = call_must(cli, "GET", path, NULL, &body);
		if (exit != CLI_FINE)
			return exit;
		proof_take(cli, proof, body);
		path = call_next(cli, body);
		json_decref(body);
	}
	return CLI_FINE;
}

static enum cli_exit prove_one(struct cli *cli, const char *tenant, json_t *all)
{
	struct proof proof = { .faults = json_array() };

	call_end(cli);		/* the tenant is a header of the connection */
	cli->tenant = tenant;
	enum cli_exit exit = prove(cli, &proof);
	if (exit == CLI_FINE && cli->options.json)
		proof_json(cli, &proof, all);
	else if (exit == CLI_FINE)
		proof_say(cli, &proof);
	if (exit == CLI_FINE && json_array_size(proof.faults) > 0)
		exit = CLI_REFUSED;
	json_decref(proof.faults);
	return exit;
}

static enum cli_exit prove_all(struct cli *cli, json_t *all)
{
	enum cli_exit worst = prove_one(cli, NULL, all), exit;
	json_t *tenants, *one;
	size_t index;

	if (worst == CLI_UNREACHABLE)
		return worst;
	exit = call_must(cli, "GET", "/tenants", NULL, &tenants);
	if (exit != CLI_FINE)
		return exit;
	json_array_foreach(json_object_get(tenants, "value"), index, one) {
		exit = prove_one(cli, json_text(one, "name", ""), all);
		worst = exit > worst ? exit : worst;
	}
	cli->tenant = NULL;
	json_decref(tenants);
	return worst;
}

enum cli_exit audit_verify(struct cli *cli)
{
	json_t *all = json_array();
	enum cli_exit exit;

	if (cli->options.known != NULL && cli->tenant == NULL)
		exit = say(CLI_USAGE, "audit verify: --known is of one tenant: --tenant NAME");
	else
		exit = cli->tenant != NULL ? prove_one(cli, cli->tenant, all) : prove_all(cli, all);
	if (cli->options.json && json_array_size(all) > 0) {
		json_t *whole = json_pack("{s:O}", "value", all);
		say_json(cli, whole);
		json_decref(whole);
	}
	json_decref(all);
	return exit;
}
