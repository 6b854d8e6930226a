/*
 * shape.h - the shape of a document, as a table
 *
 * One row for each property that Graph has: type, fallback, limits, and what a property
 * that is not judged here is refused with. One walk of the table checks a document and builds its
 * canonical form, so that no kind of document has code of its own for that.
 *
 * Taken as it comes from Graph: words in any case, ids in any case, annotations ("@odata.context")
 * are passed over, null is as absent. All else that the table doesn't name is an error
 * (requirement 228).
 *
 * Threads  Any; pure.
 * Failing  As document.h: all that is wrong is told, each with its path.
 */
#pragma once

#include "model/document.h"

#include <sallyport/policy.h>

enum shape_type {
	SHAPE_END = 0,
	SHAPE_TEXT,	/* one line, `min` to `max` characters */
	SHAPE_FLAG,
	SHAPE_NUMBER,	/* `min` to `max` */
	SHAPE_TIME,	/* ISO 8601 in UTC */
	SHAPE_ID,	/* a UUID; canonical in lower case */
	SHAPE_WORD,	/* one of `words`, in any case; canonical as spelled there */
	SHAPE_NAME,	/* one of `words`, or a UUID */
	SHAPE_OBJECT,	/* of `members` */
	SHAPE_ANY,	/* an object that its kind checks itself */
	SHAPE_NOT,	/* refused unless null or empty; `help` says why */
};

struct shape {
	const char *name;
	enum shape_type type;
	bool list;		/* of such; absent is [] */
	bool must;		/* may not be absent, nor an empty list */
	bool whole;		/* of an object: absent is as empty, never null */
	const char *fallback;	/* as text; NULL: null */
	const char *words;	/* "enabled disabled" */
	const char *help;
	int64_t min, max;
	size_t most;		/* elements of a list; 0: SHAPE_MOST */
	const struct shape *members;	/* ends with a zero row */
};

#define SHAPE_MOST 1000u
#define SHAPE_SIZE 61440u	/* bytes of a canonical document: it must fit a record */

/* The canonical form, a new reference. What is wrong is told and stays as it is, so
 * that the rules of the kind can be judged as well; they must be ready for anything. */
json_t *shape_check(const struct shape *members, const json_t *document,
    struct document_errors *errors);

/* Steals `canonical`: the document, or NULL when more errors than `before` are told. */
json_t *shape_end(json_t *canonical, size_t before, struct document_errors *errors);

/* Walks names: shape_at(document, "conditions", "users", NULL). NULL where there is nothing. */
const json_t *shape_at(const json_t *document, ...) __attribute__((sentinel));

/* An array of ids, sorted, in the arena. False: something in it is no id. */
bool shape_ids(struct arena *arena, const json_t *list, struct sp_ids *out_ids);
/* The texts of an array, copied; returns how many. What is no text is passed over. */
size_t shape_texts(struct arena *arena, const json_t *list, const char *const **out_texts);
