/*
 * plan.h - what a wish changes in a tenant's documents
 *
 * Given what is stored and what is wanted, makes the list of changes, the words that tell of them
 * and everything that is wrong, and touches nothing: the admin API, `apply` and its dry run are
 * this function and a commit.
 *
 * Threads  Any; pure, time is an argument.
 * Memory   New json references, let go by plan_done(); texts are in the arena.
 * Failing  `errors` has all of it; then `first` must not be committed.
 */
#pragma once

#include "model/advice.h"
#include "model/document.h"

#include <sallyport/plugin.h>

#define PLAN_UNKNOWN_MOST 10u	/* ids that stand for nothing are told; one line for the rest */
#define PLAN_UNKNOWN_LINT 200u	/* the same where nothing else is asked */
#define PLAN_POLICIES_MOST 240u		/* of a tenant, in any state (entra.md 0) */

struct plan_change {
	enum document_kind kind;
	size_t index;		/* of `old` in stored[kind]; PLAN_NEW: there is none */
	json_t *old, *new;	/* borrowed, owned; NULL: added, removed */
	struct plan_change *next;
};
#define PLAN_NEW SIZE_MAX

/* A customer whom a changed policy names by id: users are not among the documents, so whoever has
 * them looks them up, and tells plan_unknown() of those that aren't there. */
struct plan_named { const char *id, *policy, *path; struct sp_id user; struct plan_named *next; };

struct plan {
	struct arena *arena;
	int64_t now;
	json_t *stored[DOCUMENT_KINDS];	/* arrays of canonical documents, borrowed */
	struct document_errors errors;
	struct plan_change *first, *last;
	size_t count;
	json_t *differences, *kept, *warnings;	/* arrays of texts */
	json_t *findings;	/* the warnings about policies and settings, as objects */
	bool lint;		/* of all that is stored, as if it were all new */
	size_t members;		/* of groups, that change: records of their own, counted elsewhere */
	bool again;		/* what is created was there before, and keeps its first date */
	bool foreign_groups;	/* the users backend has groups that no document tells of */
	bool no_countries;	/* the server has no file that knows them */
	struct plan_named *named, **named_end;
	size_t unknown;		/* ids in policies that stand for nothing */
};

void plan_begin(struct plan *plan, struct arena *arena, int64_t now);
void plan_done(struct plan *plan);

/* One document: created, patched, removed. `id` NULL: created. `document` NULL: removed. */
bool plan_one(struct plan *plan, enum document_kind kind, const char *id,
    const json_t *document);

/* The document that `apply` takes. An absent section is left alone; what is missing in a present
 * one is kept and told, or removed if `prune`. Users are the caller's affair: "@sallyport.users"
 * tells of those who come next, by id how each is called. */
bool plan_apply(struct plan *plan, const json_t *document, bool prune);

/* Changes nothing: all warnings of what is stored, and what is worth a look besides. */
bool plan_lint(struct plan *plan);

/* A warning about the policy of that id and name, or where both are NULL about the tenant: a text
 * for people, a finding for programs. `path` may be "". */
struct plan_about { const char *id, *name; };
void plan_tell(struct plan *plan, const struct plan_about *about, const struct advice *advice);

/* There is no such customer: a warning. False: enough of them were told. */
bool plan_unknown(struct plan *plan, const struct plan_named *named);

/* The stored document of that id, or of that natural name where no id is like it. NULL: none. */
json_t *plan_find(const struct plan *plan, enum document_kind kind, const char *id,
    size_t *out_index);
/* Whether that document is made or changed; NULL: any of its kind is made, changed or removed. */
bool plan_changes(const struct plan *plan, enum document_kind kind, const json_t *document);
/* What the tenant would hold of one kind, a new array. */
json_t *plan_result(const struct plan *plan, enum document_kind kind);
