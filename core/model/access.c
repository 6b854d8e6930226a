#include "model/access.h"

#include "base/id.h"
#include "base/text.h"

#define SKEW INT64_C(60)	/* seconds */

/* In one place: exactly one audience, and that is the client. */
bool access_ours(const struct access *access)
{
	return text_same(access->audience, access->client_id);
}

static bool access_says(const json_t *payload, const char *issuer)
{
	return !text_empty(json_text(payload, "client_id", "")) &&
	    !text_empty(json_text(payload, "aud", "")) && !text_empty(issuer) &&
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

	if (!access_says(payload, issuer) || !access_lives(payload, now) ||
	    !id_parse(json_text(payload, "jti", ""), &access.id) ||
	    !id_parse(json_text(payload, "sub", ""), &access.user) ||
	    !id_parse(json_text(payload, "sid", ""), &access.session) ||
	    (grant != NULL && (!id_parse(grant, &access.grant) || id_zero(access.grant))))
		return false;
	access.client_id = text_copy(arena, json_text(payload, "client_id", ""));
	access.audience = text_copy(arena, json_text(payload, "aud", ""));
	access.expires = json_number(payload, "exp", 0) * 1000;
	access.scope = text_copy(arena, json_text(payload, "scope", ""));
	*out_access = access;
	return true;
}
