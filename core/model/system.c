#include "model/system.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/app.h"
#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

/* SYSTEM_ID, as bytes. */
const struct sp_id system_id = { { 0x5a, 0x11, 0x90, 0x47, 0x7e, 0x0d, 0x4a, 0x5e, 0x8c, 0x1b,
	0, 0, 0, 0, 0, 1 } };

bool system_is(struct sp_id tenant)
{
	return id_equal(tenant, system_id);
}

bool system_no_reset(struct sp_id tenant)
{
	return system_is(tenant);
}

/* An administrator is at his desk for an hour, not for ninety days (requirement 234). */
static json_t *tenant_document(const char *name, const char *now)
{
	return json_pack("[{s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i, s:i, s:i, s:b}}]",
	    "id", SYSTEM_ID, "name", name, "displayName", "Administrators",
	    "createdDateTime", now, "settings", "sessionIdle", 3600, "sessionPersistent", 3600,
	    "refreshTokenIdle", 3600, "refreshTokenLifetime", 43200,
	    "passwordLeast", 12, "signUpProofCountsAsMfa", 0);
}

#define SCOPE_ID "5a119047-7e0d-4a5e-8c1b-0000000000d1"
#define SCOPE_ANY "{tenant}"

/* In no user flow: known people sign in by password, and nobody signs up (SEMANTICS 3.2). */
static json_t *app_documents(const char *now)
{
	json_t *apps = json_pack("[{s:s, s:s, s:s, s:s, s:s, s:b, s:[s], s:{s:[{s:s, s:s, s:s}]}},"
	    " {s:s, s:s, s:s, s:s, s:s, s:{s:[s, s]}, s:[{s:s, s:[{s:s, s:s}]}]}]",
	    "id", "5a119047-7e0d-4a5e-8c1b-0000000000b1", "appId", SYSTEM_API,
	    "displayName", "Sallyport admin API", "createdDateTime", now,
	    "idTokenSignedResponseAlg", "ES256", "allowRefreshTokens", 0,
	    "identifierUris", SYSTEM_API_NAME, "api", "oauth2PermissionScopes",
	    "id", SCOPE_ID, "value", SCOPE_ANY, "type", "Admin",
	    "id", "5a119047-7e0d-4a5e-8c1b-0000000000b2", "appId", SYSTEM_TOOLS,
	    "displayName", "Sallyport administration", "createdDateTime", now,
	    "idTokenSignedResponseAlg", "ES256",
	    "publicClient", "redirectUris", "http://127.0.0.1/signed-in",
	    "http://[::1]/signed-in", "requiredResourceAccess",
	    "resourceAppId", SYSTEM_API, "resourceAccess", "id", SCOPE_ID, "type", "Scope");

	if (apps == NULL)
		abort();
	return apps;
}

const struct api_scope *system_scope(const struct app *api)
{
	return text_same(api->client_id, SYSTEM_API) ? api_scope(&api->api, SCOPE_ANY) : NULL;
}

static json_t *policy_documents(const char *now)
{
	return json_pack("[{s:s, s:s, s:s, s:s, s:{s:[s], s:{s:[s]}, s:{s:[s]}}, "
	    "s:{s:s, s:[s]}}]",
	    "id", "5a119047-7e0d-4a5e-8c1b-0000000000c1",
	    "displayName", "A second door for every administrator", "createdDateTime", now,
	    "state", "enabled",
	    "conditions", "clientAppTypes", "all", "users", "includeUsers", "All",
	    "applications", "includeApplications", "All",
	    "grantControls", "operator", "OR", "builtInControls", "mfa");
}

static json_t *documents_wanted(enum document_kind kind, const char *name, const char *now)
{
	switch (kind) {
	case DOCUMENT_TENANT:
		return tenant_document(name, now);
	case DOCUMENT_APP:
		return app_documents(now);
	case DOCUMENT_POLICY:
		return policy_documents(now);
	case DOCUMENT_METHOD:
		return json_pack("[{s:s, s:s, s:s}]", "id", "Email", "state", "enabled",
		    "allowExternalIdToUseEmailOtp", "disabled");
	default:
		return json_array();
	}
}

json_t *system_documents(enum document_kind kind, const char *name, const char *now)
{
	json_t *wanted = documents_wanted(kind, name, now), *all = json_array(), *one;
	struct document_errors errors = { 0 };
	struct arena arena;
	size_t index;

	arena_init(&arena, NULL, 0);
	errors.arena = &arena;
	json_array_foreach(wanted, index, one) {
		json_t *canonical = document_row(kind)->check(one, &errors);
		if (canonical == NULL)
			abort();	/* what is written above is not what the checks take */
		json_array_append_new(all, canonical);
	}
	json_decref(wanted);
	arena_done(&arena);
	return all;
}

/* A policy more could lock all administrators out, an application more could let others in; so
 * none is made here either. */
const char *system_refuses(const struct plan_change *change)
{
	if (change->kind != DOCUMENT_TENANT)
		return "is built in here: the tenant of administrators keeps its applications, "
		    "policies and methods, and has no others";
	if (change->new == NULL)
		return "is the tenant of administrators, which stays";
	if (change->old != NULL && strcmp(json_text(change->old, "name", ""),
	    json_text(change->new, "name", "")) != 0)
		return "is the tenant of administrators, which keeps its name";
	return NULL;
}
