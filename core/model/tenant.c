#include "model/tenant.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/address.h"
#include "model/shape.h"

#include <stdlib.h>
#include <string.h>

const struct shape tenant_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "name", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 63 },
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 },
	{ .name = "defaultLocale", .type = SHAPE_TEXT, .fallback = "en", .min = 2, .max = 35 },
	{ .name = "mailFrom", .type = SHAPE_TEXT, .min = 3, .max = 254 },
	{ .name = "createdDateTime", .type = SHAPE_TIME },
	{ .name = "settings", .type = SHAPE_ANY },
	{ 0 },
};

/* The first part of other paths, or names that clients take for "any tenant". */
static const char reserved[] = "admin beta healthz readyz metrics assets static common "
    "organizations consumers favicon robots";

static bool tenant_made_of(const char *text, const char *letters)
{
	return text[0] != '\0' && text[strspn(text, letters)] == '\0';
}

static void tenant_name(const char *name, struct document_errors *errors)
{
	struct sp_id id;

	if (!tenant_made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789-"))
		document_wrong(errors, "name", "InvalidValue",
		    "only a to z, 0 to 9 and dashes: it is part of addresses");
	else if (name[0] == '-' || name[strlen(name) - 1] == '-')
		document_wrong(errors, "name", "InvalidValue", "begins or ends with a dash");
	else if (id_parse(name, &id))
		document_wrong(errors, "name", "InvalidValue", "looks like an id");
	else if (text_word(reserved, name))
		document_wrong(errors, "name", "InvalidValue", "is reserved");
}

static void tenant_settings(json_t *canonical, struct document_errors *errors)
{
	const json_t *given = json_object_get(canonical, "settings");
	struct settings settings;

	if (settings_parse(json_is_object(given) ? given : NULL, &settings, errors))
		json_object_set_new(canonical, "settings", settings_json(&settings));
}

json_t *tenant_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count;
	json_t *canonical = shape_check(tenant_shape, document, errors);
	const char *name = json_text(canonical, "name", NULL);
	const char *from = json_text(canonical, "mailFrom", NULL);
	enum address_reason reason;
	struct address sender;

	if (name != NULL)
		tenant_name(name, errors);
	if (from != NULL && (reason = address_parse(errors->arena, from, &sender)) != ADDRESS_OK)
		document_wrong(errors, "mailFrom", "InvalidValue", "%s", address_words(reason));
	if (!tenant_made_of(json_text(canonical, "defaultLocale", "en"),
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"))
		document_wrong(errors, "defaultLocale", "InvalidValue", "not a language tag");
	tenant_settings(canonical, errors);
	return shape_end(canonical, before, errors);
}

bool tenant_compile(struct arena *arena, const json_t *document, struct tenant *out_tenant)
{
	struct document_errors errors = { .arena = arena };
	const json_t *settings = json_object_get(document, "settings");
	struct tenant tenant = *out_tenant;
	char text[ID_TEXT];

	if (!id_parse(json_text(document, "id", NULL), &tenant.id) ||
	    !settings_parse(json_is_null(settings) ? NULL : settings, &tenant.settings, &errors))
		return false;
	id_format(tenant.id, text);
	tenant.id_text = text_copy(arena, text);
	tenant.name = text_copy(arena, json_text(document, "name", NULL));
	tenant.display_name = text_copy(arena, json_text(document, "displayName", NULL));
	tenant.locale = text_copy(arena, json_text(document, "defaultLocale", "en"));
	tenant.mail_from = text_copy(arena, json_text(document, "mailFrom", NULL));
	if (tenant.name == NULL || tenant.display_name == NULL)
		return false;
	*out_tenant = tenant;
	return true;
}

static int tenant_compare(const void *key, const void *element)
{
	const struct app *const *app = element;

	return id_compare(key, &(*app)->app_id);
}

const struct app *tenant_app(const struct tenant *tenant, const char *client_id)
{
	const struct app *const *found;
	struct sp_id id;

	if (tenant->app_count == 0 || !id_parse(client_id, &id))
		return NULL;
	found = bsearch(&id, tenant->apps, tenant->app_count, sizeof(tenant->apps[0]),
	    tenant_compare);
	return found != NULL ? *found : NULL;
}

const struct userflow *tenant_flow(const struct tenant *tenant, const struct app *app)
{
	for (size_t i = 0; i < tenant->flow_count; i++)
		if (id_among(tenant->flows[i]->apps, tenant->flows[i]->app_count, app->app_id))
			return tenant->flows[i];
	return NULL;
}
