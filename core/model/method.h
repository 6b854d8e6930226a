/*
 * method.h - the Email one-time-passcode method: on or off, and for whom
 *
 * Threads  Any; pure. Memory  The snapshot's arena.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

struct arena;
struct document_errors;

struct method {
	bool enabled;
	bool first_factor;	/* allowExternalIdToUseEmailOtp is not disabled */
	bool all_users;		/* group "all_users" is a target */
	struct sp_ids include_users, include_groups, exclude_users, exclude_groups;
};

/* See document.h. { "id": "Email" } gives what a tenant has that never said: off, for all. */
json_t *method_check(const json_t *document, struct document_errors *errors);
bool method_compile(struct arena *arena, const json_t *document, struct method *out_method);

/* May this customer use it as a second door? Exclude wins. No document: off. */
bool method_usable(const struct method *method, struct sp_id user, struct sp_ids groups);
