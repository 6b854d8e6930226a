/*
 * redeem_alone.c - a token for an application itself, without a customer (client_credentials)
 *
 * Nothing is read and nothing written: who it is has been proven, and what it may have is in the
 * snapshot. Conditional Access is about customers; an application that may have less is granted
 * less in its document, or disabled.
 */
#include "flow/redeem_work.h"

#include "base/id.h"
#include "base/text.h"
#include "model/claims.h"

#include <string.h>

static bool alone_scope(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	struct scope_asker asker = redeem_asker(redeem);
	struct scope_alone alone;
	const char *why = "scope is too long", *error = "invalid_scope";

	if (redeem->asked == NULL || strlen(redeem->asked) <= AUTHORIZE_SCOPE_MOST)
		error = scope_alone(&asker, redeem->asked, redeem->resource, &alone, &why);
	if (error != NULL)
		return redeem_barred(redeem, 400, error, why);
	work->api = alone.api;
	work->code.scope = alone.scope;
	return true;
}

/* Requirements 39, 51. */
static bool alone_may(struct redeem *redeem)
{
	if (!redeem_client(redeem))
		return false;
	if (!app_confidential(redeem->work->app))
		return redeem_barred(redeem, 400, "unauthorized_client",
		    "Only an application with a secret or a key may act for itself.");
	if (!redeem->work->app->client_credentials)
		return redeem_barred(redeem, 400, "unauthorized_client",
		    "allowClientCredentials is switched off for this application.");
	return alone_scope(redeem);
}

static void alone_claim(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	char *token_id = arena_alloc(redeem->turn.arena, ID_TEXT);
	struct claims claims = { .tenant = redeem->turn.tenant, .code = &work->code,
		.token_id = token_id, .app = work->app, .api = work->api,
		.now = redeem->turn.now };

	work->code.issuer = redeem->turn.issuer;
	id_format(id_ordered(redeem->turn.now), token_id);
	work->signing.access = redeem_payload(redeem, claims_alone(&claims));
}

void redeem_alone(struct redeem *redeem)
{
	redeem->work = arena_alloc(redeem->turn.arena, sizeof(*redeem->work));
	redeem->work->alone = true;
	redeem->wants_info = false;
	if (!alone_may(redeem)) {
		redeem_over(redeem);
		return;
	}
	alone_claim(redeem);
	redeem_run(redeem, redeem_steps, REDEEM_SIGN);
}
