#include "model/claims_set.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#include <string.h>

/* A passed second door beside a first one; a mailbox is never both (SEMANTICS 3.4). */
static bool claims_mfa(uint32_t factors)
{
	uint32_t second = factors & (uint32_t)SP_FACTORS_SECOND;
	bool first = (factors & ~(uint32_t)SP_FACTORS_SECOND) != 0;

	if ((factors & SP_FACTOR_EMAIL_FIRST) != 0)
		second &= ~(uint32_t)SP_FACTOR_EMAIL_SECOND;
	return (first && second != 0) || (second & SP_FACTOR_PASSKEY) != 0;
}

json_t *claims_amr(uint32_t factors)
{
	static const struct { uint32_t factors; const char *name; } rows[] = {
		{ SP_FACTOR_PASSWORD, "pwd" },
		{ SP_FACTOR_EMAIL_FIRST | SP_FACTOR_EMAIL_SECOND, "emailotp" },
		{ SP_FACTOR_TOTP, "otp" },
		{ SP_FACTOR_PASSKEY | SP_FACTOR_SECURITY_KEY, "fido" },
		{ SP_FACTOR_RECOVERY, "recovery" },
		{ SP_FACTOR_SMS, "sms" },
		{ SP_FACTOR_LINK, "link" },	/* of an operator: no second factor of anybody */
	};
	json_t *amr = json_array();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((factors & rows[i].factors) != 0)
			json_array_append_new(amr, json_string(rows[i].name));
	if (claims_mfa(factors))
		json_array_append_new(amr, json_string("mfa"));
	return amr;
}

const char *claims_acr(uint32_t factors)
{
	return claims_mfa(factors) ? CLAIMS_ACR_MFA : CLAIMS_ACR_SINGLE;
}

void claims_set_text(json_t *object, const char *name, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(object, name, json_string(text));
}

static void set_seconds(json_t *object, const char *name, int64_t ms)
{
	json_object_set_new(object, name, json_integer(ms / 1000));
}

static void set_id(json_t *object, const char *name, struct sp_id id)
{
	char text[ID_TEXT];

	if (id_zero(id))
		return;
	id_format(id, text);
	claims_set_text(object, name, text);
}

struct claim_row { const char *claim, *attribute; };

static size_t set_rows(json_t *object, const struct sp_user *user, const struct claim_row *rows)
{
	size_t before = json_object_size(object);

	for (; rows->claim != NULL; rows++)
		claims_set_text(object, rows->claim, user_attribute(user, rows->attribute));
	return json_object_size(object) - before;
}

static void set_profile(json_t *object, const struct sp_user *user)
{
	static const struct claim_row rows[] = {
		{ "name", "displayName" }, { "given_name", "givenName" },
		{ "family_name", "surname" }, { "locale", "preferredLanguage" }, { NULL, NULL },
	};

	(void)set_rows(object, user, rows);
	claims_set_username(object, user);
}

void claims_set_username(json_t *object, const struct sp_user *user)
{
	if (user->identifier_count > 0)
		claims_set_text(object, "preferred_username", user->identifiers[0]);
}

/* The address that codes go to is an identifier; mail is what an operator wrote, unproven. */
void claims_set_email(json_t *object, const struct claims *claims)
{
	for (size_t i = 0; i < claims->user->identifier_count; i++) {
		if (strchr(claims->user->identifiers[i], '@') == NULL)
			continue;
		claims_set_text(object, "email", claims->user->identifiers[i]);
		json_object_set_new(object, "email_verified", json_boolean(claims->proven));
		return;
	}
}

static void set_address(json_t *object, const struct sp_user *user)
{
	static const struct claim_row rows[] = {
		{ "street_address", "streetAddress" }, { "locality", "city" },
		{ "region", "state" }, { "postal_code", "postalCode" }, { "country", "country" },
		{ NULL, NULL },
	};
	json_t *address = json_object();

	if (set_rows(address, user, rows) > 0)
		json_object_set(object, "address", address);
	json_decref(address);
}

/* Of those, what an ID token says. */
static void set_few(json_t *object, const struct claims *claims)
{
	const char *scope = claims->code->scope == NULL ? "" : claims->code->scope;

	if (claims->user != NULL && text_word(scope, "profile")) {
		claims_set_text(object, "name", user_attribute(claims->user, "displayName"));
		claims_set_username(object, claims->user);
	}
	if (claims->user != NULL && text_word(scope, "email"))
		claims_set_email(object, claims);
}

static void set_by_scope(json_t *object, const struct claims *claims)
{
	const char *scope = claims->code->scope == NULL ? "" : claims->code->scope;

	if (claims->user == NULL)
		return;
	if (text_word(scope, "profile"))
		set_profile(object, claims->user);
	if (text_word(scope, "email"))
		claims_set_email(object, claims);
	if (text_word(scope, "address"))
		set_address(object, claims->user);
}

static void set_subject(json_t *object, const struct claims *claims)
{
	set_id(object, "sub", id_zero(claims->subject) ? claims->code->user : claims->subject);
}

json_t *claims_personal(const struct claims *claims)
{
	struct code code = *claims->code;
	struct claims all = *claims;
	json_t *object = json_object();

	code.scope = "profile email address";
	all.code = &code;
	set_by_scope(object, &all);
	return object;
}

/* One is a text, as most readers expect it. */
static json_t *audience_json(const char *audience, const char *second)
{
	return second == NULL ? json_string(audience) : json_pack("[ss]", audience, second);
}

/* What both tokens say of the sign-in; takes `audience`. */
static json_t *common(const struct claims *claims, json_t *audience, int64_t lifetime)
{
	const struct code *code = claims->code;
	json_t *object = json_object();

	claims_set_text(object, "iss", code->issuer);
	set_subject(object, claims);
	json_object_set_new(object, "aud", audience);
	set_seconds(object, "exp", claims->now + lifetime);
	set_seconds(object, "iat", claims->now);
	set_seconds(object, "nbf", claims->now);
	set_seconds(object, "auth_time", code->signed_in);
	claims_set_text(object, "acr", claims_acr(code->factors));
	json_object_set_new(object, "amr", claims_amr(code->factors));
	claims_contexts(object, claims->contexts);
	set_id(object, "sid", code->session);
	if (id_zero(claims->subject))
		set_id(object, "oid", code->user);
	claims_set_text(object, "tid", claims->tenant->id_text);
	claims_set_text(object, "ver", "2.0");
	return object;
}

json_t *claims_id_token(const struct claims *claims)
{
	json_t *object = common(claims, json_string(claims->code->client_id),
	    claims->tenant->settings.id_token_lifetime);

	claims_set_text(object, "nonce", claims->code->nonce);
	set_few(object, claims);
	if (claims->app != NULL)
		claims_of_app(object, claims, claims->app, claims->app->api.id_claims);
	claims_wish(object, claims, claims->code->wishes.id_token);
	return object;
}

json_t *claims_access_token(const struct claims *claims)
{
	const char *client = claims->code->client_id;
	const char *audience = text_empty(claims->audience) ? client : claims->audience;
	json_t *object = common(claims, audience_json(audience, claims->userinfo),
	    claims->tenant->settings.access_token_lifetime);

	claims_set_text(object, "client_id", client);
	claims_set_text(object, "azp", client);
	claims_set_text(object, "jti", claims->token_id);
	set_id(object, "grant_id", claims->grant);
	claims_set_text(object, "scope", claims->scope != NULL ? claims->scope : claims->code->scope);
	claims_set_text(object, "scp", claims->values);
	if (claims->api != NULL)
		claims_of_app(object, claims, claims->api, claims->api->api.access_claims);
	claims_wish_tell(object, claims->code->wishes.userinfo);
	return object;
}

json_t *claims_userinfo(const struct claims *claims)
{
	json_t *object = json_object();

	set_subject(object, claims);
	set_by_scope(object, claims);
	claims_wish(object, claims, claims->code->wishes.userinfo);
	return object;
}

char *claims_subject(struct arena *arena, struct sp_id user)
{
	char *text = arena_alloc(arena, ID_TEXT);

	id_format(user, text);
	return text;
}
