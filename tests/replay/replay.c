/*
 * replay.c - replay FOLDER FILE.so LEAST CASES.txt...: sign-ins as text, and what must come out
 *
 * Each case is judged by the engine, as it is loaded by the server, and by the plain definition; the
 * conditions by What If as well. All must say what is written down. Requirement 181.
 */
#include "replay.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "check/naive.h"
#include "model/document.h"
#include "model/policy.h"
#include "model/whatif.h"
#include "plugin/load.h"

#include "../house.h"

#include <string.h>

enum { SET_MOST = WORLD_POLICIES };

static const struct sp_policy *engine;
static void *self;
static unsigned long cases;

struct set {
	struct arena arena;
	struct sp_policy_row rows[SET_MOST];
	const struct sp_policy_row *pointers[SET_MOST];
	const char *names[SET_MOST];
	size_t count;
};

_Noreturn void line_wrong(const struct line *line, const char *word, const char *why)
{
	fprintf(stderr, "%s:%u: '%s': %s\n", line->file, line->number, word, why);
	exit(1);
}

struct sp_id line_id(char kind, const char *name)
{
	struct sp_id id = { { (uint8_t)kind } };

	if (kind == 'l' && strcmp(name, "trusted") == 0)
		return policy_trusted;
	CHECK(strlen(name) < sizeof(id.byte) - 1);
	memcpy(id.byte + 1, name, strlen(name));
	return id;
}

int64_t line_span(const struct line *line, const char *text)
{
	char *end;
	long long number = strtoll(text, &end, 10);

	switch (*end) {
	case '\0':
		return number;		/* ms */
	case 's':
		return number * 1000;
	case 'm':
		return number * 60000;
	case 'h':
		return number * 3600000;
	case 'd':
		return number * 86400000;
	default:
		line_wrong(line, text, "no span of time");
	}
}

/* The engine. */

static void host_done(struct sp_op *op, enum sp_status status)
{
	(void)op;
	CHECK(status == SP_OK);
}

static void host_work(struct sp_op *op, sp_work_fn *fn)
{
	host_done(op, fn(op));
}

static const struct sp_host host = { .api = SP_API, .work = host_work, .done = host_done };

static void engine_open(const char *folder, const char *file)
{
	const struct sp_plugin *plugin = NULL;
	struct sp_error error = { "" };

	if (plugin_load(folder, file, &plugin, &error) != SP_OK)
		fprintf(stderr, "%s\n", error.text);
	CHECK(plugin != NULL && plugin->policy != NULL && plugin->policy->decide_now != NULL);
	CHECK(plugin->open(&host, NULL, &self, &error) == SP_OK);
	engine = plugin->policy;
}

/* What comes out, as it is written down. */

static const char *const conditions[] = {
	[SP_BY_STATE] = "state", [SP_BY_USER] = "users", [SP_BY_APP] = "app",
	[SP_BY_CONTEXT] = "context", [SP_BY_PLATFORM] = "platform", [SP_BY_CLIENT] = "client",
	[SP_BY_LOCATION] = "place",
};

static const char *result_text(struct arena *arena, uint8_t result, uint8_t condition)
{
	switch (result) {
	case SP_NOT_ENABLED:
		return "off";
	case SP_NOT_APPLIED:
		return text_print(arena, "no:%s", conditions[condition]);
	case SP_MET:
		return "met";
	case SP_UNMET:
		return "unmet";
	case SP_REPORT_NOT_APPLIED:
		return text_print(arena, "report-no:%s", conditions[condition]);
	case SP_REPORT_MET:
		return "report-met";
	case SP_REPORT_BLOCKED:
		return "report-block";
	case SP_REPORT_ASKED:
		return "report-ask";
	default:
		return "not-judged";
	}
}

static const char *session_text(struct arena *arena, const struct sp_judgement *out)
{
	static const char *const persistent[] = { "", " persistent=always", " persistent=never" };
	const char *frequency = out->frequency == 0 ? "" : text_print(arena, " every=%lldh",
	    (long long)(out->frequency / 3600000));

	return text_print(arena, "%s%s%s", frequency, out->every_time ? " every=time" : "",
	    persistent[out->persistent]);
}

static const char *judgement_text(const struct set *set, struct arena *arena,
    const struct sp_judgement *out)
{
	static const char *const decisions[] = { "block", "ask", "allow" };
	const char *text = text_print(arena, "%s%s%s%s", decisions[out->decision],
	    (out->missing & SP_MFA) != 0 ? " mfa" : "",
	    (out->missing & SP_AGAIN) != 0 ? " again" : "", session_text(arena, out));

	for (size_t i = 0; i < set->count; i++)
		text = text_print(arena, "%s; %s %s", text, set->names[i],
		    result_text(arena, out->results[i], out->conditions[i]));
	return text;
}

static const char *wanted_text(const struct line *line, size_t at)
{
	const char *text = "";

	for (; at < line->count; at++)
		text = text_print(line->arena, "%s%s%s", text, text[0] != '\0' ? " " : "",
		    line->words[at]);
	return text;
}

static void must_be(const struct line *line, const char *who, const char *told,
    const char *wanted)
{
	if (strcmp(told, wanted) == 0)
		return;
	fprintf(stderr, "%s:%u: %s\n  says:   %s\n  wanted: %s\n", line->file, line->number, who,
	    told, wanted);
	exit(1);
}

static void whatif_must(const struct set *set, const struct line *line,
    const struct sp_facts *facts, const struct sp_judgement *out)
{
	static const struct whatif_given all = { true, true, true, true };

	for (size_t i = 0; i < set->count; i++) {
		struct whatif_conditions each;
		bool unknown = true;
		whatif_conditions(set->pointers[i], facts, &all, &each);
		if ((uint8_t)whatif_first(&each, &unknown) != out->conditions[i] || unknown)
			line_wrong(line, set->names[i], "What If sees another condition");
	}
}

static void judge(struct set *set, const struct line *line)
{
	uint8_t results[2][SET_MOST] = { { 0 } }, failed[2][SET_MOST] = { { 0 } };
	struct sp_judgement out[2] = { { .results = results[0], .conditions = failed[0] },
		{ .results = results[1], .conditions = failed[1] } };
	struct sp_policy_load load = { .op = { .host = &host, .self = self },
		.policies = set->pointers, .count = set->count };
	struct sp_facts facts;
	const char *wanted = wanted_text(line, line_case(line, &facts));

	engine->load(&load);
	CHECK(load.set != NULL && engine->decide_now(NULL, load.set, &facts, &out[0]) == SP_OK);
	engine->free_set(self, load.set);
	must_be(line, "the engine", judgement_text(set, line->arena, &out[0]), wanted);
	naive_judge(set->pointers, set->count, &facts, &out[1]);
	must_be(line, "the plain definition", judgement_text(set, line->arena, &out[1]), wanted);
	whatif_must(set, line, &facts, &out[0]);
	cases++;
}

/* Reading. */

static void set_begin(struct set *set)
{
	arena_done(&set->arena);
	memset(set, 0, sizeof(*set));
}

static void set_add(struct set *set, const struct line *line)
{
	struct document_errors errors = { .arena = &set->arena };
	json_t *document = line_policy(line);
	json_t *canonical = document_row(DOCUMENT_POLICY)->check(document, &errors);
	struct policy policy;

	json_decref(document);
	if (canonical == NULL)
		line_wrong(line, errors.first->path, errors.first->text);
	if (set->count == SET_MOST)
		line_wrong(line, line->words[1], "too many policies in one set");
	CHECK(policy_compile(&set->arena, canonical, 1, &policy));
	json_decref(canonical);
	set->names[set->count] = policy.display_name;
	set->rows[set->count] = policy.row;
	set->pointers[set->count] = &set->rows[set->count];
	set->count++;
}

static void line_run(struct set *set, struct line *line, char *text)
{
	char *word;

	text[strcspn(text, "#\n")] = '\0';
	line->count = 0;
	while ((word = strsep(&text, " \t")) != NULL) {
		if (word[0] == '\0')
			continue;
		CHECK(line->count < sizeof(line->words) / sizeof(line->words[0]));
		line->words[line->count++] = text_copy(line->arena, word);
	}
	if (line->count == 0)
		return;
	if (strcmp(line->words[0], "begin") == 0)
		set_begin(set);
	else if (strcmp(line->words[0], "policy") == 0)
		set_add(set, line);
	else if (strcmp(line->words[0], "case") == 0)
		judge(set, line);
	else
		line_wrong(line, line->words[0], "begin, policy, or case");
}

static void file_run(const char *name)
{
	static struct set set;
	struct line line = { .arena = &set.arena, .file = name };
	char text[1024];
	FILE *file = fopen(name, "re");

	CHECK(file != NULL);
	set_begin(&set);
	while (fgets(text, sizeof(text), file) != NULL) {
		line.number++;
		CHECK(strchr(text, '\n') != NULL);
		line_run(&set, &line, text);
	}
	fclose(file);
	set_begin(&set);
}

int main(int argc, char **argv)
{
	CHECK(argc > 4);
	engine_open(argv[1], argv[2]);
	for (int i = 4; i < argc; i++)
		file_run(argv[i]);
	printf("%lu cases\n", cases);
	return cases >= strtoul(argv[3], NULL, 10) ? 0 : 1;
}
