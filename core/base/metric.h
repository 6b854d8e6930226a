/*
 * metric.h - numbers for Prometheus
 *
 * A table of rows, and for each worker a line of numbers that it alone writes, so that
 * counting costs no shared write; they are summed when somebody asks.
 *
 * Threads  metric_count() on the worker that it names (its loop); everything else from any.
 * Memory   Made once, at the start. Texts of rows are static.
 * Failing  Never.
 *
 *	static const struct metric_row rows[] = {
 *		[SIGN_INS] = { "sallyport_sign_ins_total", "Sign-ins by result.",
 *		    "result=\"success\"", METRIC_COUNTER }, ...
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct metric;

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };

/* Rows of one name follow each other; the first one's help and type count. */
struct metric_row {
	const char *name, *help;
	const char *labels;	/* as in the text format, or NULL */
	enum metric_type type;
};

struct metric *metric_new(const struct metric_row *rows, size_t count, unsigned workers);
void metric_free(struct metric *metric);	/* accepts NULL */
void metric_count(struct metric *metric, unsigned worker, size_t row, int64_t delta);
int64_t metric_sum(const struct metric *metric, size_t row);

/* One writer, many readers: no locked instruction. */
static inline void metric_bump(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter,
	    atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* The text format, version 0.0.4. */
struct metric_text {
	struct arena *arena;
	char *data;		/* with a zero byte at its end */
	size_t size, room;
};

void metric_begin(struct metric_text *text, struct arena *arena);
void metric_head(struct metric_text *text, const char *name, enum metric_type type,
    const char *help);
void metric_value(struct metric_text *text, const char *name, const char *labels,
    int64_t value);
void metric_render(struct metric_text *text, const struct metric *metric);

/* `name="value"`, with what the format wants escaped; after `labels`, if not NULL. */
const char *metric_label(struct arena *arena, const char *labels, const char *name,
    const char *value);
