#include "surface/pages/page.h"

#include "base/log.h"
#include "base/text.h"
#include "model/address.h"
#include "surface/face.h"
#include "surface/pages/cookies.h"
#include "surface/pages/fill.h"
#include "text/template.h"
#include "text/values.h"

#include <string.h>

#define CSP "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; " \
	"frame-ancestors 'none'; form-action 'self'"

/* The one line that runs on each of two pages. Templates hold no script: it is put in here, and
 * nothing but what has its hash may run. Without scripts there is the page's button, and the link is
 * pasted. */
struct page_script { const char *page, *text, *hash; };

static const struct page_script post_script = { "to-app",
	"<script>document.forms[0].submit()</script>",
	"'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='" };
static const struct page_script link_script = { "link",
	"<script>var f=document.forms[0].link,h=location.hash.slice(1);"
	"if(h){f.value=h;history.replaceState(null,\"\",location.pathname)}</script>",
	"'sha256-EYJp1yqcqNpNJ//nepbMGAggFZp4kKmXgzjxUbuygx8='" };

/* A form's answer may redirect to the app, after a right code or a sign-out: browsers hold
 * form-action against the whole chain, so the app's origin is named, and no other. */
const char *page_csp(struct exchange *ex, const char *uri)
{
	if (uri == NULL)
		return CSP;
	const char *authority = strstr(uri, "://");
	if (authority == NULL || !app_uri_web(uri)) {
		const char *colon = strchr(uri, ':');
		return colon == NULL ? CSP : text_print(ex->arena, "%s %.*s:", CSP,
		    (int)(colon - uri), uri);
	}
	size_t size = (size_t)(authority + 3 - uri) + strcspn(authority + 3, "/?#;, ");
	return text_print(ex->arena, "%s %.*s", CSP, (int)size, uri);
}

struct values *page_values(struct exchange *ex, const struct tenant *tenant,
    const char *locales)
{
	const struct face_texts *texts = face_texts(ex);
	struct values *values = values_new(ex->arena);
	struct values *brand = values_group(values, "brand");
	const char *name = tenant != NULL ? tenant->display_name : "Sallyport";
	size_t first = 1;

	while ((name[first] & 0xc0) == 0x80)
		first++;
	values_set(brand, "name", name);
	values_set(brand, "initial", text_part(ex->arena, name, name[0] != '\0' ? first : 0));
	values_set(values, "app", name);
	values_set(values, "style", "/assets/style.css");
	values_set(values, "request_id", ex->id_text);
	if (tenant != NULL)
		values_set(values, "action", text_print(ex->arena, "/%s/flow", tenant->name));
	values_words(values, catalogue_choose(&texts->words, locales, NULL,
	    exchange_header(ex, "Accept-Language")));
	return values;
}

static void page_render(struct exchange *ex, const char *name, const struct values *values,
    const char *app_uri)
{
	const struct template *template = template_set_find(face_texts(ex)->pages,
	    text_print(ex->arena, "%s.html", name));
	const char *text = template != NULL ? template_render(ex->arena, template, values) : NULL;

	if (text == NULL) {
		log_line(SP_ERROR, "page %s: its template is missing, or too long", name);
		reply_error(ex, 500, "internal", "This page can't be shown.");
		reply_send(ex);
		return;
	}
	(void)reply_header(ex, "Content-Security-Policy", page_csp(ex, app_uri));
	reply_text(ex, "text/html", text);
	reply_send(ex);
}

void page_named(struct exchange *ex, const char *name, const struct values *values,
    const char *app_uri)
{
	page_render(ex, name, values, app_uri);
}

void page_with(struct exchange *ex, const char *name, const struct values *values,
    const char *policy, const char *more)
{
	const struct template *template = template_set_find(face_texts(ex)->pages,
	    text_print(ex->arena, "%s.html", name));
	const char *text = template != NULL ? template_render(ex->arena, template, values) : NULL;
	const char *end = text != NULL ? strstr(text, "</body>") : NULL;

	if (end == NULL) {
		log_line(SP_ERROR, "page %s: its template is missing, or has no </body>",
		    name);
		reply_error(ex, 500, "internal", "This page can't be shown.");
		reply_send(ex);
		return;
	}
	(void)reply_header(ex, "Content-Security-Policy", policy);
	reply_text(ex, "text/html", text_print(ex->arena, "%.*s%s%s", (int)(end - text), text,
	    more, end));
	reply_send(ex);
}

static void script_render(struct exchange *ex, const struct page_script *script,
    const struct values *values, const char *uri)
{
	page_with(ex, script->page, values, text_print(ex->arena, "%s; script-src %s",
	    page_csp(ex, uri), script->hash), script->text);
}

void page_to_app(struct exchange *ex, const struct tenant *tenant,
    const struct authorize *request, const char *answer)
{
	struct authorize_field fields[AUTHORIZE_FIELDS_MOST];

	if (request->mode != AUTHORIZE_FORM_POST) {
		reply_redirect(ex, 303, answer);
		reply_send(ex);
		return;
	}
	struct values *values = page_values(ex, tenant, request->locale);
	const struct app *app = tenant_app(tenant, request->client_id);
	size_t count = authorize_post(ex->arena, request, answer, fields);

	for (size_t i = 0; i < count; i++) {
		struct values *item = values_item(values, "fields");
		values_set(item, "field", fields[i].name);
		values_set(item, "value", fields[i].value);
	}
	values_set(values, "target", request->redirect_uri);
	if (app != NULL)
		values_set(values, "app", app->display_name);
	script_render(ex, &post_script, values, request->redirect_uri);
}

static void page_say(struct exchange *ex, struct values *values, const char *word)
{
	const char *title = text_print(ex->arena, "error.%s.title", word);
	const char *text = text_print(ex->arena, "error.%s.text", word);

	values_set(values, "title", catalogue_fill(ex->arena, values->words, title, values));
	values_set(values, "message", catalogue_fill(ex->arena, values->words, text, values));
}

void page_error(struct exchange *ex, const struct tenant *tenant, unsigned status,
    const char *word)
{
	struct values *values = page_values(ex, tenant, NULL);

	reply_status(ex, status);
	page_say(ex, values, word);
	page_render(ex, "error", values, NULL);
}

void page_developer(struct exchange *ex, const struct tenant *tenant, const char *code,
    const char *what)
{
	struct values *values = page_values(ex, tenant, NULL);
	struct values *developer = values_group(values, "developer");

	reply_status(ex, 400);
	page_say(ex, values, "request");
	values_set(developer, "code", code);
	values_set(developer, "what", what);
	page_render(ex, "error", values, NULL);
}

/* The http layer sends: no page_render() here. */
void page_refusal(struct exchange *ex, unsigned status, const char *code, const char *message)
{
	/* Authorize and logout are pages too; programs that call the others don't ask for HTML. */
	const char *accept = ex->route == NULL || ex->route->surface == SURFACE_PAGES ||
	    ex->route->surface == SURFACE_OIDC ? exchange_header(ex, "Accept") : NULL;
	const char *word = status == 404 ? "not_found" : status == 405 ? "method" :
	    status == 403 ? "forbidden" : status == 429 || status == 503 ? "busy" :
	    status >= 500 ? "internal" : "request";

	if (accept == NULL || strstr(accept, "text/html") == NULL) {
		reply_error(ex, status, code, message);
		return;
	}
	struct values *values = page_values(ex, NULL, NULL);
	page_say(ex, values, word);
	const struct template *template = template_set_find(face_texts(ex)->pages, "error.html");
	const char *text = template != NULL ? template_render(ex->arena, template, values) : NULL;
	if (text == NULL) {
		reply_error(ex, status, code, message);
		return;
	}
	(void)reply_header(ex, "Content-Security-Policy", CSP);
	reply_text(ex, "text/html", text);
}

/* What each reason is in HTTP: the page says it in words. */
static unsigned page_status(const struct visit_answer *answer)
{
	switch (answer->reason) {
	case REASON_NONE: case REASON_ADDRESS_REFUSED:
		return answer->ask == ASK_DENIED ? 403 : 200;
	case REASON_CREDENTIALS:
		return answer->wait > 0 ? 429 : 400;
	case REASON_TRIES: case REASON_PAUSED: case REASON_SENDS:
		return 429;
	case REASON_BLOCKED: case REASON_NO_METHOD: case REASON_METHOD_OFF: case REASON_GROUPS:
	case REASON_NO_SIGN_UP: case REASON_FOREIGN: case REASON_NOT_ASSIGNED:
		return 403;
	case REASON_MOVED:
		return 409;
	case REASON_UNAVAILABLE:
		return 503;
	default:
		return 400;
	}
}

static const char *page_name(const struct visit_answer *answer)
{
	switch (answer->ask) {
	case ASK_SIGN_IN:
		return answer->method == METHOD_OTP ? "identify" : "sign-in";
	case ASK_ADDRESS:
		return answer->kind == JOURNEY_RESET ? "forgot" : "sign-up";
	case ASK_CODE:
		return "code";
	case ASK_SEND:
		return "send-code";
	case ASK_NEW_PASSWORD:
		return "new-password";
	case ASK_ATTRIBUTES:
		return "attributes";
	case ASK_CONSENT:
		return "consent";
	case ASK_ACCOUNT:
		return "account";
	case ASK_RESET_DONE:
		return "reset-done";
	case ASK_LINKED:
		return "linked";
	default:
		return "denied";
	}
}

void page_answer(struct exchange *ex, const struct visit *visit, bool again)
{
	const struct visit_answer *answer = &visit->answer;
	const struct tenant *tenant = visit->turn.tenant;
	enum { UNAVAILABLE_SECONDS = 5 };

	cookies_write(ex, tenant, answer);
	if (answer->redirect != NULL) {
		page_to_app(ex, tenant, answer->asked, answer->redirect);
		return;
	}
	if (again && answer->stored && answer->reason == REASON_NONE && answer->journey != NULL) {
		reply_redirect(ex, 303, text_print(ex->arena, "/%s/flow/%s", tenant->name,
		    answer->journey));
		reply_send(ex);
		return;
	}
	reply_status(ex, page_status(answer));
	if (answer->reason == REASON_UNAVAILABLE)
		reply_retry_after(ex, UNAVAILABLE_SECONDS);
	else if (answer->wait > 0)
		reply_retry_after(ex, (answer->wait + 999) / 1000);
	struct values *values = page_values(ex, tenant,
	    answer->request != NULL ? answer->request->locale : NULL);
	fill_answer(ex, visit, values);
	if (answer->ask == ASK_LINK) {
		script_render(ex, &link_script, values, NULL);
		return;
	}
	page_render(ex, page_name(answer), values,
	    answer->request != NULL ? answer->request->redirect_uri : NULL);
}
