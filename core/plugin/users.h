/*
 * users.h - asks a users backend
 *
 * Makes the operations of the role `users` in the shape that the contract promises to
 * backends. On the seat's loop. All memory is the operation's: what goes in is copied.
 *
 *	find, get        OK: `user` is set. NOT_FOUND: no such user
 *	create, update   OK: `revision` is the new one. CONFLICT: identifier taken, or the
 *	                 revision moved, or create found something else under the id
 *	remove           OK, NOT_FOUND, CONFLICT
 *	verify           OK: `verdict`; NOT_FOUND
 *	list             OK: `first`, `next` (empty: that was all)
 *	groups           OK: `groups`, sorted, each once
 *
 * Failing  An operation that the backend doesn't offer ends REJECTED: ask users_offers()
 *          first where that matters. An OK that makes no sense (no user, another id, groups
 *          that aren't sorted) is made SP_FAILED before anybody reads it.
 */
#pragma once

#include "base/secret.h"

#include <sallyport/users.h>

struct instance;
struct op_kind;
struct seat;

#define USERS_PASSWORD_MAX 4096u	/* bytes */
#define USERS_LIST_MAX 1000u
#define USERS_GROUPS_MAX 4096u

extern const struct op_kind users_kind_find, users_kind_get, users_kind_create,
    users_kind_update, users_kind_remove, users_kind_list, users_kind_verify,
    users_kind_groups;

bool users_offers(const struct instance *instance, const struct op_kind *kind);

/* Within the limits of sallyport/users.h, with an id that isn't zero. What isn't may not be
 * given to the makers. */
bool users_fits(const struct sp_user *user);

struct sp_users_find *users_find(struct seat *seat, struct sp_id tenant, const char *identifier);
struct sp_users_find *users_get(struct seat *seat, struct sp_id tenant, struct sp_id id);

struct sp_users_change *users_create(struct seat *seat, struct sp_id tenant,
    const struct sp_user *user);
struct sp_users_change *users_update(struct seat *seat, struct sp_id tenant,
    const struct sp_user *user);	/* user->revision: as it was read */
struct sp_users_change *users_remove(struct seat *seat, struct sp_id tenant, struct sp_id id,
    uint64_t revision);

/* `prefix` NULL: all. `cursor` empty: from the start. `limit` 1 to USERS_LIST_MAX. */
struct sp_users_list *users_list(struct seat *seat, struct sp_id tenant, const char *prefix,
    struct sp_bytes cursor, size_t limit);

struct sp_users_verify *users_verify(struct seat *seat, struct sp_id tenant, struct sp_id id,
    struct secret password);
struct sp_users_groups *users_groups(struct seat *seat, struct sp_id tenant, struct sp_id id);
