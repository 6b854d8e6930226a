#include "model/leave.h"

#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "model/app.h"

#include <string.h>

static struct leave leave_wrong(const char *wrong, const char *why)
{
	return (struct leave){ .wrong = wrong, .why = why };
}

static struct leave leave_to(struct arena *arena, const struct app *app,
    const struct leave_query *query)
{
	struct leave leave = { .app = app, .uri = query->post_logout_redirect_uri };

	leave.back = text_empty(query->state) ? leave.uri : text_print(arena, "%s%cstate=%s",
	    leave.uri, strchr(leave.uri, '?') != NULL ? '&' : '?',
	    encode_url(arena, query->state));
	return leave;
}

static struct leave leave_judge(struct arena *arena, const struct tenant *tenant,
    const struct leave_query *query)
{
	const char *client = query->client_id != NULL ? query->client_id : query->hint_client;
	const struct app *app = client != NULL ? tenant_app(tenant, client) : NULL;

	if (query->repeated)
		return leave_wrong("invalid_request", "A parameter is there more than once.");
	if (query->hint && query->hint_client == NULL)
		return leave_wrong("invalid_request", "id_token_hint is not an ID token that was "
		    "issued here: send it unchanged, as the token endpoint gave it.");
	if (query->hint && query->client_id != NULL &&
	    strcmp(query->client_id, query->hint_client) != 0)
		return leave_wrong("invalid_request", "id_token_hint was issued to another client "
		    "than client_id names.");
	if (client != NULL && (app == NULL || !app->enabled))
		return leave_wrong("invalid_request", "client_id names no application of this "
		    "tenant, or one that is switched off.");
	if (query->state != NULL && strlen(query->state) > LEAVE_STATE_MOST)
		return leave_wrong("invalid_request", "state is too long.");
	if (app == NULL || query->post_logout_redirect_uri == NULL)
		return (struct leave){ .app = app };
	if (!app_leaves_to(app, query->post_logout_redirect_uri))
		return leave_wrong("invalid_request", "post_logout_redirect_uri is not registered "
		    "for this application: it must be the same byte for byte.");
	return leave_to(arena, app, query);
}

bool leave_frames(const struct tenant *tenant)
{
	for (size_t i = 0; i < tenant->app_count; i++)
		if (tenant->apps[i]->enabled && tenant->apps[i]->frontchannel_uri != NULL)
			return true;
	return false;
}

const char *leave_frame(struct arena *arena, const struct app *app, const char *issuer,
    struct sp_id session)
{
	const char *uri = app->frontchannel_uri;
	char sid[ID_TEXT];

	id_format(session, sid);
	return text_print(arena, "%s%ciss=%s&sid=%s", uri, strchr(uri, '?') != NULL ? '&' : '?',
	    encode_url(arena, issuer), sid);
}

void leave_check(struct arena *arena, const struct tenant *tenant,
    const struct leave_query *query, struct leave *out_leave)
{
	*out_leave = leave_judge(arena, tenant, query);
}
