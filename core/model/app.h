/*
 * app.h - an application: who may ask for a sign-in, and where its answers go
 *
 * Threads  Any; pure. Memory  Everything is in the snapshot's arena.
 */
#pragma once

#include "base/json.h"
#include "base/secret.h"
#include "model/api.h"
#include "model/attribute.h"

struct arena;
struct document_errors;
struct jwk;

enum app_platform { APP_NONE = 0, APP_WEB, APP_SPA, APP_PUBLIC };

struct app_redirect { enum app_platform platform; const char *uri; };

struct app_secret {
	struct sp_id key_id;
	uint8_t hash[32];	/* keyed; "secretHash" in base64url. The text is shown once */
	int64_t begins, expires;	/* 0: always, never */
};

/* Of a client that signs for itself (app_key.c). */
struct app_key {
	struct sp_id key_id;
	const char *text;	/* the JWK, public members alone */
	struct jwk *jwk;	/* made of it by the snapshot; NULL: it is no key */
	int64_t begins, expires;	/* 0: always, never */
};

struct app {
	struct sp_id id, app_id;	/* object id; client_id, which policies name */
	const char *client_id;		/* app_id as text */
	const char *display_name;
	size_t redirect_count;
	const struct app_redirect *redirects;
	size_t secret_count;
	const struct app_secret *secrets;
	size_t key_count;
	struct app_key *keys;
	bool native_api;		/* nativeAuthenticationApisEnabled is "all", not "none" */
	bool without_pkce;		/* a warned exception for older confidential clients */
	bool refresh_tokens;		/* for scope offline_access; on unless an operator says no */
	bool client_credentials;	/* tokens of its own; for confidential clients alone */
	bool device_code;		/* a warned exception: sign-ins on another device */
	bool pushed_only;		/* its requests are pushed (RFC 9126) */
	bool pairwise;			/* knows its customers by ids of its own: store/subject.h */
	bool es256;			/* ID tokens: ES256 instead of RS256 */
	bool enabled;
	bool third_party;		/* the customer is asked before it gets anything */
	const char *logout_uri;		/* one more that may be gone back to */
	const char *backchannel_uri;	/* hears of the end of a session; NULL: doesn't want to */
	const char *frontchannel_uri;	/* the same, by the customer's browser (leave.h) */
	size_t leave_count;
	const char *const *leave_uris;	/* postLogoutRedirectUris */
	struct api api;			/* what it offers to others, and has of them */
	struct attributes attributes;	/* that rules of policies tell it apart by */
};

/* See document.h. Secrets come hashed: `secretText` is the caller's to replace. */
json_t *app_check(const json_t *document, struct document_errors *errors);
/* From a document that document_row(DOCUMENT_APP)->check has passed. */
bool app_compile(struct arena *arena, const json_t *document, struct app *out_app);

/* Exact, byte for byte; the port of a loopback address is free for public clients alone
 * (requirements 17, 103), so the answer goes to `uri`, not to what it matched. NULL: none. */
const struct app_redirect *app_redirect(const struct app *app, const char *uri);
/* Whether a signed-out browser may go there: postLogoutRedirectUris, the redirect URIs as in the
 * original, or logoutUrl; exact (requirement 97). */
bool app_leaves_to(const struct app *app, const char *uri);
/* Whether it is to be known which sessions it is in: it wants to hear of their end, or asks for it
 * by an ID token. */
bool app_hears(const struct app *app);
/* The bytes of an address that are its scheme, host and port; 0: it is none of the web. */
size_t app_origin(const char *uri);
/* Of app_check() and app_compile(), for app_leaving.c. */
void app_check_leaving(const json_t *canonical, struct document_errors *errors);
void app_compile_leaving(struct arena *arena, const json_t *document, struct app *app);
bool app_confidential(const struct app *app);	/* has a secret, or a key */

/* What may be registered: https, http on loopback literals, private schemes with a dot for
 * public clients; no fragment, no user info, no "..", no control character (req 19, 20). */
bool app_uri_allowed(enum app_platform platform, const char *uri, const char **out_why);
/* Of the web, not of a private scheme, though one may begin alike ("http.example:"). */
bool app_uri_web(const char *uri);
