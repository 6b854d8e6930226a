#include "crypto/jws.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HALF 32			/* r or s of ES256 */
#define DER_MAX 80		/* both, as OpenSSL spells them */
#define SIGNATURE_MAX (JWK_RSA_BITS_MAX / 8)

/* ECDSA in DER to r||s (RFC 7518 3.4). */
static void jws_raw(const unsigned char *der, size_t size, unsigned char out[2 * HALF])
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)size);

	if (pair == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, HALF) != HALF ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + HALF, HALF) != HALF)
		abort();
	ECDSA_SIG_free(pair);
}

/* And back; returns the size. */
static size_t jws_der(const unsigned char raw[2 * HALF], unsigned char out[DER_MAX])
{
	ECDSA_SIG *pair = ECDSA_SIG_new();

	if (pair == NULL || ECDSA_SIG_set0(pair, BN_bin2bn(raw, HALF, NULL),
	    BN_bin2bn(raw + HALF, HALF, NULL)) != 1)
		abort();
	int size = i2d_ECDSA_SIG(pair, &out);
	if (size <= 0 || size > DER_MAX)
		abort();
	ECDSA_SIG_free(pair);
	return (size_t)size;
}

static char *jws_signature(struct arena *arena, const struct jwk *jwk, const char *text)
{
	unsigned char signature[SIGNATURE_MAX], raw[2 * HALF];
	size_t size = sizeof(signature);
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!jwk_private(jwk) || context == NULL ||
	    EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, jwk_pkey(jwk), NULL) != 1 ||
	    EVP_DigestSign(context, signature, &size, (const unsigned char *)text,
	    strlen(text)) != 1)
		abort();
	EVP_MD_CTX_free(context);
	if (jwk_alg(jwk) != JWK_ES256)
		return encode_base64url(arena, signature, size);
	jws_raw(signature, size, raw);
	return encode_base64url(arena, raw, sizeof(raw));
}

char *jws_sign(struct arena *arena, const struct jwk *jwk, const char *typ, const char *payload)
{
	json_t *header = json_pack("{ssssss*}", "alg", jwk_alg_name(jwk_alg(jwk)), "kid",
	    jwk_kid(jwk), "typ", typ);
	const char *head = json_write(arena, header);

	json_decref(header);
	const char *text = text_print(arena, "%s.%s", encode_base64url(arena, head, strlen(head)),
	    encode_base64url(arena, payload, strlen(payload)));
	return text_print(arena, "%s.%s", text, jws_signature(arena, jwk, text));
}

/* Also what other ECDSA libraries take, r and s out of range, OpenSSL refuses. */
static bool jws_signed(const struct jwk *jwk, const char *text, size_t length,
    const unsigned char *signature, size_t size)
{
	unsigned char der[DER_MAX];

	if (jwk_alg(jwk) == JWK_ES256) {
		if (size != (size_t)2 * HALF)
			return false;
		size = jws_der(signature, der);
		signature = der;
	}
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context == NULL || EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL,
	    jwk_pkey(jwk), NULL) != 1)
		abort();
	bool ok = EVP_DigestVerify(context, signature, size, (const unsigned char *)text,
	    length) == 1;
	EVP_MD_CTX_free(context);
	if (!ok)
		ERR_clear_error();	/* as in jwk.c */
	return ok;
}

/* A token in its parts. */
struct jws {
	char *header, *payload, *signature;	/* still encoded */
	size_t length;				/* of what is signed */
};

static bool jws_split(struct arena *arena, const char *token, struct jws *jws)
{
	if (strnlen(token, JWS_SIZE_MAX + 1) > JWS_SIZE_MAX)
		return false;
	jws->header = text_copy(arena, token);
	char *first = strchr(jws->header, '.');
	char *second = first != NULL ? strchr(first + 1, '.') : NULL;
	if (second == NULL || strchr(second + 1, '.') != NULL)
		return false;
	*first = *second = '\0';
	jws->payload = first + 1;
	jws->signature = second + 1;
	jws->length = (size_t)(second - jws->header);
	return true;
}

/* An object in base64url, read strictly; NULL and why. */
static json_t *jws_object(struct arena *arena, const char *what, const char *text,
    struct sp_error *out_error)
{
	struct sp_error error = { "not base64url" };
	json_t *json = NULL;
	size_t size;
	void *data;

	if (decode_base64url(arena, text, &data, &size))
		json = json_read(data, size, &error);
	if (json == NULL) {
		snprintf(out_error->text, sizeof(out_error->text), "%s: %.200s", what, error.text);
	} else if (!json_is_object(json)) {
		snprintf(out_error->text, sizeof(out_error->text), "%s: no object", what);
		json_decref(json);
		json = NULL;
	}
	return json;
}

static const char *jws_short_typ(const char *typ)
{
	return strncasecmp(typ, "application/", 12) == 0 ? typ + 12 : typ;
}

static bool jws_typ_fits(const json_t *typ, const char *wanted)
{
	if (typ == NULL)
		return wanted == NULL;
	const char *text = json_string_value(typ);
	return text != NULL && strcasecmp(jws_short_typ(text),
	    jws_short_typ(wanted != NULL ? wanted : "JWT")) == 0;
}

/* What makes a header unacceptable whatever the key; NULL: nothing. */
static const char *jws_header_wrong(const json_t *header, const struct jws_rule *rule)
{
	static const char *const refused[] = { "crit", "b64", "jku", "x5u", "jwk", "enc", "zip" };

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (json_object_get(header, refused[i]) != NULL)
			return refused[i];
	if (jwk_alg_parse(json_text(header, "alg", NULL)) == JWK_NONE)
		return "alg";
	return jws_typ_fits(json_object_get(header, "typ"), rule->typ) ? NULL : "typ";
}

/* The one key that the header may mean; NULL: none, or more than one. */
static const struct jwk *jws_key(const json_t *header, const struct jws_rule *rule)
{
	enum jwk_alg alg = jwk_alg_parse(json_text(header, "alg", NULL));
	const json_t *kid = json_object_get(header, "kid");
	const struct jwk *found = NULL;

	if (kid == NULL ? !rule->kid_optional : !json_is_string(kid))
		return NULL;
	for (size_t i = 0; i < rule->count; i++) {
		const struct jwk *jwk = rule->keys[i];
		if (jwk_alg(jwk) != alg ||
		    (kid != NULL && !text_same(json_string_value(kid), jwk_kid(jwk))))
			continue;
		if (found != NULL)
			return NULL;
		found = jwk;
	}
	return found;
}

/* The key that must have signed it; NULL and why. */
static const struct jwk *jws_choose(struct arena *arena, const struct jws_rule *rule,
    const struct jws *jws, struct sp_error *out_error)
{
	json_t *header = jws_object(arena, "header", jws->header, out_error);

	if (header == NULL)
		return NULL;
	const char *wrong = jws_header_wrong(header, rule);
	const struct jwk *jwk = wrong == NULL ? jws_key(header, rule) : NULL;
	if (wrong != NULL)
		snprintf(out_error->text, sizeof(out_error->text),
		    "header: %s is not acceptable", wrong);
	else if (jwk == NULL)
		snprintf(out_error->text, sizeof(out_error->text),
		    "header: no key of that kid and alg");
	json_decref(header);
	return jwk;
}

json_t *jws_peek(struct arena *arena, const char *token)
{
	struct sp_error error;
	struct jws jws;

	return jws_split(arena, token, &jws) ? jws_object(arena, "payload", jws.payload, &error) :
	    NULL;
}

bool jws_verify(struct arena *arena, const struct jws_rule *rule, const char *token,
    json_t **out_payload, struct sp_error *out_error)
{
	struct jws jws;
	size_t size;
	void *signature;

	if (!jws_split(arena, token, &jws)) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "not three parts in at most %zu bytes", JWS_SIZE_MAX);
		return false;
	}
	const struct jwk *jwk = jws_choose(arena, rule, &jws, out_error);
	if (jwk == NULL)
		return false;
	if (!decode_base64url(arena, jws.signature, &signature, &size) ||
	    !jws_signed(jwk, token, jws.length, signature, size)) {
		snprintf(out_error->text, sizeof(out_error->text), "signature: not of that key");
		return false;
	}
	json_t *payload = jws_object(arena, "payload", jws.payload, out_error);
	if (payload == NULL)
		return false;
	*out_payload = payload;
	return true;
}
