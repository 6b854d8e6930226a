/*
 * api.h - an application as an API: what it offers, who may have it, what its tokens say
 *
 * Members of the application's document, with Graph's names:
 *
 *	identifierUris			what its scopes are asked for by
 *	api.oauth2PermissionScopes	those
 *	appRoles, appRoleAssignedTo	who is what in it: users, and groups of users
 *	appRoleAssignmentRequired	nobody else gets in at all
 *	requiredResourceAccess		what it may have of other APIs: an operator's word
 *	groupMembershipClaims		its tokens tell groups
 *	optionalClaims			and what else they say beyond the usual
 *
 * All of it is in the snapshot, so it counts with the next token, refreshed ones included.
 *
 * Threads  Any; pure. Memory  Everything is in the snapshot's arena.
 */
#pragma once

#include "model/shape.h"

struct arena;

#define API_DEFAULT ".default"	/* in place of a scope: all that is granted */

struct api_scope {
	struct sp_id id;
	const char *value;
	const char *name, *text;	/* for people: *ConsentDisplayName, *ConsentDescription */
	bool enabled;
};

struct api_role {
	struct sp_id id;
	const char *value;
	bool enabled, users, apps;	/* apps: what requiredResourceAccess may grant */
};

/* One permission at another API. */
struct api_need { struct sp_id app_id, id; bool role; };

/* `role` zero: let in, and no more. */
struct api_assignment { struct sp_id principal, role; };

struct api {
	size_t uri_count, scope_count, role_count, need_count, assignment_count;
	const char *const *uris;
	const struct api_scope *scopes;
	const struct api_role *roles;
	const struct api_need *needs;
	const struct api_assignment *assignments;
	uint32_t id_claims, access_claims;	/* optional.h: rows */
	bool groups;		/* tokens tell the groups of the customer */
	bool assigned_only;
};

extern const struct shape api_shape[], api_role_shape[], api_need_shape[], api_assigned_shape[];

/* The rows of the document, for app.c. */
#define API_SHAPES \
	{ .name = "identifierUris", .type = SHAPE_TEXT, .list = true, .min = 1, .max = 256, \
	    .most = 50 }, \
	{ .name = "api", .type = SHAPE_OBJECT, .whole = true, .members = api_shape }, \
	{ .name = "appRoles", .type = SHAPE_OBJECT, .list = true, .most = 100, \
	    .members = api_role_shape }, \
	{ .name = "appRoleAssignmentRequired", .type = SHAPE_FLAG, .fallback = "false" }, \
	{ .name = "appRoleAssignedTo", .type = SHAPE_OBJECT, .list = true, .most = 400, \
	    .members = api_assigned_shape }, \
	{ .name = "requiredResourceAccess", .type = SHAPE_OBJECT, .list = true, .most = 50, \
	    .members = api_need_shape }, \
	{ .name = "groupMembershipClaims", .type = SHAPE_WORD, \
	    .words = "None SecurityGroup All", .fallback = "None" }, \
	{ .name = "optionalClaims", .type = SHAPE_OBJECT, .whole = true, \
	    .members = optional_shape }

/* What the shape can't know. */
void api_check(const json_t *canonical, struct document_errors *errors);
/* From a document that was checked. */
bool api_compile(struct arena *arena, const json_t *document, struct api *out_api);

/* The enabled scope of that value; NULL: none. */
const struct api_scope *api_scope(const struct api *api, const char *value);
/* Whether an operator has granted `needs` anything at that API; this scope of it, for customers. */
bool api_granted(const struct api *needs, struct sp_id app_id);
bool api_granted_scope(const struct api *needs, struct sp_id app_id, struct sp_id id);

/* Whether this customer may come in. `groups`: all that he is in. */
bool api_admits(const struct api *api, struct sp_id user, struct sp_ids groups);
/* Values of the roles that he has there by himself or by a group, each once: a new reference. */
json_t *api_roles(const struct api *api, struct sp_id user, struct sp_ids groups);
/* Those that an operator has granted to an application itself, by its requiredResourceAccess. */
json_t *api_roles_alone(const struct api *api, struct sp_id app_id, const struct api *client);
bool api_any_alone(const struct api *api, struct sp_id app_id, const struct api *client);
