/*
 * plan_steps.h - what the files of a plan share
 *
 * plan.c: one document and the rules between all. plan_apply.c: which stored one each of a document
 * means. plan_warn.c: what an operator should know before it is done. plan_apis.c: applications that
 * name each other. plan_lint.c: what is worth a look at any time. plan_locations.c: named
 * locations, and the policies on them.
 *
 * Threads, memory: as in plan.h.
 */
#pragma once

#include "model/plan.h"

/* `index` PLAN_NEW: added; `new` NULL: removed, else given away. */
void plan_add(struct plan *plan, enum document_kind kind, size_t index, json_t *new);
/* Checked first: what is wrong is told, with `where` before its path. */
void plan_create(struct plan *plan, enum document_kind kind, const json_t *wanted,
    const char *where);
void plan_patch(struct plan *plan, enum document_kind kind, size_t index, const json_t *wanted,
    const char *where);
/* What no document can know of itself; false: told. */
bool plan_whole(struct plan *plan);
/* `all`: what the tenant will hold of each kind. */
void plan_warn(struct plan *plan, json_t *const *all);
/* Of plan_warn(), when all is looked at; `tenant` has no settings yet. */
struct tenant;
void plan_warn_all(struct plan *plan, struct tenant *tenant, json_t *const *all);
/* Names that two would have are errors; what is granted of an API that hasn't it, a warning. */
void plan_apis(struct plan *plan, const json_t *apps);
/* Of a policy as it will be, before it is checked; `old` NULL: a new one. */
void plan_since(struct plan *plan, const json_t *old, const json_t *wanted, json_t *merged);
/* How many there may be; one that a policy names stays. */
void plan_locations(struct plan *plan, json_t *const *all);
/* Is one of that "id" in a list? */
bool plan_among(const json_t *list, const char *id);
void plan_warn_apps(struct plan *plan);		/* of those that change */
void plan_warn_locations(struct plan *plan);	/* likewise */
