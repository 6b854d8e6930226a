/* Keys of clients: what is read is one of ours and public, and is the same when read again. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/jwk.h"

static void check(const struct jwk *jwk)
{
	struct sp_error error = { "" };
	json_t *json = jwk_public_json(jwk);
	struct jwk *again = jwk_read(json, &error);

	CHECK(again != NULL && strcmp(jwk_kid(again), jwk_kid(jwk)) == 0);
	CHECK(strlen(jwk_kid(jwk)) <= JWK_KID_MAX && text_plain(jwk_kid(jwk)));
	CHECK(jwk_alg(jwk) == JWK_ES256 || jwk_alg(jwk) == JWK_RS256);
	CHECK(jwk_alg(again) == jwk_alg(jwk) && !jwk_private(jwk));
	json_t *second = jwk_public_json(again);
	CHECK(json_equal(json, second));
	json_decref(second);
	json_decref(json);
	jwk_free(again);
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
