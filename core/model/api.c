#include "model/api.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/ids.h"
#include "model/optional.h"

#include <string.h>

static const struct shape scope_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "value", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 120 },
	{ .name = "type", .type = SHAPE_WORD, .words = "User Admin", .fallback = "User" },
	{ .name = "isEnabled", .type = SHAPE_FLAG, .fallback = "true" },
	{ .name = "adminConsentDisplayName", .type = SHAPE_TEXT, .max = 100 },
	{ .name = "adminConsentDescription", .type = SHAPE_TEXT, .max = 1024 },
	{ .name = "userConsentDisplayName", .type = SHAPE_TEXT, .max = 100 },
	{ .name = "userConsentDescription", .type = SHAPE_TEXT, .max = 1024 },
	{ 0 },
};

const struct shape api_shape[] = {
	{ .name = "oauth2PermissionScopes", .type = SHAPE_OBJECT, .list = true, .most = 100,
	    .members = scope_shape },
	{ .name = "requestedAccessTokenVersion", .type = SHAPE_NUMBER, .min = 2, .max = 2 },
	{ .name = "acceptMappedClaims", .type = SHAPE_NOT, .help = "claims are not mapped here" },
	{ .name = "knownClientApplications", .type = SHAPE_NOT, .list = true,
	    .help = "each application is granted by its requiredResourceAccess" },
	{ .name = "preAuthorizedApplications", .type = SHAPE_NOT, .list = true,
	    .help = "each application is granted by its requiredResourceAccess" },
	{ 0 },
};

const struct shape api_role_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "value", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 120 },
	{ .name = "displayName", .type = SHAPE_TEXT, .max = 100 },
	{ .name = "description", .type = SHAPE_TEXT, .max = 1024 },
	{ .name = "allowedMemberTypes", .type = SHAPE_WORD, .list = true, .must = true,
	    .words = "User Application" },
	{ .name = "isEnabled", .type = SHAPE_FLAG, .fallback = "true" },
	{ 0 },
};

const struct shape api_assigned_shape[] = {
	{ .name = "principalId", .type = SHAPE_ID, .must = true },
	{ .name = "principalType", .type = SHAPE_WORD, .words = "User Group", .fallback = "User" },
	{ .name = "appRoleId", .type = SHAPE_ID,
	    .fallback = "00000000-0000-0000-0000-000000000000" },
	{ 0 },
};

static const struct shape access_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "type", .type = SHAPE_WORD, .must = true, .words = "Scope Role" },
	{ 0 },
};

const struct shape api_need_shape[] = {
	{ .name = "resourceAppId", .type = SHAPE_ID, .must = true },
	{ .name = "resourceAccess", .type = SHAPE_OBJECT, .list = true, .must = true, .most = 100,
	    .members = access_shape },
	{ 0 },
};

/* What may stand in a scope (RFC 6749 3.3), and has nothing in it that a reader understands. */
static const char *value_wrong(const char *value)
{
	static const char own[] = "openid profile email address phone offline_access";

	for (const char *at = value; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"\\/", *at) != NULL)
			return "has a character that may not be in a scope, or a slash";
	if (value[0] == '.')
		return "begins with a dot";
	return text_word(own, value) ? "is a scope of the server's own" : NULL;
}

static const char *uri_wrong(const char *uri)
{
	size_t size = strlen(uri);

	for (const char *at = uri; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"\\#<>", *at) != NULL)
			return "has a character that may not be in it";
	if (strchr(uri, ':') == NULL || uri[0] == ':')
		return "has no scheme: api://name, https://api.example.com";
	return size > 0 && uri[size - 1] == '/' ? "ends with a slash" : NULL;
}

static void wrong_at(struct document_errors *errors, const char *list, size_t index,
    const char *name, const char *why)
{
	document_wrong(errors, text_print(errors->arena, "%s[%zu]%s", list, index, name),
	    "InvalidValue", "%s", why);
}

/* No two have that member alike. `seen` is an object of those before. */
static void check_once(const json_t *one, const char *name, json_t *seen, const char *list,
    size_t index, struct document_errors *errors)
{
	const char *text = json_text(one, name, "");
	const char *key = text_print(errors->arena, "%s %s", name, text);

	if (json_object_get(seen, key) != NULL)
		wrong_at(errors, list, index, text_print(errors->arena, ".%s", name),
		    "is there twice");
	json_object_set_new(seen, key, json_true());
}

/* Scopes and roles: `values` are apart, ids are not, since requiredResourceAccess names them. */
static void check_values(const json_t *list, const char *place, json_t *ids,
    struct document_errors *errors)
{
	json_t *values = json_object(), *one;
	size_t index;

	json_array_foreach(list, index, one) {
		const char *wrong = value_wrong(json_text(one, "value", "x"));
		if (wrong != NULL)
			wrong_at(errors, place, index, ".value", wrong);
		check_once(one, "value", values, place, index, errors);
		check_once(one, "id", ids, place, index, errors);
	}
	json_decref(values);
}

static bool role_for_users(const json_t *roles, const char *id)
{
	size_t index, place;
	json_t *role, *type;

	json_array_foreach(roles, index, role)
		json_array_foreach(json_object_get(role, "allowedMemberTypes"), place, type)
			if (text_same(json_text(role, "id", ""), id) &&
			    text_same(json_string_value(type), "User"))
				return true;
	return false;
}

static void check_assigned(const json_t *canonical, struct document_errors *errors)
{
	const json_t *roles = json_object_get(canonical, "appRoles");
	struct sp_id role;
	size_t index;
	json_t *one;

	json_array_foreach(json_object_get(canonical, "appRoleAssignedTo"), index, one) {
		const char *id = json_text(one, "appRoleId", "");
		if (id_parse(id, &role) && !id_zero(role) && !role_for_users(roles, id))
			wrong_at(errors, "appRoleAssignedTo", index, ".appRoleId",
			    "is none of the application's roles for users");
	}
}

void api_check(const json_t *canonical, struct document_errors *errors)
{
	json_t *ids = json_object(), *one;
	size_t index;

	json_array_foreach(json_object_get(canonical, "identifierUris"), index, one) {
		const char *wrong = uri_wrong(json_is_string(one) ? json_string_value(one) : "x:");
		if (wrong != NULL)
			wrong_at(errors, "identifierUris", index, "", wrong);
	}
	check_values(shape_at(canonical, "api", "oauth2PermissionScopes", NULL),
	    "api.oauth2PermissionScopes", ids, errors);
	check_values(json_object_get(canonical, "appRoles"), "appRoles", ids, errors);
	check_assigned(canonical, errors);
	optional_check(canonical, errors);
	json_decref(ids);
}

/* What a customer is shown is written for him, or else for the operator. */
static const char *scope_words(const json_t *one, const char *user, const char *admin)
{
	return json_text(one, user, json_text(one, admin, NULL));
}

static bool compile_scopes(struct arena *arena, const json_t *list, struct api *api)
{
	struct api_scope *scopes = arena_alloc(arena, json_array_size(list) * sizeof(*scopes));
	size_t index;
	json_t *one;

	json_array_foreach(list, index, one) {
		struct api_scope *scope = &scopes[index];
		if (!id_parse(json_text(one, "id", NULL), &scope->id))
			return false;
		scope->value = text_copy(arena, json_text(one, "value", ""));
		scope->name = text_copy(arena, scope_words(one, "userConsentDisplayName",
		    "adminConsentDisplayName"));
		scope->text = text_copy(arena, scope_words(one, "userConsentDescription",
		    "adminConsentDescription"));
		scope->enabled = json_flag(one, "isEnabled", true);
	}
	api->scopes = scopes;
	api->scope_count = json_array_size(list);
	return true;
}

static bool compile_roles(struct arena *arena, const json_t *list, struct api *api)
{
	struct api_role *roles = arena_alloc(arena, json_array_size(list) * sizeof(*roles));
	size_t index, place;
	json_t *one, *type;

	json_array_foreach(list, index, one) {
		struct api_role *role = &roles[index];
		if (!id_parse(json_text(one, "id", NULL), &role->id))
			return false;
		role->value = text_copy(arena, json_text(one, "value", ""));
		role->enabled = json_flag(one, "isEnabled", true);
		json_array_foreach(json_object_get(one, "allowedMemberTypes"), place, type) {
			role->users |= text_same(json_string_value(type), "User");
			role->apps |= text_same(json_string_value(type), "Application");
		}
	}
	api->roles = roles;
	api->role_count = json_array_size(list);
	return true;
}

static size_t count_needs(const json_t *list)
{
	size_t index, count = 0;
	json_t *one;

	json_array_foreach(list, index, one)
		count += json_array_size(json_object_get(one, "resourceAccess"));
	return count;
}

static bool compile_needs(struct arena *arena, const json_t *list, struct api *api)
{
	struct api_need *needs = arena_alloc(arena, count_needs(list) * sizeof(*needs));
	size_t index, place;
	json_t *one, *access;

	json_array_foreach(list, index, one)
		json_array_foreach(json_object_get(one, "resourceAccess"), place, access) {
			struct api_need *need = &needs[api->need_count++];
			if (!id_parse(json_text(one, "resourceAppId", NULL), &need->app_id) ||
			    !id_parse(json_text(access, "id", NULL), &need->id))
				return false;
			need->role = text_same(json_text(access, "type", NULL), "Role");
		}
	api->needs = needs;
	return true;
}

static bool compile_assigned(struct arena *arena, const json_t *list, struct api *api)
{
	struct api_assignment *assignments = arena_alloc(arena,
	    json_array_size(list) * sizeof(*assignments));
	size_t index;
	json_t *one;

	json_array_foreach(list, index, one)
		if (!id_parse(json_text(one, "principalId", NULL), &assignments[index].principal) ||
		    !id_parse(json_text(one, "appRoleId", NULL), &assignments[index].role))
			return false;
	api->assignments = assignments;
	api->assignment_count = json_array_size(list);
	return true;
}

bool api_compile(struct arena *arena, const json_t *document, struct api *out_api)
{
	struct api api = { 0 };

	api.uri_count = shape_texts(arena, json_object_get(document, "identifierUris"), &api.uris);
	if (!compile_scopes(arena, shape_at(document, "api", "oauth2PermissionScopes", NULL),
	    &api) || !compile_roles(arena, json_object_get(document, "appRoles"), &api) ||
	    !compile_needs(arena, json_object_get(document, "requiredResourceAccess"), &api) ||
	    !compile_assigned(arena, json_object_get(document, "appRoleAssignedTo"), &api))
		return false;
	api.groups = !text_same(json_text(document, "groupMembershipClaims", "None"), "None");
	api.assigned_only = json_flag(document, "appRoleAssignmentRequired", false);
	api.id_claims = optional_set(document, "idToken");
	api.access_claims = optional_set(document, "accessToken");
	*out_api = api;
	return true;
}

const struct api_scope *api_scope(const struct api *api, const char *value)
{
	for (size_t i = 0; i < api->scope_count; i++)
		if (api->scopes[i].enabled && strcmp(api->scopes[i].value, value) == 0)
			return &api->scopes[i];
	return NULL;
}

bool api_granted(const struct api *needs, struct sp_id app_id)
{
	for (size_t i = 0; i < needs->need_count; i++)
		if (id_equal(needs->needs[i].app_id, app_id))
			return true;
	return false;
}

static bool granted_as(const struct api *needs, struct sp_id app_id, struct sp_id id, bool role)
{
	for (size_t i = 0; i < needs->need_count; i++)
		if (id_equal(needs->needs[i].app_id, app_id) &&
		    id_equal(needs->needs[i].id, id) && needs->needs[i].role == role)
			return true;
	return false;
}

bool api_granted_scope(const struct api *needs, struct sp_id app_id, struct sp_id id)
{
	return granted_as(needs, app_id, id, false);
}

/* A group that is named as a user, or the reverse, is nobody: ids are random. */
static bool assigned_to(const struct api_assignment *assignment, struct sp_id user,
    struct sp_ids groups)
{
	return (!id_zero(user) && id_equal(assignment->principal, user)) ||
	    ids_hold(groups, assignment->principal);
}

bool api_admits(const struct api *api, struct sp_id user, struct sp_ids groups)
{
	for (size_t i = 0; api->assigned_only && i < api->assignment_count; i++)
		if (assigned_to(&api->assignments[i], user, groups))
			return true;
	return !api->assigned_only;
}

static bool has_role(const struct api *api, const struct api_role *role, struct sp_id user,
    struct sp_ids groups)
{
	for (size_t i = 0; role->enabled && role->users && i < api->assignment_count; i++)
		if (id_equal(api->assignments[i].role, role->id) &&
		    assigned_to(&api->assignments[i], user, groups))
			return true;
	return false;
}

json_t *api_roles(const struct api *api, struct sp_id user, struct sp_ids groups)
{
	json_t *values = json_array();

	for (size_t i = 0; i < api->role_count; i++)
		if (has_role(api, &api->roles[i], user, groups))
			json_array_append_new(values, json_string(api->roles[i].value));
	return values;
}

static bool role_alone(const struct api_role *role, struct sp_id app_id, const struct api *client)
{
	return role->enabled && role->apps && granted_as(client, app_id, role->id, true);
}

json_t *api_roles_alone(const struct api *api, struct sp_id app_id, const struct api *client)
{
	json_t *roles = json_array();

	for (size_t i = 0; i < api->role_count; i++)
		if (role_alone(&api->roles[i], app_id, client))
			json_array_append_new(roles, json_string(api->roles[i].value));
	return roles;
}

bool api_any_alone(const struct api *api, struct sp_id app_id, const struct api *client)
{
	for (size_t i = 0; i < api->role_count; i++)
		if (role_alone(&api->roles[i], app_id, client))
			return true;
	return false;
}
