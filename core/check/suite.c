#include "check/suite.h"

#include <string.h>

const struct suite_row *const suites[SUITES] = { suite_plugin, suite_users, suite_records,
	suite_policy, suite_mail };

const struct suite_row *suite_find(const char *name)
{
	for (size_t i = 0; i < SUITES; i++)
		for (const struct suite_row *row = suites[i]; row->name != NULL; row++)
			if (strcmp(row->name, name) == 0)
				return row;
	return NULL;
}

void suite_run(const struct suite_row *row, unsigned part)
{
	subject_load();
	if (!row->bare)
		subject_open();
	(part == 0 ? row->run : row->after)();
	if (subject.instance != NULL)
		subject_close();
	if (subject.loops[0] != NULL)
		subject_done();
}

static void loads(void)
{
	/* subject_load() has done it. */
}

static void opens(void)
{
	subject_open();
}

static void cycle(unsigned number)
{
	(void)number;
	subject_open();
	subject_close();
}

static void opens_again(void)
{
	keeps_check(cycle, 5, "open, attach, detach and close");
}

const struct suite_row suite_plugin[] = {
	{ "plugin.load", "the file is a plugin of this API", loads, NULL, false, true },
	{ "plugin.open", "it opens, attaches to two loops, detaches and closes", opens, NULL, false,
	    true },
	{ "plugin.again", "opened and closed again and again, it keeps nothing", opens_again, NULL,
	    false, true },
	{ 0 },
};
