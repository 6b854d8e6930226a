#include "model/assertion.h"

#include "base/text.h"

#include <string.h>

static const char *times_wrong(const json_t *payload, int64_t now)
{
	const json_t *exp = json_object_get(payload, "exp");
	int64_t expires = json_number(payload, "exp", 0), begins = json_number(payload, "nbf", 0);
	int64_t made = json_number(payload, "iat", now);

	if (!json_is_integer(exp))
		return "client_assertion: exp is missing, or no number.";
	if (expires <= now)
		return "client_assertion: exp is over; compare the clocks.";
	if (begins > now + ASSERTION_SKEW || made > now + ASSERTION_SKEW)
		return "client_assertion: nbf or iat is yet to come; compare the clocks.";
	/* Of a clock that is ahead, the life counts from what that clock says. */
	if (expires - (made > now ? made : now) > ASSERTION_LIFE)
		return "client_assertion: exp is more than five minutes from now.";
	return NULL;
}

static bool made_before(const json_t *payload, int64_t restored)
{
	int64_t latest = json_number(payload, "exp", 0) - ASSERTION_LIFE;
	int64_t made = json_number(payload, "iat", latest);

	return (made - ASSERTION_SKEW) * 1000 < restored;
}

const char *assertion_wrong(const json_t *payload, const struct assertion_rule *rule,
    struct assertion *out_assertion)
{
	const char *jti = json_text(payload, "jti", "");
	const char *why = times_wrong(payload, rule->now / 1000);

	if (!text_same(json_text(payload, "iss", NULL), rule->client_id) ||
	    !text_same(json_text(payload, "sub", NULL), rule->client_id))
		return "client_assertion: iss and sub must be the client_id.";
	if (!text_same(json_text(payload, "aud", NULL), rule->issuer))
		return "client_assertion: aud must be the issuer, as one string.";
	if (why != NULL)
		return why;
	if (made_before(payload, rule->restored))
		return "client_assertion: it is from before a restore of the server, or was made "
		    "within a minute after it; make a new one.";
	if (jti[0] == '\0' || strlen(jti) > ASSERTION_JTI_MOST)
		return "client_assertion: jti is missing, or longer than 256 bytes.";
	out_assertion->jti = jti;
	out_assertion->until = (json_number(payload, "exp", 0) + 1) * 1000;
	return NULL;
}
