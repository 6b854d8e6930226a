/*
 * farewells.h - sessions that are over, and whose apps are yet to hear of it
 *
 *	farewells_put()     in the batch that ends a session, or raises the epoch of an account
 *
 * One small record, whatever the number of apps: who they are is in the logins (logins.h), which
 * are removed as they are told. Within a second the sweep of some node takes the farewell in hand,
 * by moving its due time a lease on; signs a logout token for each app, posts them all at once, and
 * removes what is settled. So a crash loses nothing, an app that hangs holds up nobody, and no page
 * waits. What is told twice after a crash is told the same.
 *
 *	200, 204      told
 *	502 503 504   a gateway's word, not the app's: as no answer
 *	any other     the app's own no: not repeated (Back-Channel Logout 2.8), logged, counted
 *	no answer     again, with growing delay, for a day; the rest of a long list comes first
 *	forbidden     an address that the server may not call: not repeated, logged, counted
 *
 * Tenants take turns: of what is due each has its first before any has its second, so that one
 * which signs out thousands holds up nobody else's. An app that did not answer is left alone for
 * some seconds by all that is still to be told it, which wait as if it had been asked.
 *
 * Threads  A loop; farewells_counts() any. Memory  Entries are copied.
 * Failing  An app that can't be reached is tried again for a day, then counted as lost.
 */
#pragma once

#include <sallyport/records.h>
#include <stdatomic.h>

struct arena;
struct loop;
struct store;
struct tenant;

struct farewell {
	struct sp_id id;	/* made by farewells_put() */
	struct sp_id tenant, user;
	struct sp_id root;	/* of the session that is over; zero: all before `epoch` */
	uint64_t epoch;
	int64_t due, until;	/* made by farewells_put(); given up at `until` */
	unsigned tries;
	struct sp_id root_seen, app_seen;	/* this round has got so far; zero: it begins */
	uint64_t silent;	/* apps of this round that did not answer */
};

/* Adds nothing where no app of the tenant wants to hear. */
bool farewells_put(struct sp_records_commit *commit, const struct tenant *tenant,
    const struct farewell *farewell) __attribute__((warn_unused_result));
bool farewells_read(struct arena *arena, const struct sp_record *record,
    struct farewell *out_farewell);

struct farewells_counts { _Atomic uint64_t told, refused, failed, forbidden, given_up; };
const struct farewells_counts *farewells_counts(const struct store *store);

/* How a token gets to an app: made by who knows HTTP. `done` on this loop, later, once; `code` is the
 * app's answer. `url`, `token` live until then. */
enum farewells_heard { FAREWELLS_SILENT = 0, FAREWELLS_FORBIDDEN, FAREWELLS_ANSWERED };
typedef void farewells_done_fn(void *arg, enum farewells_heard heard, unsigned code,
    const char *why);
struct farewells_post { const char *url, *token; farewells_done_fn *done; void *arg; };

/* For store/ alone. */
struct farewells *farewells_new(void);
void farewells_free(struct farewells *farewells);
bool farewells_move(struct sp_records_commit *commit, struct farewell *farewell, int64_t due,
    uint64_t expect);
void farewells_remove(struct sp_records_commit *commit, const struct farewell *farewell,
    uint64_t expect);
struct sp_address farewells_all(void);
/* Only those that come later. */
void farewells_after(struct sp_records_list *list, const struct farewell *farewell);
void farewells_sweep(struct store *store, struct loop *loop);	/* on loop 0 */

/* Of loop 0, which sweeps and tells. */
#define QUIET_APPS 64u
struct farewells {
	struct farewells_counts counts;
	bool sweeping;
	struct { struct sp_id app; int64_t until; } quiet[QUIET_APPS];
};
/* An app did not answer; is it to be left alone at that time? One of the same place may be forgotten
 * for another. */
void farewells_hush(struct store *store, struct sp_id app, int64_t until);
bool farewells_quiet(const struct store *store, struct sp_id app, int64_t now);
/* Takes one that was claimed, until the next due time. */
void telling_begin(struct store *store, struct loop *loop, const struct farewell *farewell);
