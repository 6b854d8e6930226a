/*
 * report.h - tells how the checks went, to people or as one JSON object
 *
 * Threads  One. Failing  What cannot be written is seen by whoever flushes.
 */
#pragma once

#include "check/runner.h"

struct json_t;

struct report {
	const char *file;
	bool json;
	struct json_t *checks;		/* if json */
	unsigned counts[RUNNER_FINE + 1];
};

void report_begin(struct report *report, const char *file, bool json);
/* The first result also says whose. */
void report_add(struct report *report, const struct runner *runner,
    const struct runner_result *result);
/* True: it conforms. */
bool report_end(struct report *report, const struct runner *runner);
