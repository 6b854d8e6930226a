#include "surface/pages/fill_consent.h"

#include "base/text.h"
#include "model/api.h"
#include "model/scope.h"
#include "model/words.h"
#include "text/catalogue.h"
#include "text/values.h"

#include <string.h>

enum { DAY = 86400000 };

/* Where the answer goes: whom the customer gives it to. */
static const char *consent_host(struct exchange *ex, const char *uri)
{
	const char *host = strstr(uri, "://");

	if (host == NULL)
		return text_part(ex->arena, uri, strcspn(uri, ":"));
	host += 3;
	return text_part(ex->arena, host, strcspn(host, "/?#"));
}

/* A scope of an API has words of its own; what has none is shown as it is. */
static void consent_word(struct exchange *ex, const struct visit *visit, struct values *values,
    const char *word)
{
	const struct visit_answer *answer = &visit->answer;
	struct scope_asker asker = { ex->arena, visit->turn.tenant, answer->app };
	struct scope_word read = scope_read(&asker, answer->request->resources, word);
	struct values *item = values_item(values, "scopes");
	const char *text = read.kind == SCOPE_OPENID ? catalogue_fill(ex->arena, values->words,
	    text_print(ex->arena, "scope.%s", word), values) : NULL;

	const struct app *api = read.kind == SCOPE_REFUSED ?
	    scope_api(visit->turn.tenant, word) : NULL;

	if (api != NULL)
		text = api->display_name;
	if (read.scope != NULL && !text_empty(read.scope->name))
		text = read.scope->name;
	values_set(item, "what", text_empty(text) ? word : text);
	if (read.api != NULL)
		values_set(item, "of", read.api->display_name);
	if (read.scope != NULL)
		values_set(item, "more", read.scope->text);
}

void fill_consent(struct exchange *ex, const struct visit *visit, struct values *values)
{
	const struct visit_answer *answer = &visit->answer;
	const struct settings *settings = &visit->turn.tenant->settings;
	const char *words = answer->wanted, *word;

	values_set(values, "host", consent_host(ex, answer->request->redirect_uri));
	values_list(values, "scopes");
	while ((word = words_next(ex->arena, &words)) != NULL)
		consent_word(ex, visit, values, word);
	values_flag(values, "offline", text_word(answer->request->scope, "offline_access"));
	values_number(values, "days", (settings->refresh_lifetime + DAY - 1) / DAY);
	values_set(values, "back", "to-sign-in");
}
