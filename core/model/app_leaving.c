/* app_leaving.c - where an app's customers go when they sign out, and how it hears of it */
#include "model/app.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/shape.h"

#include <string.h>

static void leaving_uri(const char *uri, const char *path, struct document_errors *errors)
{
	const char *why;

	if (uri != NULL && !app_uri_allowed(APP_WEB, uri, &why))
		document_wrong(errors, path, "InvalidValue", "%s", why);
}

size_t app_origin(const char *uri)
{
	const char *host = app_uri_web(uri) ? strstr(uri, "://") + 3 : NULL;

	return host == NULL ? 0 : (size_t)(host - uri) + strcspn(host, "/?#");
}

static bool origin_among(const json_t *canonical, const char *platform, const char *uri)
{
	size_t i, size = app_origin(uri);
	json_t *one;

	json_array_foreach(shape_at(canonical, platform, "redirectUris", NULL), i, one) {
		const char *other = json_string_value(one);
		if (other != NULL && app_origin(other) == size && strncmp(other, uri, size) == 0)
			return true;
	}
	return false;
}

/* It is shown in a frame on a page of ours, and loads the app's cookies: of the app's own place
 * alone (Front-Channel Logout 2). */
static void leaving_frame(const json_t *canonical, struct document_errors *errors)
{
	static const char path[] = "frontchannelLogoutUri";
	const char *uri = json_text(canonical, path, NULL);

	leaving_uri(uri, path, errors);
	if (uri != NULL && !origin_among(canonical, "web", uri) &&
	    !origin_among(canonical, "spa", uri))
		document_wrong(errors, path, "InvalidValue", "is not of the same scheme, host and "
		    "port as one of the redirect URIs of web or spa");
}

/* A browser goes to the addresses after a sign-out, also into an app of its own scheme. */
void app_check_leaving(const json_t *canonical, struct document_errors *errors)
{
	const char *why;
	size_t i;
	json_t *one;

	leaving_uri(json_string_value(shape_at(canonical, "web", "logoutUrl", NULL)),
	    "web.logoutUrl", errors);
	leaving_uri(json_text(canonical, "backchannelLogoutUri", NULL), "backchannelLogoutUri",
	    errors);
	leaving_frame(canonical, errors);
	if (json_flag(canonical, "thirdParty", false) &&
	    json_flag(canonical, "allowDeviceCode", false))
		document_wrong(errors, "allowDeviceCode", "InvalidValue", "not for an application "
		    "of somebody else: its customers agree to what it asks for in their browser");
	json_array_foreach(json_object_get(canonical, "postLogoutRedirectUris"), i, one) {
		const char *uri = json_string_value(one);
		if (uri != NULL && !app_uri_allowed(APP_PUBLIC, uri, &why))
			document_wrong(errors, text_print(errors->arena,
			    "postLogoutRedirectUris[%zu]", i), "InvalidValue", "%s", why);
	}
}

void app_compile_leaving(struct arena *arena, const json_t *document, struct app *app)
{
	app->leave_count = shape_texts(arena,
	    json_object_get(document, "postLogoutRedirectUris"), &app->leave_uris);
	app->logout_uri = text_copy(arena,
	    json_string_value(shape_at(document, "web", "logoutUrl", NULL)));
	app->backchannel_uri = text_copy(arena,
	    json_text(document, "backchannelLogoutUri", NULL));
	app->frontchannel_uri = text_copy(arena,
	    json_text(document, "frontchannelLogoutUri", NULL));
}

bool app_hears(const struct app *app)
{
	return app->backchannel_uri != NULL || app->frontchannel_uri != NULL ||
	    app->logout_uri != NULL;
}

bool app_leaves_to(const struct app *app, const char *uri)
{
	for (size_t i = 0; i < app->leave_count; i++)
		if (strcmp(app->leave_uris[i], uri) == 0)
			return true;
	return app_redirect(app, uri) != NULL ||
	    (app->logout_uri != NULL && strcmp(app->logout_uri, uri) == 0);
}
