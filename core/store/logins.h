/*
 * logins.h - which apps know of a session: they got ID tokens in it, and hear when it is over
 *
 * A record for each customer, session and app, written in the batch that redeems the code, for apps
 * that want to hear of the end (model/app.h) and no others. The session is named by its root
 * (model/session.h): a step-up goes on with what it steps up. What an app was told last is in it.
 *
 * Threads  A loop. Memory  The arena.
 * Failing  What can't be read is told as false. A write that is too large says false.
 */
#pragma once

#include <sallyport/records.h>

struct arena;

struct login {
	struct sp_id user, root, app;	/* app: its client_id as an id */
	struct sp_id session;		/* sid, as the app knows it */
	uint64_t epoch;			/* of the account, then */
	const char *issuer;
	int64_t at;
};

#define LOGINS_MOST 64u		/* listed at once */

struct sp_address logins_at(struct sp_id tenant, const struct login *login);
/* Of one session, or (root zero) of all of a customer: for list_new(). */
struct sp_address logins_of(struct sp_id tenant, struct sp_id user, struct sp_id root);
/* Only those that come later. */
void logins_after(struct sp_records_list *list, struct sp_id tenant, const struct login *login);
bool logins_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct login *login, int64_t expires) __attribute__((warn_unused_result));
void logins_remove(struct sp_records_commit *commit, struct sp_id tenant,
    const struct login *login, uint64_t expect);
bool logins_read(struct arena *arena, const struct sp_record *record, struct login *out_login);
