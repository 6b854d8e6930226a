/*
 * credentials.h - secrets and keys of applications, on their way in and out
 *
 * A secret is hashed before it is stored and its text is told once, in the answer to the request
 * that made it; a key is looked at, so that one that can verify nothing is refused here and not at
 * the first sign-in (requirements 54, 55).
 *
 * Threads  The exchange's loop: the ten keys that a document may hold are some milliseconds.
 */
#pragma once

#include "base/json.h"

struct exchange;
struct store;

/* What there is of both in an application's document: secrets are hashed, and those made here
 * added to `shown`; ids are given. NULL: fine; else what is wrong. */
const char *credentials_take(struct exchange *ex, const struct store *store, json_t *app,
    json_t *shown);

/* A PATCH may bring secrets as they were read, without what is kept of them: then it is taken from
 * what is stored. For edit.revise. */
struct edit;
json_t *credentials_keep(struct edit *edit, const json_t *stored);

/* One secret. False: too short, or it brings a hash of its own. */
bool credentials_hash(struct exchange *ex, const struct store *store, json_t *one, json_t *shown);
