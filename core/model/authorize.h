/*
 * authorize.h - what an app asked for: a checked authorization request
 *
 * The surface has parsed it; here it is judged by the RFCs, without I/O. It then travels in
 * the journey, so that no later step trusts a parameter again.
 *
 * Threads  Any; pure. Memory  The turn's arena.
 */
#pragma once

#include "model/tenant.h"
#include "model/wishes.h"

/* How the answer gets to the app (requirement 26). */
enum authorize_mode { AUTHORIZE_QUERY = 0, AUTHORIZE_FRAGMENT, AUTHORIZE_FORM_POST };

struct authorize {
	enum authorize_mode mode;
	const char *client_id, *redirect_uri, *scope, *state, *nonce;
	const char *challenge;		/* PKCE S256; NULL only where the app may do without */
	const char *login_hint;
	const char *resources;		/* app ids of the resources asked for, separated by spaces */
	const char *locale;		/* ui_locales: well-formed tags in order, or NULL */
	int64_t max_age;		/* ms; -1: not asked */
	bool login, none, create, select, consent;	/* prompt */
	bool hinted;			/* an id_token_hint came: nobody else may be signed in */
	struct sp_id hint;		/* whom it names; zero: nobody whom we know */
	const char *id_token_hint;	/* as it came: visit_begin() makes `hint` of it */
	struct wishes wishes;
	bool pushed;			/* it came by way of RFC 9126: good for one sign-in */
	struct sp_id push;		/* by what name it is spent */
	int64_t push_until;		/* and when the last journey of it is over */
};

/* What arrived, still as text. NULL: absent. `repeated`: a known name came twice. */
struct authorize_query {
	const char *client_id, *redirect_uri, *response_type, *response_mode, *scope, *state, *nonce,
	    *code_challenge, *code_challenge_method, *prompt, *max_age, *login_hint, *ui_locales,
	    *request, *request_uri, *claims, *acr_values, *id_token_hint,
	    *display, *claims_locales;	/* the last two: looked at for a second one alone */
	const char *resource;		/* one or several, separated by spaces */
	bool repeated;
	bool pushed;	/* the client has pushed it, and is known */
};

enum authorize_verdict {
	AUTHORIZE_PAGE = 0,	/* tell the person, never redirect (requirement 18) */
	AUTHORIZE_REDIRECT,	/* tell the app: error and description below */
	AUTHORIZE_GOOD,
};

#define AUTHORIZE_STATE_MOST 2048u	/* bytes */
#define AUTHORIZE_NONCE_MOST 512u
#define AUTHORIZE_SCOPE_MOST 1024u
#define AUTHORIZE_HINT_MOST 8192u

/* Both of the characters that RFC 6749 allows there, whatever was asked (requirement 42). */
struct authorize_error { const char *error, *description; };

/* `out_request` is filled as far as it is safe to use: client, redirect_uri, state on REDIRECT.
 * Empty is absent (requirement 15). */
enum authorize_verdict authorize_check(struct arena *arena, const struct tenant *tenant,
    const struct authorize_query *query, struct authorize *out_request,
    struct authorize_error *out_error);

/* The address that the browser goes back to: code or error, state, iss (RFC 9207 2). For form_post
 * it is taken apart by authorize_post(). */
char *authorize_answer(struct arena *arena, const struct authorize *request, const char *issuer,
    const char *code);
char *authorize_refusal(struct arena *arena, const struct authorize *request, const char *issuer,
    const struct authorize_error *error);

/* Such an answer as the fields of a form that is posted to redirect_uri. Returns how many. */
#define AUTHORIZE_FIELDS_MOST 8u
struct authorize_field { const char *name, *value; };
size_t authorize_post(struct arena *arena, const struct authorize *request, const char *answer,
    struct authorize_field out_fields[AUTHORIZE_FIELDS_MOST]);

/* The targets of the sign-in for policy, sorted: the client always, and every resource (SEMANTICS
 * 4.2). 0: the client is gone, so nothing may be issued. */
size_t authorize_targets(struct arena *arena, const struct tenant *tenant,
    const struct authorize *request, const struct sp_id **out_targets);

struct pack;
struct unpack;
void authorize_pack(struct pack *pack, const struct authorize *request);
void authorize_unpack(struct unpack *unpack, struct authorize *out_request);
