/*
 * users.h - a customer as JSON
 *
 * Threads  A loop. Memory  A new reference.
 */
#pragma once

#include "model/account.h"
#include "surface/admin/admin.h"

#include <sallyport/users.h>

/* `account` NULL: not read, and left out. */
json_t *users_json(struct arena *arena, const struct tenant *tenant, const struct sp_user *user,
    const struct account *account);
