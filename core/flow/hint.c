#include "flow/hint.h"

#include "base/id.h"
#include "base/text.h"
#include "crypto/jws.h"
#include "model/authorize.h"
#include "store/subject.h"

static bool hint_claims(const struct turn *turn, const json_t *payload, struct hint *out_hint)
{
	const char *client = json_text(payload, "aud", NULL);
	const char *session = json_text(payload, "sid", NULL);
	struct hint hint = { .client_id = text_copy(turn->arena, client) };

	if (client == NULL || !text_same(json_text(payload, "iss", NULL), turn->issuer) ||
	    !id_parse(json_text(payload, "sub", NULL), &hint.user) ||
	    (session != NULL && !id_parse(session, &hint.session)))
		return false;
	hint.user = subject_user(turn->store, tenant_app(turn->tenant, client), hint.user);
	*out_hint = hint;
	return true;
}

bool hint_read(const struct turn *turn, const char *token, struct hint *out_hint)
{
	struct jws_rule rule = { .keys = turn->tenant->keys, .count = turn->tenant->key_count };
	json_t *payload = NULL;
	struct sp_error error;

	if (!jws_verify(turn->arena, &rule, token, &payload, &error))
		return false;
	bool good = hint_claims(turn, payload, out_hint);
	json_decref(payload);
	return good;
}

void hint_apply(const struct turn *turn, struct authorize *request)
{
	struct hint hint;

	if (!request->hinted)
		return;
	if (request->id_token_hint != NULL && hint_read(turn, request->id_token_hint, &hint)) {
		request->hint = hint.user;
	} else {
		request->hinted = false;
		request->login = true;
	}
	request->id_token_hint = NULL;
}
