/* redeem_login.c - the app that redeems a code knows of the session from now on (logins.h) */
#include "flow/redeem_work.h"

#include "base/text.h"
#include "store/logins.h"

/* A session in use slides, so for how long it is known can't be said: longer than anything that
 * came of it. The sign-out after that finds nobody who would remember. */
static int64_t login_expires(const struct redeem *redeem)
{
	const struct settings *settings = &redeem->turn.tenant->settings;
	int64_t longer = settings->session_persistent > settings->refresh_lifetime ?
	    settings->session_persistent : settings->refresh_lifetime;

	return redeem->turn.now + longer;
}

bool redeem_login(struct redeem *redeem, struct sp_records_commit *commit)
{
	const struct redeem_work *work = redeem->work;
	struct login login = {
		.user = work->session.user, .root = work->session.root,
		.session = work->session.id, .app = work->app->app_id,
		.epoch = work->session.epoch, .issuer = work->code.issuer, .at = redeem->turn.now,
	};

	if (!app_hears(work->app) || !text_word(work->code.scope, "openid"))
		return true;
	return logins_put(commit, redeem->turn.tenant->id, &login, login_expires(redeem));
}
