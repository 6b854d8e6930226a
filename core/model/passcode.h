/*
 * passcode.h - one code sent by mail, and what may be done with it (SEMANTICS 1)
 *
 * The challenge record holds a keyed hash of the code, never the code. It belongs to one
 * journey, one purpose, one address. A resend replaces code and reference, keeps the tries.
 *
 * Threads  Any; pure.
 */
#pragma once

#include "base/secret.h"
#include "model/settings.h"

struct arena;

enum passcode_purpose {
	PASSCODE_NONE = 0,
	PASSCODE_SIGN_UP, PASSCODE_SIGN_IN, PASSCODE_RESET,	/* unproven budgets */
	PASSCODE_SECOND,					/* the second door: mfa budgets */
};

#define PASSCODE_OLD 5u		/* hashes of replaced codes: told as such, and charged */

struct passcode {
	struct sp_id id, journey;
	enum passcode_purpose purpose;
	uint8_t hash[32];
	size_t old_count;
	uint8_t old[PASSCODE_OLD][32];
	const char *address, *mask;	/* where it went; how the page shows it */
	const char *reference;		/* short word: page and mail show the same */
	int64_t sent, expires;		/* of this code */
	int64_t resends;
	bool decoy;			/* nothing was sent: it can never be right */
	bool refused;			/* by the transport: the customer is told */
};

/* Spaces, dashes, invisible marks are dropped; decimal digits of other scripts (full-width,
 * Arabic-Indic, Devanagari ...) are understood (requirement 140). NULL: not `digits` digits -
 * a failed try all the same. The result is in the arena. */
const char *passcode_normalise(struct arena *arena, const char *typed, int64_t digits);

enum passcode_verdict {
	PASSCODE_WRONG = 0,
	PASSCODE_RIGHT,
	PASSCODE_EXPIRED,	/* was right; expiry is exclusive: dead at `expires` itself (B1) */
	PASSCODE_REPLACED,	/* one of the earlier codes */
};

/* `hash` is of what was typed. Looks at all hashes in constant time. A decoy is always wrong. */
enum passcode_verdict passcode_judge(const struct passcode *passcode, const uint8_t hash[32],
    int64_t now);

bool passcode_may_resend(const struct passcode *passcode, const struct settings *settings,
    int64_t now, int64_t *out_wait);	/* wait in ms; -1: never again */
/* Moves to a new code: the old hash is remembered. */
void passcode_replace(struct passcode *passcode, const uint8_t hash[32], const char *reference,
    const struct settings *settings, int64_t now);

/* Five letters without look-alikes, from the kernel's randomness. */
void passcode_reference(char out_text[6]);
