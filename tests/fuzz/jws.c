/* No token but the one that was signed verifies. RFC 7515 A.3 gives key and token. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/jws.h"

#include <string.h>

static const char signed_token[] = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
    "ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-"
    "Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
static const char public_key[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";

static struct jwk *key;

static void key_read(void)
{
	struct sp_error error;
	json_t *json = json_read(public_key, strlen(public_key), &error);

	key = jwk_read(json, &error);
	CHECK(key != NULL);
	json_decref(json);
}

static void token_try(struct arena *arena, const char *token)
{
	struct jws_rule rule = { (const struct jwk *const *)&key, 1, NULL, true };
	struct sp_error error = { "" };
	json_t *payload = NULL;

	bool ok = jws_verify(arena, &rule, token, &payload, &error);
	CHECK(ok == text_same(token, signed_token));
	CHECK(ok == (payload != NULL) && ok == (error.text[0] == '\0'));
	json_decref(payload);
}

/* Keys come from clients as well. */
static void key_try(const char *text, size_t size)
{
	struct sp_error error = { "" };
	json_t *json = json_read(text, size, &error);
	struct jwk *read = json != NULL ? jwk_read(json, &error) : NULL;

	CHECK((read == NULL) == (error.text[0] != '\0'));
	json_decref(json);
	jwk_free(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };

	if (key == NULL)
		key_read();
	const char *text = text_part(&arena, (const char *)data, size);
	token_try(&arena, text);
	key_try(text, size);
	/* As a header in a token that is whole in all else. */
	token_try(&arena, text_print(&arena, "%s%s", encode_base64url(&arena, data, size),
	    strchr(signed_token, '.')));
	arena_done(&arena);
	return 0;
}
