/*
 * change.h - what differs between two readings of the conf file
 *
 * Threads  The main thread. Memory  The arena's.
 */
#pragma once

#include "conf/conf.h"

struct change {
	const char *name;	/* "server.log_level", "plugin.relay" */
	bool reloadable;	/* takes effect now; else it needs a restart */
	struct change *next;
};

/* NULL: nothing. A plugin that does nothing but send mail is replaced as a whole. */
struct change *change_list(const struct conf *old, const struct conf *new, struct arena *arena);

/* Bound to mail, and to nothing else. */
bool change_mail_only(const struct conf *conf, const char *plugin);
