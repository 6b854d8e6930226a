/*
 * modified.h - what a change changed, property by property: Graph's modifiedProperties
 *
 * For the audit. Each is {displayName, oldValue, newValue}, the values as JSON texts, null where
 * there was or is none; a long one is cut, and ends with "...". Of documents the values are told, but
 * for secrets. Of customers only whether they are enabled: the audit outlives them, so whoever is
 * erased is in it by his id alone (requirements 240, 246); of the rest just the names.
 *
 * Threads  Any; pure. Memory  A new reference: an array. Failing  Never.
 */
#pragma once

#include "model/document.h"

#include <sallyport/users.h>

/* Either document may be NULL: added, removed. */
json_t *modified_document(const json_t *old, const json_t *new);
/* `old` NULL: added. */
json_t *modified_user(const struct sp_user *old, const struct sp_user *new);
