/*
 * group.h - groups of users, which may lie in other groups
 *
 * Direct members are records; which group lies in which is small and part of the snapshot.
 *
 * Threads  Any; pure. Memory  The snapshot's arena.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

struct arena;
struct document_errors;

#define GROUP_DEPTH 16u		/* of nesting; more and cycles are refused at save */
#define GROUP_MOST 2048u	/* of one user; more is a denial with a name (SEMANTICS 4.3) */

struct group {
	struct sp_id id;
	const char *display_name;
	struct sp_ids parents;	/* groups that this one is a member of */
};

/* See document.h. `members` of the admin API are records: taken off before, not known here. */
json_t *group_check(const json_t *document, struct document_errors *errors);
bool group_compile(struct arena *arena, const json_t *document, struct group *out_group);

/* All groups that the direct ones lie in, themselves included; ids without a group are kept:
 * they may be the backend's. False: more than GROUP_MOST. */
bool group_close(struct arena *arena, const struct group *sorted, size_t count,
    struct sp_ids direct, struct sp_ids *out_all);

/* Whether all groups of a tenant may lie in each other so; asked at save. A ring of more than
 * GROUP_DEPTH is told as too deep. `out_index`: a group that is wrong. */
enum group_nesting { GROUP_CYCLE = 0, GROUP_DEEP, GROUP_GOOD };
enum group_nesting group_cycle(struct arena *arena, const struct group *sorted, size_t count,
    size_t *out_index);
