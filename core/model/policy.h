/*
 * policy.h - a Conditional Access policy, from Graph's shape into the engine's
 *
 * Checked with Graph's own rules and numbers (reference: 1012 and its like), so that a policy that
 * Graph takes is taken and one that it refuses is refused with the same inner message. What
 * Sallyport can't judge (device compliance, risk) is refused by name, not ignored.
 *
 * Threads  Any; pure. Memory  The snapshot's arena.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

struct arena;
struct document_errors;

struct policy {
	struct sp_id id;
	const char *display_name;
	struct sp_policy_row row;
};

/* See document.h. */
json_t *policy_check(const json_t *document, struct document_errors *errors);
/* `revision` is the record's. */
bool policy_compile(struct arena *arena, const json_t *document, uint64_t revision,
    struct policy *out_policy);

/* What a location list means by "AllTrusted", for facts too. */
extern const struct sp_id policy_trusted;

/* The number in "c1" to "c99"; 0: no authentication context. */
unsigned policy_context(const char *text);

/* At save: all users and all apps without an exclusion (SEMANTICS 5.3); a policy that can't
 * apply. NULL: none. advice.h says more, knowing the tenant. */
const char *policy_warning(const struct policy *policy);
