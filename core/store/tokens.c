#include "store/tokens.h"

#include "base/pack.h"
#include "model/system.h"
#include "plugin/op.h"
#include "store/kinds.h"

#include <string.h>

#define FORMAT 2u		/* 2: user */
#define PURPOSE "API token"

void tokens_seal(struct token *token, const struct ring *ring, const struct bearer *bearer)
{
	bearer_close(bearer, ring, PURPOSE, token->hash);
}

bool tokens_fits(const struct token *token, const struct ring *ring, const struct bearer *bearer)
{
	return bearer_opens(bearer, ring, PURPOSE, token->hash);
}

struct sp_address tokens_at(struct sp_id id)
{
	return kinds_at_id(KIND_API_TOKEN, system_id, id);
}

struct sp_address tokens_all(void)
{
	return kinds_at(KIND_API_TOKEN, system_id, NULL, 0);
}

bool tokens_put(struct sp_records_commit *commit, const struct token *token, uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, token->tenant);
	pack_text(&pack, token->role->id);
	pack_text(&pack, token->name);
	pack_text(&pack, token->maker);
	pack_bytes(&pack, token->hash, sizeof(token->hash));
	pack_signed(&pack, token->created);
	pack_signed(&pack, token->used);
	pack_text(&pack, token->source);
	pack_id(&pack, token->user);
	return kinds_put(commit, tokens_at(token->id), pack_end(&pack), token->expires, expect);
}

void tokens_remove(struct sp_records_commit *commit, struct sp_id id, uint64_t expect)
{
	kinds_remove(commit, tokens_at(id), expect);
}

bool tokens_read(struct arena *arena, const struct sp_record *record, struct token *out_token)
{
	struct token token = { .expires = record->expires };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &token.id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	token.tenant = unpack_id(&unpack);
	const char *role = unpack_text(&unpack);
	token.name = unpack_text(&unpack);
	token.maker = unpack_text(&unpack);
	struct sp_bytes hash = unpack_bytes(&unpack);
	token.created = unpack_signed(&unpack);
	token.used = unpack_signed(&unpack);
	token.source = unpack_text(&unpack);
	if (unpack.format >= 2)
		token.user = unpack_id(&unpack);
	if (!unpack_ok(&unpack) || hash.size != sizeof(token.hash) || role == NULL)
		return false;
	memcpy(token.hash, hash.data, hash.size);
	token.role = role_find(role);
	if (token.role == NULL)
		return false;
	*out_token = token;
	return true;
}
