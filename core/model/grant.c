#include "model/grant.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/app.h"
#include "model/words.h"

#include <string.h>

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t grant_expires(const struct grant *grant, const struct settings *settings)
{
	int64_t whole = grant->spa ? earlier(settings->refresh_spa, settings->refresh_lifetime) :
	    settings->refresh_lifetime;

	return earlier(grant->began + whole, grant->rotated + settings->refresh_idle);
}

enum grant_verdict grant_judge(const struct grant *grant, const struct settings *settings,
    uint64_t generation, int64_t now)
{
	if (now >= grant_expires(grant, settings) || generation == 0 ||
	    generation > grant->generation)
		return GRANT_VOID;
	if (generation == grant->generation)
		return GRANT_CURRENT;
	return generation + 1 == grant->generation &&
	    now < grant->rotated + settings->refresh_repeat ? GRANT_REPEAT : GRANT_REUSED;
}

void grant_rotate(struct grant *grant, int64_t now)
{
	grant->generation++;
	grant->rotated = now;
}

bool grant_offered(const struct app *app, const char *scope)
{
	return app->refresh_tokens && scope != NULL && text_word(scope, GRANT_SCOPE);
}

char *grant_without(struct arena *arena, const char *scope, const char *word)
{
	char *kept = text_copy(arena, "");
	const char *one;

	while ((one = words_next(arena, &scope)) != NULL)
		if (strcmp(one, word) != 0)
			kept = words_add(arena, kept, one);
	return kept;
}
