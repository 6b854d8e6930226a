/* token.c - a code for tokens (RFC 6749 4.1.3, 5) */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "flow/redeem.h"
#include "http/form.h"
#include "surface/face.h"

#include <string.h>
#include <strings.h>

struct trade {
	struct redeem redeem;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void trade_refuse(struct exchange *ex, const struct redeem *redeem)
{
	json_t *body = json_object();

	if (redeem->status == 401 && redeem->basic)
		(void)reply_header(ex, "WWW-Authenticate", "Basic realm=\"token\"");
	if (redeem->wait > 0)
		reply_retry_after(ex, (redeem->wait + 999) / 1000);
	json_object_set_new(body, "error", json_string(redeem->error));
	json_object_set_new(body, "error_description", json_string(redeem->description));
	if (redeem->suberror != NULL)
		json_object_set_new(body, "suberror", json_string(redeem->suberror));
	json_object_set_new(body, "correlation_id", json_string(ex->id_text));
	face_json(ex, redeem->status, body);
}

static void trade_finished(struct turn *turn, void *arg)
{
	struct trade *trade = arg;
	const struct redeem *redeem = &trade->redeem;
	struct exchange *ex = trade->ex;

	face_end(ex, turn);
	if (redeem->error != NULL) {
		trade_refuse(ex, redeem);
		return;
	}
	json_t *body = json_object();
	json_object_set_new(body, "token_type", json_string("Bearer"));
	json_object_set_new(body, "access_token", json_string(redeem->access_token));
	json_object_set_new(body, "expires_in", json_integer(redeem->expires_in / 1000));
	json_object_set_new(body, "scope", json_string(redeem->scope));
	if (redeem->id_token != NULL)
		json_object_set_new(body, "id_token", json_string(redeem->id_token));
	face_json(ex, 200, body);
}

static void trade_left(void *arg)
{
	flow_leave(&((struct trade *)arg)->redeem.turn.flow);
}

/* RFC 6749 2.3.1: both halves are form-encoded before they are joined and encoded again. */
static bool trade_basic(struct exchange *ex, struct redeem *redeem)
{
	const char *header = exchange_header(ex, "Authorization");
	void *data;
	size_t size;
	char *id, *secret;

	if (header == NULL)
		return true;
	redeem->basic = true;
	if (strncasecmp(header, "Basic ", 6) != 0 ||
	    !decode_base64(ex->arena, header + 6 + strspn(header + 6, " "), &data, &size))
		return false;
	const char *colon = memchr(data, ':', size);
	if (colon == NULL)
		return false;
	size_t first = (size_t)(colon - (const char *)data);
	if (!decode_url(ex->arena, data, first, &id) ||
	    !decode_url(ex->arena, colon + 1, size - first - 1, &secret))
		return false;
	redeem->client_id = id;
	redeem->client_secret = secret_text(secret);
	return true;
}

/* One way to say who one is, and one only (requirement 53). */
static const char *trade_client(struct exchange *ex, const struct form *form,
    struct redeem *redeem)
{
	const char *id = form_get(form, "client_id");
	const char *secret = form_get(form, "client_secret");

	if (!trade_basic(ex, redeem))
		return "The Authorization header is not Basic with an id and a secret.";
	if (redeem->basic && secret != NULL)
		return "The client authenticates in two ways at once.";
	if (redeem->basic && id != NULL && strcmp(id, redeem->client_id) != 0)
		return "Header and body name different clients.";
	if (redeem->basic)
		return NULL;
	redeem->client_id = id;
	if (!text_empty(secret))
		redeem->client_secret = secret_text(secret);
	return id == NULL ? "The parameter client_id is missing." : NULL;
}

static const char *trade_read(struct exchange *ex, struct redeem *redeem, const char **out_error)
{
	struct sp_error why;
	struct form form;

	*out_error = "invalid_request";
	if (!exchange_type(ex, "application/x-www-form-urlencoded"))
		return "The body must be application/x-www-form-urlencoded.";
	if (!form_body(ex, &form, &why))
		return "The body can't be read as a form.";
	if (form_any_repeated(&form) != NULL)
		return "A parameter is there twice.";
	const char *grant = form_get(&form, "grant_type");
	if (text_empty(grant))
		return "The parameter grant_type is missing.";
	if (strcmp(grant, "authorization_code") != 0) {
		*out_error = "unsupported_grant_type";
		return "Only grant_type=authorization_code is offered.";
	}
	redeem->code = form_get(&form, "code");
	redeem->redirect_uri = form_get(&form, "redirect_uri");
	redeem->verifier = form_get(&form, "code_verifier");
	return trade_client(ex, &form, redeem);
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
	why = trade_read(ex, &trade->redeem, &error);
	if (why != NULL) {
		face_end(ex, &trade->redeem.turn);
		face_oauth_error(ex, 400, error, why);
		return;
	}
	exchange_on_leave(ex, trade_left, trade);
	redeem_code(&trade->redeem);
}
