#include "model/authorize.h"

#include "base/pack.h"

enum { LOGIN = 1 << 0, NO_PAGE = 1 << 1, CREATE = 1 << 2, MODE_SHIFT = 3, MODE_MASK = 3,
	MORE = 1 << 5,		/* what follows was not there in the beginning */
	PUSHED = 1 << 6 };	/* nor this, which is there for such requests alone */
enum { SELECT = 1 << 0, CONSENT = 1 << 1, HINTED = 1 << 2 };

static void pack_more(struct pack *pack, const struct authorize *request)
{
	pack_number(pack, (request->select ? SELECT : 0u) | (request->consent ? CONSENT : 0u) |
	    (request->hinted ? HINTED : 0u));
	pack_id(pack, request->hint);
	pack_text(pack, request->id_token_hint);
	wishes_pack(pack, &request->wishes);
}

static void unpack_more_of(struct unpack *unpack, struct authorize *request)
{
	uint64_t flags = unpack_number(unpack);

	request->select = (flags & SELECT) != 0;
	request->consent = (flags & CONSENT) != 0;
	request->hinted = (flags & HINTED) != 0;
	request->hint = unpack_id(unpack);
	request->id_token_hint = unpack_text(unpack);
	wishes_unpack(unpack, &request->wishes);
}

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
	    (request->create ? CREATE : 0u) | (unsigned)request->mode << MODE_SHIFT | MORE |
	    (request->pushed ? PUSHED : 0u));
	pack_more(pack, request);
	if (!request->pushed)
		return;
	pack_id(pack, request->push);
	pack_signed(pack, request->push_until);
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
	uint64_t mode = prompt >> MODE_SHIFT & MODE_MASK;
	request.mode = mode <= AUTHORIZE_FORM_POST ? (enum authorize_mode)mode : AUTHORIZE_QUERY;
	if ((prompt & MORE) != 0)
		unpack_more_of(unpack, &request);
	request.pushed = (prompt & PUSHED) != 0;
	if (request.pushed) {
		request.push = unpack_id(unpack);
		request.push_until = unpack_signed(unpack);
	}
	*out_request = request;
}
