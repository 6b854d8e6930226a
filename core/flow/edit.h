/*
 * edit.h - an operator changes or reads a tenant's documents
 *
 * One way for the whole admin API: read what is stored, let model/plan.h say what changes, commit
 * all of it with its audit entries in one batch, and answer when every loop works by it.
 *
 * Threads  The request's loop. Memory  The request's arena; edit_done() lets go of JSON.
 * Failing  `outcome` says what became of it. Nothing is half done: documents are one batch.
 *          Group members and keys of a new tenant follow in batches of their own; when one
 *          fails the same edit again finishes the work.
 */
#pragma once

#include "flow/turn.h"
#include "model/plan.h"

enum edit_outcome {
	EDIT_UNAVAILABLE = 0,	/* a backend is down; nothing changed, or (UNKNOWN) read again */
	EDIT_GOOD,
	EDIT_WRONG,		/* plan.errors */
	EDIT_ABSENT,		/* no such document, no such tenant */
	EDIT_CONFLICT,		/* somebody else changed it in between, or the name is taken */
	EDIT_STALE,		/* it is not as the caller has seen it */
};

enum edit_action { EDIT_READ, EDIT_CREATE, EDIT_PATCH, EDIT_REMOVE, EDIT_APPLY,
	EDIT_LINT };	/* plan.findings; changes nothing: a dry run */

struct edit {
	struct turn turn;	/* first; turn.tenant may be NULL */
	enum edit_action action;
	struct sp_id tenant;
	enum document_kind kind;
	const char *id;		/* PATCH, REMOVE */
	json_t *body;		/* borrowed */
	/* PATCH: what is sent depends on what is stored, so it is made in every try. A new reference;
	 * what is wrong is told in plan.errors. NULL: it is `body`. */
	json_t *(*revise)(struct edit *edit, const json_t *stored);
	const char *seen;	/* PATCH, REMOVE: If-Match (etag.h); NULL: whatever it is */
	/* CREATE: of what was deleted; its record goes, which has this revision. 0: it is new. */
	uint64_t restores;
	bool dry_run, prune;
	const char *actor;	/* for the audit: "uid 0" */

	enum edit_outcome outcome;
	struct plan plan;	/* stored, changes, differences, errors */
	json_t *changed;	/* CREATE, PATCH: the document as it is now, borrowed */
	struct edit_work *work;
};

void edit_run(struct edit *edit);
void edit_done(struct edit *edit);	/* after turn.finished */
