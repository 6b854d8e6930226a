#include "crypto/jwk.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURVE "prime256v1"	/* P-256 */
#define POINT 32u		/* bytes of a coordinate */

struct jwk {
	EVP_PKEY *pkey;
	enum jwk_alg alg;
	bool private;
	char kid[JWK_KID_MAX + 1];
};

static const char *const names[] = { "none", "ES256", "RS256" };

const char *jwk_alg_name(enum jwk_alg alg)
{
	return names[alg];
}

enum jwk_alg jwk_alg_parse(const char *name)
{
	if (text_same(name, names[JWK_ES256]))
		return JWK_ES256;
	return text_same(name, names[JWK_RS256]) ? JWK_RS256 : JWK_NONE;
}

const char *jwk_kid(const struct jwk *jwk)
{
	return jwk->kid;
}

enum jwk_alg jwk_alg(const struct jwk *jwk)
{
	return jwk->alg;
}

bool jwk_private(const struct jwk *jwk)
{
	return jwk->private;
}

EVP_PKEY *jwk_pkey(const struct jwk *jwk)
{
	return jwk->pkey;
}

void jwk_free(struct jwk *jwk)
{
	if (jwk == NULL)
		return;
	EVP_PKEY_free(jwk->pkey);
	free(jwk);
}

/* One of the key's public numbers; in `size` bytes, or as few as it needs. */
static char *jwk_number(struct arena *arena, const struct jwk *jwk, const char *name, int size)
{
	BIGNUM *number = NULL;

	if (EVP_PKEY_get_bn_param(jwk->pkey, name, &number) != 1)
		abort();
	if (size == 0)
		size = BN_num_bytes(number);
	unsigned char *bytes = arena_alloc(arena, (size_t)size);
	if (BN_bn2binpad(number, bytes, size) != size)
		abort();
	BN_free(number);
	return encode_base64url(arena, bytes, (size_t)size);
}

/* The members that make the thumbprint, in the order of RFC 7638. */
static json_t *jwk_numbers(const struct jwk *jwk)
{
	struct arena arena = { 0 };
	json_t *json;

	if (jwk->alg == JWK_ES256)
		json = json_pack("{ssssssss}", "crv", "P-256", "kty", "EC",
		    "x", jwk_number(&arena, jwk, OSSL_PKEY_PARAM_EC_PUB_X, POINT),
		    "y", jwk_number(&arena, jwk, OSSL_PKEY_PARAM_EC_PUB_Y, POINT));
	else
		json = json_pack("{ssssss}",
		    "e", jwk_number(&arena, jwk, OSSL_PKEY_PARAM_RSA_E, 0), "kty", "RSA",
		    "n", jwk_number(&arena, jwk, OSSL_PKEY_PARAM_RSA_N, 0));
	arena_done(&arena);
	return json;
}

json_t *jwk_public_json(const struct jwk *jwk)
{
	json_t *json = jwk_numbers(jwk);

	json_object_set_new(json, "use", json_string("sig"));
	json_object_set_new(json, "alg", json_string(names[jwk->alg]));
	json_object_set_new(json, "kid", json_string(jwk->kid));
	return json;
}

static void jwk_thumbprint(struct jwk *jwk)
{
	json_t *json = jwk_numbers(jwk);
	struct arena arena = { 0 };
	unsigned char hash[HASH_SIZE];

	const char *text = json_write(&arena, json);
	hash_sha256(text, strlen(text), hash);
	strcpy(jwk->kid, encode_base64url(&arena, hash, sizeof(hash)));
	json_decref(json);
	arena_done(&arena);
}

/* JWK_NONE, and why, for what we would not sign or verify with. */
static enum jwk_alg jwk_kind(const EVP_PKEY *pkey, struct sp_error *out_error)
{
	char group[32] = "";
	int bits = EVP_PKEY_get_bits(pkey);

	if (EVP_PKEY_is_a(pkey, "EC")) {
		EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL);
		if (strcmp(group, CURVE) == 0)
			return JWK_ES256;
		snprintf(out_error->text, sizeof(out_error->text), "the curve %s is not P-256",
		    group);
	} else if (EVP_PKEY_is_a(pkey, "RSA")) {
		if (bits >= JWK_RSA_BITS && bits <= JWK_RSA_BITS_MAX)
			return JWK_RS256;
		snprintf(out_error->text, sizeof(out_error->text),
		    "the RSA key has %d bits; %d to %d are wanted", bits, JWK_RSA_BITS,
		    JWK_RSA_BITS_MAX);
	} else {
		snprintf(out_error->text, sizeof(out_error->text),
		    "the key is neither EC nor RSA");
	}
	return JWK_NONE;
}

/* Takes the key over. */
static struct jwk *jwk_new(EVP_PKEY *pkey, bool private, struct sp_error *out_error)
{
	enum jwk_alg alg = jwk_kind(pkey, out_error);

	if (alg == JWK_NONE) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	struct jwk *jwk = must_calloc(1, sizeof(*jwk));
	*jwk = (struct jwk){ .pkey = pkey, .alg = alg, .private = private };
	jwk_thumbprint(jwk);
	return jwk;
}

struct jwk *jwk_generate(enum jwk_alg alg)
{
	struct sp_error error;
	EVP_PKEY *pkey = alg == JWK_ES256 ? EVP_EC_gen(CURVE) :
	    alg == JWK_RS256 ? EVP_RSA_gen(JWK_RSA_BITS) : NULL;

	if (pkey == NULL)
		abort();
	return jwk_new(pkey, true, &error);
}

struct secret jwk_export(struct arena *arena, const struct jwk *jwk)
{
	unsigned char *der = NULL;

	if (!jwk->private)
		abort();
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(jwk->pkey);
	int size = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	if (size <= 0)
		abort();
	PKCS8_PRIV_KEY_INFO_free(info);
	const unsigned char *data = arena_copy(arena, der, (size_t)size);
	OPENSSL_clear_free(der, (size_t)size);
	return (struct secret){ data, (size_t)size };
}

struct jwk *jwk_import(struct secret der, struct sp_error *out_error)
{
	const unsigned char *at = der.data;
	PKCS8_PRIV_KEY_INFO *info = der.size > 0 && der.size <= 16384 ?
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.size) : NULL;
	EVP_PKEY *pkey = info != NULL && at == der.data + der.size ? EVP_PKCS82PKEY(info) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	if (pkey == NULL) {
		ERR_clear_error();
		snprintf(out_error->text, sizeof(out_error->text), "no private key in PKCS#8");
		return NULL;
	}
	return jwk_new(pkey, true, out_error);
}

/* A number of `json` in base64url; 0: absent, malformed or too long. */
static size_t jwk_member(const json_t *json, const char *name, unsigned char *out, size_t room)
{
	const char *text = json_string_value(json_object_get(json, name));
	struct arena arena = { 0 };
	size_t size = 0;
	void *data;

	if (text == NULL || strnlen(text, room * 2) == room * 2)
		return 0;
	if (decode_base64url(&arena, text, &data, &size) && size <= room)
		memcpy(out, data, size);
	else
		size = 0;
	arena_done(&arena);
	return size;
}

static EVP_PKEY *jwk_build(const char *kind, OSSL_PARAM_BLD *builder)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *pkey = NULL;

	if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1)
		abort();
	if (EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(context);
	context = pkey != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
	if (context != NULL && EVP_PKEY_public_check(context) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(params);
	return pkey;
}

static EVP_PKEY *jwk_build_ec(const json_t *json)
{
	unsigned char point[1 + 2 * POINT] = { POINT_CONVERSION_UNCOMPRESSED };
	const char *curve = json_string_value(json_object_get(json, "crv"));

	if (!text_same(curve, "P-256") || jwk_member(json, "x", point + 1, POINT) != POINT ||
	    jwk_member(json, "y", point + 1 + POINT, POINT) != POINT)
		return NULL;
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0);
	OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
	EVP_PKEY *pkey = jwk_build("EC", builder);
	OSSL_PARAM_BLD_free(builder);
	return pkey;
}

static EVP_PKEY *jwk_build_rsa(const json_t *json)
{
	unsigned char n[JWK_RSA_BITS_MAX / 8], e[8];
	size_t n_size = jwk_member(json, "n", n, sizeof(n));
	size_t e_size = jwk_member(json, "e", e, sizeof(e));

	/* Short keys are told so by jwk_kind(). */
	if (n_size < 128 || n[0] == 0 || e_size == 0 || e[0] == 0)
		return NULL;
	BIGNUM *modulus = BN_bin2bn(n, (int)n_size, NULL);
	BIGNUM *exponent = BN_bin2bn(e, (int)e_size, NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
	EVP_PKEY *pkey = jwk_build("RSA", builder);
	OSSL_PARAM_BLD_free(builder);
	BN_free(modulus);
	BN_free(exponent);
	return pkey;
}

/* What is wrong with the members that do not depend on the kind; NULL: nothing. */
static const char *jwk_wrong(const json_t *json, enum jwk_alg expected)
{
	static const char *const private[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };
	const json_t *kid = json_object_get(json, "kid"), *use = json_object_get(json, "use");
	const json_t *alg = json_object_get(json, "alg");

	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (json_object_get(json, private[i]) != NULL)
			return "holds private members: it is known to others and must go";
	if (expected == JWK_NONE)
		return "kty is neither EC nor RSA";
	if (use != NULL && !text_same(json_string_value(use), "sig"))
		return "use is not \"sig\"";
	if (alg != NULL && jwk_alg_parse(json_string_value(alg)) != expected)
		return "alg is not the one of its kind: ES256 for EC, RS256 for RSA";
	if (kid != NULL && (text_empty(json_string_value(kid)) ||
	    strlen(json_string_value(kid)) > JWK_KID_MAX || !text_plain(json_string_value(kid))))
		return "kid is not 1 to 128 bytes of plain text";
	return NULL;
}

struct jwk *jwk_read(const json_t *json, struct sp_error *out_error)
{
	const char *kty = json_string_value(json_object_get(json, "kty"));
	const char *kid = json_string_value(json_object_get(json, "kid"));
	enum jwk_alg alg = text_same(kty, "EC") ? JWK_ES256 :
	    text_same(kty, "RSA") ? JWK_RS256 : JWK_NONE;
	const char *wrong = jwk_wrong(json, alg);
	EVP_PKEY *pkey = NULL;

	if (wrong == NULL) {
		pkey = alg == JWK_ES256 ? jwk_build_ec(json) : jwk_build_rsa(json);
		wrong = "its numbers are no key of that kind";
	}
	if (pkey == NULL) {
		ERR_clear_error();	/* TLS on this thread reads the same queue */
		snprintf(out_error->text, sizeof(out_error->text), "the key %s", wrong);
		return NULL;
	}
	struct jwk *jwk = jwk_new(pkey, false, out_error);
	if (jwk != NULL && kid != NULL)
		strcpy(jwk->kid, kid);
	return jwk;
}

struct jwk *jwk_parse(const char *text, struct sp_error *out_error)
{
	json_t *json = json_read(text, strlen(text), out_error);
	struct jwk *jwk = json != NULL ? jwk_read(json, out_error) : NULL;

	json_decref(json);
	return jwk;
}
