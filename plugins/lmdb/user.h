/*
 * user.h - how a user lies in the map
 *
 * Key    tenant (16), id (16).
 * Value  revision (8), then the content: enabled (1), number of identifiers (2), each
 *        a text, number of attributes (2), each two texts, verifier (a text, or
 *        the length 65535 for none). A text is its length (2), its bytes and NUL.
 * Index  tenant (16), identifier -> id (16). Unique, so it is also the lock on names.
 *
 * Two users with the same content have the same bytes: so create is idempotent by
 * one comparison.
 */
#pragma once

#include "store.h"

#include <sallyport/users.h>

#define USER_HEAD 8u
#define USER_KEY_SIZE 32u
#define USER_INDEX_MAX (16u + SP_IDENTIFIER_MAX)
#define USER_CONTENT_MAX (SP_USER_MAX + 3u * (SP_IDENTIFIERS_MAX + 2u * SP_ATTRIBUTES_MAX) + 8u)

/* `room` holds USER_KEY_SIZE bytes. */
MDB_val user_key(const struct sp_id *tenant, const struct sp_id *id, uint8_t *room);
/* `room` holds USER_INDEX_MAX bytes. False: longer than core's limit. */
bool user_index(const struct sp_id *tenant, const char *identifier, uint8_t *room,
    MDB_val *out_key);

/* `room` holds USER_CONTENT_MAX bytes. False: beyond core's limits. */
bool user_encode(const struct sp_user *user, uint8_t *room, size_t *out_size);

/* Copies a value into an answer. False: damaged. */
bool user_decode(struct sp_op *op, const MDB_val *data, struct sp_user *out_user);
