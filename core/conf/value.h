/*
 * value.h - one value of a conf file, by the type that its key row gives it
 *
 * Threads  The main thread.
 * Memory   Texts, lists and secrets are the arena's.
 * Failing  Adds an error that names the key, what it cannot be and what is allowed. What a
 *          secret file holds is in no error.
 *
 * Empty    SP_PATH and SP_SECRET_FILE may be left empty where the fallback is "".
 * Lists    SP_LIST with choices: each item is one of them. A sequence, or "a, b".
 */
#pragma once

#include "conf/tree.h"

#include <sallyport/plugin.h>

size_t value_size(enum sp_type type);	/* of its member in the conf struct; 0: no type */

/* `name` as errors give it, "server.workers". */
bool value_read(const struct sp_key *key, const char *name, const struct tree *tree,
    struct errors *errors, void *to);

/* "a whole number from 0 to 64" */
const char *value_allowed(const struct sp_key *key, struct arena *arena);
