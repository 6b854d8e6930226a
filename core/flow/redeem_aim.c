/*
 * redeem_aim.c - which API this access token is for, and what it says there (model/scope.h)
 *
 * What was granted may be for several; a token is for one. From here on the work's code holds what
 * this token is about: its scope is what the app is told, its resources the API, if it is another
 * app than the client. So policy and claims see what they must see and no more.
 */
#include "flow/redeem_work.h"

#include "base/text.h"

#include <string.h>

struct scope_asker redeem_asker(const struct redeem *redeem)
{
	return (struct scope_asker){ redeem->turn.arena, redeem->turn.tenant, redeem->work->app };
}

bool redeem_narrow(struct redeem *redeem)
{
	struct code *code = &redeem->work->code;
	struct scope_granted granted = { code->scope == NULL ? "" : code->scope, code->resources };
	struct scope_asker asker = redeem_asker(redeem);

	return (redeem->asked == NULL || strlen(redeem->asked) <= AUTHORIZE_SCOPE_MOST) &&
	    scope_narrow(&asker, &granted, redeem->asked, &code->scope) ? true :
	    redeem_barred(redeem, 400, "invalid_scope",
	    "A refresh gives what was granted, or less.");
}

/* Beside an API, `openid` makes userinfo the second audience (model/access.h). */
static void aim_scope(struct redeem *redeem, const struct scope_told *told)
{
	struct redeem_work *work = redeem->work;
	struct arena *arena = redeem->turn.arena;

	work->values = told->values;
	work->token_scope = told->answer;
	work->userinfo = NULL;
	if (work->api == work->app)
		return;
	work->token_scope = told->values;
	if (!text_word(told->openid, "openid"))
		return;
	work->token_scope = text_print(arena, "%s%s%s", told->values,
	    told->values[0] != '\0' ? " " : "", grant_without(arena, told->openid, GRANT_SCOPE));
	work->userinfo = access_userinfo(arena, work->code.issuer);
}

bool redeem_aim(struct redeem *redeem)
{
	struct redeem_work *work = redeem->work;
	struct code *code = &work->code;
	struct scope_granted granted = { code->scope == NULL ? "" : code->scope, code->resources };
	struct scope_asker asker = redeem_asker(redeem);

	if (!work->refreshing)
		work->granted = granted;	/* of a family: refresh_code() */
	work->api = scope_aim(&asker, &granted, redeem->asked, redeem->resource);
	if (work->api == NULL && !text_empty(redeem->resource))
		return redeem_barred(redeem, 400, "invalid_target",
		    "This resource was not asked for at the sign-in, or is gone.");
	if (work->api == NULL)
		return redeem_barred(redeem, 400, "invalid_grant", "A resource that was asked for "
		    "is gone, disabled, or not granted to the application any more.");
	struct scope_told told = scope_tell(&asker, &granted, work->api);
	code->scope = told.answer;
	code->resources = work->api != work->app ? work->api->client_id : NULL;
	aim_scope(redeem, &told);
	return true;
}
