#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/people.h"
#include "http/form.h"
#include "model/document.h"
#include "surface/admin/caller.h"
#include "surface/admin/odata.h"

#include <stdlib.h>
#include <string.h>

/* A location lists 2,000 networks in the shape of Graph. */
enum { DOCUMENT_MOST = 384 << 10, APPLY_MOST = 8 << 20, SMALL = 16 << 10,
	BATCH_SIZE = 1 << 20 };

void admin_error_details(struct exchange *ex, int status, const char *code,
    const char *message, json_t *details)
{
	json_t *body = json_object(), *error = json_object(), *inner = json_object();

	json_object_set_new(inner, "date", json_string(text_time(ex->arena, clock_wall())));
	json_object_set_new(inner, "request-id", json_string(ex->id_text));
	json_object_set_new(error, "code", json_string(code));
	/* A header may hold what is no text; then it is not repeated. */
	json_object_set_new(error, "message", json_string(text_utf8(message, strlen(message)) ?
	    message : "The request names what is not there, and is not UTF-8."));
	const char *target = json_text(json_array_get(details, 0), "target", "");
	if (target[0] != '\0')
		json_object_set_new(error, "target", json_string(target));
	if (details != NULL)
		json_object_set_new(error, "details", details);
	json_object_set_new(error, "innerError", inner);
	json_object_set_new(body, "error", error);
	face_json(ex, status, body);
}

void admin_error(struct exchange *ex, int status, const char *code, const char *message)
{
	admin_error_details(ex, status, code, message, NULL);
}

void admin_unavailable(struct exchange *ex, const char *message)
{
	enum { SECONDS = 2 };

	reply_retry_after(ex, SECONDS);
	admin_error(ex, 503, "ServiceUnavailable", message);
}

void admin_stale(struct exchange *ex)
{
	admin_error(ex, 412, "PreconditionFailed", "It was changed since it had the tag that "
	    "If-Match names; nothing was changed. Read it again.");
}

void admin_wrong(struct exchange *ex, const struct document_errors *errors)
{
	json_t *details = json_array();
	const struct document_error *first = errors->first;

	for (const struct document_error *error = first; error != NULL; error = error->next) {
		json_t *detail = json_object();
		json_object_set_new(detail, "code", json_string(error->code));
		json_object_set_new(detail, "target", json_string(error->path));
		json_object_set_new(detail, "message", json_string(error->text));
		json_array_append_new(details, detail);
	}
	const char *message = first == NULL ? "The request is not right." :
	    text_print(ex->arena, "%s%s%s", first->path, first->path[0] != '\0' ? ": " : "",
	    first->text);
	int status = first != NULL && strcmp(first->code, "ObjectConflict") == 0 ? 409 : 400;
	admin_error_details(ex, status, status == 409 ? "ObjectConflict" : "BadRequest", message,
	    details);
}

void admin_reply_gone(struct exchange *ex, json_t *warnings)
{
	if (json_array_size(warnings) > 0) {
		face_json(ex, 200, json_pack("{s:O}", "@sallyport.warnings", warnings));
		return;
	}
	reply_status(ex, 204);
	reply_send(ex);
}

void admin_reply_all(struct exchange *ex, bool good, json_t *value)
{
	if (!good) {
		json_decref(value);
		admin_unavailable(ex, "The store does not answer.");
		return;
	}
	json_t *body = odata_list(ex, value);
	if (body != NULL)
		face_json(ex, 200, body);
}

void admin_reply_page(struct exchange *ex, const struct odata *odata, const struct page *page,
    json_t *value)
{
	struct odata_page part = { .value = value };

	if (!page->good) {
		json_decref(value);
		admin_unavailable(ex, "The store does not answer.");
		return;
	}
	if (page->count == page->limit)
		part.next = page->records[page->count - 1]->at.key;
	face_json(ex, 200, odata_page(ex, odata, &part));
}

void admin_reply_one(struct exchange *ex, int status, json_t *body)
{
	bool read = strcmp(ex->method, "GET") == 0 || strcmp(ex->method, "HEAD") == 0;
	json_t *shown = read ? odata_one(ex, body) : body;

	if (shown != NULL)
		face_json(ex, status, shown);
}

void admin_turn(struct exchange *ex, struct turn *turn)
{
	const struct face *face = face_of(ex);

	turn->store = face->store;
	turn->letters = &face_texts(ex)->letters;
	turn->cost = &face->cost;
	turn->loop = ex->loop;
	turn->arena = ex->arena;
	turn->request_id = ex->id;
	turn->now = clock_wall();
	turn->source = ex->source.key;
	turn->source_text = log_ip(ex->arena, ex->source.text);
}

bool admin_begin_server(struct exchange *ex, struct turn *turn, const char **out_actor)
{
	/* Which tenant an apply is about, is in its body: it asks for itself. */
	if (!caller_known(ex, out_actor) || ((ex->route->who & ROLE_AREA) != AREA_APPLY &&
	    !caller_may(ex, (struct sp_id){ { 0 } })) || odata_refuses(ex))
		return false;
	admin_turn(ex, turn);
	return true;
}

/* Whether another tenant is there, is not told to whoever may not look. */
bool admin_begin(struct exchange *ex, struct turn *turn, const char **out_actor)
{
	if (!caller_known(ex, out_actor))
		return false;
	const char *tenant = caller_tenant(ex);
	if (text_empty(tenant)) {
		admin_error(ex, 400, "TenantMissing",
		    "The header Sallyport-Tenant must name a tenant by its id or name.");
		return false;
	}
	bool there = face_begin_tenant(ex, turn, tenant);
	if (!caller_may(ex, there ? turn->tenant->id : (struct sp_id){ { 0 } })) {
		if (there)
			face_end(ex, turn);
		return false;
	}
	if (there && odata_refuses(ex)) {
		face_end(ex, turn);
		return false;
	}
	if (there)
		return true;
	admin_error(ex, 404, "TenantNotFound",
	    text_print(ex->arena, "There is no tenant '%s'.", tenant));
	return false;
}

json_t *admin_body(struct exchange *ex)
{
	struct sp_error error;
	json_t *body = NULL;

	if (!exchange_type(ex, "application/json")) {
		admin_error(ex, 415, "UnsupportedMediaType", "The body must be application/json.");
		return NULL;
	}
	body = json_read(ex->body.data, ex->body.size, &error);
	if (body != NULL && json_is_object(body))
		return body;
	json_decref(body);
	admin_error(ex, 400, "BadRequest", body == NULL ?
	    text_print(ex->arena, "The body is not JSON: %s", error.text) :
	    "The body must be an object.");
	return NULL;
}

const char *admin_query(struct exchange *ex, const char *name)
{
	struct sp_error error;
	struct form form;

	return form_query(ex, &form, &error) ? form_get(&form, name) : NULL;
}

bool admin_flag(struct exchange *ex, const char *name)
{
	return text_same(admin_query(ex, name), "true");
}

bool admin_number(struct exchange *ex, const char *name, int64_t most, int64_t fallback,
    int64_t *out_number)
{
	const char *text = admin_query(ex, name);
	char *end;

	if (text == NULL) {
		*out_number = fallback;
		return true;
	}
	long long number = strtoll(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || *end != '\0' || number < 1 || number > most) {
		admin_error(ex, 400, "BadRequest", text_print(ex->arena,
		    "%s must be a number from 1 to %lld.", name, (long long)most));
		return false;
	}
	*out_number = number;
	return true;
}

#define ROUTE(method, path, handle, most, who) \
	{ method, "/v1.0" path, handle, most, SURFACE_ADMIN, who, method " " path }
/* Where the original has it so far, and here under both. */
#define BETA(method, path, handle, most, who) \
	{ method, "/beta" path, handle, most, SURFACE_ADMIN, who, method " beta " path }
#define W(area) ((area) | ROLE_WRITES)	/* changes it */
#define DOCUMENTS(path, kind, area) \
	ROUTE("GET", path, admin_list, 0, area | ADMIN_KIND(kind)), \
	ROUTE("POST", path, admin_create, DOCUMENT_MOST, W(area) | ADMIN_KIND(kind)), \
	ROUTE("GET", path "/{id}", admin_get, 0, area | ADMIN_KIND(kind)), \
	ROUTE("PATCH", path "/{id}", admin_patch, DOCUMENT_MOST, W(area) | ADMIN_KIND(kind)), \
	ROUTE("DELETE", path "/{id}", admin_remove, 0, W(area) | ADMIN_KIND(kind))
#define ROLES "/roleManagement/directory/"
#define DELETED "/directory/deletedItems/microsoft.graph."
#define METHODS "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations"

const struct route admin_routes[] = {
	DOCUMENTS("/applications", DOCUMENT_APP, AREA_APPS),
	ROUTE("POST", "/applications/{id}/addPassword", admin_add_password, SMALL, W(AREA_APPS)),
	ROUTE("POST", "/applications/{id}/removePassword", admin_remove_password, SMALL,
	    W(AREA_APPS)),
	DOCUMENTS("/identity/authenticationEventsFlows", DOCUMENT_FLOW, AREA_FLOWS),
	DOCUMENTS("/identity/conditionalAccess/policies", DOCUMENT_POLICY, AREA_POLICIES),
	ROUTE("GET", "/identity/conditionalAccess/templates", admin_templates, 0, AREA_POLICIES),
	ROUTE("GET", "/identity/conditionalAccess/templates/{id}", admin_template, 0, AREA_POLICIES),
	DOCUMENTS("/identity/conditionalAccess/authenticationContextClassReferences",
	    DOCUMENT_CONTEXT, AREA_POLICIES),
	ROUTE("GET", "/identity/conditionalAccess/lint", admin_lint, 0, AREA_POLICIES),
	ROUTE("POST", "/identity/conditionalAccess/backtest", admin_backtest, DOCUMENT_MOST,
	    AREA_TRIALS),
	ROUTE("POST", "/identity/conditionalAccess/evaluate", admin_whatif, DOCUMENT_MOST,
	    AREA_POLICIES),
	BETA("POST", "/identity/conditionalAccess/evaluate", admin_whatif, DOCUMENT_MOST,
	    AREA_POLICIES),
	DOCUMENTS("/identity/conditionalAccess/namedLocations", DOCUMENT_LOCATION, AREA_POLICIES),
	DOCUMENTS("/groups", DOCUMENT_GROUP, AREA_GROUPS),
	ROUTE("GET", METHODS, admin_list, 0, AREA_METHODS | ADMIN_KIND(DOCUMENT_METHOD)),
	ROUTE("GET", METHODS "/{id}", admin_get, 0, AREA_METHODS | ADMIN_KIND(DOCUMENT_METHOD)),
	ROUTE("PATCH", METHODS "/{id}", admin_patch, DOCUMENT_MOST,
	    W(AREA_METHODS) | ADMIN_KIND(DOCUMENT_METHOD)),
	ROUTE("GET", DELETED "application", admin_deleted, 0,
	    AREA_APPS | ADMIN_KIND(DOCUMENT_APP)),
	ROUTE("GET", DELETED "application/{id}", admin_deleted_one, 0,
	    AREA_APPS | ADMIN_KIND(DOCUMENT_APP)),
	ROUTE("POST", DELETED "application/{id}/restore", admin_deleted_restore, SMALL,
	    W(AREA_APPS) | ADMIN_KIND(DOCUMENT_APP)),
	ROUTE("DELETE", DELETED "application/{id}", admin_deleted_purge, 0,
	    W(AREA_APPS) | ADMIN_KIND(DOCUMENT_APP)),
	ROUTE("GET", DELETED "conditionalAccessPolicy", admin_deleted, 0,
	    AREA_POLICIES | ADMIN_KIND(DOCUMENT_POLICY)),
	ROUTE("GET", DELETED "conditionalAccessPolicy/{id}", admin_deleted_one, 0,
	    AREA_POLICIES | ADMIN_KIND(DOCUMENT_POLICY)),
	ROUTE("POST", DELETED "conditionalAccessPolicy/{id}/restore", admin_deleted_restore, SMALL,
	    W(AREA_POLICIES) | ADMIN_KIND(DOCUMENT_POLICY)),
	ROUTE("DELETE", DELETED "conditionalAccessPolicy/{id}", admin_deleted_purge, 0,
	    W(AREA_POLICIES) | ADMIN_KIND(DOCUMENT_POLICY)),
	ROUTE("GET", "/groups/{id}/members", admin_members, 0, AREA_GROUPS),
	ROUTE("POST", "/groups/{id}/members/$ref", admin_member_add, SMALL, W(AREA_GROUPS)),
	ROUTE("DELETE", "/groups/{id}/members/{user}/$ref", admin_member_remove, 0, W(AREA_GROUPS)),
	ROUTE("GET", "/users", admin_users, 0, AREA_USERS),
	ROUTE("POST", "/users", admin_user_create, DOCUMENT_MOST, W(AREA_USERS)),
	ROUTE("GET", "/users/{id}", admin_user, 0, AREA_USERS),
	ROUTE("PATCH", "/users/{id}", admin_user_patch, DOCUMENT_MOST, W(AREA_USERS)),
	ROUTE("DELETE", "/users/{id}", admin_user_remove, 0, W(AREA_USERS)),
	ROUTE("POST", "/users/{id}/erase", admin_user_erase, SMALL, W(AREA_USERS)),
	ROUTE("POST", "/users/{id}/revokeSignInSessions", admin_user_revoke, SMALL,
	    W(AREA_RECOVERY)),
	ROUTE("POST", "/users/{id}/unlock", admin_user_unlock, SMALL, W(AREA_RECOVERY)),
	ROUTE("POST", "/users/{id}/resetPassword", admin_user_reset, SMALL, W(AREA_RECOVERY)),
	ROUTE("GET", "/users/{id}/authentication/methods", admin_user_methods, 0, AREA_USERS),
	ROUTE("GET", "/users/{id}/authentication/emailMethods", admin_user_email_methods, 0,
	    AREA_USERS),
	ROUTE("GET", "/users/{id}/authentication/passwordMethods", admin_user_password_methods, 0,
	    AREA_USERS),
	ROUTE("GET", "/users/{id}/oauth2PermissionGrants", admin_consents, 0, AREA_USERS),
	ROUTE("DELETE", "/oauth2PermissionGrants/{id}", admin_consent_remove, 0, W(AREA_USERS)),
	ROUTE("GET", "/auditLogs/directoryAudits", admin_audits, 0, AREA_AUDIT),
	ROUTE("GET", "/auditLogs/directoryAudits/verify", admin_audit_verify, 0, AREA_AUDIT),
	ROUTE("GET", "/auditLogs/signIns", admin_signins, 0, AREA_SIGNINS),
	ROUTE("GET", "/reports/userInsights/daily/signUps", admin_signups, 0, AREA_SIGNINS),
	ROUTE("GET", "/tenants", admin_tenants, 0, AREA_SERVER),
	ROUTE("GET", "/tenant", admin_get, 0, AREA_TENANT | ADMIN_KIND(DOCUMENT_TENANT)),
	ROUTE("PATCH", "/tenant", admin_patch, DOCUMENT_MOST,
	    W(AREA_TENANT) | ADMIN_KIND(DOCUMENT_TENANT)),
	ROUTE("POST", "/apply", admin_apply, APPLY_MOST, W(AREA_APPLY)),
	ROUTE("GET", "/export", admin_export, 0, AREA_APPLY),
	ROUTE("POST", "/backups", admin_backup_begin, SMALL, W(AREA_SERVER)),
	ROUTE("POST", "/backups/{id}/next", admin_backup_next, SMALL, W(AREA_SERVER)),
	ROUTE("DELETE", "/backups/{id}", admin_backup_end, 0, W(AREA_SERVER)),
	ROUTE("POST", "/keys/rotate", admin_keys_rotate, SMALL, W(AREA_KEYS)),
	ROUTE("GET", ROLES "roleDefinitions", admin_role_definitions, 0, AREA_ROLES),
	ROUTE("GET", ROLES "roleDefinitions/{id}", admin_role_definition, 0, AREA_ROLES),
	ROUTE("GET", ROLES "roleAssignments", admin_role_assignments, 0, AREA_ROLES),
	ROUTE("POST", ROLES "roleAssignments", admin_role_assign, SMALL, W(AREA_ROLES)),
	ROUTE("DELETE", ROLES "roleAssignments/{id}", admin_role_unassign, 0,
	    W(AREA_ROLES)),
	ROUTE("GET", "/apiTokens", admin_tokens, 0, AREA_TOKENS),
	ROUTE("POST", "/apiTokens", admin_token_create, SMALL, W(AREA_TOKENS)),
	ROUTE("DELETE", "/apiTokens/{id}", admin_token_revoke, 0, W(AREA_TOKENS)),
	ROUTE("POST", "/signInLinks", admin_link, SMALL, W(AREA_SOCKET)),
	ROUTE("GET", "/mail/queue", admin_mail_queue, 0, AREA_SERVER),
	ROUTE("POST", "/mail/queue/{id}/retry", admin_mail_retry, SMALL, W(AREA_SERVER)),
	ROUTE("POST", "/mail/test", admin_mail_test, SMALL, W(AREA_MAIL)),
	ROUTE("GET", "/plugins", admin_plugins, 0, AREA_SERVER),
	ROUTE("GET", "/version", admin_version, 0, AREA_SERVER),
	ROUTE("POST", "/clock", admin_clock, SMALL, W(AREA_SERVER)),
	{ "POST", "/v1.0/$batch", admin_batch, BATCH_SIZE, SURFACE_ADMIN, AREA_NONE,
	    "POST /$batch" },
	ROUTE("GET", "/me", admin_me, 0, AREA_SELF),
	{ "GET", ADMIN_METADATA, admin_metadata, 0, SURFACE_ADMIN, AREA_NONE, "GET metadata" },
	{ "GET", "/openapi.json", admin_openapi, 0, SURFACE_ADMIN, AREA_NONE, "GET /openapi.json" },
	{ 0 },
};
