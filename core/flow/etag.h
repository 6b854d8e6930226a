/*
 * etag.h - which state of an object somebody has seen
 *
 * A tag is a hash of what is stored, so that it says nothing else, is the same on each node and
 * after a restore, and needs no record of its own. A change with If-Match is made by whoever saw the
 * object as it is in the batch that changes it (requirement 222).
 *
 * Threads  Any; pure. Memory  The arena.
 */
#pragma once

#include "base/json.h"

struct arena;

/* W/"22 letters" */
const char *etag_of(struct arena *arena, const json_t *object);
/* Whether a header If-Match allows a change of what has this tag: NULL and "*" do. */
bool etag_allows(const char *header, const char *tag);
