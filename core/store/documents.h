/*
 * documents.h - records of what operators write (model/document.h)
 *
 * Tenant, applications, user flows, policies, methods, groups, contexts and named locations: JSON
 * text, keyed by id.
 * Whoever changes one also puts changes_put() into the same commit and, when it is OK, calls
 * snapshot_change(). To find one by its natural name, look into the snapshot.
 *
 * Threads  A loop. Memory  documents_read() gives a new reference, the caller's.
 */
#pragma once

#include "model/document.h"

#include <sallyport/records.h>

/* A UUID; for methods and contexts, whose ids are words ("email", "c1"), the word itself,
 * padded with zeros. The tenant's document has the tenant's id. False: no id at all. */
bool documents_id(enum document_kind kind, const char *text, struct sp_id *out_id);

struct sp_address documents_at(struct sp_id tenant, enum document_kind kind, struct sp_id id);
struct sp_address documents_all(struct sp_id tenant, enum document_kind kind);	/* list_new() */

struct document_place { struct sp_id tenant; enum document_kind kind; struct sp_id id; };
bool documents_put(struct sp_records_commit *commit, const struct document_place *place,
    const json_t *document, uint64_t expect) __attribute__((warn_unused_result));
void documents_remove(struct sp_records_commit *commit, const struct document_place *place,
    uint64_t expect);

/* It is as it was read: for whatever depends on it and is no document. */
void documents_check(struct sp_records_commit *commit, struct sp_address at, uint64_t revision);

json_t *documents_read(const struct sp_record *record);	/* NULL: absent or unreadable */
