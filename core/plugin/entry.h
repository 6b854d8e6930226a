/*
 * entry.h - one instance of the roster, with all that it stands on
 *
 * Threads  The main thread. Memory  Its own, and freed after its instance.
 */
#pragma once

#include "base/arena.h"
#include "conf/conf.h"
#include "plugin/binding.h"
#include "plugin/instance.h"

#include <sys/queue.h>

struct entry {
	TAILQ_ENTRY(entry) link;
	struct arena arena;
	const struct sp_plugin *plugin;
	const char *file;
	struct instance_settings set;	/* set.name: the instance's */
	void *conf;
	bool bound[BINDING_ROLES];
	struct instance *instance;	/* NULL: not opened */
};

TAILQ_HEAD(entry_list, entry);

/* NULL: errors were added. */
struct entry *entry_load(const struct conf *conf, const struct conf_plugin *section,
    struct errors *errors);
enum sp_status entry_open(struct entry *entry, struct loop *const *loops, unsigned loop_count,
    struct sp_error *out_error) __attribute__((warn_unused_result));
void entry_free(struct entry *entry);	/* closes it first */

bool entry_offers(const struct entry *entry, enum binding_role role);
const char *entry_role_name(enum binding_role role);
