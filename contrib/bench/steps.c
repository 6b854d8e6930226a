#include "steps.h"

#include <stdio.h>
#include <string.h>

/* Of RFC 7636, appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define CALLBACK "http://127.0.0.1:9/callback"
#define CALLBACK_FORM "http%%3A%%2F%%2F127.0.0.1%%3A9%%2Fcallback"	/* in a format */

char steps_host[32];

static void get(struct customer *customer, const char *path)
{
	wire_send(&customer->wire, "GET %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", path, steps_host,
	    customer->cookie[0] != '\0' ? "Cookie: " : "", customer->cookie,
	    customer->cookie[0] != '\0' ? "\r\n" : "");
}

static void post(struct customer *customer, const char *path, const char *form)
{
	wire_send(&customer->wire, "POST /%s%s HTTP/1.1\r\nHost: %s\r\n"
	    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n"
	    "Cookie: %s\r\n\r\n%s", customer->person->tenant, path, steps_host, strlen(form),
	    customer->cookie, form);
}

/* What stands between two texts of a page. */
static bool cut(const char *text, const char *before, char after, char *out_value, size_t most)
{
	const char *at = strstr(text, before);

	if (at == NULL)
		return false;
	at += strlen(before);
	const char *end = strchr(at, after);
	if (end == NULL || (size_t)(end - at) >= most)
		return false;
	memcpy(out_value, at, (size_t)(end - at));
	out_value[end - at] = '\0';
	return true;
}

static const char *read_journey(struct customer *customer, const struct reply *reply)
{
	if (reply->status != 200)
		return "not 200";
	return cut(reply->body, "name=\"journey\" value=\"", '"', customer->journey,
	    sizeof(customer->journey)) ? NULL : "no journey in the page";
}

/* The way to the sign-in page. */

static void authorize_ask(struct customer *customer, const char *app, const char *more)
{
	char path[1024];

	snprintf(path, sizeof(path), "/%s/oauth2/v2.0/authorize?client_id=%s&response_type=code"
	    "&redirect_uri=" CALLBACK_FORM "&scope=openid%s&state=%lu&nonce=n%lu"
	    "&code_challenge=" CHALLENGE "&code_challenge_method=S256", customer->person->tenant,
	    app, more, customer->number, customer->number);
	get(customer, path);
}

static void guarded_ask(struct customer *customer)
{
	authorize_ask(customer, customer->person->guarded, "");
}

static void open_ask(struct customer *customer)
{
	authorize_ask(customer, customer->person->open, "");
}

static void offline_ask(struct customer *customer)
{
	authorize_ask(customer, customer->person->open, "%20offline_access");
}

static const char *authorize_got(struct customer *customer, const struct reply *reply)
{
	if (!reply_field(reply, "Set-Cookie", ';', customer->cookie, sizeof(customer->cookie)))
		return "no cookie";
	return read_journey(customer, reply);
}

/* The password. */

static void password_post(struct customer *customer, const char *password, unsigned long more)
{
	const struct person *person = customer->person;
	const char *at = strchr(person->email, '@');
	char form[TEXT_MOST + 512], number[24] = "";

	if (more != 0)
		snprintf(number, sizeof(number), "%lu", more);
	snprintf(form, sizeof(form), "journey=%s&email=%.*s%%40%s&password=%s%s&do=password",
	    customer->journey, (int)(at - person->email), person->email, at + 1, password, number);
	post(customer, "/flow", form);
}

static void password_ask(struct customer *customer)
{
	password_post(customer, customer->person->password, 0);
}

/* Another one each time: one of the last three again would be free. */
static void wrong_ask(struct customer *customer)
{
	password_post(customer, "not-the-right-one-", customer->number + 1);
}

static const char *wrong_got(struct customer *customer, const struct reply *reply)
{
	(void)customer;
	if (reply->status != 400)
		return "not 400";
	return strstr(reply->body, "name=\"password\"") != NULL ? NULL : "not the sign-in page";
}

/* The second door. */

static const char *door_got(struct customer *customer, const struct reply *reply)
{
	char path[256];

	if (reply->status != 303 || !reply_field(reply, "Location", '\r', path, sizeof(path)) ||
	    strstr(path, "/flow/") == NULL)
		return "not the way to the second door";
	return cut(path, "/flow/", '\0', customer->journey, sizeof(customer->journey)) ? NULL :
	    "no journey in the redirect";
}

static void page_ask(struct customer *customer)
{
	char path[TEXT_MOST + 128];

	snprintf(path, sizeof(path), "/%s/flow/%s", customer->person->tenant, customer->journey);
	get(customer, path);
}

static void code_ask(struct customer *customer)
{
	char form[TEXT_MOST + 1536];

	snprintf(form, sizeof(form), "journey=%s&code=%s&do=code", customer->journey,
	    customer->code);
	post(customer, "/flow", form);
}

static void resend_ask(struct customer *customer)
{
	char form[TEXT_MOST + 512];

	snprintf(form, sizeof(form), "journey=%s&do=resend", customer->journey);
	post(customer, "/flow", form);
}

/* Back to the app, and its tokens. */

static const char *through_got(struct customer *customer, const struct reply *reply)
{
	char url[2048], state[32];

	if (reply->status != 303 || !reply_field(reply, "Location", '\r', url, sizeof(url)) ||
	    strncmp(url, CALLBACK "?", strlen(CALLBACK "?")) != 0)
		return "not the way back to the app";
	strcat(url, "&");
	snprintf(state, sizeof(state), "state=%lu&", customer->number);
	return strstr(url, state) != NULL &&
	    cut(url, "code=", '&', customer->code, sizeof(customer->code)) ? NULL :
	    "not its state, or no code";
}

static void token_ask(struct customer *customer)
{
	const struct person *person = customer->person;
	const char *app = customer->mode->steps[0]->ask == guarded_ask ? person->guarded :
	    person->open;
	char form[2048];

	snprintf(form, sizeof(form), "grant_type=authorization_code&client_id=%s&code=%s"
	    "&redirect_uri=" CALLBACK_FORM "&code_verifier=" VERIFIER, app, customer->code);
	post(customer, "/oauth2/v2.0/token", form);
}

static const char *token_got(struct customer *customer, const struct reply *reply)
{
	(void)customer;
	return reply->status == 200 && strstr(reply->body, "\"access_token\"") != NULL &&
	    strstr(reply->body, "\"id_token\"") != NULL ? NULL : "no tokens";
}

/* What is done with them for hours. */

static const char *kept_got(struct customer *customer, const struct reply *reply)
{
	(void)cut(reply->body, "\"refresh_token\":\"", '"', customer->refresh,
	    sizeof(customer->refresh));
	return cut(reply->body, "\"access_token\":\"", '"', customer->token,
	    sizeof(customer->token)) ? token_got(customer, reply) : "no tokens";
}

static void refresh_ask(struct customer *customer)
{
	char form[1024];

	snprintf(form, sizeof(form), "grant_type=refresh_token&client_id=%s&refresh_token=%s",
	    customer->person->open, customer->refresh);
	post(customer, "/oauth2/v2.0/token", form);
}

static const char *refresh_got(struct customer *customer, const struct reply *reply)
{
	char before[sizeof(customer->refresh)];

	strcpy(before, customer->refresh);
	const char *why = kept_got(customer, reply);
	return why == NULL && strcmp(before, customer->refresh) == 0 ? "the same token again" : why;
}

static void userinfo_ask(struct customer *customer)
{
	wire_send(&customer->wire, "GET /%s/oauth2/v2.0/userinfo HTTP/1.1\r\nHost: %s\r\n"
	    "Authorization: Bearer %s\r\n\r\n", customer->person->tenant, steps_host,
	    customer->token);
}

static const char *userinfo_got(struct customer *customer, const struct reply *reply)
{
	(void)customer;
	return reply->status == 200 && strstr(reply->body, "\"sub\"") != NULL ? NULL :
	    "nobody's claims";
}

/* Without a customer: `open` is the application itself. */
static void alone_ask(struct customer *customer)
{
	const char *app = customer->person->open;
	char form[512];

	snprintf(form, sizeof(form), "grant_type=client_credentials&client_id=%s&client_secret="
	    "%s&scope=%s%%2F.default", app, customer->person->password, app);
	post(customer, "/oauth2/v2.0/token", form);
}

static const char *alone_got(struct customer *customer, const struct reply *reply)
{
	return reply->status == 200 && cut(reply->body, "\"access_token\":\"", '"',
	    customer->token, sizeof(customer->token)) ? NULL : "no token";
}

static void introspect_ask(struct customer *customer)
{
	char form[TEXT_MOST + 256];

	snprintf(form, sizeof(form), "client_id=%s&client_secret=%s&token=%s",
	    customer->person->open, customer->person->password, customer->token);
	post(customer, "/oauth2/v2.0/introspect", form);
}

static const char *introspect_got(struct customer *customer, const struct reply *reply)
{
	(void)customer;
	return reply->status == 200 && strstr(reply->body, "\"active\":true") != NULL ? NULL :
	    "not active";
}

static void discovery_ask(struct customer *customer)
{
	char path[128];

	snprintf(path, sizeof(path), "/%s/v2.0/.well-known/openid-configuration",
	    customer->person->tenant);
	get(customer, path);
}

static const char *discovery_got(struct customer *customer, const struct reply *reply)
{
	(void)customer;
	return reply->status == 200 ? NULL : "not 200";
}

static const struct step guarded = { "authorize", guarded_ask, authorize_got },
    open = { "authorize", open_ask, authorize_got },
    door = { "password", password_ask, door_got },
    password = { "password", password_ask, through_got },
    wrong = { "wrong password", wrong_ask, wrong_got },
    page = { "page", page_ask, read_journey },
    mail = { "mail", NULL, NULL },
    code = { "code", code_ask, through_got },
    resend = { "resend", resend_ask, door_got },
    token = { "token", token_ask, token_got },
    offline = { "authorize", offline_ask, authorize_got },
    kept = { "token", token_ask, kept_got },
    refresh = { "refresh", refresh_ask, refresh_got },
    userinfo = { "userinfo", userinfo_ask, userinfo_got },
    alone = { "token", alone_ask, alone_got },
    introspect = { "introspect", introspect_ask, introspect_got },
    discovery = { "discovery", discovery_ask, discovery_got };

const struct mode modes[] = {
	{ .name = "mfa", .steps = { &guarded, &door, &page, &mail, &code, &token } },
	{ .name = "password", .steps = { &open, &password, &token } },
	{ .name = "wrong", .steps = { &open, &wrong } },
	{ .name = "prepare", .steps = { &guarded, &door, &page, &mail }, .keeps = true },
	{ .name = "resend", .steps = { &resend, &mail }, .kept = true },
	{ .name = "refresh", .steps = { &offline, &password, &kept, &refresh }, .stays = true,
	  .again = 3 },
	{ .name = "userinfo", .steps = { &open, &password, &kept, &userinfo }, .stays = true,
	  .again = 3 },
	{ .name = "alone", .steps = { &alone }, .stays = true },
	{ .name = "introspect", .steps = { &alone, &introspect }, .stays = true, .again = 1 },
	{ .name = "discovery", .steps = { &discovery }, .stays = true },
	{ .name = NULL },
};
