#include "surface/pages/pages.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/form.h"
#include "model/system.h"
#include "surface/face.h"
#include "surface/pages/cookies.h"
#include "surface/pages/page.h"

#include <string.h>

enum { FORM_MOST = 32 << 10, DEVICE_MOST = 8 << 10 };

struct post {
	struct visit visit;	/* first: its turn is what ends */
	struct exchange *ex;
	bool again;
};

/* With Referrer-Policy no-referrer browsers send "Origin: null" even from our own pages; then
 * Sec-Fetch-Site, which pages cannot set, decides. The cookie is the proof in any case. */
bool pages_same_origin(struct exchange *ex)
{
	const char *origin = exchange_header(ex, "Origin");
	const char *site = exchange_header(ex, "Sec-Fetch-Site");

	if (site != NULL)
		return strcmp(site, "same-origin") == 0;
	return origin == NULL || strcmp(origin, "null") == 0 || strcmp(origin, ex->base_url) == 0;
}

static void post_finished(struct turn *turn, void *arg)
{
	struct post *post = arg;

	(void)turn;
	page_answer(post->ex, &post->visit, post->again);
	face_end(post->ex, &post->visit.turn);
}

static void post_left(void *arg)
{
	flow_leave(&((struct post *)arg)->visit.turn.flow);
}

static struct post *post_new(struct exchange *ex)
{
	struct post *post = arena_alloc(ex->arena, sizeof(*post));

	if (!face_begin(ex, &post->visit.turn)) {
		page_error(ex, NULL, 404, "not_found");
		return NULL;
	}
	post->ex = ex;
	post->visit.turn.finished = post_finished;
	post->visit.turn.arg = post;
	cookies_read(ex, post->visit.turn.tenant, &post->visit.cookies);
	return post;
}

static void post_refuse(struct post *post, unsigned status, const char *word)
{
	page_error(post->ex, post->visit.turn.tenant, status, word);
	face_end(post->ex, &post->visit.turn);
}

static const struct { const char *word; enum visit_action action; } actions[] = {
	{ "password", VISIT_PASSWORD }, { "address", VISIT_ADDRESS },
	{ "to-sign-in", VISIT_TO_SIGN_IN }, { "to-sign-up", VISIT_TO_SIGN_UP },
	{ "to-reset", VISIT_TO_RESET }, { "code", VISIT_CODE }, { "resend", VISIT_RESEND },
	{ "send", VISIT_SEND }, { "new-password", VISIT_NEW_PASSWORD },
	{ "attributes", VISIT_ATTRIBUTES }, { "agree", VISIT_AGREE }, { "decline", VISIT_DECLINE },
	{ "link", VISIT_LINK }, { "pick", VISIT_PICK },
};

/* A form sent by Enter may carry no button: what it is about is told by its fields. */
static enum visit_action post_action(const struct form *form)
{
	const char *word = form_get(form, "do");

	if (word == NULL) {
		bool address = form_get(form, "email") != NULL;
		if (form_get(form, "code") != NULL)
			return VISIT_CODE;
		if (form_get(form, "link") != NULL)
			return VISIT_LINK;
		if (form_get(form, "password") != NULL)
			return address ? VISIT_PASSWORD : VISIT_NEW_PASSWORD;
		return address ? VISIT_ADDRESS : VISIT_NONE;
	}
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].word, word) == 0)
			return actions[i].action;
	return VISIT_NONE;
}

static void post_attributes(struct exchange *ex, const struct form *form,
    struct visit_input *input)
{
	struct journey_attribute *attributes =
	    arena_alloc(ex->arena, form->count * sizeof(*attributes));

	for (size_t i = 0; i < form->count; i++)
		attributes[i] = (struct journey_attribute){ form->fields[i].name,
			form->fields[i].value };
	input->attributes = attributes;
	input->attribute_count = form->count;
}

static void post_input(struct post *post, const struct form *form)
{
	struct visit_input *input = &post->visit.input;

	*input = (struct visit_input){
		.action = post_action(form), .journey = form_get(form, "journey"),
		.address = form_get(form, "email"), .link = form_get(form, "link"),
		.pick = form_get(form, "account"),
		.password = secret_text(form_get(form, "password")),
		.code = secret_text(form_get(form, "code")),
		.stay = form_get(form, "stay") != NULL,
	};
	if (input->action == VISIT_ATTRIBUTES)
		post_attributes(post->ex, form, input);
}

static void handle_post(struct exchange *ex)
{
	struct post *post = post_new(ex);
	struct form form;
	struct sp_error error;

	if (post == NULL)
		return;
	if (!pages_same_origin(ex)) {
		post_refuse(post, 403, "forbidden");
		return;
	}
	if (!form_body(ex, &form, &error) || form_any_repeated(&form) != NULL) {
		post_refuse(post, 400, "request");
		return;
	}
	post_input(post, &form);
	if (post->visit.input.action == VISIT_NONE || post->visit.input.journey == NULL) {
		post_refuse(post, 400, "request");
		return;
	}
	post->again = true;
	exchange_on_leave(ex, post_left, post);
	visit_post(&post->visit);
}

static void handle_show(struct exchange *ex)
{
	struct post *post = post_new(ex);

	if (post == NULL)
		return;
	exchange_on_leave(ex, post_left, post);
	visit_show(&post->visit, exchange_param(ex, "journey"));
}

/* Only administrators come by links. Nothing is read or written: what the link opens stands behind
 * its "#", which browsers keep to themselves, and is posted (requirement 128). */
static void handle_link(struct exchange *ex)
{
	struct post *post = post_new(ex);

	if (post == NULL)
		return;
	if (!system_is(post->visit.turn.tenant->id)) {
		post_refuse(post, 404, "not_found");
		return;
	}
	cookies_ensure(ex, post->visit.turn.tenant, &post->visit.cookies);
	visit_begin_link(&post->visit);
}

static void handle_style(struct exchange *ex)
{
	const struct face_texts *texts = face_texts(ex);

	(void)reply_header(ex, "Cache-Control", "public, max-age=3600");
	if (!reply_unchanged(ex, texts->style_tag))
		reply_body(ex, "text/css", texts->style.data, texts->style.size);
	reply_send(ex);
}

const struct route pages_routes[] = {
	{ "POST", "/{tenant}/flow", handle_post, FORM_MOST, SURFACE_PAGES, 0, "flow post" },
	{ "GET", "/{tenant}/flow/{journey}", handle_show, 0, SURFACE_PAGES, 0, "flow page" },
	{ "GET", "/{tenant}/link", handle_link, 0, SURFACE_PAGES, 0, "link page" },
	{ "GET", "/{tenant}/flow/device", pages_device, 0, SURFACE_PAGES, 0, "device" },
	{ "POST", "/{tenant}/flow/device", pages_device_post, DEVICE_MOST, SURFACE_PAGES, 0,
	    "device post" },
	{ "GET", "/{tenant}/flow/device/confirm", pages_device_confirm, 0, SURFACE_PAGES, 0,
	    "device confirm" },
	{ "POST", "/{tenant}/flow/device/confirm", pages_device_decide, DEVICE_MOST,
	    SURFACE_PAGES, 0, "device decide" },
	{ "GET", "/assets/style.css", handle_style, 0, SURFACE_PAGES, 0, "style" },
	{ 0 },
};
