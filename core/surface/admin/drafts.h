/*
 * drafts.h - policies in a body that are not to be saved: checked as a save would, and put among what
 * is stored
 *
 * Embed it first, fill in `ex` and the names, admin_begin() its turn, and run: `then` is called with
 * `documents`, all that would be in force, or `over` when something has been replied instead.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena; drafts_done() lets go of JSON.
 */
#pragma once

#include "flow/edit.h"
#include "surface/admin/admin.h"

struct drafts {
	struct edit edit;		/* first: its turn ends it. Reads policies, checks drafts */
	struct exchange *ex;
	const char *place;		/* in the body, where errors are told: "policies" */
	bool disabled;			/* those that are off as well */
	void (*then)(struct drafts *drafts);
	void (*over)(struct drafts *drafts);

	json_t *apply;			/* the drafts, as a document of apply's */
	json_t *documents;		/* the policies that would be stored */
	bool *unsaved;			/* of each: it is the caller's */
};

/* `list`: the policies of the body, or NULL; borrowed. */
void drafts_run(struct drafts *drafts, json_t *list);
void drafts_done(struct drafts *drafts);	/* after drafts_run() */
