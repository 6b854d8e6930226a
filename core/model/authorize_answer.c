#include "model/authorize.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"

#include <string.h>

/* A query that the address has is kept (RFC 6749 3.1.2). */
static char *begin(struct arena *arena, const struct authorize *request)
{
	const char *uri = request->redirect_uri;

	if (request->mode == AUTHORIZE_FRAGMENT)
		return text_print(arena, "%s#", uri);
	size_t size = strlen(uri);
	bool open = strchr(uri, '?') != NULL;
	bool ready = open && (uri[size - 1] == '?' || uri[size - 1] == '&');

	return text_print(arena, "%s%s", uri, ready ? "" : open ? "&" : "?");
}

static char *add(struct arena *arena, const char *so_far, const char *name, const char *value)
{
	if (text_empty(value))
		return text_copy(arena, so_far);
	return text_print(arena, "%s%s%s=%s", so_far, strchr("?&#", so_far[strlen(so_far) - 1]) ?
	    "" : "&", name, encode_url(arena, value));
}

/* Both end in state and iss, so that a client can tell whose answer it is (RFC 9207 2). */
static char *finish(struct arena *arena, const char *so_far, const struct authorize *request,
    const char *issuer)
{
	return add(arena, add(arena, so_far, "state", request->state), "iss", issuer);
}

char *authorize_answer(struct arena *arena, const struct authorize *request, const char *issuer,
    const char *code)
{
	char *uri = add(arena, begin(arena, request), "code", code);

	return finish(arena, uri, request, issuer);
}

char *authorize_refusal(struct arena *arena, const struct authorize *request, const char *issuer,
    const struct authorize_error *error)
{
	char *uri = add(arena, begin(arena, request), "error", error->error);

	uri = add(arena, uri, "error_description", error->description);
	return finish(arena, uri, request, issuer);
}

static char *decoded(struct arena *arena, const char *text, size_t size)
{
	char *plain;

	return decode_url(arena, text, size, &plain) ? plain : text_copy(arena, "");
}

size_t authorize_post(struct arena *arena, const struct authorize *request, const char *answer,
    struct authorize_field out_fields[AUTHORIZE_FIELDS_MOST])
{
	const char *at = answer + strlen(begin(arena, request));
	size_t count = 0;

	for (size_t size; *at != '\0' && count < AUTHORIZE_FIELDS_MOST; at += size) {
		size = strcspn(at, "&");
		size_t name = strcspn(at, "=");
		if (name < size)
			out_fields[count++] = (struct authorize_field){
				decoded(arena, at, name),
				decoded(arena, at + name + 1, size - name - 1) };
		size += at[size] == '&';
	}
	return count;
}

/* Policies name app ids; authorize_check() has seen that each is an app of the tenant. */
static size_t add_target(const struct tenant *tenant, const char *client_id, struct sp_id *out_id)
{
	const struct app *app = tenant_app(tenant, client_id);

	if (app != NULL)
		*out_id = app->app_id;
	return app != NULL;
}

size_t authorize_targets(struct arena *arena, const struct tenant *tenant,
    const struct authorize *request, const struct sp_id **out_targets)
{
	const char *at = request->resources == NULL ? "" : request->resources;
	struct sp_id *targets = arena_alloc(arena, (strlen(at) / 2 + 2) * sizeof(*targets));
	size_t count = add_target(tenant, request->client_id, targets);

	for (size_t size; *at != '\0'; at += size) {
		size = strcspn(at, " ");
		char *name = text_part(arena, at, size);
		count += add_target(tenant, name, targets + count);
		size += at[size] == ' ';
	}
	*out_targets = targets;
	return id_sort(targets, count);
}
