#include "check/report.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

static const char *const roles[] = { "users", "records", "policy", "mail" };

void report_begin(struct report *report, const char *file, bool json)
{
	*report = (struct report){ .file = file, .json = json,
		.checks = json ? json_array() : NULL };
}

static void head(const struct report *report, const struct runner *runner)
{
	printf("%s: %s, API %u.%u, fills", report->file, runner->plugin, runner->api >> 16,
	    runner->api & 0xffffu);
	for (size_t i = 0; i < 4; i++)
		if ((runner->roles & 1u << i) != 0)
			printf(" %s", roles[i]);
	puts("");
}

/* What somebody else's code has said: line by line, without what could move the cursor. */
static void said(const char *text)
{
	bool begins = true;

	for (; *text != '\0'; text++) {
		if (begins)
			fputs("            | ", stdout);
		begins = *text == '\n';
		putchar((unsigned char)*text < 0x20 && *text != '\n' ? '?' : *text);
	}
	if (!begins)
		puts("");
}

static void people(const struct runner_result *result)
{
	static const char *const words[] = { "WRONG", "CRASH", "HANGS", "-", "ok" };

	printf("  %-5s  %-16s  %s\n", words[result->verdict], result->row->name, result->text);
	if (result->verdict >= RUNNER_SKIPPED)
		return;
	printf("         it breaks: %s\n", result->clause);
	if (result->said[0] == '\0')
		return;
	puts("         what it said:");
	said(result->said);
}

static void machine(struct report *report, const struct runner_result *result)
{
	json_t *check = json_object();
	bool utf8 = text_utf8(result->said, strlen(result->said));

	json_object_set_new(check, "name", json_string(result->row->name));
	json_object_set_new(check, "result", json_string(runner_word(result->verdict)));
	json_object_set_new(check, "text", json_string(text_utf8(result->text,
	    strlen(result->text)) ?
	    result->text : result->row->what));
	json_object_set_new(check, "clause", json_string(result->clause));
	if (result->verdict < RUNNER_SKIPPED && utf8)
		json_object_set_new(check, "said", json_string(result->said));
	json_array_append_new(report->checks, check);
}

void report_add(struct report *report, const struct runner *runner,
    const struct runner_result *result)
{
	bool first = true;

	for (size_t i = 0; i <= RUNNER_FINE; i++)
		first = first && report->counts[i] == 0;
	report->counts[result->verdict]++;
	if (report->json) {
		machine(report, result);
		return;
	}
	if (first && runner->api != 0)
		head(report, runner);
	people(result);
	fflush(stdout);
}

bool report_end(struct report *report, const struct runner *runner)
{
	const unsigned *counts = report->counts;
	unsigned red = counts[RUNNER_WRONG] + counts[RUNNER_CRASHED] + counts[RUNNER_HUNG];

	if (!report->json) {
		printf("%s %s: %u checks passed, %u failed, %u not applicable\n", report->file,
		    red == 0 ? "conforms" : "does NOT conform", counts[RUNNER_FINE], red,
		    counts[RUNNER_SKIPPED]);
		return red == 0;
	}
	json_t *all = json_object(), *filled = json_array();
	for (size_t i = 0; i < 4; i++)
		if ((runner->roles & 1u << i) != 0)
			json_array_append_new(filled, json_string(roles[i]));
	json_object_set_new(all, "file", json_string(report->file));
	json_object_set_new(all, "plugin", json_string(runner->plugin));
	json_object_set_new(all, "roles", filled);
	json_object_set_new(all, "conforms", json_boolean(red == 0));
	json_object_set_new(all, "checks", report->checks);
	json_dumpf(all, stdout, JSON_INDENT(2));
	puts("");
	json_decref(all);
	return red == 0;
}
