/*
 * backtest.h - what other policies would have made of a sign-in that is on record
 *
 *	backtest_counts() -> for each target: backtest_facts(), the engine -> backtest_change() ->
 *	tally
 *
 * The facts are those that were decided by at the time (SEMANTICS 4.5), so a group that he has left
 * since is still one that he was in. What he could have passed with is judged by how the method Email
 * is set today.
 *
 * Threads  Any; pure. Memory  A tally holds no pointers: it may be anywhere.
 */
#pragma once

#include "model/signin.h"
#include "model/whatif.h"

enum backtest_change {
	BACKTEST_SAME = 0,
	BACKTEST_EASED,		/* asked, locked out or blocked then; less of it now */
	BACKTEST_ASKED,		/* newly: let through then */
	BACKTEST_LOCKED,	/* newly asked for a second door that he has not */
	BACKTEST_BLOCKED,	/* newly */
	BACKTEST_CHANGES,
};

/* Each is judged as it stood when policy was first asked: a second door that was passed on the way
 * is what was asked for, not what it came with.
 *
 * Has policy had its word? Wrong passwords, sign-ups and resets are no sign-ins. */
bool backtest_counts(const struct signin_record *signin);

struct sp_facts backtest_facts(struct sp_id tenant, const struct signin_record *signin,
    size_t target);

/* `after` is the strictest over all targets; `email_usable`: method_usable() of him, and then. */
enum backtest_change backtest_change(const struct signin_record *signin,
    const struct whatif_verdict *after, bool email_usable);

/* Counted by application and by group, those that change alone; who is beyond the room is in the
 * totals, and `others` says that there were some. */
enum { BACKTEST_ROWS = 500, BACKTEST_SPARED = 20 };
struct backtest_row { struct sp_id id; size_t counts[BACKTEST_CHANGES]; };
struct backtest_table { size_t count, others; struct backtest_row rows[BACKTEST_ROWS]; };

struct backtest_tally {
	size_t judged, passed_over;
	size_t counts[BACKTEST_CHANGES];
	struct backtest_table apps, groups;
	size_t spared_count;
	struct sp_id spared[BACKTEST_SPARED];	/* break-glass accounts who are touched */
};

/* Whom the policies that are in force exclude, by id or by a group: they are meant to get in when
 * nobody else does. */
struct backtest_spared { struct sp_ids users, groups; };
struct backtest_spared backtest_spared(struct arena *arena, const struct tenant *tenant);

void backtest_add(struct backtest_tally *tally, const struct backtest_spared *spared,
    const struct signin_record *signin, enum backtest_change change);
