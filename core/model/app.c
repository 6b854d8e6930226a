#include "model/app.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "model/app_key.h"
#include "model/optional.h"

#include <string.h>

#define APP_REDIRECTS 100u	/* of all platforms, as in the original */
#define APP_SECRETS 10u

static const struct shape secret_shape[] = {
	{ .name = "keyId", .type = SHAPE_ID, .must = true },
	{ .name = "displayName", .type = SHAPE_TEXT },
	{ .name = "hint", .type = SHAPE_TEXT, .max = 8 },
	{ .name = "startDateTime", .type = SHAPE_TIME },
	{ .name = "endDateTime", .type = SHAPE_TIME },
	{ .name = "secretHash", .type = SHAPE_TEXT, .must = true, .min = 43, .max = 43 },
	{ 0 },
};

#define REDIRECTS { .name = "redirectUris", .type = SHAPE_TEXT, .list = true, .min = 1, \
	.max = 2000, .most = APP_REDIRECTS }

static const struct shape web_shape[] = {
	REDIRECTS,
	{ .name = "logoutUrl", .type = SHAPE_TEXT, .min = 1, .max = 2000 },
	{ 0 },
};
static const struct shape redirects_shape[] = { REDIRECTS, { 0 } };

const struct shape app_shape[] = {
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ .name = "appId", .type = SHAPE_ID, .must = true },
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 },
	{ .name = "createdDateTime", .type = SHAPE_TIME },
	{ .name = "accountEnabled", .type = SHAPE_FLAG, .fallback = "true" },
	API_SHAPES,
	{ .name = "isFallbackPublicClient", .type = SHAPE_FLAG },
	{ .name = "nativeAuthenticationApisEnabled", .type = SHAPE_WORD, .words = "none all",
	    .fallback = "none" },
	{ .name = "idTokenSignedResponseAlg", .type = SHAPE_WORD, .words = "RS256 ES256",
	    .fallback = "RS256" },
	{ .name = "subjectType", .type = SHAPE_WORD, .words = "public pairwise",
	    .fallback = "public" },
	{ .name = "allowWithoutPkce", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "allowRefreshTokens", .type = SHAPE_FLAG, .fallback = "true" },
	{ .name = "postLogoutRedirectUris", .type = SHAPE_TEXT, .list = true, .min = 1,
	    .max = 2000, .most = APP_REDIRECTS },
	{ .name = "backchannelLogoutUri", .type = SHAPE_TEXT, .min = 1, .max = 2000 },
	{ .name = "backchannelLogoutSessionRequired", .type = SHAPE_FLAG },
	{ .name = "frontchannelLogoutUri", .type = SHAPE_TEXT, .min = 1, .max = 2000 },
	{ .name = "frontchannelLogoutSessionRequired", .type = SHAPE_FLAG },
	{ .name = "thirdParty", .type = SHAPE_FLAG },
	{ .name = "allowClientCredentials", .type = SHAPE_FLAG, .fallback = "true" },
	{ .name = "allowDeviceCode", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "requirePushedAuthorizationRequests", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "web", .type = SHAPE_OBJECT, .whole = true, .members = web_shape },
	{ .name = "spa", .type = SHAPE_OBJECT, .whole = true, .members = redirects_shape },
	{ .name = "publicClient", .type = SHAPE_OBJECT, .whole = true,
	    .members = redirects_shape },
	{ .name = "passwordCredentials", .type = SHAPE_OBJECT, .list = true,
	    .members = secret_shape, .most = APP_SECRETS },
	{ .name = "keyCredentials", .type = SHAPE_OBJECT, .list = true,
	    .members = app_key_shape, .most = APP_SECRETS },
	{ .name = "customSecurityAttributes", .type = SHAPE_ANY },
	{ 0 },
};

static const struct { const char *name; enum app_platform platform; } platforms[] = {
	{ "web", APP_WEB }, { "spa", APP_SPA }, { "publicClient", APP_PUBLIC },
};

#define PLATFORMS (sizeof(platforms) / sizeof(platforms[0]))

/* A "%" begins a letter in hex, but never a control character, a dot or a backslash, which
 * some reader on the way would understand. */
static bool app_escapes(const char *uri)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	for (; (uri = strchr(uri, '%')) != NULL; uri++)
		if (strspn(uri + 1, hex) < 2 || uri[1] == '0' || uri[1] == '1' ||
		    strncasecmp(uri, "%2e", 3) == 0 || strncasecmp(uri, "%5c", 3) == 0)
			return false;
	return true;
}

/* What holds for every scheme. */
static const char *app_uri_letters(const char *uri)
{
	for (const char *at = uri; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"<>\\^`{|}*", *at) != NULL)
			return "has a character that may not be in it; wildcards are not offered";
	if (strlen(uri) > 2000)
		return "is longer than 2000 characters";
	if (strchr(uri, '#') != NULL)
		return "has a fragment";
	if (strstr(uri, "..") != NULL || !app_escapes(uri))
		return "has \"..\" or a bad \"%\"";
	return NULL;
}

/* The end of ":port"; where it begins when there is none; NULL when it is no port. */
static const char *app_port(const char *at)
{
	long port = 0;
	const char *end = at;

	if (*at != ':')
		return at;
	while (*++end >= '0' && *end <= '9' && end - at <= 5)
		port = port * 10 + (*end - '0');
	return end > at + 1 && at[1] != '0' && port <= 65535 ? end : NULL;
}

/* The end of "http://127.0.0.1" or "http://[::1]", and nothing else; NULL otherwise. */
static const char *app_loopback(const char *uri)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://[::1]" };

	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(hosts[i]);
		if (strncmp(uri, hosts[i], length) == 0 && strchr(":/?", uri[length]) != NULL)
			return uri + length;
	}
	return NULL;
}

/* From the host on. */
static const char *app_authority(const char *host)
{
	const char *end = host + strspn(host, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

	if (*host == '[') {
		end = host + 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
		end = *end == ']' ? end + 1 : host;
	}
	if (host[strcspn(host, "@/?")] == '@')
		return "has a user name";
	if (end == host || *host == '.' || (end = app_port(end)) == NULL ||
	    strchr("/?", *end) == NULL)
		return "has no good host and port";
	return NULL;
}

/* Reverse domain names only: whoever owns the domain owns the scheme (RFC 8252 7.1). */
static const char *app_private(const char *uri, size_t scheme)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";

	if (uri[scheme] != ':' || scheme == 0 || strspn(uri, letters) != scheme ||
	    uri[0] < 'a' || uri[0] > 'z')
		return "has no scheme, or not in lower case";
	if (memchr(uri, '.', scheme) == NULL)
		return "has a scheme without a dot: https, or com.example.app:";
	if (uri[scheme + 1] == '\0' || strchr(uri, '@') != NULL)
		return "has nothing behind its scheme, or a user name";
	return NULL;
}

bool app_uri_web(const char *uri)
{
	return strncmp(uri, "https://", 8) == 0 || strncmp(uri, "http://", 7) == 0;
}

bool app_uri_allowed(enum app_platform platform, const char *uri, const char **out_why)
{
	const char *why = app_uri_letters(uri);
	size_t scheme = strcspn(uri, ":");

	if (why == NULL && strncmp(uri, "https://", 8) == 0)
		why = app_authority(uri + 8);
	else if (why == NULL && strncmp(uri, "http://", 7) == 0)
		why = app_loopback(uri) == NULL ?
		    "is http: only for 127.0.0.1 and [::1]" : app_authority(uri + 7);
	else if (why == NULL && platform != APP_PUBLIC)
		why = "is not https";
	else if (why == NULL)
		why = app_private(uri, scheme);
	if (why != NULL)
		*out_why = why;
	return why == NULL;
}

static size_t app_check_redirects(const json_t *canonical, size_t place, json_t *seen,
    struct document_errors *errors)
{
	const char *name = platforms[place].name, *why;
	const json_t *list = shape_at(canonical, name, "redirectUris", NULL);
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) {
		const char *uri = json_string_value(one), *path =
		    text_print(errors->arena, "%s.redirectUris[%zu]", name, i);
		if (uri != NULL && !app_uri_allowed(platforms[place].platform, uri, &why))
			document_wrong(errors, path, "InvalidValue", "%s", why);
		if (uri != NULL && json_object_get(seen, uri) != NULL)
			document_wrong(errors, path, "InvalidValue", "is on another platform too");
		if (uri != NULL)
			json_object_set_new(seen, uri, json_true());
	}
	return json_array_size(list);
}

static void app_check_secrets(const json_t *canonical, struct document_errors *errors)
{
	const json_t *list = json_object_get(canonical, "passwordCredentials");
	size_t i, size = 0;
	json_t *one;
	void *hash;

	json_array_foreach(list, i, one) {
		const char *text = json_text(one, "secretHash", "");
		if (!decode_base64url(errors->arena, text, &hash, &size) || size != 32)
			document_wrong(errors, text_print(errors->arena,
			    "passwordCredentials[%zu].secretHash", i), "InvalidValue",
			    "not 32 bytes in base64url");
	}
	if (json_array_size(list) == 0 &&
	    json_array_size(json_object_get(canonical, "keyCredentials")) == 0 &&
	    json_flag(canonical, "allowWithoutPkce", false))
		document_wrong(errors, "allowWithoutPkce", "InvalidValue",
		    "only for an application with a client secret or a key");
}

json_t *app_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count, count = 0;
	json_t *canonical = shape_check(app_shape, document, errors), *seen = json_object();

	for (size_t i = 0; i < PLATFORMS; i++)
		count += app_check_redirects(canonical, i, seen, errors);
	if (count > APP_REDIRECTS)
		document_wrong(errors, "web.redirectUris", "TooMany",
		    "more than %u redirect URIs on all platforms", APP_REDIRECTS);
	app_check_leaving(canonical, errors);
	app_check_secrets(canonical, errors);
	api_check(canonical, errors);
	attributes_check(canonical, errors);
	json_decref(seen);
	return shape_end(canonical, before, errors);
}

static void app_redirects(struct arena *arena, const json_t *document, struct app *app)
{
	struct app_redirect *redirects = NULL;
	size_t count = 0, most = 0, i;
	json_t *one;

	for (size_t p = 0; p < PLATFORMS; p++)
		most += json_array_size(shape_at(document, platforms[p].name, "redirectUris", NULL));
	redirects = arena_alloc(arena, most * sizeof(redirects[0]));
	for (size_t p = 0; p < PLATFORMS; p++)
		json_array_foreach(shape_at(document, platforms[p].name, "redirectUris", NULL),
		    i, one)
			if (json_is_string(one))
				redirects[count++] = (struct app_redirect){ platforms[p].platform,
					text_copy(arena, json_string_value(one)) };
	app->redirects = redirects;
	app->redirect_count = count;
}

static bool app_secret(struct arena *arena, const json_t *one, struct app_secret *secret)
{
	const char *begin = json_text(one, "startDateTime", NULL);
	const char *end = json_text(one, "endDateTime", NULL);
	size_t size;
	void *hash;

	if (!id_parse(json_text(one, "keyId", NULL), &secret->key_id) ||
	    !decode_base64url(arena, json_text(one, "secretHash", ""), &hash, &size) ||
	    size != sizeof(secret->hash) ||
	    (begin != NULL && !text_time_read(begin, &secret->begins)) ||
	    (end != NULL && !text_time_read(end, &secret->expires)))
		return false;
	memcpy(secret->hash, hash, size);
	return true;
}

static bool app_secrets(struct arena *arena, const json_t *document, struct app *app)
{
	const json_t *list = json_object_get(document, "passwordCredentials");
	struct app_secret *secrets = arena_alloc(arena, json_array_size(list) * sizeof(secrets[0]));
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (!app_secret(arena, one, &secrets[i]))
			return false;
	app->secrets = secrets;
	app->secret_count = json_array_size(list);
	return true;
}

bool app_compile(struct arena *arena, const json_t *document, struct app *out_app)
{
	struct app app = { 0 };
	char text[ID_TEXT];

	if (!id_parse(json_text(document, "id", NULL), &app.id) ||
	    !id_parse(json_text(document, "appId", NULL), &app.app_id) ||
	    !app_secrets(arena, document, &app) || !app_key_compile(arena, document, &app) ||
	    !api_compile(arena, document, &app.api))
		return false;
	id_format(app.app_id, text);
	app_redirects(arena, document, &app);
	app.attributes = attributes_compile(arena, document);
	app.client_id = text_copy(arena, text);
	app.display_name = text_copy(arena, json_text(document, "displayName", ""));
	app.native_api = text_same(json_text(document, "nativeAuthenticationApisEnabled", NULL),
	    "all");
	app.es256 = text_same(json_text(document, "idTokenSignedResponseAlg", NULL), "ES256");
	app.without_pkce = json_flag(document, "allowWithoutPkce", false) && app_confidential(&app);
	app.pairwise = text_same(json_text(document, "subjectType", NULL), "pairwise");
	app.refresh_tokens = json_flag(document, "allowRefreshTokens", true);
	app.client_credentials = json_flag(document, "allowClientCredentials", true);
	/* Nobody would be asked whether he lets somebody else's application have what it asks for. */
	app.device_code = json_flag(document, "allowDeviceCode", false) &&
	    !json_flag(document, "thirdParty", false);
	app.pushed_only = json_flag(document, "requirePushedAuthorizationRequests", false);
	app.enabled = json_flag(document, "accountEnabled", false);
	app.third_party = json_flag(document, "thirdParty", false);
	app_compile_leaving(arena, document, &app);
	*out_app = app;
	return true;
}

/* The same but for the port of a loopback address. */
static bool app_same_but_port(const char *registered, const char *uri)
{
	const char *a = app_loopback(registered), *b = app_loopback(uri);

	if (a == NULL || b == NULL || a - registered != b - uri ||
	    strncmp(registered, uri, (size_t)(a - registered)) != 0)
		return false;
	a = app_port(a);
	b = app_port(b);
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

const struct app_redirect *app_redirect(const struct app *app, const char *uri)
{
	for (size_t i = 0; i < app->redirect_count; i++)
		if (strcmp(app->redirects[i].uri, uri) == 0)
			return &app->redirects[i];
	for (size_t i = 0; i < app->redirect_count; i++)
		if (app->redirects[i].platform == APP_PUBLIC &&
		    app_same_but_port(app->redirects[i].uri, uri))
			return &app->redirects[i];
	return NULL;
}

bool app_confidential(const struct app *app)
{
	return app->secret_count > 0 || app->key_count > 0;
}
