/*
 * records.h - what the suite of the role `records` asks, blocking, and what it demands
 *
 * Threads  The main thread. Failing  See page.h.
 */
#pragma once

#include "check/suite.h"
#include "plugin/records.h"

#define RECORDS_EXPECT "records.h, commit: CONFLICT if an expectation is not met; `failed` names it"
#define RECORDS_REVISION "records.h, Revision: greater than every earlier one, never given again"
#define RECORDS_GET "records.h, get: fills value, revision and expires of each that there is"
#define RECORDS_EXPIRY \
	"records.h, Expiry: not 0 and not after op->now is absent, for every operation"
#define RECORDS_ADD "records.h, SP_ADD: a total above `limit` is refused; below 0 becomes 0"
#define RECORDS_WINDOW "records.h, SP_ADD: absent or expired counts as 0 and begins a window"
#define RECORDS_BATCH "records.h, commit: all changes or none"
#define RECORDS_LIST \
	"records.h, list: each whose key begins with `prefix`, in order, beyond `after`"
#define RECORDS_LIMITS "records.h, Limits: the longest key, the largest value, the most of each"
#define RECORDS_DURABLE "records.h, SP_DURABLE: on the disk before it is OK"
#define RECORDS_APART "records.h: a record has an address: kind, scope, key"

enum records_kind {
	RECORDS_THINGS = 7, RECORDS_COUNTERS, RECORDS_PAGES, RECORDS_RACE, RECORDS_MOST,
	RECORDS_LASTING, RECORDS_BRIEF,
};

struct sp_address records_at(enum records_kind kind, const char *key);	/* this run's scope */

/* One change; answers stay in it. */
struct records_change {
	struct sp_change in;
	enum sp_class durability;
	uint64_t revision;
	int64_t total;
	bool named;		/* `failed` is this change */
};

enum sp_status records_change(struct records_change *want, int64_t now);
/* Of a thing; `out_revision` may be NULL. */
enum sp_status records_put(const char *key, const char *value, uint64_t expect, int64_t expires,
    uint64_t *out_revision);
enum sp_status records_add(const char *key, int64_t delta, int64_t limit, int64_t now,
    int64_t *out_total);		/* window: 100 ms */

struct records_seen {
	struct sp_address at;
	uint64_t revision;
	int64_t expires;
	char value[64];
};

struct records_seen records_see(struct sp_address at, int64_t now);

/* records_churn.c, records_list.c, records_race.c, records_last.c */
void records_churn(void);
void records_paging(void);
void records_most(void);
void records_race(void);
void records_count(void);
void records_dropping(void);
void records_leave(void);
void records_return(void);
void records_die(void);
void records_survive(void);
