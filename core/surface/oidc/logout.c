/*
 * logout.c - the customer signs out (OpenID Connect RP-Initiated Logout)
 *
 * An app that shows the ID token of this browser's session has it ended at once. Without one a page
 * asks; its form posts here, and only that ends the session: no link and no picture on a foreign
 * page signs anybody out. HEAD ends nothing. The answer goes back to the app where the address is
 * one of its own; what is wrong with the request is told to its developer, and never keeps the
 * customer from signing out.
 *
 * Apps that hear of it by the browser are told in frames of the page that it ends with: there the
 * way back goes over that page, and no further than two seconds (page_frames.h).
 *
 * An app may also post its request. Its form on a foreign page brings no cookie: it is sent here
 * again by GET, which does. Our own form is known by its field `do`.
 */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/signout.h"
#include "http/form.h"
#include "model/leave.h"
#include "surface/face.h"
#include "surface/pages/cookies.h"
#include "surface/pages/page.h"
#include "surface/pages/page_frames.h"
#include "surface/pages/pages.h"
#include "text/values.h"

#include <string.h>

struct leaving {
	struct signout signout;	/* first: its turn is what ends */
	struct exchange *ex;
	struct leave leave;
	struct hint hint;
	struct visit_cookies cookies;
	bool hinted;		/* it has shown an ID token of ours */
	const char *locales;
};

static struct leaving *leaving_new(struct exchange *ex)
{
	struct leaving *leaving = arena_alloc(ex->arena, sizeof(*leaving));

	if (!face_begin(ex, &leaving->signout.turn)) {
		page_error(ex, NULL, 404, "not_found");
		return NULL;
	}
	leaving->ex = ex;
	cookies_read(ex, leaving->signout.turn.tenant, &leaving->cookies);
	return leaving;
}

static bool leaving_anybody(const struct leaving *leaving)
{
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (leaving->cookies.sessions[i] != NULL)
			return true;
	return false;
}

static void leaving_error(struct leaving *leaving, unsigned status, const char *word)
{
	page_error(leaving->ex, leaving->signout.turn.tenant, status, word);
	face_end(leaving->ex, &leaving->signout.turn);
}

/* logout_hint says nothing that the session doesn't know better. */
static void leaving_read(struct leaving *leaving, const struct form *form)
{
	const struct turn *turn = &leaving->signout.turn;
	const char *hint = form_get(form, "id_token_hint");
	struct leave_query query = {
		.client_id = form_get(form, "client_id"),
		.post_logout_redirect_uri = form_get(form, "post_logout_redirect_uri"),
		.state = form_get(form, "state"), .hint = !text_empty(hint),
		.repeated = form_any_repeated(form) != NULL,
	};

	leaving->hinted = query.hint && hint_read(turn, hint, &leaving->hint);
	query.hint_client = leaving->hint.client_id;
	leaving->locales = form_get(form, "ui_locales");
	leave_check(turn->arena, turn->tenant, &query, &leaving->leave);
}

/* Ours comes back with the query that it was made for. */
static void leaving_query(struct leaving *leaving)
{
	struct sp_error why;
	struct form form = { 0 };

	if (!form_query(leaving->ex, &form, &why)) {
		leaving->leave = (struct leave){ .wrong = "invalid_request",
			.why = "The query can't be read." };
		return;
	}
	leaving_read(leaving, &form);
}

static void leaving_page(struct leaving *leaving, const char *name)
{
	struct exchange *ex = leaving->ex;
	const struct tenant *tenant = leaving->signout.turn.tenant;
	const struct leave *leave = &leaving->leave;
	struct values *values = page_values(ex, tenant, leaving->locales);

	values_set(values, "action", text_print(ex->arena, "/%s/oauth2/v2.0/logout%s%s",
	    tenant->name, ex->query[0] != '\0' ? "?" : "", ex->query));
	values_set(values, "back_to_app", leave->back);
	if (leave->app != NULL)
		values_set(values, "app", leave->app->display_name);
	if (leave->wrong != NULL) {
		struct values *developer = values_group(values, "developer");
		reply_status(ex, 400);
		values_set(developer, "code", leave->wrong);
		values_set(developer, "what", leave->why);
	}
	if (strcmp(name, "signed-out") == 0)
		page_signed_out(ex, values, &(struct page_frames){ leaving->signout.frames,
		    leaving->signout.frame_count, leave->back });
	else
		page_named(ex, name, values, leave->uri);
	face_end(ex, &leaving->signout.turn);
}

static void leaving_back(struct leaving *leaving)
{
	struct exchange *ex = leaving->ex;

	if (leaving->leave.back == NULL || leaving->signout.frame_count > 0) {
		leaving_page(leaving, "signed-out");
		return;
	}
	reply_redirect(ex, 303, leaving->leave.back);
	reply_send(ex);
	face_end(ex, &leaving->signout.turn);
}

static void leaving_finished(struct turn *turn, void *arg)
{
	struct leaving *leaving = arg;

	if (leaving->signout.unavailable) {
		leaving_error(leaving, 503, "busy");
		return;
	}
	if (leaving->signout.foreign) {
		leaving_page(leaving, "sign-out");
		return;
	}
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (leaving->signout.ends[i] && leaving->cookies.sessions[i] != NULL)
			cookies_end_session(leaving->ex, turn->tenant, i);
	(void)reply_header(leaving->ex, "Clear-Site-Data", "\"cache\"");
	leaving_back(leaving);
}

static void leaving_run(struct leaving *leaving)
{
	leaving->signout.sessions = leaving->cookies.sessions;
	leaving->signout.turn.finished = leaving_finished;
	leaving->signout.turn.arg = leaving;
	signout_run(&leaving->signout);
}

void oidc_logout(struct exchange *ex)
{
	struct leaving *leaving = leaving_new(ex);

	if (leaving == NULL)
		return;
	leaving_query(leaving);
	if (!leaving_anybody(leaving)) {
		leaving_back(leaving);
		return;
	}
	if (!leaving->hinted || leaving->leave.wrong != NULL || strcmp(ex->method, "HEAD") == 0) {
		leaving_page(leaving, "sign-out");
		return;
	}
	leaving->signout.hint = &leaving->hint;
	leaving->signout.app = leaving->leave.app;
	leaving_run(leaving);
}

/* An app's request, by way of its form. */
static void leaving_detour(struct leaving *leaving, const struct form *form)
{
	struct exchange *ex = leaving->ex;
	const char *link = oidc_link(ex, leaving->signout.turn.tenant, "logout", form);

	if (link == NULL) {
		leaving_error(leaving, 400, "request");
		return;
	}
	reply_redirect(ex, 303, link);
	reply_send(ex);
	face_end(ex, &leaving->signout.turn);
}

void oidc_logout_post(struct exchange *ex)
{
	struct leaving *leaving = leaving_new(ex);
	struct form form = { 0 };
	struct sp_error why;

	if (leaving == NULL)
		return;
	if (!form_body(ex, &form, &why)) {
		leaving_error(leaving, 400, "request");
		return;
	}
	if (form_get(&form, "do") == NULL) {
		leaving_detour(leaving, &form);
		return;
	}
	if (!pages_same_origin(ex)) {
		leaving_error(leaving, 403, "forbidden");
		return;
	}
	leaving_query(leaving);
	if (text_same(form_get(&form, "do"), "stay"))
		leaving_page(leaving, "sign-out");
	else
		leaving_run(leaving);
}
