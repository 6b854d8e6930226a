/*
 * document.h - what operators write: JSON objects with Graph's names
 *
 * Applications, user flows, policies, methods, groups, the tenant itself and its settings
 * are documents: kept as JSON in a record each, checked here, compiled into typed structs for
 * the snapshot. One row for each kind; admin API, apply and store all read this table.
 *
 * Threads  Any; pure.
 * Failing  All that is wrong is collected, each with a path into the document
 *          ("conditions.users.includeUsers[2]: not an id"), none hides another.
 */
#pragma once

#include "base/json.h"

struct arena;

enum document_kind {
	DOCUMENT_NONE = 0,
	DOCUMENT_TENANT,
	DOCUMENT_APP,
	DOCUMENT_FLOW,
	DOCUMENT_POLICY,
	DOCUMENT_METHOD,
	DOCUMENT_GROUP,
	DOCUMENT_CONTEXT,
	DOCUMENT_LOCATION,
	DOCUMENT_KINDS,
};

struct document_error { const char *path, *code, *text; struct document_error *next; };
struct document_errors { struct arena *arena; struct document_error *first, *last; size_t count; };

void document_wrong(struct document_errors *errors, const char *path, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

struct document_row {
	enum document_kind kind;
	const char *name;	/* "application": for people */
	const char *section;	/* "applications": in the document that apply takes */
	const char *path;	/* "/applications": below /v1.0 */
	const char *id;		/* "id" */
	const char *natural;	/* matched when no id is given: "appId", "displayName" */
	const char *called;	/* matched when neither is given: "displayName"; NULL: nothing is */
	bool unique;		/* no two of a tenant have the same `natural` */
	/*
	 * Checks a whole document and returns it in its canonical shape (every property, Graph's
	 * order and empty forms, defaults filled in; the caller's id, createdDateTime and
	 * modifiedDateTime kept), a new reference; NULL when errors were added. Unknown
	 * properties are errors (requirement 228).
	 */
	json_t *(*check)(const json_t *document, struct document_errors *errors);
};

const struct document_row *document_row(enum document_kind kind);
const struct document_row *document_section(const char *section);

/* Merge of a PATCH: properties given replace those there, null clears, Graph's complex types
 * (objects in objects) merge, but for optionalClaims; lists are replaced whole. A new reference,
 * to be checked. */
json_t *document_merge(const json_t *base, const json_t *patch);

enum document_found { DOCUMENT_AMBIGUOUS = 0, DOCUMENT_ABSENT, DOCUMENT_FOUND };

/* Where each of many documents is, by its id and names: looking all of a large document up is
 * linear. document_index_done() lets go of it. */
struct document_index { const struct document_row *row; json_t *ids, *names, *called; };
struct document_index document_index_of(const struct document_row *row, const json_t *stored);
void document_index_done(struct document_index *index);

/* Which of the stored documents apply means: the one with its id, else the one with its natural
 * name, else, when neither is given, the one that is called so. Ambiguous: several have that name;
 * or the id is new, but the name is unique and another's. `out_places[0]` is set when found; both
 * are when it is ambiguous, the second to DOCUMENT_NOWHERE where the first is the only one. */
#define DOCUMENT_NOWHERE SIZE_MAX
enum document_found document_match(const struct document_index *index, const json_t *wanted,
    size_t out_places[2]);

/* Secrets become "(hidden)". */
void document_hide(json_t *json);
/* A property that is the server's own, and no change of anybody's. */
bool document_unsaid(const char *name);

/* What differs between two canonical documents, an array of texts for people, a new reference:
 * "conditionalAccessPolicies 'Require MFA': state: \"disabled\" -> \"enabled\"". Either may be
 * NULL: added, removed. Secrets are not shown, the server's own times are passed over. */
json_t *document_difference(struct arena *arena, const struct document_row *row,
    const json_t *old, const json_t *new);
