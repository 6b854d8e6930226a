/*
 * suite.h - the checks that there are, one row each
 *
 * Each runs in a process of its own with the plugin opened, and must return for the plugin to
 * have passed. One that has a second part is run again in a new process, with the notes of the
 * first: after an orderly end, or after the death that it brought upon itself.
 *
 * A new check is a row in its role's file and a function; what it demands stands in a header of
 * core/include, and the clause is named.
 *
 * Threads  The process's one. Memory  Its own: it is gone with the process.
 * Failing  A demand that isn't met ends the process with words (report.h tells them).
 */
#pragma once

#include "check/subject.h"

struct suite_row {
	const char *name;	/* "records.expiry"; NULL ends the table */
	const char *what;	/* what holds, if it passes */
	void (*run)(void);
	void (*after)(void);	/* second process, or NULL */
	bool dies;		/* the first kills itself */
	bool bare;		/* nothing is opened for it */
};

/* The first is about all plugins, the others about one role, by enum binding_role. */
enum { SUITES = 5 };
extern const struct suite_row *const suites[SUITES];
extern const struct suite_row suite_plugin[], suite_users[], suite_records[], suite_policy[],
    suite_mail[];

const struct suite_row *suite_find(const char *name);
void suite_run(const struct suite_row *row, unsigned part);	/* opens, runs, closes */
