/*
 * client.h - who is the application that asks
 *
 * By a secret, by a JWT that it has signed (RFC 7523), or by its name alone where it is public. An
 * assertion is good once: a flow that is about to act for a client whose `used` is set spends it
 * first, by the step that client_ask_spend() begins.
 *
 * Guessing is charged to the source and to the application (requirement 56), and both are looked
 * at before anything is compared. Whoever has authenticated as an application is at home there: a
 * stranger who spends the application's tries shuts out strangers, and not its own servers. What
 * nobody can guess, a long secret or a signature, is asked for by how often its source was wrong
 * alone: new servers of the application come from places that nobody has seen.
 *
 * Threads  A loop. Memory  The turn's arena.
 */
#pragma once

#include "flow/turn.h"

struct app;

/* A client's secret as its application keeps it: a keyed hash (requirement 55). */
void client_hash(const struct store *store, struct secret secret, uint8_t out_hash[32]);

struct client {
	const char *client_id;		/* NULL with an assertion: its subject */
	struct secret secret;		/* empty: none */
	const char *assertion;		/* NULL: none */

	const struct app *app;		/* CLIENT_RIGHT */
	const char *why;		/* CLIENT_WRONG: what its developer may know; or NULL */
	int64_t wait;			/* ms, CLIENT_THROTTLED */
	struct sp_id used;		/* of the assertion; zero: there was none */
	int64_t used_until;
};

enum client_verdict {
	CLIENT_WRONG = 0,	/* unknown, disabled, wrong secret, secret where none is kept */
	CLIENT_RIGHT,
	CLIENT_THROTTLED,	/* this source has guessed too often (requirement 56) */
};

enum client_verdict client_check(const struct turn *turn, struct client *client);

/* Expects that nobody has used it: SP_CONFLICT is a replay. */
void client_ask_spend(struct turn *turn, const struct client *client);

/* client_assertion.c: whether it is of that application; sets `used`, or `why`. */
bool client_asserts(const struct turn *turn, const struct app *app, struct client *client);
/* Whose it says it is, unproven: to find whose key must have signed it. NULL: it is no JWT. */
const char *client_subject(const struct turn *turn, const char *assertion);
