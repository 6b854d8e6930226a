/* Signed tokens: those of the RFCs and others, and all the ways to forge one. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/jws.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena;
static struct jwk *key;
static struct jws_rule rule;

static void begin(void)
{
	key = jwk_generate(JWK_ES256);
	rule = (struct jws_rule){ (const struct jwk *const *)&key, 1, "at+jwt", false };
}

static void end(void)
{
	jwk_free(key);
	arena_done(&arena);
}

TestSuite(jws, .init = begin, .fini = end);

static bool verify(const struct jws_rule *by, const char *token, struct sp_error *error)
{
	json_t *payload = NULL;
	bool ok = jws_verify(&arena, by, token, &payload, error);

	cr_assert_eq(ok, payload != NULL);
	cr_assert(ok || error->text[0] != '\0');
	json_decref(payload);
	return ok;
}

static struct jwk *read_key(const char *text)
{
	struct sp_error error = { "" };
	json_t *json = json_read(text, strlen(text), &error);
	struct jwk *jwk = jwk_read(json, &error);

	cr_assert_not_null(jwk, "%s", error.text);
	json_decref(json);
	return jwk;
}

Test(jws, rfc_7515_a3)
{
	static const char token[] = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
	    "ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-"
	    "Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
	struct jwk *jwk = read_key("{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}");
	struct jws_rule by = { (const struct jwk *const *)&jwk, 1, NULL, true };
	struct sp_error error = { "" };
	json_t *payload;

	cr_assert(jws_verify(&arena, &by, token, &payload, &error), "%s", error.text);
	cr_assert_str_eq(json_text(payload, "iss", ""), "joe");
	cr_assert_eq(json_number(payload, "exp", 0), 1300819380);
	json_decref(payload);
	by.kid_optional = false;
	cr_assert(!verify(&by, token, &error));
	jwk_free(jwk);
}

/* Made by PyJWT with a key of 3,072 bits. */
#define N3072 "ll3mjPvciRd01x1cLsQq3eOMgNnsNiI0jEcAjke2UCWHjcSbqT3QtWcv7fJgHglVbwtTp_YKT6gK" \
	"8epigspj-8V9GRuVPqTIEqVlsQtNipPiGyFn5FlXzpPSctE1w4-u351iRNDlCSlubf2Hdc_PxnqKOAEcU9O6" \
	"EOnexNV4BsNzKm-yLvmmvdxWeovPtRJRXb1wUTX1tykBGDCvHCUI7WcGlnr0RoRJCFKV50gPbP0MNI2IeIY4" \
	"L46rg_Z9pVk_YmwKHYhAM2UDORBlDPb1yNns5qYF-4NA8w3C3Q9vIhcv4JpS9vXrASOnejQK7TeEjf1w5wti" \
	"0ddubUJlnQVBLTBYCNnAmtv189TIqdJz0AZf0kbddXxHXiftk6a5Ld_d42QeTIhzGvashVcL8jybLoLu3SVK" \
	"xkVBBJ1ec3wQIOMhU-0i0saHBmADeUeSfc25mPWX8f27heHHDBafxPtePHjKF_zH1hOWYa2T_RSrkL47D4ny" \
	"WltX_S3tyGwDuDuF"

Test(jws, rs256_of_another_library)
{
	static const char token[] = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImNKUE5veWV2a0lMSTBGSkRHQTk2OEJE"
	    "UGU5Y2hjWl9rOEJTb05FSTdFUnMiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ4In0.QjPlKnEex1Iyj7D0ZJAlJC"
	    "czYYeD2MZPqi90k_K8pmULfI7qyTSce3nbbFNE8YBdHRczCM0ctQWXfmBgrhc5vqnSpIKhBWQAjun4aeap6ya"
	    "_WuYJuLySdO8T1zn6SATqqYrRVkDUkXVk6Q1cjc2vMhCGNYv9NO6nYlsQ-keex6K12JKyVj51SOvkmmTW8MkE"
	    "B4B4cCXWLZ7YJg5_P506v8N1OtHz6UfCbaExljVCgJwYtLY_MHCNkDLx2BGr5zmT70Br-NuLgsBzcVvkWOaDr"
	    "7V_oDWvLJkm-t2yngJ6moDaz3tL5_rSg41Crb4mtHf6yq1-bbCcMxKlz7rw4JPy6qV28Fx29FLpqDuKhqrg4Q"
	    "imR7S5cYivBfGIi4Ji8VHFSPA9Yb3uINljlhdpU7GHdWn1NI2Rf4eOb2BVysbm6fBU9i23XG3Aj-Dz_T3G6M6"
	    "LWNPv7R-mv8xJZ2XqVmGnAL-FE2izNjSeyf9TyEvRKFU8kTKutoVvXzWkM7tujvPb";
	struct jwk *jwk = read_key("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" N3072 "\"}");
	struct jws_rule by = { (const struct jwk *const *)&jwk, 1, NULL, false };
	struct sp_error error = { "" };

	cr_assert_str_eq(jwk_kid(jwk), "cJPNoyevkILI0FJDGA968BDPe9chcZ_k8BSoNEI7ERs");
	cr_assert(verify(&by, token, &error), "%s", error.text);
	char *changed = text_copy(&arena, token);
	changed[strlen(changed) - 10] ^= 1;
	cr_assert(!verify(&by, changed, &error));
	jwk_free(jwk);
}

Test(jws, signs_and_verifies)
{
	struct jwk *rsa = jwk_generate(JWK_RS256);
	const struct jwk *const both[] = { key, rsa };
	struct jws_rule by = { both, 2, "at+jwt", false };
	struct sp_error error = { "" };

	for (size_t i = 0; i < COUNT(both); i++) {
		char *token = jws_sign(&arena, both[i], "at+jwt", "{\"sub\":\"x\"}");
		cr_assert(verify(&by, token, &error), "%s", error.text);
	}
	jwk_free(rsa);
}

/* req73: no r comes twice, for the same payload. */
Test(jws, req73_signatures_never_share_r)
{
	char *seen[100];

	for (size_t i = 0; i < COUNT(seen); i++) {
		seen[i] = strrchr(jws_sign(&arena, key, NULL, "{}"), '.') + 1;
		cr_assert_eq(strlen(seen[i]), 86);
		for (size_t j = 0; j < i; j++)
			cr_assert(strncmp(seen[i], seen[j], 42) != 0);
	}
}

Test(jws, req69_typ_is_the_one_expected)
{
	static const struct { const char *typ, *expected; bool ok; } rows[] = {
		{ "at+jwt", "at+jwt", true }, { "AT+JWT", "at+jwt", true },
		{ "application/at+jwt", "at+jwt", true }, { "at+jwt", "application/at+jwt", true },
		{ "JWT", NULL, true }, { NULL, NULL, true }, { "JWT", "JWT", true },
		{ "JWT", "at+jwt", false }, { NULL, "at+jwt", false }, { "at+jwt", NULL, false },
		{ "logout+jwt", "at+jwt", false }, { "at+jwt", "JWT", false },
		{ "", "at+jwt", false }, { NULL, "JWT", false },
	};
	struct sp_error error = { "" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		rule.typ = rows[i].expected;
		char *token = jws_sign(&arena, key, rows[i].typ, "{}");
		cr_assert_eq(verify(&rule, token, &error), rows[i].ok, "%zu", i);
	}
}

/* A right ES256 signature over any header and payload. */
static char *forge(const char *header, const void *payload, size_t size)
{
	char *text = text_print(&arena, "%s.%s", encode_base64url(&arena, header, strlen(header)),
	    encode_base64url(&arena, payload, size));
	unsigned char der[100], raw[64];
	const unsigned char *at = der;
	size_t length = sizeof(der);
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	cr_assert_eq(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, jwk_pkey(key)), 1);
	cr_assert_eq(EVP_DigestSign(context, der, &length, (unsigned char *)text,
	    strlen(text)), 1);
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)length);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(context);
	return text_print(&arena, "%s.%s", text, encode_base64url(&arena, raw, sizeof(raw)));
}

/* %s is the kid. */
#define HEAD(more) "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"" more "}"

Test(jws, req69_headers)
{
	static const struct { const char *header; bool ok; } rows[] = {
		{ HEAD(""), true }, { HEAD(",\"x5t\":\"abc\""), true },
		{ "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"alg\":\"None\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"alg\":\"es256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"alg\":[\"ES256\"],\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"typ\":\"at+jwt\",\"kid\":\"%s\"}", false },
		{ "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%sx\"}", false },
		{ "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":5}", false },
		{ "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":null}", false },
		{ "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", false },
		{ "{\"alg\":\"ES256\",\"typ\":5,\"kid\":\"%s\"}", false },
		{ HEAD(",\"crit\":[\"exp\"]"), false }, { HEAD(",\"crit\":[]"), false },
		{ HEAD(",\"crit\":null"), false }, { HEAD(",\"b64\":true"), false },
		{ HEAD(",\"jku\":\"https://evil.example/\""), false },
		{ HEAD(",\"x5u\":\"https://evil.example/\""), false },
		{ HEAD(",\"jwk\":{}"), false }, { HEAD(",\"enc\":\"A128GCM\""), false },
		{ HEAD(",\"zip\":\"DEF\""), false },
		{ HEAD(",\"alg\":\"ES256\""), false },	/* twice */
		{ "[\"ES256\"]", false }, { "", false }, { HEAD(" x"), false },
	};
	struct sp_error error = { "" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *cut = strstr(rows[i].header, "%s");
		const char *header = cut == NULL ? rows[i].header : text_print(&arena, "%s%s%s",
		    text_part(&arena, rows[i].header, (size_t)(cut - rows[i].header)),
		    jwk_kid(key), cut + 2);
		cr_assert_eq(verify(&rule, forge(header, "{}", 2), &error), rows[i].ok, "%s",
		    header);
	}
}

Test(jws, req69_payloads)
{
	static const struct { const char *payload; size_t size; } rows[] = {
		{ "", 0 }, { "[]", 2 }, { "1", 1 }, { "{\"a\":1,\"a\":2}", 13 },
		{ "{\"a\":\"\xff\"}", 9 },
		{ "{} {}", 5 }, { "{\"a\":\"\0\"}", 9 }, { "null", 4 },
	};
	char *header = text_print(&arena, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
	    jwk_kid(key));
	struct sp_error error = { "" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_assert(!verify(&rule, forge(header, rows[i].payload, rows[i].size), &error),
		    "%zu", i);
		cr_assert(strstr(error.text, "payload: ") == error.text, "%s", error.text);
	}
}

Test(jws, req69_shapes)
{
	char *token = jws_sign(&arena, key, "at+jwt", "{\"sub\":\"x\"}");
	char *payload = strchr(token, '.') + 1, *signature = strrchr(token, '.') + 1;
	char *head = text_part(&arena, token, (size_t)(payload - token - 1));
	char *body = text_part(&arena, payload, (size_t)(signature - payload - 1));
	char *big = arena_alloc(&arena, JWS_SIZE_MAX + 2);
	struct sp_error error = { "" };

	memset(big, 'A', JWS_SIZE_MAX + 1);
	const char *const shapes[] = { "", ".", "..", "...", head, body,
		text_print(&arena, "%s.%s", head, body), text_print(&arena, "%s.%s.", head, body),
		text_print(&arena, "%s.", token), text_print(&arena, ".%s", token),
		text_print(&arena, "%s.%s..%s", head, body, signature),
		text_print(&arena, "%s.%s.%s.x.y", head, body, signature),
		text_print(&arena, "%s.%s=.%s", head, body, signature),
		text_print(&arena, "%s=.%s.%s", head, body, signature),
		text_print(&arena, "%s.%s.%s", body, head, signature),
		text_print(&arena, "%s..%s", head, signature),
		text_print(&arena, "%s=", token), text_print(&arena, " %s", token),
		text_print(&arena, "%s\n", token), text_print(&arena, "%sA", token), big };
	cr_assert(verify(&rule, token, &error));
	for (size_t i = 0; i < COUNT(shapes); i++)
		cr_assert(!verify(&rule, shapes[i], &error), "%zu", i);
}

Test(jws, req69_changed_anywhere)
{
	char *token = jws_sign(&arena, key, "at+jwt", "{\"sub\":\"x\"}");
	struct sp_error error = { "" };

	for (size_t i = 0; i < strlen(token); i++) {
		char *copy = text_copy(&arena, token);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		cr_assert(!verify(&rule, copy, &error), "%zu", i);
		copy[i] = '\0';
		cr_assert(!verify(&rule, copy, &error), "%zu", i);
	}
}

/* r and s of zero were taken by some libraries (CVE-2022-21449); DER, and r||s cut. */
Test(jws, req69_hollow_signatures)
{
	static const unsigned char zero[72];
	char *token = jws_sign(&arena, key, "at+jwt", "{}");
	char *text = text_part(&arena, token, (size_t)(strrchr(token, '.') - token));
	struct sp_error error = { "" };

	for (size_t size = 0; size <= sizeof(zero); size++)
		cr_assert(!verify(&rule, text_print(&arena, "%s.%s", text,
		    encode_base64url(&arena, zero, size)), &error));
	unsigned char one[64] = { 0 };
	one[31] = one[63] = 1;
	cr_assert(!verify(&rule, text_print(&arena, "%s.%s", text,
	    encode_base64url(&arena, one, 64)), &error));
	memset(one, 0xff, 64);
	cr_assert(!verify(&rule, text_print(&arena, "%s.%s", text,
	    encode_base64url(&arena, one, 64)), &error));
}

/* The public key as an HMAC secret: the oldest trick. */
Test(jws, req69_hs256_by_the_public_key)
{
	char *header = text_print(&arena, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
	    jwk_kid(key));
	char *text = text_print(&arena, "%s.e30", encode_base64url(&arena, header, strlen(header)));
	unsigned char mac[HASH_SIZE];
	struct sp_error error = { "" };
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;

	PEM_write_bio_PUBKEY(bio, jwk_pkey(key));
	long size = BIO_get_mem_data(bio, &pem);
	hash_hmac((struct secret){ (unsigned char *)pem, (size_t)size }, secret_text(text), mac);
	BIO_free(bio);
	cr_assert(!verify(&rule, text_print(&arena, "%s.%s", text,
	    encode_base64url(&arena, mac, sizeof(mac))), &error));
	cr_assert_str_eq(error.text, "header: alg is not acceptable");
}

Test(jws, req54_kid_may_be_left_out_where_only_one_key_fits)
{
	struct jwk *second = jwk_generate(JWK_ES256), *rsa = jwk_generate(JWK_RS256);
	const struct jwk *const keys[] = { rsa, key, second };
	char *token = forge("{\"alg\":\"ES256\"}", "{}", 2);
	struct sp_error error = { "" };

	cr_assert(verify(&(struct jws_rule){ keys, 2, NULL, true }, token, &error));
	cr_assert(!verify(&(struct jws_rule){ keys, 2, NULL, false }, token, &error));
	cr_assert(!verify(&(struct jws_rule){ keys, 3, NULL, true }, token, &error));
	cr_assert(!verify(&(struct jws_rule){ keys, 1, NULL, true }, token, &error));
	cr_assert(!verify(&(struct jws_rule){ NULL, 0, NULL, true }, token, &error));
	/* A kid that is given must fit even so. */
	token = forge("{\"alg\":\"ES256\",\"kid\":\"x\"}", "{}", 2);
	cr_assert(!verify(&(struct jws_rule){ keys, 2, NULL, true }, token, &error));
	jwk_free(second);
	jwk_free(rsa);
}
