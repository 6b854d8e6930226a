/*
 * backup.h - all that lasts, as one stream, of one moment, while the server goes on
 *
 *	backup_begin -> backup_next until `last` -> backup_end
 *
 * Whoever asks pulls: each call reads as much as fits into a block, so that nothing piles up, and
 * backends serve visitors meanwhile. Every lasting record (kinds.h) and every user is read by the
 * `list` operations, whatever the backend is; what has changed meanwhile is read again, and the
 * last of it while all changes wait for some milliseconds (lookout.h). What is spent or expires is
 * not in it: no code, challenge, journey, session, tombstone, mail or budget (SEMANTICS 2.5).
 *
 * Threads  On any loop; calls for one backup one after another, from any of them. One backup at a
 *          time; one that nobody has asked for in BACKUP_PATIENCE is ended.
 * Memory   The block lives until `done` returns.
 * Failing  `done` hears a status that isn't OK, and why in words; then only backup_end() is left.
 */
#pragma once

#include <sallyport/plugin.h>

#define BACKUP_PATIENCE 60000	/* ms */

struct backup;
struct loop;
struct store;

/* `block`: to be appended to the file; of the last answer: the BACKUP_HEAD bytes that stand
 * before them all. */
struct backup_part {
	struct sp_bytes block;
	bool last;
	uint64_t done;		/* users and records, so far */
	const char *why;	/* it failed */
};
typedef void backup_done_fn(void *arg, enum sp_status status, const struct backup_part *part);

/* Its id, once `done` says OK: `part` is NULL. CONFLICT: there is one already. */
bool backup_begin(struct store *store, struct loop *loop, struct sp_id *out_id,
    backup_done_fn *done, void *arg) __attribute__((warn_unused_result));
/* NOT_FOUND: there is none of that id. CONFLICT: it is being read just now. False: the store is
 * closing. `done` is called once; before this returns where there is nothing to read. */
bool backup_next(struct store *store, struct loop *loop, struct sp_id id, backup_done_fn *done,
    void *arg) __attribute__((warn_unused_result));
void backup_end(struct store *store, struct sp_id id);

/* The same from the main thread into a file that isn't there, loops running. */
enum sp_status backup_to_file(struct store *store, const char *path, struct sp_error *out_error)
    __attribute__((warn_unused_result));

/* The store's place for the one that there is. */
struct backup_desk;
struct backup_desk *backup_desk_new(void);
void backup_desk_free(struct backup_desk *desk);	/* accepts NULL */
