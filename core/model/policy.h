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
struct rule;
struct document_errors;

struct policy {
	struct sp_id id;
	const char *display_name;
	struct sp_policy_row row;	/* its apps without those of `filter`: policy_aim() */
	const struct rule *filter;	/* NULL: none */
	bool filter_excludes;
};

/* When passwordChange began to count: a time in the document. */
#define POLICY_SINCE "@sallyport.passwordSince"

/* See document.h. */
json_t *policy_check(const json_t *document, struct document_errors *errors);
/* `revision` is the record's. */
bool policy_compile(struct arena *arena, const json_t *document, uint64_t revision,
    struct policy *out_policy);

/* Puts the applications that the filter names into the row, as they are by now; whoever compiles a
 * policy to judge by it calls this next. How many they are. */
struct tenant;
size_t policy_aim(struct arena *arena, struct policy *policy, const struct tenant *tenant);
/* Does it ask for a new password? */
bool policy_renews(const json_t *document);

/* What a location list means by "AllTrusted", for facts too. */
extern const struct sp_id policy_trusted;

/* The number in "c1" to "c99"; 0: no authentication context. */
unsigned policy_context(const char *text);

/* At save: all users and all apps without an exclusion (SEMANTICS 5.3); a policy that can't
 * apply. NULL: none. advice.h says more, knowing the tenant. */
const char *policy_warning(const struct policy *policy);
