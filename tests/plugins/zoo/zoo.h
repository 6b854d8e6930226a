/*
 * zoo.h - how the broken plugins are made: sound ones, with one thing turned
 *
 * Each file of this folder is one plugin, around what plugins/memory or plugins/conditional-access
 * does right. What an operation ends with is turned by a host of its own, which stands in core's
 * place while the sound function runs, and is taken away before anybody else looks.
 */
#pragma once

#include "../../../plugins/memory/memory.h"

/* Runs `call`, which must end `op` before it returns, and ends it with what `turn` makes of it. */
void zoo_turned(struct sp_op *op, void (*call)(struct sp_op *op),
    enum sp_status (*turn)(struct sp_op *op, enum sp_status status));

enum sp_status zoo_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error);
void zoo_close(void *self);

/* The sound tables. */
#define ZOO_RECORDS .get = records_get, .list = records_list, .commit = records_commit
#define ZOO_USERS .find = users_find, .get = users_get, .create = users_create, \
	.update = users_update, .remove = users_remove, .list = users_list

#define ZOO(role, ...) \
	static const struct sp_##role role = { __VA_ARGS__ }; \
	SP_PLUGIN(.name = "zoo", .open = zoo_open, .close = zoo_close, .role = &role)
#define ZOO_HEAD(ROLE, role) .abi = SP_##ROLE##_ABI, .size = sizeof(struct sp_##role)
