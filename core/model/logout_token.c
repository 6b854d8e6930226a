#include "model/logout_token.h"

#include "base/id.h"

#define EVENT "http://schemas.openid.net/event/backchannel-logout"

static void set_id(json_t *object, const char *name, struct sp_id id)
{
	char text[ID_TEXT];

	id_format(id, text);
	json_object_set_new(object, name, json_string(text));
}

json_t *logout_token(const struct logout_token *token)
{
	json_t *object = json_object(), *events = json_object();

	json_object_set_new(object, "iss", json_string(token->issuer));
	json_object_set_new(object, "aud", json_string(token->audience));
	json_object_set_new(object, "iat", json_integer(token->now / 1000));
	json_object_set_new(object, "exp",
	    json_integer((token->now + LOGOUT_TOKEN_LIFE) / 1000));
	set_id(object, "jti", token->id);
	set_id(object, "sub", token->user);
	set_id(object, "sid", token->session);
	json_object_set_new(events, EVENT, json_object());
	json_object_set_new(object, "events", events);
	return object;
}
