#include "model/budget.h"

#define DAY (INT64_C(24) * 60 * 60 * 1000)
#define RUN_WINDOW (3650 * DAY)	/* see the header */
#define AT(member) offsetof(struct settings, member)

struct budget_row {
	const char *name;
	size_t limit, window, pause_most;	/* places in the settings */
	int64_t fixed_limit, fixed_window;
	bool by_setting, window_by_setting, pauses;
};

#define RUN(label, most, pause) { .name = label, .limit = AT(most), .by_setting = true, \
	.fixed_window = RUN_WINDOW, .pause_most = AT(pause), .pauses = true }
#define DAILY(label, most) { .name = label, .limit = AT(most), .by_setting = true, \
	.fixed_window = DAY }
#define IN(label, most, ms) { .name = label, .limit = AT(most), .by_setting = true, \
	.window = AT(ms), .window_by_setting = true }

static const struct budget_row budget_rows[BUDGET_KINDS] = {
	/* An unknown budget allows nothing. */
	[BUDGET_NONE] = { .name = "none" },
	[BUDGET_MFA_RUN] = RUN("mfa_run", mfa_run, mfa_pause_most),
	[BUDGET_MFA_DAY] = DAILY("mfa_day", mfa_day),
	[BUDGET_PASSWORD_KNOWN] = RUN("password_known", password_run, password_pause_most),
	[BUDGET_PASSWORD_OTHER] = RUN("password_other", password_run, password_pause_most),
	[BUDGET_UNPROVEN_DAY] = DAILY("unproven_day", unproven_day),
	[BUDGET_SENDS_MFA] = IN("sends_mfa", mfa_sends, mfa_sends_window),
	[BUDGET_SENDS_UNPROVEN] = IN("sends_unproven", unproven_sends, unproven_sends_window),
	[BUDGET_SENDS_UNPROVEN_DAY] = DAILY("sends_unproven_day", unproven_sends_day),
	[BUDGET_NOTICE_DAY] = { .name = "notice_day", .fixed_limit = 1, .fixed_window = DAY },
};

static int64_t number_at(const struct settings *settings, size_t place)
{
	return *(const int64_t *)((const char *)settings + place);
}

struct budget budget_of(enum budget_kind kind, const struct settings *settings)
{
	const struct budget_row *row = &budget_rows[(unsigned)kind < BUDGET_KINDS ? kind : 0];
	struct budget budget = { .name = row->name, .limit = row->fixed_limit,
	    .window = row->fixed_window };

	if (row->by_setting)
		budget.limit = number_at(settings, row->limit);
	if (row->window_by_setting)
		budget.window = number_at(settings, row->window);
	if (row->pauses) {
		budget.pause_first = settings->pause_first;
		budget.pause_most = number_at(settings, row->pause_most);
	}
	return budget;
}

int64_t budget_limit(const struct budget *budget, const struct pause *pause)
{
	return budget->limit + (pause == NULL ? 0 : (int64_t)pause->level);
}

struct pause budget_pause(const struct budget *budget, const struct pause *pause, int64_t now)
{
	uint64_t level = pause == NULL ? 0 : pause->level;
	int64_t length = budget->pause_first;

	for (uint64_t i = 0; i < level && length < budget->pause_most; i++)
		length *= 2;
	if (length > budget->pause_most)
		length = budget->pause_most;
	return (struct pause){ .level = level + 1, .until = now + length };
}

bool budget_paused(const struct pause *pause, int64_t now)
{
	return pause != NULL && now < pause->until;
}

/* The level is counted in one `window`-th of a token, so that no time is lost by rounding. */
static void bucket_fill(struct bucket *bucket, int64_t most, int64_t window, int64_t now)
{
	bool fresh = bucket->filled_at == 0;
	int64_t passed = fresh ? window : now - bucket->filled_at;

	if (passed > (BUCKET_DEBT + 1) * window)
		passed = (BUCKET_DEBT + 1) * window;
	if (passed > 0) {
		bucket->level += passed * most;
		bucket->filled_at = now;
	}
	if (bucket->level > most * window)
		bucket->level = most * window;
}

bool bucket_take(struct bucket *bucket, int64_t most, int64_t window, int64_t now, int64_t *out_wait)
{
	bucket_fill(bucket, most, window, now);
	if (bucket->level < window) {
		*out_wait = most > 0 ? (window - bucket->level + most - 1) / most : window;
		return false;
	}
	bucket->level -= window;
	return true;
}

void bucket_owe(struct bucket *bucket, int64_t most, int64_t window, int64_t now)
{
	bucket_fill(bucket, most, window, now);
	bucket->level -= window;
	if (bucket->level < -BUCKET_DEBT * most * window)
		bucket->level = -BUCKET_DEBT * most * window;
}
