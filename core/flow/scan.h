/*
 * scan.h - a page out of many records, of which few may be wanted
 *
 * Reads one range of keys after another, shows each record to `take`, and ends when it has taken
 * `limit` of them, or has looked at SCAN_MOST, or `take` has had enough: a page of a filter that
 * fits nothing ends as soon as any other, and says where to go on. Between two reads other
 * requests of this loop have their turn.
 *
 * Why no index by customer or application: each would be a put somewhere else in the tree for every
 * sign-in, and those, not the sync, are what a sign-in costs (DESIGN 5). Looking at 20,000 records
 * takes some 20 ms; who looks for one customer among ten million names a time, or follows the
 * links to the end.
 *
 * Threads  The request's loop. Memory  The request's arena; records live until `take` returns.
 */
#pragma once

#include "flow/turn.h"

#include <sallyport/records.h>

enum { SCAN_RANGES = 3, SCAN_MOST = 20000 };

enum scan_verdict {
	SCAN_OVER = 0,		/* nor is anything behind it, in this range */
	SCAN_PASSED,
	SCAN_TAKEN,
	SCAN_ENOUGH,		/* passed, and the page ends here */
};

struct scan {
	struct turn turn;	/* first */
	struct scan_range { struct sp_address prefix; struct sp_bytes after; } ranges[SCAN_RANGES];
	size_t range_count, range;	/* the first one to be read, and where it has come to */
	bool backwards;
	bool picky;		/* not every record will be taken */
	size_t limit;
	enum scan_verdict (*take)(struct scan *scan, const struct sp_record *record);

	bool good;
	bool more;		/* there may be more: in ranges[range], after `after` */
	struct sp_bytes after;	/* in `key` */
	struct sp_bytes last;	/* the last one that was looked at, also there; empty: none was */
	unsigned char key[SP_KEY_MAX];
	size_t taken, seen;
};

/* One more range, after all others; `after` empty: from its end. Both are copied. */
void scan_add(struct scan *scan, struct sp_address prefix, struct sp_bytes after);
void scan_run(struct scan *scan);
