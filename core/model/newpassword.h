/*
 * newpassword.h - which passwords may be chosen (SEMANTICS 3.2, requirements 114-118)
 *
 * 8 to 256 code points of any script, no composition rules, not on the block list, not the
 * address, the tenant's or the app's name. The reason is told.
 *
 * The block list: whole passwords, and common words with common ends ("Summer2026!"), case and
 * look-alikes ("p@ssw0rd") ignored; runs and repeats ("abcdefgh", "abcabcabc").
 *
 * Threads  Any; pure.
 */
#pragma once

#include "base/secret.h"
#include "model/tenant.h"

enum newpassword_verdict {
	NEWPASSWORD_BAD = 0,	/* not UTF-8, or control characters */
	NEWPASSWORD_GOOD,
	NEWPASSWORD_SHORT, NEWPASSWORD_LONG, NEWPASSWORD_COMMON, NEWPASSWORD_PERSONAL,
	NEWPASSWORD_SAME,	/* the one that is to be changed; for whoever can compare */
};

/* `app`, `address` may be NULL. The least length is the tenant's setting, the greatest 256. */
enum newpassword_verdict newpassword_judge(const struct tenant *tenant, const struct app *app,
    const char *address, struct secret password);
