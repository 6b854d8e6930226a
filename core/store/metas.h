/*
 * metas.h - what the store says of itself, and which nodes use it
 *
 * Threads  A loop.
 * Memory   Values; what goes into a batch is copied.
 * Failing  What can't be read is told as false.
 */
#pragma once

#include <sallyport/records.h>

struct meta {
	uint64_t format;	/* STORE_FORMAT; newer is refused, older migrated */
	uint64_t epoch;		/* the server's: a restore raises it (SEMANTICS 2.5) */
	int64_t created;
};

struct sp_address metas_at(void);
struct sp_address metas_ring_at(void);		/* the data keys, wrapped (crypto/ring.h) */
struct sp_address metas_restore_at(void);	/* there while a restore is under way (restore.h) */
void metas_put(struct sp_records_commit *commit, const struct meta *meta, uint64_t expect);
bool metas_read(const struct sp_record *record, struct meta *out_meta);

#define NODES_KEEP (INT64_C(30) * 24 * 3600 * 1000)	/* ms after it was last seen */

struct node { struct sp_id id; const char *name; int64_t started, seen; };

struct sp_address nodes_at(struct sp_id id);
struct sp_address nodes_all(void);
bool nodes_put(struct sp_records_commit *commit, const struct node *node, int64_t until)
    __attribute__((warn_unused_result));
struct arena;
bool nodes_read(struct arena *arena, const struct sp_record *record, struct node *out_node);
