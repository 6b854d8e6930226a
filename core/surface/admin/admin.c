#include "surface/admin/admin.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "model/document.h"

#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MOST = 128 << 10, APPLY_MOST = 8 << 20, SMALL = 16 << 10 };

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

void admin_reply_list(struct exchange *ex, bool good, json_t *value, const char *next)
{
	json_t *body = json_object();

	json_object_set_new(body, "value", value);
	if (next != NULL)
		json_object_set_new(body, "@odata.nextLink", json_string(next));
	if (good) {
		face_json(ex, 200, body);
		return;
	}
	json_decref(body);
	reply_retry_after(ex, 2);
	admin_error(ex, 503, "ServiceUnavailable", "The store does not answer.");
}

/* Who may open the socket has been let in by its mode; nobody else is an operator yet. */
static bool admin_known(struct exchange *ex, const char **out_actor)
{
	if (ex->peer_uid >= 0) {
		*out_actor = text_print(ex->arena, "uid %lld", (long long)ex->peer_uid);
		return true;
	}
	(void)reply_header(ex, "WWW-Authenticate", "Bearer");
	admin_error(ex, 401, "InvalidAuthenticationToken",
	    "The admin API is open on the Unix socket of the server alone.");
	return false;
}

bool admin_begin_server(struct exchange *ex, struct turn *turn, const char **out_actor)
{
	const struct face *face = face_of(ex);

	if (!admin_known(ex, out_actor))
		return false;
	turn->store = face->store;
	turn->letters = &face_texts(ex)->letters;
	turn->cost = &face->cost;
	turn->loop = ex->loop;
	turn->arena = ex->arena;
	turn->request_id = ex->id;
	turn->now = clock_wall();
	turn->source = ex->source.key;
	turn->source_text = ex->source.text;
	return true;
}

bool admin_begin(struct exchange *ex, struct turn *turn, const char **out_actor)
{
	const char *tenant = exchange_header(ex, "Sallyport-Tenant");

	if (!admin_known(ex, out_actor))
		return false;
	if (text_empty(tenant)) {
		admin_error(ex, 400, "TenantMissing",
		    "The header Sallyport-Tenant must name a tenant by its id or name.");
		return false;
	}
	if (face_begin_tenant(ex, turn, tenant))
		return true;
	admin_error(ex, 404, "TenantNotFound",
	    text_print(ex->arena, "There is no tenant '%s'.", tenant));
	return false;
}

struct audit_act admin_act(const struct turn *turn, struct sp_id tenant, const char *actor)
{
	return (struct audit_act){ .tenant = tenant, .now = turn->now,
		.request_id = turn->request_id, .actor = actor };
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
#define DOCUMENTS(path, kind, who) \
	ROUTE("GET", path, admin_list, 0, ADMIN_READ | ADMIN_KIND(kind)), \
	ROUTE("POST", path, admin_create, DOCUMENT_MOST, who | ADMIN_KIND(kind)), \
	ROUTE("GET", path "/{id}", admin_get, 0, ADMIN_READ | ADMIN_KIND(kind)), \
	ROUTE("PATCH", path "/{id}", admin_patch, DOCUMENT_MOST, who | ADMIN_KIND(kind)), \
	ROUTE("DELETE", path "/{id}", admin_remove, 0, who | ADMIN_KIND(kind))
#define METHODS "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations"

const struct route admin_routes[] = {
	DOCUMENTS("/applications", DOCUMENT_APP, ADMIN_GLOBAL),
	ROUTE("POST", "/applications/{id}/addPassword", admin_add_password, SMALL, ADMIN_GLOBAL),
	ROUTE("POST", "/applications/{id}/removePassword", admin_remove_password, SMALL,
	    ADMIN_GLOBAL),
	DOCUMENTS("/identity/authenticationEventsFlows", DOCUMENT_FLOW, ADMIN_GLOBAL),
	DOCUMENTS("/identity/conditionalAccess/policies", DOCUMENT_POLICY, ADMIN_POLICY),
	DOCUMENTS("/identity/conditionalAccess/authenticationContextClassReferences",
	    DOCUMENT_CONTEXT, ADMIN_POLICY),
	DOCUMENTS("/groups", DOCUMENT_GROUP, ADMIN_USERS),
	ROUTE("GET", METHODS, admin_list, 0, ADMIN_READ | ADMIN_KIND(DOCUMENT_METHOD)),
	ROUTE("GET", METHODS "/{id}", admin_get, 0, ADMIN_READ | ADMIN_KIND(DOCUMENT_METHOD)),
	ROUTE("PATCH", METHODS "/{id}", admin_patch, DOCUMENT_MOST,
	    ADMIN_METHOD | ADMIN_KIND(DOCUMENT_METHOD)),
	ROUTE("GET", "/groups/{id}/members", admin_members, 0, ADMIN_READ),
	ROUTE("POST", "/groups/{id}/members/$ref", admin_member_add, SMALL, ADMIN_USERS),
	ROUTE("DELETE", "/groups/{id}/members/{user}/$ref", admin_member_remove, 0, ADMIN_USERS),
	ROUTE("GET", "/users", admin_users, 0, ADMIN_READ),
	ROUTE("POST", "/users", admin_user_create, DOCUMENT_MOST, ADMIN_USERS),
	ROUTE("GET", "/users/{id}", admin_user, 0, ADMIN_READ),
	ROUTE("PATCH", "/users/{id}", admin_user_patch, DOCUMENT_MOST, ADMIN_USERS),
	ROUTE("DELETE", "/users/{id}", admin_user_remove, 0, ADMIN_USERS),
	ROUTE("POST", "/users/{id}/revokeSignInSessions", admin_user_revoke, SMALL, ADMIN_USERS),
	ROUTE("POST", "/users/{id}/unlock", admin_user_unlock, SMALL, ADMIN_USERS),
	ROUTE("POST", "/users/{id}/resetPassword", admin_user_reset, SMALL, ADMIN_USERS),
	ROUTE("GET", "/users/{id}/oauth2PermissionGrants", admin_consents, 0, ADMIN_READ),
	ROUTE("DELETE", "/oauth2PermissionGrants/{id}", admin_consent_remove, 0, ADMIN_USERS),
	ROUTE("GET", "/auditLogs/directoryAudits", admin_audits, 0, ADMIN_READ),
	ROUTE("GET", "/auditLogs/signIns", admin_signins, 0, ADMIN_READ),
	ROUTE("GET", "/tenants", admin_tenants, 0, ADMIN_READ),
	ROUTE("GET", "/tenant", admin_get, 0, ADMIN_READ | ADMIN_KIND(DOCUMENT_TENANT)),
	ROUTE("PATCH", "/tenant", admin_patch, DOCUMENT_MOST,
	    ADMIN_GLOBAL | ADMIN_KIND(DOCUMENT_TENANT)),
	ROUTE("POST", "/apply", admin_apply, APPLY_MOST, ADMIN_GLOBAL),
	ROUTE("POST", "/backups", admin_backup_begin, SMALL, ADMIN_GLOBAL),
	ROUTE("POST", "/backups/{id}/next", admin_backup_next, SMALL, ADMIN_GLOBAL),
	ROUTE("DELETE", "/backups/{id}", admin_backup_end, 0, ADMIN_GLOBAL),
	ROUTE("POST", "/keys/rotate", admin_keys_rotate, SMALL, ADMIN_GLOBAL),
	ROUTE("POST", "/signInLinks", admin_link, SMALL, ADMIN_GLOBAL),
	ROUTE("GET", "/mail/queue", admin_mail_queue, 0, ADMIN_READ),
	ROUTE("POST", "/mail/queue/{id}/retry", admin_mail_retry, SMALL, ADMIN_GLOBAL),
	ROUTE("POST", "/mail/test", admin_mail_test, SMALL, ADMIN_GLOBAL),
	ROUTE("GET", "/plugins", admin_plugins, 0, ADMIN_READ),
	ROUTE("GET", "/version", admin_version, 0, ADMIN_READ),
	ROUTE("POST", "/clock", admin_clock, SMALL, ADMIN_GLOBAL),
	{ 0 },
};
