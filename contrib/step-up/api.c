/*
 * An API whose sensitive path wants more than a sign-in: as api.mjs, in C, with libevent, libcurl,
 * OpenSSL and jansson.
 *
 *	step-up-api PORT ISSUER AUDIENCE
 *
 * One thread, and it waits while it fetches keys: read it as an example of what to check, and in
 * which order. On loopback: in production this stands behind your own TLS.
 */
#include <curl/curl.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOKEN_MOST = 16384, ANSWER_MOST = 1 << 20, RECENT = 600, KEYS_PAUSE = 60, SKEW = 60 };
#define WANTED "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}"

static const char *issuer, *audience;
static json_t *metadata, *keys;
static time_t fetched;

static size_t keep(char *data, size_t size, size_t count, void *to)
{
	struct evbuffer *buffer = to;

	return evbuffer_get_length(buffer) + size * count <= ANSWER_MOST &&
	    evbuffer_add(buffer, data, size * count) == 0 ? size * count : 0;
}

static json_t *fetch(const char *url)
{
	struct evbuffer *buffer = evbuffer_new();
	CURL *curl = curl_easy_init();

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 5L);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, buffer);
	json_t *json = curl_easy_perform(curl) != CURLE_OK ? NULL :
	    json_loadb((const char *)evbuffer_pullup(buffer, -1), evbuffer_get_length(buffer),
	    JSON_REJECT_DUPLICATES, NULL);
	curl_easy_cleanup(curl);
	evbuffer_free(buffer);
	return json;
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

static json_t *find_key(const char *kid)
{
	json_t *one;
	size_t index;

	json_array_foreach(json_object_get(keys, "keys"), index, one)
		if (strcmp(text(one, "kid"), kid) == 0 && strcmp(text(one, "alg"), "ES256") == 0 &&
		    strcmp(text(one, "crv"), "P-256") == 0)
			return one;
	return NULL;
}

/* An unknown key may be a new one; but nobody makes us ask more often than once a minute. */
static json_t *key(const char *kid)
{
	char url[1024];

	if (find_key(kid) != NULL || time(NULL) - fetched < KEYS_PAUSE)
		return find_key(kid);
	fetched = time(NULL);
	snprintf(url, sizeof(url), "%s/.well-known/openid-configuration", issuer);
	json_decref(metadata);
	metadata = fetch(url);
	if (strcmp(text(metadata, "issuer"), issuer) != 0)
		return NULL;
	json_decref(keys);
	keys = fetch(text(metadata, "jwks_uri"));
	return find_key(kid);
}

/* Base64url without padding: bytes, or -1. `out` has room for `size`. */
static int decode(const char *at, size_t size, unsigned char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-_";
	unsigned bits = 0, held = 0;
	int count = 0;

	for (size_t i = 0; i < size; i++) {
		const char *found = at[i] != '\0' ? strchr(letters, at[i]) : NULL;
		if (found == NULL)
			return -1;
		bits = bits << 6 | (unsigned)(found - letters);
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[count++] = (unsigned char)(bits >> held & 0xff);
		}
	}
	return size % 4 == 1 ? -1 : count;
}

static EVP_PKEY *public_key(const json_t *jwk)
{
	unsigned char point[65 + 64] = { 4 };
	const char *x = text(jwk, "x"), *y = text(jwk, "y");
	EVP_PKEY *made = NULL;

	if (strlen(x) != 43 || strlen(y) != 43 || decode(x, 43, point + 1) != 32 ||
	    decode(y, 43, point + 33) != 32)
		return NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){ "P-256" }, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 65),
		OSSL_PARAM_construct_end() };
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, params) != 1)
		made = NULL;
	EVP_PKEY_CTX_free(context);
	return made;
}

/* A JWS has r and s one after the other; OpenSSL wants them as DER. */
static bool signed_by(const json_t *jwk, const char *token, size_t size, const unsigned char *sig)
{
	EVP_PKEY *public = public_key(jwk);
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *der = NULL;
	bool good = false;

	if (public != NULL && ECDSA_SIG_set0(pair, BN_bin2bn(sig, 32, NULL),
	    BN_bin2bn(sig + 32, 32, NULL)) == 1) {
		int length = i2d_ECDSA_SIG(pair, &der);
		good = length > 0 && EVP_DigestVerifyInit(digest, NULL, EVP_sha256(), NULL,
		    public) == 1 && EVP_DigestVerify(digest, der, (size_t)length,
		    (const unsigned char *)token, size) == 1;
	}
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(digest);
	EVP_PKEY_free(public);
	return good;
}

static json_t *part(const char *at, size_t size)
{
	static unsigned char plain[TOKEN_MOST];
	int length = decode(at, size, plain);

	return length < 0 ? NULL : json_loadb((const char *)plain, (size_t)length,
	    JSON_REJECT_DUPLICATES, NULL);
}

static bool says(const json_t *claims, const char *name, const char *wanted)
{
	const json_t *value = json_object_get(claims, name);
	json_t *one;
	size_t index;

	if (json_is_string(value))
		return strcmp(json_string_value(value), wanted) == 0;
	json_array_foreach(value, index, one)
		if (json_is_string(one) && strcmp(json_string_value(one), wanted) == 0)
			return true;
	return false;
}

static json_int_t number(const json_t *claims, const char *name)
{
	return json_integer_value(json_object_get(claims, name));
}

/* RFC 9068 4. The algorithm is ours to choose, not the token's. NULL: not good, for any reason. */
static json_t *claims_of(const char *token)
{
	const char *first = strchr(token, '.');
	const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
	unsigned char sig[128];

	if (strlen(token) > TOKEN_MOST || second == NULL || strlen(second + 1) != 86 ||
	    decode(second + 1, 86, sig) != 64)
		return NULL;
	json_t *head = part(token, (size_t)(first - token)), *claims = NULL;
	json_t *signer = strcmp(text(head, "alg"), "ES256") == 0 &&
	    strcmp(text(head, "typ"), "at+jwt") == 0 && json_object_get(head, "crit") == NULL ?
	    key(text(head, "kid")) : NULL;
	if (signer != NULL && signed_by(signer, token, (size_t)(second - token), sig))
		claims = part(first + 1, (size_t)(second - first - 1));
	json_decref(head);
	if (says(claims, "iss", issuer) && says(claims, "aud", audience) &&
	    number(claims, "exp") > time(NULL) && number(claims, "nbf") <= time(NULL) + SKEW)
		return claims;
	json_decref(claims);
	return NULL;
}

static void refuse(struct evhttp_request *request, const char *more)
{
	char header[1024];

	snprintf(header, sizeof(header), "Bearer realm=\"\"%s", more);
	evhttp_add_header(evhttp_request_get_output_headers(request), "WWW-Authenticate", header);
}

/* What is missing, by RFC 9470 and as the original tells it: the app takes either along. */
static void challenge(struct evhttp_request *request, const json_t *claims, bool recent)
{
	char more[900];
	unsigned char wanted[2 * sizeof(WANTED)];

	refuse(request, recent ? ", error=\"insufficient_user_authentication\", acr_values=\"c1\", "
	    "max_age=\"600\"" : ", error=\"insufficient_user_authentication\", acr_values=\"c1\"");
	EVP_EncodeBlock(wanted, (const unsigned char *)WANTED, sizeof(WANTED) - 1);
	snprintf(more, sizeof(more), ", authorization_uri=\"%s\", client_id=\"%s\", "
	    "error=\"insufficient_claims\", claims=\"%s\", cc_type=\"authcontext\"",
	    text(metadata, "authorization_endpoint"), text(claims, "client_id"), wanted);
	refuse(request, more);
}

static void answer(struct evhttp_request *request, void *arg)
{
	const char *path = evhttp_request_get_uri(request);
	const char *given = evhttp_find_header(evhttp_request_get_input_headers(request),
	    "Authorization");
	bool recent = strcmp(path, "/profile") == 0, more = recent || strcmp(path, "/checkout") == 0;
	json_t *claims = NULL;
	int status = 401;

	(void)arg;
	if (!more && strcmp(path, "/orders") != 0)
		status = 404;
	else if (given == NULL || evutil_ascii_strncasecmp(given, "Bearer ", 7) != 0)
		refuse(request, "");
	else if ((claims = claims_of(given + 7)) == NULL)
		refuse(request, ", error=\"invalid_token\"");
	else if ((more && !says(claims, "acrs", "c1")) ||
	    (recent && number(claims, "auth_time") <= time(NULL) - RECENT))
		challenge(request, claims, recent);
	else
		status = 200;
	struct evbuffer *body = evbuffer_new();
	if (status == 200)
		evbuffer_add_printf(body, "{\"path\":\"%s\",\"customer\":\"%s\"}", path,
		    text(claims, "sub"));
	evhttp_add_header(evhttp_request_get_output_headers(request), "Cache-Control", "no-store");
	evhttp_send_reply(request, status, status == 200 ? "OK" : "No", body);
	evbuffer_free(body);
	json_decref(claims);
}

int main(int count, char **words)
{
	if (count != 4) {
		fprintf(stderr, "usage: step-up-api PORT ISSUER AUDIENCE\n");
		return 2;
	}
	issuer = words[2];
	audience = words[3];
	struct event_base *base = event_base_new();
	struct evhttp *http = evhttp_new(base);
	evhttp_set_gencb(http, answer, NULL);
	evhttp_set_allowed_methods(http, EVHTTP_REQ_GET);
	if (evhttp_bind_socket(http, "127.0.0.1", (uint16_t)atoi(words[1])) != 0) {
		fprintf(stderr, "step-up-api: port %s cannot be bound\n", words[1]);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	return event_base_dispatch(base) < 0;
}
