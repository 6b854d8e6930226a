/*
 * filter.h - $filter: which of many objects are meant (OData 4.01, as far as Graph users use it)
 *
 *	if (!filter_parse(arena, "state eq 'enabled' and createdDateTime ge 2026-11-01T00:00:00Z",
 *	    &filter, &error))
 *		... error.text: "character 7: ..."
 *	shown = filter_fits(filter, object);
 *
 * Offered: eq and ne on texts, ids, numbers, true, false, null and times; gt, ge, lt, le on numbers
 * and times; in ('a','b'); startswith(name,'text'); list/any(x:x/name eq 'text'), and any(x:x eq
 * 'text') on a list of texts; and, or, not, parentheses; a path "conditions/users". As in Graph,
 * letters of ASCII are the same in either case. What isn't there is null: eq null finds it, ne finds
 * it too, and nothing is greater or less.
 *
 * A caller who has an index takes from the filter what every object that fits must have
 * (filter_equal(), filter_times()), reads that part alone, and asks filter_fits() of each.
 *
 * Threads  Any; pure. Memory  The arena, which the text need not outlive: all is copied.
 * Failing  The first thing wrong is told with its place, counted from 1 in characters; the whole is
 *          refused. Length, terms and depth have limits, so that no filter costs more than an eye can
 *          read (attack E4).
 */
#pragma once

#include "base/json.h"

struct arena;
struct filter;

#define FILTER_SIZE 2000u	/* bytes */
#define FILTER_TERMS 30u	/* comparisons */
#define FILTER_DEPTH 12u	/* of parentheses, not and any(); no any() is in another, or lists
				 * of a thousand would be looked at a thousand times each */

/* False: `out_error` says what is not offered, or not understood, and where. */
bool filter_parse(struct arena *arena, const char *text, struct filter **out_filter,
    struct sp_error *out_error) __attribute__((warn_unused_result));

/* NULL fits everything. */
bool filter_fits(const struct filter *filter, const json_t *object);

/* The first property, of the object itself, that is not among the words; NULL: all are. A caller who
 * knows all names refuses a filter on one that nothing has, which would else just find nothing. */
const char *filter_foreign(const struct filter *filter, const char *words);

/* The text that `path` has in whatever fits; NULL: it may have any. "identities/$any/issuer" is the
 * issuer of one of the identities. */
const char *filter_equal(const struct filter *filter, const char *path);
/* As filter_equal(), of the beginning: startswith(), or the whole text. */
const char *filter_begins(const struct filter *filter, const char *path);

/* Narrows [*from, *to] to the times that `path` may have in whatever fits, both ends included; an
 * empty range (*from > *to): nothing does. */
void filter_times(const struct filter *filter, const char *path, int64_t *from, int64_t *to);
