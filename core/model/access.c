#include "model/access.h"

#include "base/id.h"
#include "base/text.h"
#include "model/words.h"

#include <string.h>

#define SKEW INT64_C(60)	/* seconds */

/* In one place: the client and nobody else, or by name. */
bool access_ours(const struct access *access, const char *userinfo)
{
	return text_same(access->audience, access->client_id) ||
	    text_word(access->audience, userinfo);
}

char *access_userinfo(struct arena *arena, const char *issuer)
{
	static const char tail[] = "/v2.0";
	size_t size = strlen(issuer), cut = sizeof(tail) - 1;
	bool ours = size > cut && strcmp(issuer + size - cut, tail) == 0;

	return text_print(arena, "%.*s/oauth2/v2.0/userinfo", (int)(ours ? size - cut : size),
	    issuer);
}

/* As words. NULL: none, or one that is no text, or would be read as two. */
static const char *access_audience(struct arena *arena, const json_t *payload)
{
	const json_t *aud = json_object_get(payload, "aud"), *one;
	size_t count = json_is_array(aud) ? json_array_size(aud) : 1;
	const char *audience = NULL;

	for (size_t i = 0; i < count; i++) {
		one = json_is_array(aud) ? json_array_get(aud, i) : aud;
		const char *text = json_string_value(one);
		if (text_empty(text) || strchr(text, ' ') != NULL)
			return NULL;
		audience = words_add(arena, audience, text);
	}
	return audience;
}

static bool access_says(const json_t *payload, const char *issuer)
{
	return !text_empty(json_text(payload, "client_id", "")) &&
	    !text_empty(issuer) &&
	    text_same(json_text(payload, "iss", ""), issuer);
}

static bool access_lives(const json_t *payload, int64_t now)
{
	int64_t expires = json_number(payload, "exp", 0), begins = json_number(payload, "nbf", 0);

	return now / 1000 < expires && begins <= now / 1000 + SKEW;
}

bool access_read(struct arena *arena, const json_t *payload, const char *issuer, int64_t now,
    struct access *out_access)
{
	struct access access = { 0 };
	const char *grant = json_text(payload, "grant_id", NULL);

	access.audience = access_audience(arena, payload);
	access.alone = text_same(json_text(payload, "idtyp", NULL), "app") &&
	    text_same(json_text(payload, "sub", NULL), json_text(payload, "client_id", ""));
	if (access.audience == NULL || !access_says(payload, issuer) || !access_lives(payload, now) ||
	    !id_parse(json_text(payload, "jti", ""), &access.id) ||
	    !id_parse(json_text(payload, "sub", ""), &access.user) ||
	    (!access.alone && !id_parse(json_text(payload, "sid", ""), &access.session)) ||
	    (grant != NULL && (!id_parse(grant, &access.grant) || id_zero(access.grant))))
		return false;
	access.client_id = text_copy(arena, json_text(payload, "client_id", ""));
	access.expires = json_number(payload, "exp", 0) * 1000;
	access.scope = text_copy(arena, json_text(payload, "scope", ""));
	*out_access = access;
	return true;
}
