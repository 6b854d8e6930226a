/*
 * people.h - lists for operators: customers, and any records in the order of their keys
 *
 * Threads  The request's loop. Memory  The request's arena.
 */
#pragma once

#include "flow/turn.h"

#include <sallyport/records.h>
#include <sallyport/users.h>

struct people {
	struct turn turn;		/* first */
	const char *prefix;		/* of an identity; NULL: all */
	struct sp_bytes cursor;
	size_t limit;			/* 1 to 1000 */

	bool good;
	struct sp_user *first;
	struct sp_bytes next;		/* where the next page begins; empty: that was all */
};

void people_run(struct people *people);

/* A page of records: sign-ins, members, what waits in the outbox. */
struct page {
	struct turn turn;		/* first */
	struct sp_address prefix;
	struct sp_address after;	/* empty: from the end that it reads from */
	bool backwards;
	size_t limit;

	bool good;
	size_t count;
	struct sp_record **records;
};

void page_run(struct page *page);

/* One change that stands for itself, such as a member added: asked, and answered. */
struct stroke {
	struct turn turn;		/* first */
	void (*draw)(struct stroke *stroke, struct sp_records_commit *commit);	/* up to 4 changes */
	void *arg;

	enum sp_status status;
};

void stroke_run(struct stroke *stroke);
