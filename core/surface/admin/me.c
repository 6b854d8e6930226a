/* me.c - what the caller is to the admin API, and where one gets to be somebody */
#include "surface/admin/governed.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/system.h"
#include "store/snapshot.h"
#include "surface/admin/caller.h"
#include "surface/admin/odata.h"

/* So that whoever signs in can choose a tenant: by the name that people know. */
static json_t *right_json(struct exchange *ex, const struct calling_right *right)
{
	const struct tenant *tenant = id_zero(right->tenant) ? NULL :
	    snapshot_hold_id(face_of(ex)->store, ex->loop, right->tenant);
	json_t *json = json_pack("{s:s, s:s, s:s, s:s?}", "roleDefinitionId", right->role->id,
	    "roleDisplayName", right->role->name, "directoryScopeId",
	    governed_scope_text(ex->arena, right->tenant), "tenantName",
	    tenant != NULL ? tenant->name : NULL);

	if (tenant != NULL)
		snapshot_release(face_of(ex)->store, ex->loop, tenant);
	return json;
}

static void set_id(json_t *body, const char *name, struct sp_id id)
{
	char text[ID_TEXT];

	id_format(id, text);
	json_object_set_new(body, name, id_zero(id) ? json_null() : json_string(text));
}

void admin_me(struct exchange *ex)
{
	json_t *body, *rights;
	const char *actor;

	if (!caller_known(ex, &actor) || odata_refuses(ex))
		return;
	const struct caller *caller = ex->caller;
	body = json_object();
	rights = json_array();
	for (size_t i = 0; caller != NULL && i < caller->right_count; i++)
		json_array_append_new(rights, right_json(ex, &caller->rights[i]));
	json_object_set_new(body, "displayName", json_string(actor));
	set_id(body, "id", caller != NULL ? caller->user : (struct sp_id){ { 0 } });
	set_id(body, "tenantId", caller != NULL ? caller->named : (struct sp_id){ { 0 } });
	json_object_set_new(body, "roleAssignments", rights);
	admin_reply_one(ex, 200, body);
}

void admin_metadata(struct exchange *ex)
{
	const char *const *issuers = face_of(ex)->issuers;
	json_t *servers = json_array();

	for (size_t i = 0; issuers[i] != NULL; i++)
		json_array_append_new(servers, json_string(text_print(ex->arena, "%s/%s/v2.0",
		    issuers[i], SYSTEM_ID)));
	face_json(ex, 200, json_pack("{s:s, s:s, s:o, s:[s], s:[s, s, s]}",
	    "resource", text_print(ex->arena, "%s/v1.0", ex->base_url),
	    "resource_name", "Sallyport admin API", "authorization_servers", servers,
	    "bearer_methods_supported", "header", "scopes_supported", "openid", "offline_access",
	    SYSTEM_API_NAME "/.default"));
}
