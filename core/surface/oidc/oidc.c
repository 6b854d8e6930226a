#include "surface/oidc/oidc.h"

#include "base/encode.h"
#include "base/text.h"
#include "http/form.h"
#include "http/reply.h"
#include "model/tenant.h"

#include <string.h>

enum { TOKEN_MOST = 32 << 10, AUTHORIZE_MOST = 32 << 10, LOGOUT_MOST = 16 << 10 };

void oidc_cors(struct exchange *ex)
{
	(void)reply_header(ex, "Access-Control-Allow-Origin", "*");
	(void)reply_header(ex, "Access-Control-Expose-Headers",
	    "X-Request-Id, WWW-Authenticate, Retry-After");
	(void)reply_header(ex, "Cross-Origin-Resource-Policy", "cross-origin");
}

void oidc_preflight(struct exchange *ex)
{
	oidc_cors(ex);
	(void)reply_header(ex, "Access-Control-Allow-Methods", "GET, POST");
	(void)reply_header(ex, "Access-Control-Allow-Headers",
	    "Authorization, Content-Type, client-request-id, x-client-cpu, "
	    "x-client-current-telemetry, x-client-last-telemetry, x-client-os, x-client-sku, "
	    "x-client-ver");
	(void)reply_header(ex, "Access-Control-Max-Age", "600");
	reply_status(ex, 204);
	reply_send(ex);
}

const char *oidc_link(struct exchange *ex, const struct tenant *tenant, const char *name,
    const struct form *form)
{
	enum { LINK_MOST = 6 << 10 };
	const char *link = text_print(ex->arena, "/%s/oauth2/v2.0/%s?", tenant->name, name);
	const char *sign = "";
	size_t size = strlen(link);

	for (size_t i = 0; i < form->count; i++, sign = "&") {
		const char *field = encode_url(ex->arena, form->fields[i].name);
		const char *value = encode_url(ex->arena, form->fields[i].value);
		size += strlen(sign) + strlen(field) + 1 + strlen(value);
		if (size > LINK_MOST)
			return NULL;
		link = text_print(ex->arena, "%s%s%s=%s", link, sign, field, value);
	}
	return link;
}

#define OAUTH "/{tenant}/oauth2/v2.0/"
#define SERVER "/.well-known/oauth-authorization-server/{tenant}/v2.0"	/* RFC 8414 3.1 */
#define OPEN(path, name) { "OPTIONS", path, oidc_preflight, 0, SURFACE_OIDC, 0, name }

const struct route oidc_routes[] = {
	{ "GET", "/{tenant}/v2.0/.well-known/openid-configuration", oidc_discovery, 0,
	    SURFACE_OIDC, 0, "discovery" },
	{ "GET", SERVER, oidc_discovery, 0, SURFACE_OIDC, 0, "authorization server" },
	{ "GET", "/{tenant}/discovery/v2.0/keys", oidc_keys, 0, SURFACE_OIDC, 0, "keys" },
	{ "GET", OAUTH "authorize", oidc_authorize, 0, SURFACE_OIDC, 0, "authorize" },
	{ "POST", OAUTH "authorize", oidc_authorize, AUTHORIZE_MOST, SURFACE_OIDC, 0,
	    "authorize post" },
	{ "POST", OAUTH "token", oidc_token, TOKEN_MOST, SURFACE_OIDC, 0, "token" },
	{ "POST", OAUTH "par", oidc_push, TOKEN_MOST, SURFACE_OIDC, 0, "par" },
	{ "POST", OAUTH "devicecode", oidc_device, TOKEN_MOST, SURFACE_OIDC, 0, "devicecode" },
	{ "POST", OAUTH "introspect", oidc_introspect, TOKEN_MOST, SURFACE_OIDC, 0, "introspect" },
	{ "POST", OAUTH "revoke", oidc_revoke, TOKEN_MOST, SURFACE_OIDC, 0, "revoke" },
	{ "GET", OAUTH "userinfo", oidc_userinfo, 0, SURFACE_OIDC, 0, "userinfo" },
	{ "POST", OAUTH "userinfo", oidc_userinfo, TOKEN_MOST, SURFACE_OIDC, 0, "userinfo post" },
	{ "GET", OAUTH "logout", oidc_logout, 0, SURFACE_OIDC, 0, "logout" },
	{ "POST", OAUTH "logout", oidc_logout_post, LOGOUT_MOST, SURFACE_OIDC, 0, "logout post" },
	OPEN("/{tenant}/v2.0/.well-known/openid-configuration", "discovery preflight"),
	OPEN(SERVER, "authorization server preflight"),
	OPEN("/{tenant}/discovery/v2.0/keys", "keys preflight"),
	OPEN(OAUTH "token", "token preflight"),
	OPEN(OAUTH "par", "par preflight"),
	OPEN(OAUTH "revoke", "revoke preflight"),
	OPEN(OAUTH "userinfo", "userinfo preflight"),
	{ 0 },
};
