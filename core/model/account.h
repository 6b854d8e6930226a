/*
 * account.h - what Sallyport itself decides about a person
 *
 * Lives beside the users backend's record, so that the backend may be anything. A person of whom
 * nothing has been decided has no account record: that is the zero struct.
 *
 * Threads  Any; pure.
 */
#pragma once

#include <sallyport/plugin.h>

struct account {
	uint64_t epoch;		/* journeys, sessions, codes, grants of an older one are void (2.5) */
	bool blocked;		/* disabled here, before the backend has heard of it */
	int64_t created;	/* 0: not by us */
	int64_t reset;		/* when the mailbox alone gave a new password (3.5) */
	bool proven;		/* the address has been proven by a code */
	bool gone;		/* deleted: what is left keeps his id, should it come back, from what
				 * he had; an operator may enable him again */
	const char *locale;
	int64_t password_changed; /* by the customer himself; 0: he never has, as far as we know */
};

/* What stays of a person who is deleted: blocked, and nothing from before is good again. */
struct account account_gone(const struct account *account);

/* For a day after a reset: password and second door rest on one mailbox. */
bool account_single_mailbox(const struct account *account, int64_t now);
