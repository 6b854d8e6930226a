/*
 * claims_alone.c - what the token of an application says that acts for itself (RFC 9068 2.2)
 *
 * Its subject is the application; `idtyp` says so in the original's word, so that no API takes it
 * for a customer's. What it may do is in `roles`: it has no scope (model/scope.h). Nothing of a
 * sign-in is in it: there was none.
 */
#include "model/claims_set.h"

#include "base/text.h"

static void set_seconds(json_t *object, const char *name, int64_t ms)
{
	json_object_set_new(object, name, json_integer(ms / 1000));
}

json_t *claims_alone(const struct claims *claims)
{
	const struct app *app = claims->app;
	json_t *object = json_object();
	json_t *roles = api_roles_alone(&claims->api->api, claims->api->app_id, &app->api);

	claims_set_text(object, "iss", claims->code->issuer);
	claims_set_text(object, "sub", app->client_id);
	claims_set_text(object, "aud", claims->api->client_id);
	set_seconds(object, "exp", claims->now + claims->tenant->settings.access_token_lifetime);
	set_seconds(object, "iat", claims->now);
	set_seconds(object, "nbf", claims->now);
	claims_set_text(object, "client_id", app->client_id);
	claims_set_text(object, "azp", app->client_id);
	claims_set_text(object, "jti", claims->token_id);
	claims_set_text(object, "idtyp", "app");
	claims_set_text(object, "tid", claims->tenant->id_text);
	claims_set_text(object, "ver", "2.0");
	if (json_array_size(roles) > 0)
		json_object_set(object, "roles", roles);
	json_decref(roles);
	return object;
}
