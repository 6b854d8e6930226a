/*
 * users.h - a customer as JSON, and as read from it
 *
 * Threads  A loop. Memory  A new reference.
 */
#pragma once

#include "model/account.h"
#include "model/document.h"
#include "surface/admin/admin.h"

#include <sallyport/users.h>

/* `account` NULL: not read, and left out. */
json_t *users_json(struct arena *arena, const struct tenant *tenant, const struct sp_user *user,
    const struct account *account);

/* A property that Graph has a name of its own for; all else is an attribute as it is. */
bool users_own(const char *name);

/* To be created, in the arena; `id` zero where none is given. `where` is "" or "users[3]". False:
 * told in `errors`, each with its place (requirement 228). The password is not read here. */
bool users_read(struct arena *arena, json_t *body, const char *where, struct sp_user *out_user,
    struct document_errors *errors);
/* Attributes to be written over those there. */
bool users_read_patch(struct arena *arena, json_t *body, struct sp_user *out_user,
    struct document_errors *errors);
