/* scope_token.c - from what was granted to what one token says */
#include "model/scope.h"

#include "base/id.h"
#include "base/text.h"
#include "model/words.h"

#include <string.h>

static bool granted_api(const struct scope_granted *granted, const struct app *api)
{
	return granted->resources != NULL && text_word(granted->resources, api->client_id);
}

static const struct app *aimed(const struct scope_asker *asker,
    const struct scope_granted *granted, const char *asked, const char *resource)
{
	const char *left = asked, *first = granted->resources, *word;
	const struct app *api;

	if (!text_empty(resource)) {
		api = scope_api(asker->tenant, resource);
		return api != NULL && (api == asker->client || granted_api(granted, api)) ? api :
		    NULL;
	}
	while ((word = words_next(asker->arena, &left)) != NULL) {
		struct scope_word read = scope_read(asker, granted->resources, word);
		if (read.kind == SCOPE_API)
			return read.api;
	}
	word = text_empty(asked) ? words_next(asker->arena, &first) : NULL;
	return word != NULL ? scope_api(asker->tenant, word) : asker->client;
}

const struct app *scope_aim(const struct scope_asker *asker, const struct scope_granted *granted,
    const char *asked, const char *resource)
{
	const struct app *api = aimed(asker, granted, asked, resource);

	return api != NULL && scope_reaches(asker, api) ? api : NULL;
}

/* A plain word that is the client's own, and was asked for among others, means no other API's
 * scope of the same name. */
static bool own(const struct scope_asker *asker, const struct scope_granted *granted,
    const char *word, const struct app *api)
{
	return api != asker->client && granted_api(granted, asker->client) &&
	    scope_read(asker, asker->client->client_id, word).kind == SCOPE_API;
}

/* Whether a word that was granted is about that API, and how; a plain one is about each. */
static struct scope_word about(const struct scope_asker *asker,
    const struct scope_granted *granted, const char *word, const struct app *api)
{
	bool plain = strchr(word, '/') == NULL;
	bool of = (granted_api(granted, api) && !(plain && own(asker, granted, word, api))) ||
	    (text_empty(granted->resources) && api == asker->client);
	struct scope_word read = !plain ? scope_read(asker, NULL, word) :
	    of ? scope_read(asker, api->client_id, word) : (struct scope_word){ .api = NULL };

	return read.kind == SCOPE_API && read.api == api ? read : (struct scope_word){ .api = NULL };
}

/* The words that were granted and are about that; `scope` NULL: about the API at all. */
static const char *covering(const struct scope_asker *asker, const struct scope_granted *granted,
    const struct scope_word *wanted)
{
	const char *left = granted->scope, *words = NULL, *word;

	while ((word = words_next(asker->arena, &left)) != NULL) {
		struct scope_word read = about(asker, granted, word, wanted->api);
		if (read.kind == SCOPE_API && (wanted->scope == NULL || read.scope == NULL ||
		    id_equal(read.scope->id, wanted->scope->id)))
			words = words_add(asker->arena, words, word);
	}
	return words;
}

/* A word of an API, as it may be kept: what was granted for ".default" where less than all was; a
 * plain one by its whole name, since it might be another API's as well. NULL: not granted. */
static const char *narrow_word(const struct scope_asker *asker,
    const struct scope_granted *granted, const char *word, const struct scope_word *read)
{
	const char *words = covering(asker, granted, read);

	if (words == NULL || text_word(granted->scope, word))
		return words == NULL ? NULL : word;
	return read->scope == NULL ? words : text_print(asker->arena, "%s/%s",
	    read->api->client_id, read->scope->value);
}

bool scope_narrow(const struct scope_asker *asker, const struct scope_granted *granted,
    const char *asked, const char **out_scope)
{
	const char *kept = NULL, *left = asked, *word;
	bool said = false;

	while ((word = words_next(asker->arena, &left)) != NULL) {
		struct scope_word read = scope_read(asker, granted->resources, word);
		bool had = text_word(granted->scope, word);
		const char *as = read.kind == SCOPE_API ?
		    narrow_word(asker, granted, word, &read) : had ? word : NULL;
		if (as == NULL && read.kind != SCOPE_NOTHING &&
		    !(read.kind == SCOPE_REFUSED && strchr(word, '/') == NULL))
			return false;
		for (const char *one; (one = words_next(asker->arena, &as)) != NULL;)
			kept = words_add(asker->arena, kept, one);
		said = true;
	}
	*out_scope = said ? kept : granted->scope;
	return !said || kept != NULL;
}

struct telling {
	const struct scope_asker *asker;
	const struct app *api;
	struct scope_told told;
};

static void tell_value(struct telling *telling, const char *value, const char *as)
{
	struct arena *arena = telling->asker->arena;

	telling->told.values = words_add(arena, telling->told.values, value);
	telling->told.answer = words_add(arena, telling->told.answer, as);
}

/* All that the client has there, each by the name that it used. */
static void tell_all(struct telling *telling, const char *word)
{
	struct arena *arena = telling->asker->arena;
	const char *name = text_part(arena, word, strlen(word) - strlen(API_DEFAULT));
	const struct api *api = &telling->api->api;

	for (size_t i = 0; i < api->scope_count; i++) {
		const char *as = text_print(arena, "%s%s", name, api->scopes[i].value);
		if (scope_read(telling->asker, NULL, as).kind == SCOPE_API)
			tell_value(telling, api->scopes[i].value, as);
	}
}

struct scope_told scope_tell(const struct scope_asker *asker, const struct scope_granted *granted,
    const struct app *api)
{
	struct telling telling = { asker, api, { "", "", "" } };
	const char *left = granted->scope, *word;

	while ((word = words_next(asker->arena, &left)) != NULL) {
		if (scope_read(asker, NULL, word).kind == SCOPE_OPENID) {
			telling.told.openid = words_add(asker->arena, telling.told.openid, word);
			telling.told.answer = words_add(asker->arena, telling.told.answer, word);
			continue;
		}
		struct scope_word read = about(asker, granted, word, api);
		if (read.kind == SCOPE_API && read.scope == NULL)
			tell_all(&telling, word);
		else if (read.kind == SCOPE_API)
			tell_value(&telling, read.scope->value, word);
	}
	return telling.told;
}
