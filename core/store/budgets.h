/*
 * budgets.h - counters and pauses (model/budget.h, SEMANTICS 1.3, 1.4)
 *
 *	read the pause; paused: refuse
 *	budgets_charge()  -> REJECTED: budgets_hit() says whether it was this one
 *	                  -> OK: compare; wrong and budgets_spent(): write the pause
 *	right: budgets_refund() its own charge, budgets_clear() ends the run
 *
 * All counters and pauses of one subject lie side by side.
 *
 * Threads  A loop. `answer` is the operation as got() receives it: the answers below may be
 *          asked of OK and REJECTED (and CONFLICT: the total then stands unchanged).
 * Memory   Values; what goes into a batch is copied.
 * Failing  What can't be read is told as false. Without the store nothing is charged, and so
 *          nothing is compared: the flow ends with 503.
 */
#pragma once

#include "model/budget.h"

#include <sallyport/records.h>

struct store;

/* Whose counter: a user's id, or budgets_counted() of an address. */
struct budget_place { struct sp_id tenant, subject; enum budget_kind kind; };

/* `counted` is the address in its counting form (without "+tag"); kept as a keyed hash. */
struct sp_id budgets_counted(const struct store *store, struct sp_id tenant,
    const char *counted);

/* `pause` may be NULL: none. The limit is budget_limit(). */
void budgets_charge(struct sp_records_commit *commit, const struct budget_place *place,
    const struct budget *budget, const struct pause *pause);
void budgets_refund(struct sp_records_commit *commit, const struct budget_place *place);
void budgets_clear(struct sp_records_commit *commit, const struct budget_place *place);

bool budgets_hit(const struct sp_records_commit *answer, const struct budget_place *place);
/* Of a charge: the total, after it when OK, before it when not. -1: no such charge. */
int64_t budgets_total(const struct sp_records_commit *answer, const struct budget_place *place);
/* The charge was the last one allowed: its maker writes the pause. */
bool budgets_spent(const struct sp_records_commit *answer, const struct budget_place *place,
    const struct budget *budget, const struct pause *pause);

/* Reading a counter: get_new(), then its total (absent: 0). record->expires is the end of the
 * window: the time left that customers are told. */
struct sp_address budgets_at(const struct budget_place *place);
int64_t budgets_read(const struct sp_record *record);

struct sp_address pauses_at(const struct budget_place *place);
/* Stays for a window of the budget beyond its end, so that the next one is longer. */
void pauses_put(struct sp_records_commit *commit, const struct budget_place *place,
    const struct budget *budget, const struct pause *pause, uint64_t expect);
/* Absent is the zero pause and true; unreadable is false. */
bool pauses_read(const struct sp_record *record, struct pause *out_pause);
