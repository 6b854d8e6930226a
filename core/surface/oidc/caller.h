/*
 * caller.h - an app that asks by itself: its form, who it says it is, and what it is told
 *
 * The endpoints for tokens (token, introspect, revoke) share how a client authenticates: by the
 * Authorization header or in the body, in one way only (requirement 53).
 *
 * Threads, memory: the exchange's.
 * Failing  What is wrong with the request, in words; NULL: nothing.
 */
#pragma once

#include "flow/redeem.h"
#include "http/form.h"

struct exchange;

/* A form, each parameter once, but for one that may be there several times; NULL: none. */
const char *caller_form(struct exchange *ex, const char *many, struct form *out_form);
/* `client` and `basic` of `redeem`. */
const char *caller_read(struct exchange *ex, const struct form *form, struct redeem *redeem);
/* The error of a redemption (RFC 6749 5.2). Sends. */
void caller_refuse(struct exchange *ex, const struct redeem *redeem);
