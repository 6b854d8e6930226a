#include "model/authorize.h"

#include "base/pack.h"

enum { LOGIN = 1 << 0, NO_PAGE = 1 << 1, CREATE = 1 << 2, MODE_SHIFT = 3 };

void authorize_pack(struct pack *pack, const struct authorize *request)
{
	pack_text(pack, request->client_id);
	pack_text(pack, request->redirect_uri);
	pack_text(pack, request->scope);
	pack_text(pack, request->state);
	pack_text(pack, request->nonce);
	pack_text(pack, request->challenge);
	pack_text(pack, request->login_hint);
	pack_text(pack, request->resources);
	pack_text(pack, request->locale);
	pack_signed(pack, request->max_age);
	pack_number(pack, (request->login ? LOGIN : 0u) | (request->none ? NO_PAGE : 0u) |
	    (request->create ? CREATE : 0u) | (unsigned)request->mode << MODE_SHIFT);
}

void authorize_unpack(struct unpack *unpack, struct authorize *out_request)
{
	struct authorize request = { .client_id = unpack_text(unpack) };

	request.redirect_uri = unpack_text(unpack);
	request.scope = unpack_text(unpack);
	request.state = unpack_text(unpack);
	request.nonce = unpack_text(unpack);
	request.challenge = unpack_text(unpack);
	request.login_hint = unpack_text(unpack);
	request.resources = unpack_text(unpack);
	request.locale = unpack_text(unpack);
	request.max_age = unpack_signed(unpack);
	uint64_t prompt = unpack_number(unpack);
	request.login = (prompt & LOGIN) != 0;
	request.none = (prompt & NO_PAGE) != 0;
	request.create = (prompt & CREATE) != 0;
	prompt >>= MODE_SHIFT;
	request.mode = prompt <= AUTHORIZE_FORM_POST ? (enum authorize_mode)prompt :
	    AUTHORIZE_QUERY;
	*out_request = request;
}
