/* token.c - a code or a refresh token for tokens (RFC 6749 4.1.3, 5, 6) */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/text.h"
#include "surface/face.h"
#include "surface/oidc/caller.h"

#include <string.h>

struct trade {
	struct redeem redeem;	/* first: its turn is what ends */
	struct exchange *ex;
	void (*run)(struct redeem *redeem);
};

static void trade_code(struct redeem *redeem, const struct form *form)
{
	redeem->code = form_get(form, "code");
	redeem->redirect_uri = form_get(form, "redirect_uri");
	redeem->verifier = form_get(form, "code_verifier");
	redeem->resource = form_get(form, "resource");
}

static void trade_refresh(struct redeem *redeem, const struct form *form)
{
	redeem->refresh = form_get(form, "refresh_token");
	redeem->wished = form_get(form, "claims");
	redeem->asked = form_get(form, "scope");
	redeem->resource = form_get(form, "resource");
}

static void trade_alone(struct redeem *redeem, const struct form *form)
{
	redeem->asked = form_get(form, "scope");
	redeem->resource = form_get(form, "resource");
}

static void trade_device(struct redeem *redeem, const struct form *form)
{
	redeem->device_code = form_get(form, "device_code");
	redeem->resource = form_get(form, "resource");
}

/* By grant_type: what is read of the form, and what is done with it. */
static const struct {
	const char *grant_type;
	void (*read)(struct redeem *redeem, const struct form *form);
	void (*run)(struct redeem *redeem);
} grants[] = {
	{ "authorization_code", trade_code, redeem_code },
	{ "refresh_token", trade_refresh, redeem_refresh },
	{ "client_credentials", trade_alone, redeem_alone },
	{ "urn:ietf:params:oauth:grant-type:device_code", trade_device, redeem_device },
};

static void trade_finished(struct turn *turn, void *arg)
{
	struct trade *trade = arg;
	const struct redeem *redeem = &trade->redeem;
	struct exchange *ex = trade->ex;

	face_end(ex, turn);
	if (redeem->error != NULL) {
		caller_refuse(ex, redeem);
		return;
	}
	json_t *body = json_object();
	json_object_set_new(body, "token_type", json_string("Bearer"));
	json_object_set_new(body, "access_token", json_string(redeem->access_token));
	json_object_set_new(body, "expires_in", json_integer(redeem->expires_in / 1000));
	json_object_set_new(body, "scope", json_string(redeem->scope));
	if (redeem->refresh_token != NULL)
		json_object_set_new(body, "refresh_token", json_string(redeem->refresh_token));
	if (redeem->id_token != NULL)
		json_object_set_new(body, "id_token", json_string(redeem->id_token));
	if (redeem->client_info != NULL)
		json_object_set_new(body, "client_info", json_string(redeem->client_info));
	face_json(ex, 200, body);
}

static void trade_left(void *arg)
{
	flow_leave(&((struct trade *)arg)->redeem.turn.flow);
}

static const char *trade_read(struct trade *trade, const char **out_error)
{
	struct form form;
	const char *why = caller_form(trade->ex, NULL, &form);

	*out_error = "invalid_request";
	if (why != NULL)
		return why;
	const char *grant = form_get(&form, "grant_type");
	if (text_empty(grant))
		return "The parameter grant_type is missing.";
	for (size_t i = 0; i < sizeof(grants) / sizeof(grants[0]); i++) {
		if (strcmp(grant, grants[i].grant_type) != 0)
			continue;
		trade->run = grants[i].run;
		grants[i].read(&trade->redeem, &form);
		trade->redeem.wants_info = text_same(form_get(&form, "client_info"), "1");
		return caller_read(trade->ex, &form, &trade->redeem);
	}
	*out_error = "unsupported_grant_type";
	return "This grant_type is not offered: see the discovery document for those that are.";
}

void oidc_token(struct exchange *ex)
{
	struct trade *trade = arena_alloc(ex->arena, sizeof(*trade));
	const char *error, *why;

	oidc_cors(ex);
	trade->ex = ex;
	if (!face_begin(ex, &trade->redeem.turn)) {
		face_oauth_error(ex, 404, "invalid_request", "There is no such tenant.");
		return;
	}
	trade->redeem.turn.finished = trade_finished;
	trade->redeem.turn.arg = trade;
	why = trade_read(trade, &error);
	if (why != NULL) {
		face_end(ex, &trade->redeem.turn);
		face_oauth_error(ex, 400, error, why);
		return;
	}
	exchange_on_leave(ex, trade_left, trade);
	trade->run(&trade->redeem);
}
