/* about.c - what apps ask about tokens: introspection (RFC 7662) and revocation (RFC 7009) */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "surface/face.h"
#include "surface/oidc/caller.h"

struct inquiry {
	struct redeem redeem;	/* first: its turn is what ends */
	struct exchange *ex;
	bool tells;		/* has an answer beyond "done" */
};

static void inquiry_finished(struct turn *turn, void *arg)
{
	struct inquiry *inquiry = arg;
	const struct redeem *redeem = &inquiry->redeem;
	struct exchange *ex = inquiry->ex;

	face_end(ex, turn);
	if (redeem->error != NULL) {
		caller_refuse(ex, redeem);
		return;
	}
	if (inquiry->tells)
		reply_text(ex, "application/json", redeem->claims);
	else
		reply_status(ex, 200);
	reply_send(ex);
}

static void inquiry_left(void *arg)
{
	flow_leave(&((struct inquiry *)arg)->redeem.turn.flow);
}

/* Who does not say who he is may try again and say it (requirement 76). */
static void inquiry_refuse(struct exchange *ex, const char *why, bool nameless)
{
	if (!nameless) {
		face_oauth_error(ex, 400, "invalid_request", why);
		return;
	}
	(void)reply_header(ex, "WWW-Authenticate", "Basic realm=\"token\"");
	face_oauth_error(ex, 401, "invalid_client", "The client has not authenticated.");
}

static void inquire(struct exchange *ex, bool tells, void (*run)(struct redeem *redeem))
{
	struct inquiry *inquiry = arena_alloc(ex->arena, sizeof(*inquiry));
	struct redeem *redeem = &inquiry->redeem;
	struct form form;

	inquiry->ex = ex;
	inquiry->tells = tells;
	if (!face_begin(ex, &redeem->turn)) {
		face_oauth_error(ex, 404, "invalid_request", "There is no such tenant.");
		return;
	}
	redeem->turn.finished = inquiry_finished;
	redeem->turn.arg = inquiry;
	const char *unread = caller_form(ex, NULL, &form);
	const char *why = unread != NULL ? unread : caller_read(ex, &form, redeem);
	if (why != NULL) {
		face_end(ex, &redeem->turn);
		inquiry_refuse(ex, why, unread == NULL && redeem->client.client_id == NULL &&
		    !redeem->basic);
		return;
	}
	redeem->token = form_get(&form, "token");
	exchange_on_leave(ex, inquiry_left, inquiry);
	run(redeem);
}

/* For servers alone: no page of a browser may ask. */
void oidc_introspect(struct exchange *ex)
{
	inquire(ex, true, redeem_introspect);
}

void oidc_revoke(struct exchange *ex)
{
	oidc_cors(ex);
	inquire(ex, false, redeem_revoke);
}
