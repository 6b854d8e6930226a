#include "surface/admin/openapi.h"

#define DELETED_PATH(type) " /directory/deletedItems/microsoft.graph." type
#define DELETED(type, name) \
	{ "GET" DELETED_PATH(type), "Lists what was deleted: " name, NULL, 0 }, \
	{ "GET" DELETED_PATH(type) "/{id}", "Shows what was deleted: " name, NULL, 0 }, \
	{ "POST" DELETED_PATH(type) "/{id}/restore", "Brings back: " name, NULL, 200 }, \
	{ "DELETE" DELETED_PATH(type) "/{id}", "Deletes for good: " name, NULL, 0 }
#define ROLES "/roleManagement/directory/"

static const struct shape identity_shape[] = {
	{ .name = "signInType", .type = SHAPE_WORD, .must = true, .words = "emailAddress" },
	{ .name = "issuer", .type = SHAPE_TEXT },
	{ .name = "issuerAssignedId", .type = SHAPE_TEXT, .must = true, .max = 254 },
	{ 0 },
};
static const struct shape profile_shape[] = {
	{ .name = "password", .type = SHAPE_TEXT, .must = true, .min = 8 },
	{ .name = "forceChangePasswordNextSignIn", .type = SHAPE_FLAG },
	{ 0 },
};
#define ATTRIBUTES \
	{ .name = "displayName", .type = SHAPE_TEXT }, \
	{ .name = "mail", .type = SHAPE_TEXT, .max = 254 }, \
	{ .name = "givenName", .type = SHAPE_TEXT, .max = 64 }, \
	{ .name = "surname", .type = SHAPE_TEXT, .max = 64 }, \
	{ .name = "city", .type = SHAPE_TEXT, .max = 128 }, \
	{ .name = "country", .type = SHAPE_TEXT, .max = 128 }, \
	{ .name = "preferredLanguage", .type = SHAPE_TEXT, .max = 35 }

static const struct shape user_shape[] = {
	{ .name = "id", .type = SHAPE_ID },
	{ .name = "accountEnabled", .type = SHAPE_FLAG, .fallback = "true" },
	{ .name = "identities", .type = SHAPE_OBJECT, .list = true, .must = true,
	    .members = identity_shape, .most = 16 },
	{ .name = "passwordProfile", .type = SHAPE_OBJECT, .members = profile_shape },
	ATTRIBUTES,
	{ 0 },
};
static const struct shape user_patch_shape[] = {
	{ .name = "accountEnabled", .type = SHAPE_FLAG },
	ATTRIBUTES,
	{ 0 },
};
static const struct shape credential_shape[] = {
	{ .name = "displayName", .type = SHAPE_TEXT },
	{ .name = "startDateTime", .type = SHAPE_TIME },
	{ .name = "endDateTime", .type = SHAPE_TIME },
	{ 0 },
};
static const struct shape add_password_shape[] = {
	{ .name = "passwordCredential", .type = SHAPE_OBJECT, .members = credential_shape },
	{ 0 },
};
static const struct shape remove_password_shape[] = {
	{ .name = "keyId", .type = SHAPE_ID, .must = true },
	{ 0 },
};
static const struct shape reference_shape[] = {
	{ .name = "@odata.id", .type = SHAPE_TEXT, .must = true, .max = 2000,
	    .help = "A link that ends with the user's id." },
	{ 0 },
};
static const struct shape assignment_shape[] = {
	{ .name = "principalId", .type = SHAPE_ID, .must = true },
	{ .name = "roleDefinitionId", .type = SHAPE_TEXT, .must = true,
	    .help = "The id of a role, or its name." },
	{ .name = "directoryScopeId", .type = SHAPE_TEXT, .must = true,
	    .help = "\"/\", or \"/tenants/{id}\"." },
	{ 0 },
};
static const struct shape token_shape[] = {
	{ .name = "displayName", .type = SHAPE_TEXT, .max = 100 },
	{ .name = "roleDefinitionId", .type = SHAPE_TEXT, .must = true,
	    .help = "The id of a role, or its name." },
	{ .name = "directoryScopeId", .type = SHAPE_TEXT, .must = true,
	    .help = "\"/\", or \"/tenants/{id}\"." },
	{ .name = "lifetimeDays", .type = SHAPE_NUMBER, .fallback = "90", .min = 1, .max = 366 },
	{ 0 },
};
static const struct shape link_shape[] = {
	{ .name = "user", .type = SHAPE_TEXT },
	{ .name = "first", .type = SHAPE_FLAG },
	{ 0 },
};
static const struct shape mail_shape[] = {
	{ .name = "to", .type = SHAPE_TEXT, .must = true, .max = 254 },
	{ 0 },
};
static const struct shape clock_shape[] = {
	{ .name = "advance", .type = SHAPE_NUMBER, .must = true, .min = 1,
	    .max = INT64_C(3155760000000), .help = "Milliseconds." },
	{ 0 },
};
static const struct shape batch_one_shape[] = {
	{ .name = "id", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 64 },
	{ .name = "method", .type = SHAPE_WORD, .must = true, .words = "GET POST PATCH PUT DELETE" },
	{ .name = "url", .type = SHAPE_TEXT, .must = true, .max = 8192,
	    .help = "Below /v1.0, such as /groups?$top=5." },
	{ .name = "headers", .type = SHAPE_ANY },
	{ .name = "body", .type = SHAPE_ANY },
	{ .name = "dependsOn", .type = SHAPE_TEXT, .list = true },
	{ 0 },
};
static const struct shape batch_shape[] = {
	{ .name = "requests", .type = SHAPE_OBJECT, .list = true, .must = true,
	    .members = batch_one_shape, .most = 20 },
	{ 0 },
};

const struct openapi_row openapi_rows[] = {
	{ "POST /applications/{id}/addPassword", "Adds a secret, which this answer alone shows",
	    add_password_shape, 200 },
	{ "POST /applications/{id}/removePassword", "Removes a secret", remove_password_shape, 204 },
	DELETED("application", "application"), DELETED("conditionalAccessPolicy", "policy"),
	{ "GET /groups/{id}/members", "Lists who is in a group", NULL, 0 },
	{ "POST /groups/{id}/members/$ref", "Puts a user into a group", reference_shape, 204 },
	{ "DELETE /groups/{id}/members/{user}/$ref", "Takes a user out of a group", NULL, 0 },
	{ "GET /users", "Lists customers", NULL, 0 },
	{ "POST /users", "Creates a customer", user_shape, 0 },
	{ "GET /users/{id}", "Shows a customer", NULL, 0 },
	{ "PATCH /users/{id}", "Changes attributes, or accountEnabled alone", user_patch_shape, 0 },
	{ "DELETE /users/{id}", "Deletes a customer", NULL, 0 },
	{ "POST /users/{id}/revokeSignInSessions", "Ends all sessions and tokens", NULL, 204 },
	{ "POST /users/{id}/unlock", "Ends pauses after wrong codes and passwords", NULL, 204 },
	{ "POST /users/{id}/resetPassword", "Voids the password", NULL, 204 },
	{ "GET /users/{id}/authentication/methods", "Lists by what a customer proves who he is",
	    NULL, 0 },
	{ "GET /users/{id}/authentication/emailMethods", "Lists where his codes go", NULL, 0 },
	{ "GET /users/{id}/authentication/passwordMethods", "Tells whether he has a password", NULL,
	    0 },
	{ "GET /users/{id}/oauth2PermissionGrants", "Lists what a customer has agreed to", NULL, 0 },
	{ "DELETE /oauth2PermissionGrants/{id}", "Takes back what a customer has agreed to", NULL,
	    0 },
	{ "GET /auditLogs/directoryAudits", "Lists changes", NULL, 0 },
	{ "GET /auditLogs/directoryAudits/verify", "Whether the audit is whole", NULL,
	    0 },
	{ "GET /auditLogs/signIns", "Lists sign-ins", NULL, 0 },
	{ "GET /reports/userInsights/daily/signUps", "How far sign-ups came, by day", NULL, 0 },
	{ "GET /tenants", "Lists tenants", NULL, 0 },
	{ "POST /apply", "Makes a tenant what a document says", NULL, 200 },
	{ "GET /export", "The document that apply takes back as no change, without secrets", NULL,
	    0 },
	{ "POST /$batch", "Up to 20 requests in one, each judged as if alone", batch_shape, 200 },
	{ "GET /identity/conditionalAccess/templates", "Lists policies ready to be made", NULL, 0 },
	{ "GET /identity/conditionalAccess/templates/{id}", "Shows a policy ready to be made", NULL,
	    0 },
	{ "POST /backups", "Begins a backup", NULL, 0 },
	{ "POST /backups/{id}/next", "The next part of a backup", NULL, 200 },
	{ "DELETE /backups/{id}", "Ends a backup", NULL, 0 },
	{ "POST /keys/rotate", "Publishes new signing keys", NULL, 204 },
	{ "GET " ROLES "roleDefinitions", "Lists roles", NULL, 0 },
	{ "GET " ROLES "roleDefinitions/{id}", "Shows a role", NULL, 0 },
	{ "GET " ROLES "roleAssignments", "Lists who has which role", NULL, 0 },
	{ "POST " ROLES "roleAssignments", "Gives a role", assignment_shape, 0 },
	{ "DELETE " ROLES "roleAssignments/{id}", "Takes a role", NULL, 0 },
	{ "GET /apiTokens", "Lists API tokens", NULL, 0 },
	{ "POST /apiTokens", "Makes an API token, which this answer alone shows", token_shape, 0 },
	{ "DELETE /apiTokens/{id}", "Revokes an API token", NULL, 0 },
	{ "POST /signInLinks", "Makes a sign-in link for an administrator; at the server alone",
	    link_shape, 0 },
	{ "GET /mail/queue", "Lists mail that waits", NULL, 0 },
	{ "POST /mail/queue/{id}/retry", "Sends a mail that waits, now", NULL, 202 },
	{ "POST /mail/test", "Sends a mail with a code that opens nothing", mail_shape, 202 },
	{ "GET /me", "Tells who calls, and what he may where", NULL, 0 },
	{ "GET metadata", "Tells where administrators get their tokens (RFC 9728)", NULL, 0 },
	{ "GET /openapi.json", "This description", NULL, 0 },
	{ "GET /plugins", "Lists plugins", NULL, 0 },
	{ "GET /version", "Tells the server's version", NULL, 0 },
	{ "POST /clock", "Moves the clock of a server for tests", clock_shape, 200 },
	{ 0 },
};
