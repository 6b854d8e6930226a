/* userinfo.c - who the bearer of an access token acts for (OpenID Connect Core 5.3) */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/redeem.h"
#include "http/form.h"
#include "surface/face.h"

#include <string.h>
#include <strings.h>

struct asked {
	struct redeem redeem;	/* first: its turn is what ends */
	struct exchange *ex;
};

/* No token: 401 and no error code; else the code (RFC 6750 3, requirement 81). */
static void asked_refuse(struct exchange *ex, const struct redeem *redeem)
{
	const char *challenge = redeem->error == NULL ? "Bearer" :
	    text_print(ex->arena, "Bearer error=\"%s\", error_description=\"%s\"%s",
	    redeem->error, redeem->description,
	    redeem->status == 403 ? ", scope=\"openid\"" : "");

	if (redeem->wait > 0)
		reply_retry_after(ex, (redeem->wait + 999) / 1000);
	if (redeem->status != 503)
		(void)reply_header(ex, "WWW-Authenticate", challenge);
	if (redeem->error == NULL) {
		reply_status(ex, 401);
		reply_send(ex);
		return;
	}
	face_oauth_error(ex, redeem->status, redeem->error, redeem->description);
}

static void asked_finished(struct turn *turn, void *arg)
{
	struct asked *asked = arg;
	const struct redeem *redeem = &asked->redeem;

	face_end(asked->ex, turn);
	if (redeem->error != NULL) {
		asked_refuse(asked->ex, redeem);
		return;
	}
	reply_text(asked->ex, "application/json", redeem->claims);
	reply_send(asked->ex);
}

static void asked_left(void *arg)
{
	flow_leave(&((struct asked *)arg)->redeem.turn.flow);
}

/* Header or form body, never the query (requirement 80). */
static const char *asked_token(struct exchange *ex)
{
	const char *header = exchange_header(ex, "Authorization");
	struct sp_error why;
	struct form form;

	if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0)
		return header + 7 + strspn(header + 7, " ");
	if (header == NULL && strcmp(ex->method, "POST") == 0 &&
	    exchange_type(ex, "application/x-www-form-urlencoded") && form_body(ex, &form, &why))
		return form_get(&form, "access_token");
	return NULL;
}

void oidc_userinfo(struct exchange *ex)
{
	struct asked *asked = arena_alloc(ex->arena, sizeof(*asked));

	oidc_cors(ex);
	asked->ex = ex;
	if (!face_begin(ex, &asked->redeem.turn)) {
		face_oauth_error(ex, 404, "invalid_request", "There is no such tenant.");
		return;
	}
	asked->redeem.turn.finished = asked_finished;
	asked->redeem.turn.arg = asked;
	asked->redeem.token = asked_token(ex);
	if (text_empty(asked->redeem.token)) {
		face_end(ex, &asked->redeem.turn);
		asked_refuse(ex, &asked->redeem);
		return;
	}
	exchange_on_leave(ex, asked_left, asked);
	redeem_token(&asked->redeem);
}
