/*
 * newpassword.h - which passwords may be chosen (SEMANTICS 3.2, requirements 114-118)
 *
 * 8 to 256 code points of any script, no composition rules, not on the block list, not the
 * address, the tenant's or the app's name. The reason is told.
 *
 * Threads  Any; pure, but for the list, which is read-only after newpassword_list().
 */
#pragma once

#include "base/secret.h"
#include "model/tenant.h"

enum newpassword_verdict {
	NEWPASSWORD_BAD = 0,	/* not UTF-8, or control characters */
	NEWPASSWORD_GOOD,
	NEWPASSWORD_SHORT, NEWPASSWORD_LONG, NEWPASSWORD_COMMON, NEWPASSWORD_PERSONAL,
};

enum newpassword_verdict newpassword_judge(const struct tenant *tenant, const struct app *app,
    const char *address, struct secret password);
