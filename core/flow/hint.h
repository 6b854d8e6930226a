/*
 * hint.h - an ID token that an app shows again (id_token_hint)
 *
 * Of ours: signed with a key that is still published, by the issuer of this request. One that has
 * expired is as good (RP-Initiated Logout 2): it says who was signed in, and opens nothing.
 *
 * Threads  A loop. Memory  The turn's arena.
 */
#pragma once

#include "flow/turn.h"

struct hint {
	struct sp_id user, session;	/* session zero: it says none */
	const char *client_id;
};

/* False: not one of ours; why is nobody's business. */
bool hint_read(const struct turn *turn, const char *token, struct hint *out_hint);

/* What one means for an authorize request: nobody else may be signed in (requirement 89). One that
 * names nobody is no reason to sign in nobody: whoever it is proves anew who he is. */
struct authorize;
void hint_apply(const struct turn *turn, struct authorize *request);
