/*
 * advice.h - what an operator should know of a policy, before it is saved and after
 *
 * A policy may be right and still shut people out: told at save, by lint and by What If
 * (SEMANTICS 3.4, 5.3). Nothing here is refused; the caller asks for a yes.
 *
 * Threads  Any; pure. Memory  The arena given.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;
struct method;
struct policy;
struct tenant;

/* `code` is for programs and never changes; `path` is a place in the document, or "". */
struct advice { const char *code, *path, *text; const struct advice *next; };

/* At save; NULL: nothing to say. The policy needn't be in the tenant. */
const struct advice *advice_policy(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy);
/* What is meant by whoever saves it, and is still worth a look later. */
const struct advice *advice_later(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy);
/* Settings of the tenant and of its applications that tell strangers who has an account. */
const struct advice *advice_tenant(struct arena *arena, const struct tenant *tenant);

/* Of the second door alone: who is shut out by how the method Email is set, for a text or NULL. The
 * same is said when the method changes under a policy that is enabled (SEMANTICS 3.6). */
#define ADVICE_EMAIL "noSecondFactor"	/* its code */
const char *advice_email(const struct method *email, const struct policy *policy);

/* Is it this customer whom the policy includes or excludes by id? */
bool advice_names(const struct policy *policy, struct sp_id user);

/* While a list is made. */
struct advices { struct arena *arena; const struct advice *first, **end; };
void advice_begin(struct advices *advices, struct arena *arena);
void advice_add(struct advices *advices, const char *code, const char *path, const char *text);
/* advice_reach.c: a policy that nobody and nothing can match. */
void advice_reach(struct advices *advices, const struct tenant *tenant,
    const struct policy *policy);
