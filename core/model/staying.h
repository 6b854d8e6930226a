/*
 * staying.h - whether policy has answered "stay signed in?" for everybody
 *
 * The question is on the sign-in page, when nobody knows yet who it is: it is left out only where
 * a policy on the browser session is for all users, from everywhere (entra.md 2.4). Whatever was
 * answered, the policies that apply to the customer have the last word when the session is made.
 *
 * Threads  Any; pure.
 */
#pragma once

#include "model/tenant.h"

/* Never beats always; UNSET: the customer is asked. */
enum sp_persistent staying_decided(const struct tenant *tenant, uint32_t platform);
