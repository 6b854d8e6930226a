/*
 * redeem_push.c - an authorization request comes ahead of the customer (RFC 9126)
 *
 * It is judged as any other, and sealed into its own name: nothing is stored for whoever pushes.
 * That it is good for one sign-in is seen to where a journey begins (visit_begin.c).
 */
#include "flow/redeem_work.h"

#include "base/id.h"
#include "base/text.h"
#include "flow/visit_value.h"

static bool push_check(struct redeem *redeem)
{
	const struct app *app = redeem->work->app;
	struct authorize_query *query = &redeem->query;
	struct authorize_error error;
	struct authorize request;

	if (!text_empty(query->client_id) && !text_same(query->client_id, app->client_id))
		return redeem_barred(redeem, 400, "invalid_request",
		    "client_id is not who has authenticated.");
	if (!text_empty(query->request_uri))
		return redeem_barred(redeem, 400, "invalid_request",
		    "request_uri is what is answered here, and can't be pushed.");
	query->client_id = app->client_id;
	query->pushed = true;
	return authorize_check(redeem->turn.arena, redeem->turn.tenant, query, &request, &error) ==
	    AUTHORIZE_GOOD || redeem_barred(redeem, 400, error.error, error.description);
}

void redeem_push(struct redeem *redeem)
{
	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->about = ABOUT_PUSH;
	if (redeem_client(redeem) && push_check(redeem)) {
		int64_t lifetime = redeem->turn.tenant->settings.pushed_lifetime;
		struct pushed pushed = { .id = id_ordered(redeem->turn.now),
			.client_id = redeem->work->app->client_id, .query = redeem->query_text,
			.expires = redeem->turn.now + lifetime };
		redeem->request_uri = text_print(redeem->turn.arena, "%s%s", PUSHED_URI,
		    pushed_seal(&redeem->turn, &pushed));
		redeem->expires_in = lifetime;
		redeem->status = 201;
	}
	redeem_over(redeem);
}
