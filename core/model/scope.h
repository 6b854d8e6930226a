/*
 * scope.h - what the words of a scope mean, and which API a token is for
 *
 * A scope holds words of the server's own (openid, profile ...) and those of APIs, which are apps
 * of the tenant. An API's word is "{name}/{value}", as in the original, where the name is its
 * appId, "api://{appId}" or one of its identifierUris; or the plain value beside a `resource` that
 * names the API (RFC 8707), or the application's own. "{name}/.default" is all of it.
 *
 *	authorize:	scope_ask()  -> what is granted, and the APIs in it
 *	token:		scope_aim()  -> one of them: no token is for two APIs (requirement 70)
 *			scope_tell() -> what that token says, and what the app is told it got
 *	refresh:	scope_narrow() before: less is fine, more never (requirement 43)
 *
 * An application has of an API what an operator has granted it (api.h), and of itself everything.
 * What was withdrawn since is not in the next token. A word that means nothing is passed over, as
 * OpenID Connect Core 3.1.2.1 says; one that names an API and can't be had is an error.
 *
 * Threads  Any; pure. Memory  The asker's arena.
 */
#pragma once

#include "model/tenant.h"

struct scope_asker {
	struct arena *arena;
	const struct tenant *tenant;
	const struct app *client;
};

/* Both as words; resources are appIds, in the order that they were asked for. */
struct scope_granted { const char *scope, *resources; };

enum scope_kind {
	SCOPE_NOTHING = 0,	/* means nothing here */
	SCOPE_REFUSED,		/* of an API: unknown, disabled, or not granted */
	SCOPE_OPENID,		/* the server's own */
	SCOPE_API,
};

struct scope_word {
	enum scope_kind kind;
	const struct app *api;
	const struct api_scope *scope;	/* NULL: ".default" */
};

/* The enabled application of that name; NULL: none. */
const struct app *scope_api(const struct tenant *tenant, const char *name);
/* Whether the client may have anything of that API at all. */
bool scope_reaches(const struct scope_asker *asker, const struct app *api);
/* All names of a tenant's APIs, sorted, for scope_api(): when its apps are there. */
void scope_names(struct arena *arena, struct tenant *tenant);

/* `resources`: where a plain word may be from; empty: the client itself. */
struct scope_word scope_read(const struct scope_asker *asker, const char *resources,
    const char *word);

/* NULL: granted. Else the error, "invalid_scope" or "invalid_target", and its description.
 * `resources`: parameters as they came, separated by spaces. */
const char *scope_ask(const struct scope_asker *asker, const char *asked, const char *resources,
    struct scope_granted *out_granted, const char **out_why);

/* The API that this request is about: by its parameter `resource`, else by what it asks for, else
 * the first that was granted; the client itself where there is none. NULL: it is none of those. */
const struct app *scope_aim(const struct scope_asker *asker, const struct scope_granted *granted,
    const char *asked, const char *resource);

/* Of what was granted, what is asked for now; `asked` empty: all. The list that was asked for at
 * first is fine, whatever came of it. False: a word that was not granted. */
bool scope_narrow(const struct scope_asker *asker, const struct scope_granted *granted,
    const char *asked, const char **out_scope);

/* Of a token for `api`: its values there, plain; the server's own words; and both as the answer
 * names them. */
struct scope_told { const char *values, *openid, *answer; };
struct scope_told scope_tell(const struct scope_asker *asker, const struct scope_granted *granted,
    const struct app *api);

/* What a customer agrees to: "{appId}/{value}", so that the same word of another API is another
 * thing; the appId alone of an API without a word; never nothing: at the least it is "openid". */
const char *scope_named(const struct scope_asker *asker, const struct scope_granted *granted);

/* What an application asks for itself: the roles that it has at one API, as ".default". As with
 * scope_ask(), NULL is fine; one error more is "invalid_grant": the API lets in nobody without a
 * role. `scope` is what it is told; the token says roles, and no scope at all. */
struct scope_alone { const struct app *api; const char *scope; };
const char *scope_alone(const struct scope_asker *asker, const char *asked, const char *resource,
    struct scope_alone *out_alone, const char **out_why);
