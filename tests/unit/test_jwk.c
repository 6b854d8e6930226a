/* Keys that sign, as JSON and as bytes. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/jwk.h"

#include <openssl/evp.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define N2048 "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6" \
	"tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65" \
	"YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdk" \
	"t-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDK" \
	"gw"

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(jwk, .fini = end);

static struct jwk *read(const char *text, struct sp_error *error)
{
	json_t *json = json_read(text, strlen(text), error);

	cr_assert_not_null(json, "%s", text);
	struct jwk *jwk = jwk_read(json, error);
	json_decref(json);
	return jwk;
}

/* The example of RFC 9449, whose thumbprint that page gives. */
Test(jwk, rfc_7638_thumbprint_is_the_kid)
{
	struct sp_error error = { "" };
	struct jwk *jwk = read("{\"kty\":\"EC\","
	    "\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
	    "\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\",\"crv\":\"P-256\"}", &error);

	cr_assert_not_null(jwk, "%s", error.text);
	cr_assert_str_eq(jwk_kid(jwk), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
	cr_assert(!jwk_private(jwk));
	jwk_free(jwk);
	jwk_free(NULL);
}

static void public_only(const struct jwk *jwk, const char *const *members, size_t count)
{
	json_t *json = jwk_public_json(jwk);

	cr_assert_eq(json_object_size(json), count);
	for (size_t i = 0; i < count; i++)
		cr_assert(!text_empty(json_text(json, members[i], NULL)), "%s", members[i]);
	cr_assert_str_eq(json_text(json, "use", ""), "sig");
	cr_assert_str_eq(json_text(json, "alg", ""), jwk_alg_name(jwk_alg(jwk)));
	cr_assert_str_eq(json_text(json, "kid", ""), jwk_kid(jwk));
	json_decref(json);
}

Test(jwk, req10_public_json_has_public_members_alone)
{
	static const char *const ec[] = { "kty", "use", "alg", "kid", "crv", "x", "y" };
	static const char *const rsa[] = { "kty", "use", "alg", "kid", "n", "e" };
	struct jwk *es256 = jwk_generate(JWK_ES256), *rs256 = jwk_generate(JWK_RS256);

	cr_assert(jwk_alg(es256) == JWK_ES256 && jwk_alg(rs256) == JWK_RS256);
	cr_assert(jwk_private(es256) && jwk_private(rs256));
	public_only(es256, ec, COUNT(ec));
	public_only(rs256, rsa, COUNT(rsa));
	cr_assert_str_neq(jwk_kid(es256), jwk_kid(rs256));
	cr_assert_eq(EVP_PKEY_get_bits(jwk_pkey(rs256)), 3072);		/* req11 */
	jwk_free(es256);
	jwk_free(rs256);
}

Test(jwk, goes_out_and_comes_back)
{
	static const enum jwk_alg algs[] = { JWK_ES256, JWK_RS256 };
	struct sp_error error;

	for (size_t i = 0; i < COUNT(algs); i++) {
		struct jwk *jwk = jwk_generate(algs[i]);
		struct secret der = jwk_export(&arena, jwk);
		struct jwk *back = jwk_import(der, &error);
		cr_assert_str_eq(jwk_kid(back), jwk_kid(jwk));
		cr_assert(jwk_private(back) && EVP_PKEY_eq(jwk_pkey(back), jwk_pkey(jwk)) == 1);
		jwk_free(back);
		cr_assert_null(jwk_import((struct secret){ der.data, der.size - 1 }, &error));
		cr_assert_null(jwk_import((struct secret){ der.data, 0 }, &error));
		json_t *json = jwk_public_json(jwk);
		struct jwk *public = jwk_read(json, &error);
		cr_assert_str_eq(jwk_kid(public), jwk_kid(jwk));
		cr_assert(EVP_PKEY_eq(jwk_pkey(public), jwk_pkey(jwk)) == 1);
		json_decref(json);
		jwk_free(public);
		jwk_free(jwk);
	}
}

Test(jwk, clients_name_their_keys_themselves)
{
	struct sp_error error;
	struct jwk *jwk = read("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\","
	    "\"kid\":\"mine\",\"alg\":\"ES256\",\"use\":\"sig\",\"x5t\":\"ignored\"}", &error);

	cr_assert_str_eq(jwk_kid(jwk), "mine");
	jwk_free(jwk);
}

#define EC(more) "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"" more "}"
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

Test(jwk, req11_wrong_keys_are_told_why)
{
	static const struct { const char *json, *why; } rows[] = {
		{ "{}", "kty" }, { "[1]", "kty" },
		{ "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "private members" },
		{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}", "kty" },
		{ "{\"kty\":\"RSA\",\"n\":\"" N2048 "\",\"e\":\"AQAB\"}", "2048 bits" },
		{ "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "numbers" },
		{ "{\"kty\":\"RSA\",\"n\":\"" N2048 "\"}", "numbers" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X "\",\"y\":\"" Y "\"}", "numbers" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" Y "\",\"y\":\"" X "\"}", "numbers" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\"}", "numbers" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "A\"}", "numbers" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":7}", "numbers" },
		{ EC(",\"d\":\"AAAA\""), "private members" },
		{ EC(",\"d\":null"), "private members" },
		{ EC(",\"use\":\"enc\""), "use" }, { EC(",\"use\":1"), "use" },
		{ EC(",\"alg\":\"RS256\""), "alg" }, { EC(",\"alg\":\"none\""), "alg" },
		{ EC(",\"alg\":\"ES384\""), "alg" }, { EC(",\"alg\":null"), "alg" },
		{ EC(",\"kid\":\"\""), "kid" }, { EC(",\"kid\":5"), "kid" },
		{ EC(",\"kid\":\"a\\nb\""), "kid" }, { EC(",\"kid\":\"" LONG LONG "\""), "kid" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sp_error error = { "" };
		cr_assert_null(read(rows[i].json, &error), "%s", rows[i].json);
		cr_assert_not_null(strstr(error.text, rows[i].why), "%s: %s", rows[i].json,
		    error.text);
	}
}

/* P-384, in PKCS#8. */
static const char p384[] = "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC8dnbnD6XWq7XzCrRWoNyL"
    "KxRVocMuTPlbmA0bTOYAY2_mNgV4vz3yS87BJ2k387ehZANiAAT_4IvElbY5q2ablyJVD0OgON0CI838aki7v_mhM2q7"
    "Y1YBleM8d-BI6_p73WKupz18V7uTjrZwgA8Y_ERbgu5K1TeGm6yeYMkBqbJQ3VEAiQ-M4lgNWX1L6eXd_4dA-hE";

Test(jwk, req11_import_refuses_other_kinds)
{
	struct sp_error error = { "" };
	size_t size;
	void *der;

	cr_assert(decode_base64url(&arena, p384, &der, &size));
	cr_assert_null(jwk_import((struct secret){ der, size }, &error));
	cr_assert_not_null(strstr(error.text, "secp384r1"), "%s", error.text);
	cr_assert_null(jwk_import(secret_text("rubbish"), &error));
	cr_assert_str_eq(error.text, "no private key in PKCS#8");
}
