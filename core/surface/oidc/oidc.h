/*
 * oidc.h - OpenID Connect and OAuth 2.1 for apps (DESIGN 6)
 *
 * authorize.c parses the request and hands it to the sign-in engine; token.c, about.c and
 * userinfo.c ask flow/redeem.h, where caller.c has read which app it is; metadata.c serves
 * discovery and keys; logout.c ends a session.
 *
 * Threads  The exchange's loop.
 */
#pragma once

#include "http/router.h"
#include "model/authorize.h"

extern const struct route oidc_routes[];

struct exchange;
void oidc_authorize(struct exchange *ex);	/* GET and POST (requirement 15) */
void oidc_token(struct exchange *ex);
void oidc_device(struct exchange *ex);		/* RFC 8628 */
void oidc_push(struct exchange *ex);		/* RFC 9126 */
void oidc_userinfo(struct exchange *ex);
void oidc_introspect(struct exchange *ex);	/* RFC 7662 */
void oidc_revoke(struct exchange *ex);		/* RFC 7009 */
void oidc_discovery(struct exchange *ex);
void oidc_keys(struct exchange *ex);
void oidc_logout(struct exchange *ex);
void oidc_logout_post(struct exchange *ex);
void oidc_preflight(struct exchange *ex);

/* The same request by GET: "/{tenant}/oauth2/v2.0/{name}?...". NULL: too long for a link. */
struct form;
struct tenant;
const char *oidc_link(struct exchange *ex, const struct tenant *tenant, const char *name,
    const struct form *form);

/* Browser apps may read the answer from any origin; no cookie is looked at here (req 13). */
void oidc_cors(struct exchange *ex);

/* Of a form, the parameters of an authorization request; and them alone as a form again. */
struct authorize_query oidc_query(struct arena *arena, const struct form *form);
char *oidc_query_text(struct arena *arena, const struct form *form);
