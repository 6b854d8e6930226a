#include "model/optional.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

const struct optional_row optional_rows[] = {
	{ "auth_time", OPTIONAL_ALWAYS, NULL, NULL },
	{ "acr", OPTIONAL_ALWAYS, NULL, NULL },
	{ "acrs", OPTIONAL_ALWAYS, NULL, NULL },
	{ "amr", OPTIONAL_ALWAYS, NULL, NULL },
	{ "sid", OPTIONAL_ALWAYS, NULL, NULL },
	{ "email", OPTIONAL_EMAIL, "email", NULL },
	{ "preferred_username", OPTIONAL_USERNAME, "profile", NULL },
	{ "name", OPTIONAL_ATTRIBUTE, "profile", "displayName" },
	{ "given_name", OPTIONAL_ATTRIBUTE, "profile", "givenName" },
	{ "family_name", OPTIONAL_ATTRIBUTE, "profile", "surname" },
	{ "locale", OPTIONAL_ATTRIBUTE, "profile", "preferredLanguage" },
	{ "ctry", OPTIONAL_ATTRIBUTE, "address", "country" },
	{ NULL, OPTIONAL_ALWAYS, NULL, NULL },
};

static const struct shape claim_shape[] = {
	{ .name = "name", .type = SHAPE_TEXT, .must = true, .min = 1, .max = 64 },
	{ .name = "source", .type = SHAPE_NOT, .help = "claims come of the customer alone" },
	{ .name = "essential", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "additionalProperties", .type = SHAPE_NOT, .list = true,
	    .help = "claims are told in one way" },
	{ 0 },
};

#define CLAIMS(token) { .name = token, .type = SHAPE_OBJECT, .list = true, \
	.most = OPTIONAL_MOST, .members = claim_shape }

const struct shape optional_shape[] = {
	CLAIMS("idToken"), CLAIMS("accessToken"),
	{ .name = "saml2Token", .type = SHAPE_NOT, .list = true, .help = "SAML is not offered" },
	{ 0 },
};

/* False: there is no such claim. */
static bool optional_bit(const char *name, uint32_t *out_bit)
{
	for (size_t i = 0; optional_rows[i].name != NULL; i++)
		if (text_same(optional_rows[i].name, name)) {
			*out_bit = UINT32_C(1) << i;
			return true;
		}
	return false;
}

static void check_token(const json_t *canonical, const char *token,
    struct document_errors *errors)
{
	uint32_t bit;
	size_t index;
	json_t *one;

	json_array_foreach(shape_at(canonical, "optionalClaims", token, NULL), index, one)
		if (!optional_bit(json_text(one, "name", ""), &bit))
			document_wrong(errors, text_print(errors->arena,
			    "optionalClaims.%s[%zu].name", token, index), "InvalidValue",
			    "no claim that can be asked for");
}

void optional_check(const json_t *canonical, struct document_errors *errors)
{
	check_token(canonical, "idToken", errors);
	check_token(canonical, "accessToken", errors);
}

uint32_t optional_set(const json_t *document, const char *token)
{
	uint32_t set = 0, bit;
	size_t index;
	json_t *one;

	json_array_foreach(shape_at(document, "optionalClaims", token, NULL), index, one)
		if (optional_bit(json_text(one, "name", ""), &bit))
			set |= bit;
	return set;
}
