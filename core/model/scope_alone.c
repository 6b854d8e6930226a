/*
 * scope_alone.c - what an application may have for itself, without a customer (RFC 6749 4.4)
 *
 * As in the original: an API grants applications roles (requiredResourceAccess of type Role), and
 * "{api}/.default" brings all of those. Scopes are what a customer lets an application do in his
 * name. There is none here, so none is given, granted or not.
 */
#include "model/scope.h"

#include "base/text.h"
#include "model/words.h"

#include <string.h>

static const char *refuse(const char **out_why, const char *why)
{
	*out_why = why;
	return "invalid_scope";
}

/* One word more. NULL: fine. */
static const char *take(const struct scope_asker *asker, const char *word,
    struct scope_alone *alone, const char **out_why)
{
	struct scope_word read = scope_read(asker,
	    alone->api != NULL ? alone->api->client_id : NULL, word);

	if (read.kind == SCOPE_OPENID)
		return refuse(out_why, "openid, profile, email and offline_access are about a "
		    "customer: there is none");
	if (read.kind != SCOPE_API)
		return refuse(out_why, "scope names what is unknown, or not granted to the "
		    "application");
	if (alone->api != NULL && alone->api != read.api)
		return refuse(out_why, "scope names several APIs: a token is for one");
	if (read.scope != NULL)
		return refuse(out_why, "an application acts for itself by roles: ask for "
		    "{api}/.default; a scope is what it does for a customer");
	alone->api = read.api;
	alone->scope = words_add(asker->arena, alone->scope, word);
	return NULL;
}

const char *scope_alone(const struct scope_asker *asker, const char *asked, const char *resource,
    struct scope_alone *out_alone, const char **out_why)
{
	struct scope_alone alone = { 0 };
	const char *word, *error = NULL;

	if (!text_empty(resource)) {
		alone.api = scope_api(asker->tenant, resource);
		if (alone.api == NULL || !scope_reaches(asker, alone.api)) {
			*out_why = "resource is not known here, or not granted to the application";
			return "invalid_target";
		}
	}
	while (error == NULL && (word = words_next(asker->arena, &asked)) != NULL)
		error = take(asker, word, &alone, out_why);
	if (error != NULL)
		return error;
	if (alone.api == NULL)
		return refuse(out_why, "scope must name an API, as in {its id}/.default");
	if (alone.api->api.assigned_only && !api_any_alone(&alone.api->api, alone.api->app_id,
	    &asker->client->api)) {
		*out_why = "the API lets in only whom it is assigned to, and this application has "
		    "none of its roles (appRoleAssignmentRequired)";
		return "invalid_grant";
	}
	if (alone.scope == NULL)
		alone.scope = text_print(asker->arena, "%s/%s", alone.api->client_id, API_DEFAULT);
	*out_alone = alone;
	return NULL;
}
