/*
 * consent.h - what a customer has let an app of somebody else have (requirements 27, 48)
 *
 * Apps of the company's own ask nothing: an operator has granted what they may have. One that is
 * marked `thirdParty` gets no code before the customer has agreed to every word of its scope, and
 * renews nothing once he has taken that back.
 *
 * Threads  Any; pure. Memory  The arena.
 */
#pragma once

#include <sallyport/plugin.h>
#include <stdbool.h>

struct account;
struct arena;
struct grant;

struct consent {
	struct sp_id user, app;		/* app: its client_id as an id */
	const char *scope;		/* words, as scope_named(); NULL: no consent */
	int64_t given;			/* ms: since then without a break */
};

/* What of the scope he has not agreed to; "": nothing is missing. One who came back under an id
 * that was deleted has agreed to nothing. */
const char *consent_missing(struct arena *arena, const struct consent *consent,
    const struct account *account, const char *scope);
/* Agreed to that as well. */
void consent_widen(struct arena *arena, struct consent *consent, const char *scope, int64_t now);
/* Whether a family of refresh tokens stands on it still. */
bool consent_carries(struct arena *arena, const struct consent *consent,
    const struct account *account, const struct grant *grant);
