/*
 * outbox.h - mail that must not be lost, nor sent late
 *
 *	outbox_put()   in the batch with the challenge: born leased to this node
 *	outbox_send()  after that batch is OK: hands it to mail instance 0, the next one on
 *	               UNAVAILABLE only
 *
 *	OK           removed
 *	REJECTED     the challenge is marked `refused`, removed
 *	UNKNOWN      removed, never repeated: a second passcode looks like an attack; counted
 *	FAILED       as UNKNOWN: who broke the rules may have it
 *	UNAVAILABLE  everywhere: again with back-off until `expires`, never after
 *
 * A notice may be held back: outbox_hold() in the batch with what it will speak of, and
 * outbox_remove() in the batch that makes it untrue. When it is due the sweeper charges the account's
 * notice of the day and sends it; where that is spent, it is removed unsent.
 *
 * A decoy is removed without being sent, in the same time as far as the customer can see. What
 * a crash left is taken up at the next start of the node, or by another one when its lease is
 * over. The text is sealed on the disk.
 *
 * Threads  A loop; outbox_counts() any.
 * Memory   Entries are copied.
 */
#pragma once

#include "plugin/mail.h"

#include <sallyport/records.h>

struct arena;
struct loop;
struct store;

struct outbox_entry {
	struct sp_id id;		/* ordered; the Message-ID is the message's own */
	struct sp_id tenant;
	struct sp_id challenge;		/* zero: a notice, nobody to tell of a refusal */
	const char *reference;		/* the code's: a newer one isn't marked refused */
	struct mail_message message;	/* message.expires: useless from then on */
	bool decoy;
	struct sp_id account;		/* held: whose notice of the day it costs. Zero: nobody's */

	/* outbox_put() fills these in. */
	struct sp_id node;		/* whose lease; zero: nobody's */
	int64_t due;			/* when it ends, or the next try; held: until then */
	unsigned tries;			/* rounds over all transports */
};

/* False: doesn't fit (mail_fits(), or greater than a record). Fills in lease and due. */
bool outbox_put(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry) __attribute__((warn_unused_result));
/* The same, but nothing happens before `due`. It is removed by its id and `due` alone. */
bool outbox_hold(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry, int64_t due) __attribute__((warn_unused_result));
/* Nobody waits for it. Only after the commit was OK. */
void outbox_send(struct store *store, struct loop *loop, const struct outbox_entry *entry);

/* For the operator: what waits, oldest due first; a page by list_new() and `after`. */
struct sp_address outbox_all(void);
struct sp_address outbox_at(int64_t due, struct sp_id id);
bool outbox_is(const struct sp_record *record, struct sp_id id);	/* without reading the rest */
bool outbox_read(struct arena *arena, const struct store *store, const struct sp_record *record,
    struct outbox_entry *out_entry);
/* Tries it now: moves it to `now`, the sweeper does the rest. `revision` is the record's. Adds
 * nothing where it is due already. */
bool outbox_retry(struct sp_records_commit *commit, const struct store *store,
    const struct outbox_entry *entry, uint64_t revision) __attribute__((warn_unused_result));
void outbox_remove(struct sp_records_commit *commit, const struct outbox_entry *entry,
    uint64_t expect);

struct outbox_counts {
	uint64_t sent, refused, unknown, expired, decoys, retried, failed_over, unreadable;
};
void outbox_counts(const struct store *store, struct outbox_counts *out_counts);

/* For store/ alone. outbox_sweep() on loop 0; `mine`: also what this node's last life held. */
struct outbox_move { int64_t due; struct sp_id node; uint64_t expect; };
bool outbox_move(struct sp_records_commit *commit, const struct store *store,
    struct outbox_entry *entry, const struct outbox_move *move)
    __attribute__((warn_unused_result));
int64_t outbox_due(const struct sp_record *record);	/* without reading the rest */
void outbox_copy(struct arena *arena, const struct outbox_entry *from,
    struct outbox_entry *out_entry);
struct outbox *outbox_new(unsigned loops);
void outbox_free(struct outbox *outbox);
void outbox_sweep(struct store *store, struct loop *loop, bool mine);
