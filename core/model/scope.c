#include "model/scope.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/system.h"
#include "model/words.h"

#include <stdlib.h>
#include <string.h>

#define API_SCHEME "api://"
#define OPENID_WORDS "openid profile email address phone offline_access"

static int name_order(const void *a, const void *b)
{
	const struct tenant_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void scope_names(struct arena *arena, struct tenant *tenant)
{
	size_t count = 0;

	for (size_t i = 0; i < tenant->app_count; i++)
		count += tenant->apps[i]->api.uri_count;
	struct tenant_name *names = arena_alloc(arena, (count + 1) * sizeof(*names));
	count = 0;
	for (size_t i = 0; i < tenant->app_count; i++)
		for (size_t j = 0; j < tenant->apps[i]->api.uri_count; j++)
			names[count++] = (struct tenant_name){ tenant->apps[i]->api.uris[j],
				tenant->apps[i] };
	qsort(names, count, sizeof(*names), name_order);
	tenant->names = names;
	tenant->name_count = count;
}

/* Its id comes first, so that no application can call itself by the id of another. */
static const struct app *app_named(const struct tenant *tenant, const char *name)
{
	size_t skip = strlen(API_SCHEME);
	const char *id = strncmp(name, API_SCHEME, skip) == 0 ? name + skip : name;
	struct tenant_name key = { name, NULL };
	struct sp_id ignored;

	if (id_parse(id, &ignored))
		return tenant_app(tenant, id);
	const struct tenant_name *found = tenant->name_count == 0 ? NULL : bsearch(&key,
	    tenant->names, tenant->name_count, sizeof(key), name_order);
	return found != NULL ? found->app : NULL;
}

const struct app *scope_api(const struct tenant *tenant, const char *name)
{
	const struct app *app = app_named(tenant, name);

	return app != NULL && app->enabled ? app : NULL;
}

bool scope_reaches(const struct scope_asker *asker, const struct app *api)
{
	return api == asker->client ||
	    api_granted(&asker->client->api, api->app_id);
}

static bool scope_allowed(const struct scope_asker *asker, const struct app *api,
    const struct api_scope *scope)
{
	return scope != NULL && (api == asker->client ||
	    api_granted_scope(&asker->client->api, api->app_id, scope->id));
}

/* Of the tenant of administrators: a scope of its API is the id of any tenant. NULL: it is none. */
static const struct api_scope *scope_of_tenant(const struct scope_asker *asker,
    const struct app *api, const char *value)
{
	const struct api_scope *any = system_is(asker->tenant->id) ? system_scope(api) : NULL;
	struct sp_id tenant;

	if (!scope_allowed(asker, api, any) || !id_parse(value, &tenant))
		return NULL;
	struct api_scope *scope = arena_alloc(asker->arena, sizeof(*scope));
	char *text = arena_alloc(asker->arena, ID_TEXT);
	id_format(tenant, text);
	*scope = *any;
	scope->id = tenant;
	scope->value = text;
	return scope;
}

/* NULL: the API has no such scope, or the client must not have it. */
static const struct api_scope *scope_had(const struct scope_asker *asker, const struct app *api,
    const char *value)
{
	const struct api_scope *scope = api_scope(&api->api, value);

	if (scope == NULL)
		return scope_of_tenant(asker, api, value);
	return scope_allowed(asker, api, scope) ? scope : NULL;
}

static const struct scope_word nothing = { SCOPE_NOTHING, NULL, NULL };
static const struct scope_word refused = { SCOPE_REFUSED, NULL, NULL };

static struct scope_word read_named(const struct scope_asker *asker, const char *word,
    const char *slash)
{
	const char *name = text_part(asker->arena, word, (size_t)(slash - word));
	const struct app *api = scope_api(asker->tenant, name);
	struct sp_id id;

	if (api == NULL)
		return strstr(word, "://") != NULL || id_parse(name, &id) ? refused : nothing;
	if (strcmp(slash + 1, API_DEFAULT) == 0)
		return scope_reaches(asker, api) ?
		    (struct scope_word){ SCOPE_API, api, NULL } : refused;
	const struct api_scope *scope = scope_had(asker, api, slash + 1);
	return scope != NULL ? (struct scope_word){ SCOPE_API, api, scope } : refused;
}

/* Of all resources that were named, as RFC 8707 2.1 says; here it is enough that one has it. */
static struct scope_word read_plain(const struct scope_asker *asker, const char *resources,
    const char *word)
{
	const char *left = text_empty(resources) ? asker->client->client_id : resources, *id;

	while ((id = words_next(asker->arena, &left)) != NULL) {
		const struct app *api = scope_api(asker->tenant, id);
		const struct api_scope *scope = api != NULL ? scope_had(asker, api, word) : NULL;
		if (scope != NULL)
			return (struct scope_word){ SCOPE_API, api, scope };
	}
	return text_empty(resources) ? nothing : refused;
}

struct scope_word scope_read(const struct scope_asker *asker, const char *resources,
    const char *word)
{
	const char *slash = strrchr(word, '/');

	if (text_word(OPENID_WORDS, word))
		return (struct scope_word){ SCOPE_OPENID, NULL, NULL };
	return slash != NULL ? read_named(asker, word, slash) :
	    read_plain(asker, resources, word);
}

/* Those of the parameter `resource`. False: one of them can't be had. */
static bool ask_resources(const struct scope_asker *asker, const char *asked,
    struct scope_granted *granted)
{
	const char *name;

	while ((name = words_next(asker->arena, &asked)) != NULL) {
		const struct app *api = scope_api(asker->tenant, name);
		if (api == NULL || !scope_reaches(asker, api))
			return false;
		granted->resources = words_add(asker->arena, granted->resources, api->client_id);
	}
	return true;
}

const char *scope_ask(const struct scope_asker *asker, const char *asked, const char *resources,
    struct scope_granted *out_granted, const char **out_why)
{
	struct scope_granted granted = { "", NULL };
	const char *word;

	if (!ask_resources(asker, resources, &granted)) {
		*out_why = "resource is not known here, or not granted to the application";
		return "invalid_target";
	}
	const char *plain = granted.resources;
	while ((word = words_next(asker->arena, &asked)) != NULL) {
		struct scope_word read = scope_read(asker, plain, word);
		if (read.kind == SCOPE_REFUSED) {
			*out_why = "scope names what is unknown, or not granted to the application";
			return "invalid_scope";
		}
		if (read.kind != SCOPE_NOTHING)
			granted.scope = words_add(asker->arena, granted.scope, word);
		if (read.kind == SCOPE_API)
			granted.resources = words_add(asker->arena, granted.resources,
			    read.api->client_id);
	}
	*out_granted = granted;
	return NULL;
}
