/*
 * tokens.h - API tokens: a program's way to the admin API (SEMANTICS 5.1)
 *
 * "id.secret", told once; the record holds a keyed hash. A token has one role, for one tenant or all,
 * and always an end. When and from where it was last used is written down once an hour at most.
 *
 * Threads  A loop. Memory  Texts are in the arena given.
 * Failing  What can't be read is told as false. A write that is too large says false.
 */
#pragma once

#include "crypto/bearer.h"
#include "model/role.h"

#include <sallyport/records.h>

struct arena;
struct ring;

#define TOKENS_MOST 1000u
#define TOKENS_TOUCH INT64_C(3600000)		/* ms between two notes of its use */

struct token {
	struct sp_id id, tenant;	/* tenant zero: all, and the server itself */
	const struct role *role;
	const char *name, *maker;	/* who it is for; who made it */
	struct sp_id user;		/* the administrator behind its maker: it is void while he may
					 * make none himself. Zero: made at the server */
	uint8_t hash[HASH_SIZE];
	int64_t created, expires, used;	/* used 0: never */
	const char *source;		/* where from, shortened; NULL: never */
};

void tokens_seal(struct token *token, const struct ring *ring, const struct bearer *bearer);
bool tokens_fits(const struct token *token, const struct ring *ring,
    const struct bearer *bearer);

struct sp_address tokens_at(struct sp_id id);
struct sp_address tokens_all(void);
bool tokens_put(struct sp_records_commit *commit, const struct token *token, uint64_t expect)
    __attribute__((warn_unused_result));
void tokens_remove(struct sp_records_commit *commit, struct sp_id id, uint64_t expect);
bool tokens_read(struct arena *arena, const struct sp_record *record, struct token *out_token);
