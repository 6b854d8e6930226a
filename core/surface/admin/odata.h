/*
 * odata.h - the query options of the admin API, once for all that it lists (requirement 222)
 *
 * $select, $filter (model/filter.h), $top from 1 to 999, $orderby of one property, $count=true and
 * $skiptoken. Which of them a list has, says its handler; any other option that begins with "$" is
 * refused, so that nobody takes a list for filtered that isn't.
 *
 *	if (!odata_read(ex, ODATA_SELECT | ODATA_TOP, &odata))
 *		...it has been told
 *
 * A link to the next page is absolute, from the listener's own address, and its token is bound by a
 * keyed hash to path, options, tenant and caller: what is in it goes to a backend as a cursor, so
 * nobody may make one up, nor take one to where he could not have got it.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 * Failing  False: 400, with the option as target.
 */
#pragma once

#include "http/request.h"
#include "model/filter.h"

enum odata_offer {
	ODATA_SELECT = 1, ODATA_TOP = 2, ODATA_FILTER = 4, ODATA_ORDER = 8, ODATA_COUNT = 16,
	ODATA_SKIP = 32,
	ODATA_PAGE = ODATA_SELECT | ODATA_TOP | ODATA_SKIP,
	ODATA_LOG = ODATA_PAGE | ODATA_FILTER,
	ODATA_ALL = 63,
};

#define ODATA_TOP_MOST 999

struct odata {
	const char *select;		/* words; NULL: all */
	int64_t top;			/* 0: not given */
	const struct filter *filter;
	const char *order;		/* NULL: as they come */
	bool descending, count;
	struct sp_bytes cursor;		/* of $skiptoken; empty: from the start */
};

/* Of any route, before its handler looks: options that nothing has, or not this route. */
bool odata_refuses(struct exchange *ex);
bool odata_read(struct exchange *ex, unsigned offers, struct odata *out_odata);
void odata_wrong(struct exchange *ex, const char *option, const char *message);

/* A page: {"@odata.context", "@odata.count", "@odata.nextLink", "value"}. `value` is taken, and
 * what is not selected taken out of it. `next` empty: there is no more. */
struct odata_page { json_t *value; struct sp_bytes next; int64_t count; bool at_least; };
json_t *odata_page(struct exchange *ex, const struct odata *odata, const struct odata_page *page);
/* A whole list that is in memory: filtered, ordered, counted, and cut into pages. Takes `value`.
 * NULL: told. */
json_t *odata_list(struct exchange *ex, json_t *value);
/* One object: its @odata.context, and what is selected of it. NULL: told; `object` is taken. */
json_t *odata_one(struct exchange *ex, json_t *object);

/* "https://host/v1.0/$metadata#groups" */
const char *odata_context(const struct exchange *ex);
