/*
 * advice.h - what an operator should know before a policy is saved
 *
 * A policy may be right and still shut people out: told at save, by lint and by What If
 * (SEMANTICS 3.4, 5.3). Nothing here is refused; the caller asks for a yes.
 *
 * Threads  Any; pure. Memory  A new json reference, the caller's.
 */
#pragma once

#include "base/json.h"

#include <sallyport/plugin.h>

struct arena;
struct method;
struct policy;
struct tenant;

/* An array of texts for people; empty: nothing to say. The policy needn't be in the tenant. */
json_t *advice_policy(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy);

/* Of the second door alone: who is shut out by how the method Email is set, for a text or NULL. The
 * same is said when the method changes under a policy that is enabled (SEMANTICS 3.6). */
const char *advice_email(const struct method *email, const struct policy *policy);

/* Is it this customer whom the policy includes or excludes by id? */
bool advice_names(const struct policy *policy, struct sp_id user);
