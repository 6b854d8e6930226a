/*
 * openapi.c - the admin API as OpenAPI 3.1 tells it, made of what the server itself goes by
 *
 * Paths come from the table of routes, bodies from the shapes that check them: it can't tell of a
 * route that is not there, nor forget one. It says nothing of any tenant, so whoever comes to the
 * surface may read it.
 */
#include "surface/admin/openapi.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/settings.h"
#include "model/shapes.h"
#include "surface/admin/admin.h"
#include "surface/admin/odata.h"

#include <ctype.h>
#include <string.h>

static enum document_kind kind_of(const struct route *route)
{
	return (enum document_kind)(route->who >> 16);
}

static const struct openapi_row *row_of(const struct route *route)
{
	for (const struct openapi_row *row = openapi_rows; row->name != NULL; row++)
		if (strcmp(row->name, route->name) == 0)
			return row;
	return NULL;
}

/* What it takes and gives; NULL: the row says that, or nothing does. */
static const struct document_row *document_of(const struct route *route)
{
	return row_of(route) == NULL ? document_row(kind_of(route)) : NULL;
}

static bool ends_with_id(const struct route *route)
{
	return route->path[strlen(route->path) - 1] == '}';
}

static bool reads(const struct route *route)
{
	return strcmp(route->method, "GET") == 0;
}

/* What only reads and isn't one object. */
static bool lists(const struct route *route)
{
	return reads(route) && !ends_with_id(route) && !text_word("/v1.0/tenant /v1.0/version "
	    "/v1.0/export /v1.0/me /openapi.json " ADMIN_METADATA, route->path);
}

static json_t *reference(struct arena *arena, const char *part, const char *name)
{
	return json_pack("{s:s}", "$ref", text_print(arena, "#/components/%s/%s", part, name));
}

/* "get_applications_id" */
static json_t *operation_id(struct arena *arena, const struct route *route)
{
	char *id = text_copy(arena, route->name), *to = id;

	for (const char *at = route->name; *at != '\0'; at++) {
		bool letter = isalnum((unsigned char)*at) != 0;
		if (letter)
			*to++ = *at;
		else if (to > id && to[-1] != '_')
			*to++ = '_';
	}
	while (to > id && to[-1] == '_')
		to--;
	*to = '\0';
	for (char *at = id; isupper((unsigned char)*at); at++)
		*at = (char)tolower((unsigned char)*at);
	return json_string(id);
}

static const char *summary_of(struct arena *arena, const struct route *route)
{
	static const char *const verbs[][2] = {
		{ "POST", "Creates: " }, { "PATCH", "Changes: " }, { "DELETE", "Removes: " },
	};
	const struct document_row *row = document_row(kind_of(route));
	const struct openapi_row *known = row_of(route);
	const char *verb = lists(route) ? "Lists: " : "Shows: ";

	if (known != NULL)
		return known->summary;
	if (row == NULL)
		return route->name;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i][0], route->method) == 0)
			verb = verbs[i][1];
	return text_print(arena, "%s%s", verb, row->name);
}

static json_t *parameters(struct arena *arena, const struct route *route)
{
	static const char *const options[] = { "top", "filter", "select", "orderby", "count",
		"skiptoken" };
	json_t *list = json_array();

	for (const char *at = strchr(route->path, '{'); at != NULL; at = strchr(at + 1, '{'))
		json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:{s:s}}", "name",
		    text_part(arena, at + 1, strcspn(at + 1, "}")), "in", "path", "required", 1,
		    "schema", "type", "string"));
	if (strncmp(route->path, "/openapi", 8) != 0)
		json_array_append_new(list, reference(arena, "parameters", "tenant"));
	for (size_t i = 0; i < 6 && lists(route); i++)
		json_array_append_new(list, reference(arena, "parameters", options[i]));
	if (reads(route) && !lists(route) && document_of(route) != NULL)
		json_array_append_new(list, reference(arena, "parameters", "select"));
	if (document_of(route) != NULL && ends_with_id(route) && !reads(route))
		json_array_append_new(list, reference(arena, "parameters", "ifMatch"));
	return list;
}

static json_t *content(json_t *schema)
{
	return json_pack("{s:{s:o}}", "application/json", "schema", schema);
}

/* A document whole, or of what is sent to be made or changed. */
static json_t *body_schema(struct arena *arena, const struct route *route)
{
	const struct openapi_row *row = row_of(route);
	const struct document_row *document = document_of(route);

	if (document != NULL && strcmp(route->method, "POST") == 0)
		return json_pack("{s:[o, {s:o}]}", "allOf", reference(arena, "schemas",
		    document->section), "required", shapes_required(shapes_of(document->kind)));
	if (document != NULL)
		return reference(arena, "schemas", document->section);
	if (row == NULL || row->body == NULL)
		return json_pack("{s:s}", "type", "object");
	json_t *schema = shapes_schema(row->body);
	json_object_set_new(schema, "required", shapes_required(row->body));
	return schema;
}

static json_t *answer_schema(struct arena *arena, const struct route *route)
{
	const struct document_row *document = document_of(route);
	json_t *one = document != NULL ? reference(arena, "schemas", document->section) :
	    json_pack("{s:s}", "type", "object");

	if (!lists(route))
		return one;
	return json_pack("{s:s, s:[s], s:{s:{s:s, s:o}, s:{s:s, s:s}, s:{s:s}}}", "type", "object",
	    "required", "value", "properties", "value", "type", "array", "items", one,
	    "@odata.nextLink", "type", "string", "format", "uri", "@odata.count", "type",
	    "integer");
}

static json_t *responses(struct arena *arena, const struct route *route)
{
	const struct openapi_row *row = row_of(route);
	bool removes = strcmp(route->method, "DELETE") == 0;
	unsigned status = row != NULL && row->status != 0 ? row->status : removes ? 204 :
	    strcmp(route->method, "POST") == 0 ? 201 : 200;
	json_t *all = json_object();

	json_t *good = json_pack("{s:s}", "description", "It is done.");
	if (status != 204)
		json_object_set_new(good, "content", content(answer_schema(arena, route)));
	json_object_set_new(all, text_print(arena, "%u", status), good);
	if (removes)
		json_object_set_new(all, "200", json_pack("{s:s, s:o}", "description", "It is done; "
		    "warnings say what still names it.", "content",
		    content(json_pack("{s:s}", "type", "object"))));
	json_object_set_new(all, "default", reference(arena, "responses", "error"));
	return all;
}

static json_t *operation(struct arena *arena, const struct route *route)
{
	json_t *operation = json_object();

	json_object_set_new(operation, "operationId", operation_id(arena, route));
	json_object_set_new(operation, "summary", json_string(summary_of(arena, route)));
	json_object_set_new(operation, "parameters", parameters(arena, route));
	if (route->body_limit > 0)
		json_object_set_new(operation, "requestBody", json_pack("{s:o}", "content",
		    content(body_schema(arena, route))));
	json_object_set_new(operation, "responses", responses(arena, route));
	return operation;
}

static json_t *paths(struct arena *arena)
{
	json_t *all = json_object();

	for (const struct route *route = admin_routes; route->method != NULL; route++) {
		char *method = text_copy(arena, route->method);
		for (char *at = method; *at != '\0'; at++)
			*at = (char)tolower((unsigned char)*at);
		json_t *path = json_object_get(all, route->path);
		if (path == NULL)
			json_object_set_new(all, route->path, path = json_object());
		json_object_set_new(path, method, operation(arena, route));
	}
	return all;
}

static json_t *settings_schema(void)
{
	json_t *properties = json_object();

	for (const struct settings_row *row = settings_rows; row->name != NULL; row++)
		json_object_set_new(properties, row->name, row->flag ?
		    json_pack("{s:[s,s], s:b, s:s}", "type", "boolean", "null", "default",
		    row->fallback != 0, "description", row->help) :
		    json_pack("{s:[s,s], s:I, s:I, s:I, s:s}", "type", "integer", "null", "default",
		    (json_int_t)row->fallback, "minimum", (json_int_t)row->min, "maximum",
		    (json_int_t)row->max, "description", row->help));
	return json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
	    "additionalProperties", 0);
}

static json_t *schemas(void)
{
	json_t *all = json_object();

	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++) {
		const struct shape *shape = shapes_of(kind);
		json_t *schema = shape != NULL ? shapes_schema(shape) :
		    json_pack("{s:s}", "type", "object");
		if (kind == DOCUMENT_TENANT)
			json_object_set_new(json_object_get(schema, "properties"), "settings",
			    settings_schema());
		json_object_set_new(all, document_row(kind)->section, schema);
	}
	json_object_set_new(all, "error", json_pack("{s:s, s:[s], s:{s:{s:s, s:[s,s], s:{s:{s:s}, "
	    "s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}}}", "type", "object", "required", "error",
	    "properties", "error", "type", "object", "required", "code", "message", "properties",
	    "code", "type", "string", "message", "type", "string", "target", "type", "string",
	    "details", "type", "array", "innerError", "type", "object"));
	return all;
}

static json_t *query(const char *name, const char *type, const char *description)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", name, "in", "query", "description",
	    description, "schema", "type", type);
}

static json_t *shared_parameters(void)
{
	json_t *all = json_object();

	json_object_set_new(all, "tenant", json_pack("{s:s, s:s, s:s, s:{s:s}}", "name",
	    "Sallyport-Tenant", "in", "header", "description", "Which tenant is meant, by id or "
	    "name: for whoever may in all of them.", "schema", "type", "string"));
	json_object_set_new(all, "ifMatch", json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", "If-Match",
	    "in", "header", "description", "The @odata.etag that was read; 412 if it has changed.",
	    "schema", "type", "string"));
	json_object_set_new(all, "top", query("$top", "integer", "At most so many, 1 to 999."));
	json_object_set_new(all, "filter", query("$filter", "string", "eq, ne, gt, ge, lt, le, in, "
	    "and, or, not, startswith(), list/any()."));
	json_object_set_new(all, "select", query("$select", "string", "Properties, by commas."));
	json_object_set_new(all, "orderby", query("$orderby", "string", "A property, then asc or "
	    "desc; not of every list."));
	json_object_set_new(all, "count", query("$count", "boolean", "Adds @odata.count."));
	json_object_set_new(all, "skiptoken", query("$skiptoken", "string", "Of an "
	    "@odata.nextLink."));
	return all;
}

static json_t *components(void)
{
	return json_pack("{s:o, s:o, s:{s:{s:s, s:o}}, s:{s:{s:s, s:s}}}", "schemas", schemas(),
	    "parameters", shared_parameters(), "responses", "error", "description",
	    "It is not done, and this says why.", "content", content(json_pack("{s:s}", "$ref",
	    "#/components/schemas/error")), "securitySchemes", "token", "type", "http", "scheme",
	    "bearer");
}

void admin_openapi(struct exchange *ex)
{
	struct odata odata;

	if (!odata_read(ex, 0, &odata))
		return;
	face_json(ex, 200, json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{s:s}], s:[{s:[]}], s:o, s:o}",
	    "openapi", "3.1.0", "info", "title", "Sallyport admin API", "version", "v1.0",
	    "description", "Tenants governed as data, in the shapes that users of Microsoft Graph "
	    "know.", "servers", "url", ex->base_url, "security", "token", "paths",
	    paths(ex->arena), "components", components()));
}
