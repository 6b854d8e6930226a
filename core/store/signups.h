/*
 * signups.h - how far sign-ups come: a counter for each day and step, and nobody's name
 *
 * In the batch that makes the step. A customer who leaves is the difference between two steps.
 * Days are of UTC. Counters expire by themselves after SIGNUPS_KEEP.
 *
 * Threads  A loop. Memory  Values. Failing  What can't be read is told as false.
 */
#pragma once

#include <sallyport/records.h>

#define SIGNUPS_KEEP (INT64_C(400) * 24 * 3600 * 1000)	/* ms */
#define SIGNUPS_DAYS 180	/* of one list_new() */

enum signup_step {
	SIGNUP_NONE = 0,
	SIGNUP_BEGUN,		/* the first code is on its way */
	SIGNUP_PROVEN,		/* the address is his */
	SIGNUP_PASSWORD,
	SIGNUP_ATTRIBUTES,
	SIGNUP_COMPLETED,	/* there is an account */
	SIGNUP_STEPS,
};

struct signup_count { int64_t day; /* since 1970 */ enum signup_step step; int64_t count; };

void signups_add(struct sp_records_commit *commit, struct sp_id tenant, int64_t now,
    enum signup_step step);
struct sp_address signups_all(struct sp_id tenant);	/* for list_new(), newest last */
bool signups_read(const struct sp_record *record, struct signup_count *out_count);
