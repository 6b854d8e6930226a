/*
 * restore_file.h - a backup's file, read block by block, entry by entry
 *
 * Threads  One; blocks.
 * Memory   An entry points into its block, which lives until the next one is read.
 * Failing  In words; a file that is cut short, longer, or changed anywhere is refused.
 */
#pragma once

#include "base/arena.h"
#include "base/pack.h"
#include "store/backup_head.h"

#include <sallyport/records.h>
#include <sallyport/users.h>
#include <sodium.h>

struct keyfile;

struct restore_file {
	int fd;
	struct arena arena, block;	/* of the head; of the block in hand */
	struct backup_head head;
	struct ring *ring;
	crypto_hash_sha256_state hash;
	uint64_t blocks, bytes;		/* read so far */
	struct unpack unpack;
	bool again;			/* BACKUP_CHANGES has been passed */
	uint64_t number;		/* of the entry in hand, from 1 */
};

struct restore_entry {
	enum backup_entry what;
	struct sp_address at;
	struct sp_bytes value;
	int64_t expires;
	struct sp_id tenant;
	struct sp_user user;
};

enum restore_found { RESTORE_FAILED = 0, RESTORE_ENTRY, RESTORE_BLOCK_ENDS, RESTORE_ENDS };

/* Head, key and proof. restore_file_done() in any case. */
bool restore_file_open(struct restore_file *file, int fd, const char *key_file,
    struct sp_error *out_error);
void restore_file_done(struct restore_file *file);
/* From the first block on. */
bool restore_file_rewind(struct restore_file *file, struct sp_error *out_error);
enum restore_found restore_file_next(struct restore_file *file, struct restore_entry *out_entry,
    struct sp_error *out_error);
