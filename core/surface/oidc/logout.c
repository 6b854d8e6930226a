/*
 * logout.c - the customer signs out (OpenID Connect RP-Initiated Logout)
 *
 * By GET a page asks; its form posts here, and only that ends the session: no link and no
 * picture on a foreign page signs anybody out. The answer may go back to the app, if it is known
 * by client_id and the address is registered.
 */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "flow/signout.h"
#include "http/form.h"
#include "surface/face.h"
#include "surface/pages/cookies.h"
#include "surface/pages/page.h"
#include "surface/pages/pages.h"
#include "text/values.h"

#include <string.h>

struct leaving {
	struct signout signout;	/* first: its turn is what ends */
	struct exchange *ex;
	const char *back, *state;
};

static const char *leaving_back(const struct turn *turn, const struct form *form)
{
	const char *client_id = form_get(form, "client_id");
	const char *uri = form_get(form, "post_logout_redirect_uri");
	const struct app *app = client_id != NULL ? tenant_app(turn->tenant, client_id) : NULL;

	if (app == NULL || uri == NULL)
		return NULL;
	bool known = app_redirect(app, uri) != NULL ||
	    (app->logout_uri != NULL && strcmp(app->logout_uri, uri) == 0);
	return known ? uri : NULL;
}

static struct leaving *leaving_new(struct exchange *ex)
{
	struct leaving *leaving = arena_alloc(ex->arena, sizeof(*leaving));

	if (!face_begin(ex, &leaving->signout.turn)) {
		page_error(ex, NULL, 404, "not_found");
		return NULL;
	}
	leaving->ex = ex;
	return leaving;
}

static void leaving_page(struct leaving *leaving, const char *name)
{
	struct exchange *ex = leaving->ex;
	const struct tenant *tenant = leaving->signout.turn.tenant;
	struct values *values = page_values(ex, tenant, NULL);

	values_set(values, "action", text_print(ex->arena, "/%s/oauth2/v2.0/logout%s%s",
	    tenant->name, ex->query[0] != '\0' ? "?" : "", ex->query));
	values_set(values, "back_to_app", leaving->back);
	page_named(ex, name, values, leaving->back);
	face_end(ex, &leaving->signout.turn);
}

void oidc_logout(struct exchange *ex)
{
	struct leaving *leaving = leaving_new(ex);
	struct visit_cookies cookies;
	struct sp_error why;
	struct form form;

	if (leaving == NULL)
		return;
	if (form_query(ex, &form, &why))
		leaving->back = leaving_back(&leaving->signout.turn, &form);
	cookies_read(ex, leaving->signout.turn.tenant, &cookies);
	leaving_page(leaving, cookies.session != NULL ? "sign-out" : "signed-out");
}

static void leaving_finished(struct turn *turn, void *arg)
{
	struct leaving *leaving = arg;
	struct exchange *ex = leaving->ex;

	(void)turn;
	if (leaving->signout.unavailable) {
		page_error(ex, turn->tenant, 503, "busy");
		face_end(ex, turn);
		return;
	}
	cookies_end_session(ex, turn->tenant);
	(void)reply_header(ex, "Clear-Site-Data", "\"cache\"");
	if (leaving->back == NULL) {
		leaving_page(leaving, "signed-out");
		return;
	}
	reply_redirect(ex, 303, leaving->state == NULL ? leaving->back :
	    text_print(ex->arena, "%s%sstate=%s", leaving->back,
	    strchr(leaving->back, '?') != NULL ? "&" : "?", leaving->state));
	reply_send(ex);
	face_end(ex, turn);
}

void oidc_logout_post(struct exchange *ex)
{
	struct leaving *leaving = leaving_new(ex);
	struct visit_cookies cookies;
	struct form form = { 0 }, query = { 0 };
	struct sp_error why;

	if (leaving == NULL)
		return;
	struct turn *turn = &leaving->signout.turn;
	if (!pages_same_origin(ex) || !form_body(ex, &form, &why)) {
		page_error(ex, turn->tenant, 403, "forbidden");
		face_end(ex, turn);
		return;
	}
	if (form_query(ex, &query, &why)) {
		leaving->back = leaving_back(turn, &query);
		const char *state = form_get(&query, "state");
		leaving->state = state != NULL ? encode_url(ex->arena, state) : NULL;
	}
	cookies_read(ex, turn->tenant, &cookies);
	if (text_same(form_get(&form, "do"), "stay")) {
		leaving_page(leaving, "sign-out");
		return;
	}
	leaving->signout.session = cookies.session;
	turn->finished = leaving_finished;
	turn->arg = leaving;
	signout_run(&leaving->signout);
}
