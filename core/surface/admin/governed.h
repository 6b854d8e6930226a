/*
 * governed.h - what roles.c and tokens.c share: who may what, as requests and lists
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 */
#pragma once

#include "flow/governing.h"
#include "surface/admin/admin.h"

struct governed {
	struct governing governing;	/* first: its turn is what ends */
	struct exchange *ex;
	json_t *body;
	void (*reply)(struct governed *governed);	/* all went well */
};

/* NULL: replied. With `body` one that is an object is a must. */
struct governed *governed_new(struct exchange *ex, enum governing_action action, bool body);
/* Refuses a body. */
void governed_wrong(struct governed *governed, const char *message);
void governed_gone(struct governed *governed);	/* a reply: 204 */

/* "/" or "/tenants/{id}" of the body, of a tenant that is there; "roleDefinitionId". False: told. */
bool governed_scope(struct governed *governed, struct sp_id *out_tenant);
bool governed_role(struct governed *governed, const struct role **out_role);
/* All of one kind, as a list; NULL of `json`: it is none. */
typedef json_t *governed_json_fn(struct arena *arena, const struct sp_record *record);
void governed_list(struct exchange *ex, struct sp_address all, size_t most,
    governed_json_fn *json);
/* As text, in the arena. */
const char *governed_scope_text(struct arena *arena, struct sp_id tenant);
