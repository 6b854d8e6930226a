#include "base/metric.h"

#include "base/arena.h"
#include "base/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 8u	/* numbers */

struct metric {
	const struct metric_row *rows;
	size_t count, stride;	/* of a worker's line, in numbers */
	unsigned workers;
	_Atomic int64_t values[];
};

struct metric *metric_new(const struct metric_row *rows, size_t count, unsigned workers)
{
	size_t stride = (count / CACHE_LINE + 2) * CACHE_LINE;
	struct metric *metric = must_calloc(1,
	    sizeof(*metric) + stride * workers * sizeof(metric->values[0]));

	metric->rows = rows;
	metric->count = count;
	metric->stride = stride;
	metric->workers = workers;
	return metric;
}

void metric_free(struct metric *metric)
{
	free(metric);
}

void metric_count(struct metric *metric, unsigned worker, size_t row, int64_t delta)
{
	assert(worker < metric->workers && row < metric->count);
	_Atomic int64_t *value = &metric->values[worker * metric->stride + row];
	atomic_store_explicit(value, atomic_load_explicit(value, memory_order_relaxed) + delta,
	    memory_order_relaxed);
}

int64_t metric_sum(const struct metric *metric, size_t row)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < metric->workers; i++)
		sum += atomic_load_explicit(&metric->values[i * metric->stride + row],
		    memory_order_relaxed);
	return sum;
}

/* Text. */

static void text_add(struct metric_text *text, const char *more)
{
	size_t size = strlen(more);

	if (text->size + size >= text->room) {
		text->room = (text->room + size) * 2;
		char *data = arena_alloc(text->arena, text->room);
		memcpy(data, text->data, text->size);
		text->data = data;
	}
	memcpy(text->data + text->size, more, size + 1);
	text->size += size;
}

void metric_begin(struct metric_text *text, struct arena *arena)
{
	*text = (struct metric_text){ .arena = arena, .room = 8192 };
	text->data = arena_alloc(arena, text->room);
}

void metric_head(struct metric_text *text, const char *name, enum metric_type type,
    const char *help)
{
	text_add(text, text_print(text->arena, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type == METRIC_COUNTER ? "counter" : "gauge"));
}

void metric_value(struct metric_text *text, const char *name, const char *labels,
    int64_t value)
{
	bool bare = labels == NULL || labels[0] == '\0';

	text_add(text, text_print(text->arena, "%s%s%s%s %lld\n", name, bare ? "" : "{",
	    bare ? "" : labels, bare ? "" : "}", (long long)value));
}

void metric_render(struct metric_text *text, const struct metric *metric)
{
	for (size_t i = 0; i < metric->count; i++) {
		const struct metric_row *row = &metric->rows[i];
		if (i == 0 || strcmp(row->name, metric->rows[i - 1].name) != 0)
			metric_head(text, row->name, row->type, row->help);
		metric_value(text, row->name, row->labels, metric_sum(metric, i));
	}
}

const char *metric_label(struct arena *arena, const char *labels, const char *name,
    const char *value)
{
	char *escaped = arena_alloc(arena, strlen(value) * 2 + 1), *to = escaped;

	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\' || *c == '\n')
			*to++ = '\\';
		*to++ = *c == '\n' ? 'n' : *c;
	}
	return text_print(arena, "%s%s%s=\"%s\"", labels != NULL ? labels : "",
	    labels != NULL ? "," : "", name, escaped);
}
