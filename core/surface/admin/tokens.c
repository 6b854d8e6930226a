/* tokens.c - API tokens: told once, and always with an end */
#include "surface/admin/governed.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#include <string.h>

#define DAY INT64_C(86400000)
enum { DAYS = 90, DAYS_MOST = 366, NAME_MOST = 100 };

static json_t *moment(struct arena *arena, int64_t at)
{
	return at == 0 ? json_null() : json_string(text_time(arena, at));
}

static json_t *token_json(struct arena *arena, const struct token *token)
{
	char id[ID_TEXT];

	id_format(token->id, id);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s?}", "id", id,
	    "displayName", token->name, "roleDefinitionId", token->role->id,
	    "roleDisplayName", token->role->name,
	    "directoryScopeId", governed_scope_text(arena, token->tenant),
	    "createdBy", token->maker, "createdDateTime", moment(arena, token->created),
	    "expirationDateTime", moment(arena, token->expires),
	    "lastUsedDateTime", moment(arena, token->used), "lastUsedFrom", token->source);
}

static json_t *token_listed(struct arena *arena, const struct sp_record *record)
{
	struct token one;

	return tokens_read(arena, record, &one) ? token_json(arena, &one) : NULL;
}

void admin_tokens(struct exchange *ex)
{
	governed_list(ex, tokens_all(), TOKENS_MOST, token_listed);
}

static void minted_reply(struct governed *governed)
{
	json_t *body = token_json(governed->ex->arena, &governed->governing.token);

	json_object_set_new(body, "secretText", json_string(governed->governing.secret));
	face_json(governed->ex, 201, body);
}

static bool token_body(struct governed *governed)
{
	struct token *token = &governed->governing.token;
	const char *name = json_text(governed->body, "displayName", "API token");
	int64_t days = json_number(governed->body, "lifetimeDays", DAYS);
	const json_t *given = json_object_get(governed->body, "lifetimeDays");

	if (text_empty(name) || strnlen(name, NAME_MOST + 1) > NAME_MOST || !text_plain(name))
		governed_wrong(governed, "displayName has 1 to 100 characters, and none that is a "
		    "control.");
	else if (days < 1 || days > DAYS_MOST || (given != NULL && !json_is_integer(given)))
		governed_wrong(governed, "lifetimeDays must be a number from 1 to 366.");
	else if (governed_role(governed, &token->role) && governed_scope(governed, &token->tenant)) {
		token->name = name;
		token->expires = governed->governing.turn.now + days * DAY;
		return true;
	}
	return false;
}

void admin_token_create(struct exchange *ex)
{
	struct governed *governed = governed_new(ex, GOVERNING_MINT, true);

	if (governed == NULL)
		return;
	governed->reply = minted_reply;
	if (token_body(governed))
		governing_run(&governed->governing);
}

void admin_token_revoke(struct exchange *ex)
{
	struct governed *governed = governed_new(ex, GOVERNING_REVOKE, false);

	if (governed == NULL)
		return;
	governed->reply = governed_gone;
	if (id_parse(exchange_param(ex, "id"), &governed->governing.token.id))
		governing_run(&governed->governing);
	else
		admin_error(ex, 404, "ResourceNotFound", "There is no such token.");
}
