/*
 * reading.h - a page of a log: $top, $filter, and the link to where it goes on
 *
 *	if (!reading_begin(reading, ex, "id createdDateTime ...")) return;	(told)
 *	... the ranges of reading->scan, and take() ...
 *	reading_run(reading)
 *
 * take() asks reading_show() of what it has made a JSON of. A page may be shorter than $top, also
 * empty, and have a link all the same: it ends when enough has been looked at (flow/scan.h).
 * Graph's clients follow links until there is none. One in order, not backwards, ends with a link
 * by which to ask later for what has come since.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena; the JSON is let go of at the end.
 * Failing  All is replied; 503 where the store does not answer.
 */
#pragma once

#include "flow/scan.h"
#include "surface/admin/admin.h"
#include "surface/admin/odata.h"

enum { READING_JUDGED = 2000 };	/* JSONs made for a filter, of a page */

struct reading {
	struct scan scan;	/* first: its turn is what ends */
	struct exchange *ex;
	struct odata odata;
	json_t *value;
	size_t judged;
	const char *since;	/* an id: by `after`, all from there on is asked for; or NULL */
};

/* What the query says. `words`: the properties that a filter may name.
 * False: told. */
bool reading_begin(struct reading *reading, struct exchange *ex, const char *words);
/* To where $skiptoken says, once the ranges are there. False: told; the turn is not ended. */
bool reading_resume(struct reading *reading);
void reading_run(struct reading *reading);

/* Takes the reference; NULL: unreadable, passed over. */
enum scan_verdict reading_show(struct reading *reading, json_t *one);
