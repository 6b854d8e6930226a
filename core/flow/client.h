/*
 * client.h - who is the application that asks
 *
 * Threads  A loop. Memory  None.
 */
#pragma once

#include "flow/turn.h"

/* A client's secret as its application keeps it: a keyed hash (requirement 55). */
void client_hash(const struct store *store, struct secret secret, uint8_t out_hash[32]);

enum client_verdict {
	CLIENT_WRONG = 0,	/* unknown, disabled, wrong secret, secret where none is kept */
	CLIENT_RIGHT,
	CLIENT_THROTTLED,	/* this source has guessed too often (requirement 56) */
};

/* `secret` empty: a public client says who it is and no more. `out_wait`: ms, if throttled. */
enum client_verdict client_check(const struct turn *turn, const char *client_id,
    struct secret secret, const struct app **out_app, int64_t *out_wait);
