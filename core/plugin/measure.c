#include "plugin/instance.h"

#include "base/arena.h"
#include "base/metric.h"
#include "base/text.h"
#include "loop/lane.h"
#include "plugin/mail.h"
#include "plugin/policy.h"
#include "plugin/records.h"
#include "plugin/users.h"

static const struct op_kind *const kinds[] = {
	&records_get, &records_list, &records_commit, &users_kind_find, &users_kind_get,
	&users_kind_create, &users_kind_update, &users_kind_remove, &users_kind_list,
	&users_kind_verify, &users_kind_groups, &policy_kind_load, &policy_kind_decide,
	&mail_kind_send,
};

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == OP_PLACES, "every operation is counted");

enum { CALLS, FAILURES, LATE, REFUSED, OVERDUE, LANE_QUEUED, LANE_RUNNING, LANE_REFUSED };

static const struct metric_row rows[INSTANCE_METRICS] = {
	[CALLS] = { "sallyport_plugin_calls_total", "Operations begun.", NULL, METRIC_COUNTER },
	[FAILURES] = { "sallyport_plugin_failures_total",
	    "Operations that failed or were unavailable.", NULL, METRIC_COUNTER },
	[LATE] = { "sallyport_plugin_late_total", "Operations past their deadline.", NULL,
	    METRIC_COUNTER },
	[REFUSED] = { "sallyport_plugin_refused_total",
	    "Operations not begun, as the plugin kept failing.", NULL, METRIC_COUNTER },
	[OVERDUE] = { "sallyport_plugin_overdue",
	    "Operations past their deadline that the plugin still has.", NULL, METRIC_GAUGE },
	[LANE_QUEUED] = { "sallyport_plugin_lane_queued", "Operations that wait for a thread.",
	    NULL, METRIC_GAUGE },
	[LANE_RUNNING] = { "sallyport_plugin_lane_running", "Threads that are busy.", NULL,
	    METRIC_GAUGE },
	[LANE_REFUSED] = { "sallyport_plugin_lane_refused_total",
	    "Operations that found the queue full.", NULL, METRIC_COUNTER },
};

void instance_metric_head(size_t row, struct metric_text *text)
{
	metric_head(text, rows[row].name, rows[row].type, rows[row].help);
}

static uint64_t counted(const struct op_counts *counts, size_t row)
{
	const _Atomic uint64_t *const all[] = { &counts->calls, &counts->failures, &counts->late,
		&counts->refused };

	return atomic_load_explicit(all[row], memory_order_relaxed);
}

/* What was never asked for isn't shown. */
static void metric_kind(const struct instance *instance, const struct op_kind *kind, size_t row,
    struct metric_text *text)
{
	uint64_t sum = 0, calls = 0;

	for (unsigned i = 0; i < instance->seat_count; i++) {
		sum += counted(&instance->seats[i].counts[kind->place], row);
		calls += counted(&instance->seats[i].counts[kind->place], CALLS);
	}
	if (sum == 0 && calls == 0)
		return;
	const char *labels = metric_label(text->arena, NULL, "plugin", instance->set.name);
	metric_value(text, rows[row].name,
	    metric_label(text->arena, labels, "operation", kind->name), (int64_t)sum);
}

void instance_metric(const struct instance *instance, size_t row, struct metric_text *text)
{
	struct lane_busy busy;

	for (size_t i = 0; row <= REFUSED && i < OP_PLACES; i++)
		metric_kind(instance, kinds[i], row, text);
	if (row <= REFUSED)
		return;
	lane_busy(instance->lane, &busy);
	int64_t value = row == OVERDUE ? (int64_t)atomic_load(&instance->overdue) :
	    row == LANE_QUEUED ? (int64_t)busy.queued :
	    row == LANE_RUNNING ? (int64_t)busy.running : (int64_t)busy.refused;
	metric_value(text, rows[row].name,
	    metric_label(text->arena, NULL, "plugin", instance->set.name), value);
}
