/*
 * system.h - the tenant of administrators, which is built in (SEMANTICS 5.1)
 *
 * It has the same id everywhere, is made with the store, and is a tenant like any other: sign-ins
 * go through the same journeys, policies and budgets. What makes it safe are its documents: a policy
 * that asks everybody for a second door, the method that opens it, and the applications by which
 * administrators come in. These nobody changes; settings and words are an operator's.
 *
 * Threads  Any; pure. Memory  system_documents() gives a new reference, the caller's.
 */
#pragma once

#include "model/document.h"

#include <sallyport/plugin.h>

#define SYSTEM_ID "5a119047-7e0d-4a5e-8c1b-000000000001"
#define SYSTEM_API "5a119047-7e0d-4a5e-8c1b-0000000000a1"	/* appId: who reads its tokens */
#define SYSTEM_TOOLS "5a119047-7e0d-4a5e-8c1b-0000000000a2"	/* appId: who gets them */
#define SYSTEM_API_NAME "api://admin"	/* of the first: "api://admin/{id of a tenant}" is a scope */
#define SYSTEM_NAME "system"
#define SYSTEM_NAME_ELSE "sallyport-system"	/* where a tenant of that name was there before */

extern const struct sp_id system_id;
bool system_is(struct sp_id tenant);
/* Who can read an administrator's mail gets his codes already: a new password is for an operator's
 * link to give, and not for the same mailbox (SEMANTICS 3.5). */
bool system_no_reset(struct sp_id tenant);

/* Those of one kind that it begins with, in their canonical shape: an array. */
json_t *system_documents(enum document_kind kind, const char *name, const char *now);

/* Of the built-in API: the scope that stands for all tenants in its document. Whoever asks for an
 * access token names one tenant by its id in that place (SEMANTICS 5.1); whether it is there and what
 * he may in it, is looked up when the token is used. */
struct app;
struct api_scope;
const struct api_scope *system_scope(const struct app *api);

struct plan_change;
/* NULL: an operator may change that. Else why not, in words. */
const char *system_refuses(const struct plan_change *change);
