/*
 * push.c - what an app brings ahead of the customer: an authorization request (RFC 9126 2), or a
 * sign-in that a device without a browser begins (RFC 8628 3.1)
 */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/text.h"
#include "surface/face.h"
#include "surface/oidc/caller.h"

struct pushing {
	struct redeem redeem;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, json_string(text));
}

/* `message` is the original's: programs print it as it is. */
static void device_answer(struct exchange *ex, const struct redeem *redeem, json_t *body)
{
	const char *code = text_print(ex->arena, "%.4s-%s", redeem->user_code,
	    redeem->user_code + 4);
	const char *uri = text_print(ex->arena, "%s/%s/flow/device", ex->base_url,
	    redeem->turn.tenant->name);

	set_text(body, "device_code", redeem->device_code);
	set_text(body, "user_code", code);
	set_text(body, "verification_uri", uri);
	set_text(body, "verification_uri_complete", text_print(ex->arena, "%s?user_code=%s", uri,
	    code));
	set_text(body, "message", text_print(ex->arena, "To sign in, open %s in a browser and "
	    "enter the code %s.", uri, code));
	json_object_set_new(body, "interval", json_integer(redeem->interval / 1000));
}

static void pushing_finished(struct turn *turn, void *arg)
{
	struct pushing *pushing = arg;
	const struct redeem *redeem = &pushing->redeem;

	if (redeem->error != NULL) {
		face_end(pushing->ex, turn);
		caller_refuse(pushing->ex, redeem);
		return;
	}
	json_t *body = json_object();
	if (redeem->request_uri != NULL)
		set_text(body, "request_uri", redeem->request_uri);
	else
		device_answer(pushing->ex, redeem, body);
	json_object_set_new(body, "expires_in", json_integer(redeem->expires_in / 1000));
	face_end(pushing->ex, turn);
	face_json(pushing->ex, redeem->status, body);
}

static void pushing_left(void *arg)
{
	flow_leave(&((struct pushing *)arg)->redeem.turn.flow);
}

static void pushing_begin(struct exchange *ex, void (*run)(struct redeem *redeem))
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
	redeem->asked = form_get(&form, "scope");
	redeem->resource = redeem->query.resource;
	exchange_on_leave(ex, pushing_left, pushing);
	run(redeem);
}

void oidc_push(struct exchange *ex)
{
	pushing_begin(ex, redeem_push);
}

void oidc_device(struct exchange *ex)
{
	pushing_begin(ex, redeem_device_ask);
}
