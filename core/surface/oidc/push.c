/* push.c - an authorization request comes ahead of the customer (RFC 9126 2) */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "surface/face.h"
#include "surface/oidc/caller.h"

struct pushing {
	struct redeem redeem;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void pushing_finished(struct turn *turn, void *arg)
{
	struct pushing *pushing = arg;
	const struct redeem *redeem = &pushing->redeem;

	face_end(pushing->ex, turn);
	if (redeem->error != NULL) {
		caller_refuse(pushing->ex, redeem);
		return;
	}
	json_t *body = json_object();
	json_object_set_new(body, "request_uri", json_string(redeem->request_uri));
	json_object_set_new(body, "expires_in", json_integer(redeem->expires_in / 1000));
	face_json(pushing->ex, redeem->status, body);
}

static void pushing_left(void *arg)
{
	flow_leave(&((struct pushing *)arg)->redeem.turn.flow);
}

void oidc_push(struct exchange *ex)
{
	struct pushing *pushing = arena_alloc(ex->arena, sizeof(*pushing));
	struct redeem *redeem = &pushing->redeem;
	struct form form;

	oidc_cors(ex);
	pushing->ex = ex;
	if (!face_begin(ex, &redeem->turn)) {
		face_oauth_error(ex, 404, "invalid_request", "There is no such tenant.");
		return;
	}
	redeem->turn.finished = pushing_finished;
	redeem->turn.arg = pushing;
	const char *why = caller_form(ex, "resource", &form);
	if (why == NULL)
		why = caller_read(ex, &form, redeem);
	if (why != NULL) {
		face_end(ex, &redeem->turn);
		face_oauth_error(ex, 400, "invalid_request", why);
		return;
	}
	redeem->query = oidc_query(ex->arena, &form);
	redeem->query_text = oidc_query_text(ex->arena, &form);
	exchange_on_leave(ex, pushing_left, pushing);
	redeem_push(redeem);
}
