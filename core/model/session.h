/*
 * session.h - a browser that has signed in (SEMANTICS 2.4)
 *
 * Holds the factors passed and when. Never gains a factor that was not passed; a step-up or a
 * new sign-in makes a new session and ends the old one.
 *
 * Threads  Any; pure.
 */
#pragma once

#include "model/settings.h"

#include <sallyport/policy.h>

/* "Every time" is asked no oftener than this, ms: the next page of an app is no new occasion, and
 * without it an app that asks again on each answer would never get through (entra.md 2.4). */
#define SESSION_SKEW INT64_C(300000)

struct session {
	struct sp_id id, user;
	struct sp_id root;		/* the first of those that this one went on from */
	uint8_t hash[32];		/* keyed, of the cookie's secret */
	const char *issuer;
	uint64_t epoch;
	uint32_t factors;		/* SP_FACTOR_... */
	int64_t signed_in;		/* first factor, ms: auth_time */
	int64_t factor_time;		/* second factor, ms; 0: none */
	int64_t used, expires;
	bool persistent, single_mailbox;
};

void session_begin(struct session *session, const struct settings *settings, int64_t now);
/* Slides the expiry. False: less than a tenth of the time has passed, nothing to write. */
bool session_touch(struct session *session, const struct settings *settings, int64_t now);
/* What policy says of the browser session now; false: it is so already. */
bool session_decide(struct session *session, enum sp_persistent decided);
bool session_valid(const struct session *session, const char *issuer, uint64_t epoch, int64_t now);
