/*
 * index.h - which policies name this id?
 *
 * A hash table from ids to lists of policies, one list for those that include the id and
 * one for those that exclude it: so the cost of a decision follows the policies that name
 * the user, his groups or the app, not those that there are.
 *
 * Threads  Written while it is built, then read by many.
 */
#pragma once

#include <sallyport/policy.h>

struct index;

struct index_lists {
	const uint32_t *include, *exclude;	/* places of policies in the set */
	size_t include_count, exclude_count;
};

/* Which scope of a row is indexed. */
typedef const struct sp_scope *index_scope_fn(const struct sp_policy_row *row);

/* NULL: out of memory. */
struct index *index_new(const struct sp_policy_row *const *rows, size_t count,
    index_scope_fn *scope);
void index_free(struct index *index);	/* accepts NULL */

/* An id that no policy names has empty lists. */
struct index_lists index_find(const struct index *index, const struct sp_id *id);
