#include "surface/oidc/caller.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "surface/face.h"

#include <string.h>
#include <strings.h>

static bool twice(const struct form *form, const char *many)
{
	for (size_t i = 0; i < form->count; i++)
		if (form_repeated(form, form->fields[i].name) &&
		    !text_same(form->fields[i].name, many))
			return true;
	return false;
}

const char *caller_form(struct exchange *ex, const char *many, struct form *out_form)
{
	struct sp_error why;

	if (!exchange_type(ex, "application/x-www-form-urlencoded"))
		return "The body must be application/x-www-form-urlencoded.";
	if (!form_body(ex, out_form, &why))
		return "The body can't be read as a form.";
	return twice(out_form, many) ? "A parameter is there twice." : NULL;
}

/* RFC 6749 2.3.1: both halves are form-encoded before they are joined and encoded again. */
static bool caller_basic(struct exchange *ex, struct redeem *redeem)
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
	redeem->client.client_id = id;
	redeem->client.secret = secret_text(secret);
	return true;
}

#define BEARER "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* One of the two ways that are in the body, or none. NULL: read. */
static const char *caller_body(const struct form *form, struct client *client)
{
	const char *secret = form_get(form, "client_secret");
	const char *type = form_get(form, "client_assertion_type");
	const char *assertion = form_get(form, "client_assertion");

	if (type != NULL && strcmp(type, BEARER) != 0)
		return "client_assertion_type must be " BEARER ".";
	if ((type == NULL) != (assertion == NULL))
		return "client_assertion and client_assertion_type belong together.";
	if (secret != NULL && assertion != NULL)
		return "The client authenticates in two ways at once.";
	client->assertion = assertion;
	if (!text_empty(secret))
		client->secret = secret_text(secret);
	return NULL;
}

const char *caller_read(struct exchange *ex, const struct form *form, struct redeem *redeem)
{
	const char *id = form_get(form, "client_id");
	struct client body = { 0 };
	const char *why = caller_body(form, &body);

	if (!caller_basic(ex, redeem))
		return "The Authorization header is not Basic with an id and a secret.";
	if (why != NULL)
		return why;
	if (redeem->basic && (form_get(form, "client_secret") != NULL || body.assertion != NULL))
		return "The client authenticates in two ways at once.";
	if (redeem->basic && id != NULL && strcmp(id, redeem->client.client_id) != 0)
		return "Header and body name different clients.";
	if (redeem->basic)
		return NULL;
	redeem->client = body;
	redeem->client.client_id = id;
	return id == NULL && body.assertion == NULL ? "The parameter client_id is missing." : NULL;
}

void caller_refuse(struct exchange *ex, const struct redeem *redeem)
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
	if (redeem->missing != NULL)
		json_object_set_new(body, "claims", json_string(redeem->missing));
	json_object_set_new(body, "correlation_id", json_string(ex->id_text));
	face_json(ex, redeem->status, body);
}
