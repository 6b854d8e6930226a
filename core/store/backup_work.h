/*
 * backup_work.h - the inside of a backup that is being made: backup.c and backup_read.c alone
 *
 * Threads  Whoever has made it busy. Memory  Freed by its keeper (backup.c).
 */
#pragma once

#include "base/arena.h"
#include "base/pack.h"
#include "store/backup.h"
#include "store/backup_head.h"
#include "store/errand.h"
#include "store/kinds.h"
#include "store/lookout.h"

#include <sallyport/users.h>
#include <sodium.h>

enum backup_phase { BACKUP_RECORDS = 0, BACKUP_USERS, BACKUP_AGAIN, BACKUP_DONE };

struct backup_block { STAILQ_ENTRY(backup_block) link; size_t size; unsigned char data[]; };

struct backup {
	struct store *store;
	struct lookout *lookout;
	struct arena arena;
	struct backup_head head;
	crypto_hash_sha256_state hash;
	STAILQ_HEAD(, backup_block) ready;	/* sealed, to be given */
	const char *why;			/* it failed */

	/* Where it is: kind and tenant, and what to go on after. */
	enum backup_phase phase;
	const struct kind_row *row;
	size_t tenant, after_size;
	unsigned char after[SP_CURSOR_MAX];
	struct sp_id *tenants;
	size_t tenant_count, tenant_room;

	struct changed_list todo;		/* to be read again */
	unsigned rounds, tries;
	bool held;				/* all changes wait for us */

	/* Under the desk's lock. */
	bool busy, over;
	int64_t touched;			/* loop time */
};

/* One call of backup_begin() or backup_next(). */
struct backup_turn {
	struct errand errand;
	struct backup *backup;
	struct pack pack;			/* the block under construction */
	size_t entries;				/* in it */
	void (*then)(struct backup_turn *turn);
	backup_done_fn *done;
	void *arg;
};

/* backup.c */
void backup_turn_end(struct backup_turn *turn, enum sp_status status,
    const struct backup_part *part);
void backup_turn_fail(struct backup_turn *turn, enum sp_status status, const char *why);
void backup_turn_give(struct backup_turn *turn);
void backup_look(struct backup_turn *turn, enum lookout_move move,
    void (*then)(struct backup_turn *turn));
void backup_pack(struct backup_turn *turn);	/* a new block */
void backup_close(struct backup_turn *turn);	/* seals it, if there is anything in it */

/* backup_read.c: reads on until there is a block, or all is read; then gives. */
void backup_read(struct backup_turn *turn);

/* backup_entry.c */
void backup_put_record(struct backup_turn *turn, const struct sp_record *record);
void backup_put_user(struct backup_turn *turn, struct sp_id tenant, const struct sp_user *user);
void backup_put_changes(struct backup_turn *turn);
void backup_put_no_record(struct backup_turn *turn, const struct sp_address *at);
void backup_put_no_user(struct backup_turn *turn, struct sp_id tenant, struct sp_id user);
