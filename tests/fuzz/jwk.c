/* Keys of clients: what is read is one of ours and public, and is the same when read again. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/jwk.h"

static void check_again(const struct jwk *jwk, const json_t *json)
{
	struct sp_error error = { "" };
	struct jwk *again = jwk_read(json, &error);

	/* Whether a modulus that nobody made of two primes passes is chance: OpenSSL looks at it
	 * with a random base. */
	if (again == NULL) {
		CHECK(jwk_alg(jwk) == JWK_RS256 && error.text[0] != '\0');
		return;
	}
	json_t *second = jwk_public_json(again);
	CHECK(json_equal(json, second) && jwk_alg(again) == jwk_alg(jwk));
	CHECK(strcmp(jwk_kid(again), jwk_kid(jwk)) == 0);
	json_decref(second);
	jwk_free(again);
}

static void check(const struct jwk *jwk)
{
	json_t *json = jwk_public_json(jwk);

	CHECK(strlen(jwk_kid(jwk)) <= JWK_KID_MAX && text_plain(jwk_kid(jwk)));
	CHECK(jwk_alg(jwk) == JWK_ES256 || jwk_alg(jwk) == JWK_RS256);
	CHECK(!jwk_private(jwk));
	check_again(jwk, json);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_error error = { "" };
	json_t *json = json_read((const char *)data, size, &error);

	if (json == NULL)
		return 0;
	struct jwk *jwk = jwk_read(json, &error);
	CHECK((jwk == NULL) == (error.text[0] != '\0'));
	if (jwk != NULL) {
		static const char *const hidden[] = { "d", "p", "q", "dp", "dq", "qi", "k" };
		for (size_t i = 0; i < 7; i++)
			CHECK(json_object_get(json, hidden[i]) == NULL);
		check(jwk);
	}
	jwk_free(jwk);
	json_decref(json);
	return 0;
}
