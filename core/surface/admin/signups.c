/* signups.c - a report: how many sign-ups were begun on a day, and how far they came */
#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/people.h"
#include "store/signups.h"

#include <string.h>

#define DAY (INT64_C(24) * 3600 * 1000)

struct report {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	int64_t days;
};

static const char *const steps[SIGNUP_STEPS] = {
	[SIGNUP_BEGUN] = "begun", [SIGNUP_PROVEN] = "addressProven",
	[SIGNUP_PASSWORD] = "passwordSet", [SIGNUP_ATTRIBUTES] = "attributesGiven",
	[SIGNUP_COMPLETED] = "completed",
};

static json_t *day_new(struct arena *arena, int64_t day)
{
	char *date = text_time(arena, day * DAY);
	json_t *json;

	date[strlen("2026-11-24")] = '\0';
	json = json_pack("{s:s}", "factDate", date);
	for (size_t step = 1; step < SIGNUP_STEPS; step++)
		json_object_set_new(json, steps[step], json_integer(0));
	return json;
}

/* Newest first; a day on which nothing was begun is left out. */
static json_t *report_days(const struct report *report)
{
	int64_t least = report->page.turn.now / DAY - report->days, day = -1;
	json_t *value = json_array(), *one = NULL;
	struct signup_count count;

	for (size_t i = 0; i < report->page.count; i++) {
		if (!signups_read(report->page.records[i], &count) || count.day <= least)
			continue;
		if (count.day != day) {
			day = count.day;
			one = day_new(report->ex->arena, day);
			json_array_append_new(value, one);
		}
		json_object_set_new(one, steps[count.step], json_integer(count.count));
	}
	return value;
}

static void report_finished(struct turn *turn, void *arg)
{
	struct report *report = arg;

	admin_reply_all(report->ex, report->page.good, report->page.good ? report_days(report) :
	    json_array());
	face_end(report->ex, turn);
}

void admin_signups(struct exchange *ex)
{
	enum { DAYS = 30 };
	struct report *report = arena_alloc(ex->arena, sizeof(*report));
	struct turn *turn = &report->page.turn;
	const char *actor;

	report->ex = ex;
	if (!admin_begin(ex, turn, &actor))
		return;
	if (!admin_number(ex, "days", SIGNUPS_DAYS, DAYS, &report->days)) {
		face_end(ex, turn);
		return;
	}
	report->page.prefix = signups_all(turn->tenant->id);
	report->page.backwards = true;
	report->page.limit = (size_t)report->days * (SIGNUP_STEPS - 1);
	turn->finished = report_finished;
	turn->arg = report;
	page_run(&report->page);
}
