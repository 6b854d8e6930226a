/*
 * metadata.c - what the server offers, and with which keys it signs
 *
 * One document, at the place where OpenID Connect Discovery looks for it, behind the issuer, and at
 * that of RFC 8414, between host and issuer (requirement 2).
 */
#include "surface/oidc/oidc.h"

#include "base/text.h"
#include "crypto/jwk.h"
#include "model/claims.h"
#include "surface/face.h"
#include "surface/oidc/shelf.h"

#include <stdio.h>
#include <string.h>

#define METADATA_AGE "public, max-age=300"

static json_t *words(const char *text)
{
	json_t *list = json_array();

	while (*text != '\0') {
		size_t size = strcspn(text, " ");
		json_array_append_new(list, json_stringn(text, size));
		text += size + strspn(text + size, " ");
	}
	return list;
}

static void place(struct exchange *ex, json_t *body, const struct tenant *tenant,
    const char *name, const char *path)
{
	json_object_set_new(body, name, json_string(text_print(ex->arena, "%s/%s/%s",
	    ex->base_url, tenant->id_text, path)));
}

/* Public and unchanged for minutes: caches may keep it, and ask again by its tag (req 14). */
static void metadata_send(struct exchange *ex, const struct shelf_answer *answer)
{
	oidc_cors(ex);
	(void)reply_header(ex, "Cache-Control", METADATA_AGE);
	if (!reply_unchanged(ex, answer->tag))
		reply_body(ex, "application/json", answer->text, answer->size);
	reply_send(ex);
}

/* Our own two, and the contexts that may be asked for (RFC 9470 7; requirement 8). */
static json_t *acr_values(const struct tenant *tenant)
{
	json_t *list = json_pack("[ss]", CLAIMS_ACR_SINGLE, CLAIMS_ACR_MFA);
	json_t *object = json_object();

	claims_contexts(object, tenant->contexts);
	json_array_extend(list, json_object_get(object, "acrs"));
	json_decref(object);
	return list;
}

#define CONFIDENTIAL "client_secret_basic client_secret_post private_key_jwt"

static void authentication(json_t *body, const char *endpoint, const char *methods)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_auth_methods_supported", endpoint);
	json_object_set_new(body, name, words(methods));
	snprintf(name, sizeof(name), "%s_auth_signing_alg_values_supported", endpoint);
	json_object_set_new(body, name, words("ES256 RS256"));
}

static json_t *discovery_body(struct exchange *ex, const struct turn *turn)
{
	const struct tenant *tenant = turn->tenant;
	json_t *body = json_object();

	json_object_set_new(body, "issuer", json_string(turn->issuer));
	place(ex, body, tenant, "authorization_endpoint", "oauth2/v2.0/authorize");
	place(ex, body, tenant, "token_endpoint", "oauth2/v2.0/token");
	place(ex, body, tenant, "userinfo_endpoint", "oauth2/v2.0/userinfo");
	place(ex, body, tenant, "introspection_endpoint", "oauth2/v2.0/introspect");
	place(ex, body, tenant, "revocation_endpoint", "oauth2/v2.0/revoke");
	place(ex, body, tenant, "pushed_authorization_request_endpoint", "oauth2/v2.0/par");
	json_object_set_new(body, "require_pushed_authorization_requests",
	    json_boolean(tenant->settings.pushed_only));
	place(ex, body, tenant, "device_authorization_endpoint", "oauth2/v2.0/devicecode");
	place(ex, body, tenant, "jwks_uri", "discovery/v2.0/keys");
	place(ex, body, tenant, "end_session_endpoint", "oauth2/v2.0/logout");
	json_object_set_new(body, "scopes_supported", words("openid profile email "
	    "address offline_access"));
	json_object_set_new(body, "response_types_supported", words("code"));
	json_object_set_new(body, "response_modes_supported", words("query fragment form_post"));
	json_object_set_new(body, "grant_types_supported", words("authorization_code "
	    "refresh_token client_credentials "
	    "urn:ietf:params:oauth:grant-type:device_code"));
	json_object_set_new(body, "subject_types_supported", words("public pairwise"));
	json_object_set_new(body, "id_token_signing_alg_values_supported", words("RS256 ES256"));
	authentication(body, "token_endpoint", "none " CONFIDENTIAL);
	authentication(body, "introspection_endpoint", CONFIDENTIAL);
	authentication(body, "revocation_endpoint", "none " CONFIDENTIAL);
	json_object_set_new(body, "code_challenge_methods_supported", words("S256"));
	json_object_set_new(body, "prompt_values_supported",
	    words("none login consent select_account create"));
	json_object_set_new(body, "claims_supported", words("sub iss aud exp iat nbf nonce "
	    "auth_time acr acrs amr sid oid tid ver roles groups name preferred_username "
	    "given_name family_name locale address email email_verified"));
	json_object_set_new(body, "acr_values_supported", acr_values(turn->tenant));
	json_object_set_new(body, "authorization_response_iss_parameter_supported", json_true());
	json_object_set_new(body, "backchannel_logout_supported", json_true());
	json_object_set_new(body, "backchannel_logout_session_supported", json_true());
	json_object_set_new(body, "frontchannel_logout_supported", json_true());
	json_object_set_new(body, "frontchannel_logout_session_supported", json_true());
	json_object_set_new(body, "claims_parameter_supported", json_true());
	json_object_set_new(body, "request_parameter_supported", json_false());
	json_object_set_new(body, "request_uri_parameter_supported", json_false());
	return body;
}

static json_t *keys_body(struct exchange *ex, const struct turn *turn)
{
	json_t *body = json_object(), *keys = json_array();

	(void)ex;
	for (size_t i = 0; i < turn->tenant->key_count; i++)
		json_array_append_new(keys, jwk_public_json(turn->tenant->keys[i]));
	json_object_set_new(body, "keys", keys);
	return body;
}

static void metadata(struct exchange *ex, enum shelf_kind kind,
    json_t *(*make)(struct exchange *ex, const struct turn *turn))
{
	struct turn turn = { 0 };
	const struct shelf_answer *answer;

	if (!face_begin(ex, &turn)) {
		oidc_cors(ex);
		face_oauth_error(ex, 404, "invalid_request", "There is no such tenant.");
		return;
	}
	answer = shelf_find(ex, turn.tenant, kind);
	if (answer == NULL) {
		json_t *body = make(ex, &turn);
		answer = shelf_put(ex, turn.tenant, kind, json_write(ex->arena, body));
		json_decref(body);
	}
	face_end(ex, &turn);
	metadata_send(ex, answer);
}

void oidc_discovery(struct exchange *ex)
{
	metadata(ex, SHELF_DISCOVERY, discovery_body);
}

void oidc_keys(struct exchange *ex)
{
	metadata(ex, SHELF_KEYS, keys_body);
}
