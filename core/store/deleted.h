/*
 * deleted.h - records of applications and policies that were deleted, and may come back
 *
 * The document whole, as it was, with what is kept of its secrets. It expires by itself: an expired
 * record is absent, and the sweeper takes it away.
 *
 * Threads  A loop. Memory  deleted_read() gives a new reference, the caller's.
 * Failing  What can't be read is told as NULL. A write that is too large says false.
 */
#pragma once

#include "store/documents.h"

bool deleted_keeps(enum document_kind kind);	/* else it is gone at once */

struct sp_address deleted_at(const struct document_place *place);
struct sp_address deleted_all(struct sp_id tenant, enum document_kind kind);	/* list_new() */

struct deletion { json_t *document; int64_t at, until; };
bool deleted_put(struct sp_records_commit *commit, const struct document_place *place,
    const struct deletion *deletion) __attribute__((warn_unused_result));
void deleted_remove(struct sp_records_commit *commit, const struct document_place *place,
    uint64_t expect);

/* {"deletedDateTime", "document"} */
json_t *deleted_read(const struct sp_record *record);
