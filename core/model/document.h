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

/* Merge of a PATCH: properties given replace those there, null clears; one level deep but for
 * Graph's complex types, which merge too. A new reference. */
json_t *document_merge(const json_t *base, const json_t *patch);
