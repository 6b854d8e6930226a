/*
 * device.c - a person answers for a device without a browser (RFC 8628 3.3; requirement 105)
 *
 * The page takes the code; the sign-in is the ordinary one; then a page says who he is, for which
 * application and where that was begun, and asks. No link answers it: both forms are posts of our
 * own pages.
 */
#include "surface/pages/pages.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/device.h"
#include "http/form.h"
#include "model/authorize.h"
#include "surface/face.h"
#include "surface/pages/cookies.h"
#include "surface/pages/page.h"
#include "text/values.h"

#include <string.h>

struct answering {
	struct device_turn device;	/* first: its turn is what ends */
	struct exchange *ex;
	struct visit_cookies cookies;
};

struct going_on {
	struct visit visit;	/* first: its turn is what ends */
	struct exchange *ex;
	struct authorize request;
};

static void answering_over(struct answering *answering)
{
	face_end(answering->ex, &answering->device.turn);
}

static const char *device_place(struct exchange *ex, const struct tenant *tenant, const char *more)
{
	return text_print(ex->arena, "/%s/flow/device%s", tenant->name, more);
}

static struct values *device_values(struct answering *answering)
{
	struct exchange *ex = answering->ex;
	const struct tenant *tenant = answering->device.turn.tenant;
	struct values *values = page_values(ex, tenant, NULL);

	values_set(values, "action", device_place(ex, tenant, ""));
	return values;
}

/* The code is asked for, again where the last one was none. */
static void device_ask_page(struct answering *answering, const char *problem, unsigned status)
{
	struct exchange *ex = answering->ex;
	struct values *values = device_values(answering);

	reply_status(ex, status);
	if (answering->device.wait > 0)
		reply_retry_after(ex, (answering->device.wait + 999) / 1000);
	values_set(values, "user_code", answering->device.typed);
	if (problem != NULL)
		values_set(values, "problem", catalogue_fill(ex->arena, values->words, problem,
		    values));
	page_named(ex, "device", values, NULL);
	answering_over(answering);
}

/* NULL: replied. */
static struct answering *answering_new(struct exchange *ex)
{
	struct answering *answering = arena_alloc(ex->arena, sizeof(*answering));
	struct turn *turn = &answering->device.turn;

	if (!face_begin(ex, turn)) {
		page_error(ex, NULL, 404, "not_found");
		return NULL;
	}
	answering->ex = ex;
	turn->arg = answering;
	cookies_read(ex, turn->tenant, &answering->cookies);
	answering->device.browser = answering->cookies.browser;
	answering->device.session = answering->cookies.sessions[0];
	return answering;
}

static void answering_left(void *arg)
{
	flow_leave(&((struct answering *)arg)->device.turn.flow);
}

static void answering_run(struct answering *answering,
    void (*finished)(struct turn *turn, void *arg), void (*run)(struct device_turn *device))
{
	answering->device.turn.finished = finished;
	exchange_on_leave(answering->ex, answering_left, answering);
	run(&answering->device);
}

/* False: replied. */
static bool answering_form(struct answering *answering, struct form *out_form)
{
	struct exchange *ex = answering->ex;
	struct sp_error error;

	if (!pages_same_origin(ex))
		page_error(ex, answering->device.turn.tenant, 403, "forbidden");
	else if (!form_body(ex, out_form, &error) || form_any_repeated(out_form) != NULL)
		page_error(ex, answering->device.turn.tenant, 400, "request");
	else
		return true;
	answering_over(answering);
	return false;
}

/* What came of it, where nothing more is to be asked. */
static void device_told(struct answering *answering)
{
	switch (answering->device.outcome) {
	case DEVICE_SPENT:
		device_ask_page(answering, "device.spent", 429);
		break;
	case DEVICE_UNAVAILABLE:
		page_error(answering->ex, answering->device.turn.tenant, 503, "busy");
		answering_over(answering);
		break;
	default:
		device_ask_page(answering, "device.unknown", 400);
		break;
	}
}

void pages_device(struct exchange *ex)
{
	struct answering *answering = answering_new(ex);
	struct sp_error error;
	struct form form;

	if (answering == NULL)
		return;
	if (form_query(ex, &form, &error))
		answering->device.typed = form_get(&form, "user_code");
	device_ask_page(answering, NULL, 200);
}

/* Found: on to the ordinary sign-in. */

static void going_finished(struct turn *turn, void *arg)
{
	struct going_on *going = arg;

	page_answer(going->ex, &going->visit, true);
	face_end(going->ex, turn);
}

static void going_left(void *arg)
{
	flow_leave(&((struct going_on *)arg)->visit.turn.flow);
}

static void device_go_on(struct answering *answering)
{
	struct exchange *ex = answering->ex;
	struct going_on *going = arena_alloc(ex->arena, sizeof(*going));
	const char *back = text_print(ex->arena, "%s%s", ex->base_url, device_place(ex,
	    answering->device.turn.tenant, "/confirm"));

	going->ex = ex;
	device_request(&answering->device, back, &going->request);
	if (!face_begin(ex, &going->visit.turn)) {
		page_error(ex, NULL, 404, "not_found");
		answering_over(answering);
		return;
	}
	answering_over(answering);
	going->visit.turn.finished = going_finished;
	going->visit.turn.arg = going;
	cookies_read(ex, going->visit.turn.tenant, &going->visit.cookies);
	cookies_ensure(ex, going->visit.turn.tenant, &going->visit.cookies);
	exchange_on_leave(ex, going_left, going);
	visit_begin(&going->visit, &going->request);
}

static void finding_finished(struct turn *turn, void *arg)
{
	struct answering *answering = arg;

	(void)turn;
	if (answering->device.outcome == DEVICE_FOUND)
		device_go_on(answering);
	else
		device_told(answering);
}

void pages_device_post(struct exchange *ex)
{
	struct answering *answering = answering_new(ex);
	struct form form;

	if (answering == NULL || !answering_form(answering, &form))
		return;
	answering->device.typed = form_get(&form, "user_code");
	answering_run(answering, finding_finished, device_find);
}

/* Signed in: does he allow it? */

static void confirming_finished(struct turn *turn, void *arg)
{
	struct answering *answering = arg;
	const struct device_turn *device = &answering->device;
	struct exchange *ex = answering->ex;
	const struct app *app;

	if (device->outcome != DEVICE_FOUND) {
		device_told(answering);
		return;
	}
	struct values *values = device_values(answering);
	app = tenant_app(turn->tenant, device->device.client_id);
	values_set(values, "action", device_place(ex, turn->tenant, "/confirm"));
	values_set(values, "app", app->display_name);
	values_set(values, "account", device->user);
	values_set(values, "place", device->device.source);
	values_number(values, "minutes", (turn->now - device->device.asked) / 60000);
	values_set(values, "code", device->again);
	page_named(ex, "device-confirm", values, NULL);
	answering_over(answering);
}

void pages_device_confirm(struct exchange *ex)
{
	struct answering *answering = answering_new(ex);
	struct sp_error error;
	struct form form;

	if (answering == NULL)
		return;
	if (form_query(ex, &form, &error))
		answering->device.code = form_get(&form, "code");
	answering_run(answering, confirming_finished, device_show);
}

static void deciding_finished(struct turn *turn, void *arg)
{
	struct answering *answering = arg;

	(void)turn;
	if (answering->device.outcome != DEVICE_DONE) {
		device_told(answering);
		return;
	}
	struct values *values = device_values(answering);
	values_flag(values, "allowed", answering->device.allow);
	page_named(answering->ex, "device-done", values, NULL);
	answering_over(answering);
}

void pages_device_decide(struct exchange *ex)
{
	struct answering *answering = answering_new(ex);
	struct form form;

	if (answering == NULL || !answering_form(answering, &form))
		return;
	answering->device.code = form_get(&form, "code");
	answering->device.allow = text_same(form_get(&form, "do"), "allow");
	answering_run(answering, deciding_finished, device_decide);
}
