/*
 * backup_head.h - the beginning of a backup: what it is, and how to tell that it is whole
 *
 *	sallyport backup 1
 *	{"server":"0.1.0","storeFormat":1,"created":"...","keyFile":"9f86d081884c7d65",...}
 *	4c1f... (the proof: a keyed hash of the line above)
 *	spaces up to BACKUP_HEAD, a newline; then the blocks: four bytes of length, a sealed value
 *
 * Whoever has no key reads of it what it is and which key file opens it; all else is sealed. The
 * line holds the hash of all blocks, the proof holds the line: nobody who lacks the key file
 * makes a backup, changes one or cuts it short. The data keys are in it as they are in the
 * store, wrapped by the key file, which is never in it (SEMANTICS 8).
 *
 * Threads  Any. Memory  The arena. Failing  backup_head_read() says why.
 */
#pragma once

#include "crypto/hash.h"

#include <sallyport/plugin.h>

#define BACKUP_HEAD 8192u
#define BACKUP_FORMAT 1u
#define BACKUP_BLOCK_MAX (16u << 20)

struct arena;
struct ring;

struct backup_head {
	struct sp_id id;		/* random; bound to each block */
	const char *server;		/* version that made it */
	uint64_t store_format, epoch;
	int64_t created, opened;	/* when it was done; when the store was made */
	const char *key_file;		/* its id, in hex */
	struct sp_bytes ring;		/* wrapped */
	uint64_t users, records, changed;	/* entries; changed: read again */
	uint64_t blocks, bytes;		/* bytes: of all blocks with their lengths */
	unsigned char hash[HASH_SIZE];	/* SHA-256 of these */

	/* As read: what the proof is of. */
	const char *line;
	const char *proof;
};

/* BACKUP_HEAD bytes. NULL: it doesn't fit, which takes more data keys than a ring has. */
char *backup_head_write(struct arena *arena, const struct backup_head *head,
    const struct ring *ring);
bool backup_head_read(struct arena *arena, const char bytes[BACKUP_HEAD],
    struct backup_head *out_head, struct sp_error *out_error);
bool backup_head_proven(struct arena *arena, const struct backup_head *head,
    const struct ring *ring);

/* What a block's seal is bound to. */
struct backup_bound { struct sp_id id; uint64_t number; };
#define BACKUP_PURPOSE "backup"

/* What a block holds, after the format: one of these, and its fields. */
enum backup_entry {
	BACKUP_RECORD = 1,	/* kind, scope, key, value, expires */
	BACKUP_USER,		/* tenant, id, enabled, identifiers, attributes, verifier */
	BACKUP_NO_RECORD,	/* kind, scope, key: it had been there, and went */
	BACKUP_NO_USER,		/* tenant, id */
	BACKUP_CHANGES,		/* what follows was read again: the last of each counts */
};
