/*
 * runner.h - runs checks, each in a process of its own, and tells how they went
 *
 * Threads  One; it never loads the plugin itself.
 * Failing  A crash, a hang and a process that ends itself are results, not failures.
 */
#pragma once

#include "check/suite.h"

#include <stdio.h>

enum runner_verdict { RUNNER_WRONG = 0, RUNNER_CRASHED, RUNNER_HUNG, RUNNER_SKIPPED, RUNNER_FINE };

#define RUNNER_SAID 2048u

struct runner_result {
	const struct suite_row *row;
	enum runner_verdict verdict;
	char clause[256], text[640];
	char said[RUNNER_SAID];		/* the end of what the plugin logged and printed */
};

struct runner {
	const char *self;		/* this program */
	char *const *words;		/* what each check is given: FILE and key=value,
	    ends with NULL */
	const char *delivered;
	unsigned limit;			/* seconds for one process */

	/* After runner_first(). */
	char plugin[64];
	unsigned api, roles;
};

/* Runs one, both its parts. */
void runner_run(struct runner *runner, const struct suite_row *row,
    struct runner_result *out_result);

const char *runner_word(enum runner_verdict verdict);
