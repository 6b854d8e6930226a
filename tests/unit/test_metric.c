#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/metric.h"

static const struct metric_row rows[] = {
	{ "sp_sign_ins_total", "Sign-ins by result.", "result=\"success\"", METRIC_COUNTER },
	{ "sp_sign_ins_total", NULL, "result=\"failure\"", METRIC_COUNTER },
	{ "sp_connections", "Open connections.", NULL, METRIC_GAUGE },
};

Test(metric, sums_workers_and_renders)
{
	struct metric *metric = metric_new(rows, 3, 3);
	struct metric_text text;
	struct arena arena;

	arena_init(&arena, NULL, 0);
	metric_count(metric, 0, 0, 2);
	metric_count(metric, 2, 0, 40);
	metric_count(metric, 1, 2, 5);
	metric_count(metric, 2, 2, -1);
	cr_assert_eq(metric_sum(metric, 0), 42);
	metric_begin(&text, &arena);
	metric_render(&text, metric);
	metric_value(&text, "x", metric_label(&arena, "a=\"b\"", "name", "q\"\\\nz"), 7);
	cr_assert_str_eq(text.data,
	    "# HELP sp_sign_ins_total Sign-ins by result.\n"
	    "# TYPE sp_sign_ins_total counter\n"
	    "sp_sign_ins_total{result=\"success\"} 42\n"
	    "sp_sign_ins_total{result=\"failure\"} 0\n"
	    "# HELP sp_connections Open connections.\n"
	    "# TYPE sp_connections gauge\n"
	    "sp_connections 4\n"
	    "x{a=\"b\",name=\"q\\\"\\\\\\nz\"} 7\n");
	for (int i = 0; i < 2000; i++)
		metric_value(&text, "sp_connections", NULL, i);
	cr_assert_eq(text.size, strlen(text.data));
	metric_free(metric);
	arena_done(&arena);
}
