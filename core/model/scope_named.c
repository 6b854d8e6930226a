/* scope_named.c - what is granted, by names that can't come to mean anything else */
#include "model/scope.h"

#include "base/text.h"
#include "model/words.h"

#include <string.h>

/* APIs of which no word was asked for: a token for one says at least who the customer is. */
static const char *named_resources(const struct scope_asker *asker, const char *named,
    const char *resources, const char *seen)
{
	const char *id;

	while ((id = words_next(asker->arena, &resources)) != NULL)
		if (strcmp(id, asker->client->client_id) != 0 && !text_word(seen, id))
			named = words_add(asker->arena, named, id);
	return named;
}

const char *scope_named(const struct scope_asker *asker, const struct scope_granted *granted)
{
	const char *named = "", *seen = "", *words = granted->scope, *word;

	while ((word = words_next(asker->arena, &words)) != NULL) {
		struct scope_word read = scope_read(asker, granted->resources, word);
		if (read.kind == SCOPE_OPENID)
			named = words_add(asker->arena, named, word);
		if (read.kind != SCOPE_API)
			continue;
		seen = words_add(asker->arena, seen, read.api->client_id);
		named = words_add(asker->arena, named, text_print(asker->arena, "%s/%s",
		    read.api->client_id, read.scope != NULL ? read.scope->value : API_DEFAULT));
	}
	named = named_resources(asker, named, granted->resources, seen);
	return named[0] != '\0' ? named : "openid";
}
