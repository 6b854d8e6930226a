#include "model/session.h"

#include "base/id.h"
#include "base/text.h"

static int64_t session_life(const struct session *session, const struct settings *settings)
{
	return session->persistent ? settings->session_persistent : settings->session_idle;
}

void session_begin(struct session *session, const struct settings *settings, int64_t now)
{
	session->used = now;
	session->expires = now + session_life(session, settings);
}

bool session_touch(struct session *session, const struct settings *settings, int64_t now)
{
	if (now - session->used < session_life(session, settings) / 10)
		return false;
	session_begin(session, settings, now);
	return true;
}

bool session_decide(struct session *session, enum sp_persistent decided)
{
	bool persistent = decided == SP_PERSISTENT_UNSET ? session->persistent :
	    decided == SP_PERSISTENT_ALWAYS;
	bool changed = persistent != session->persistent;

	session->persistent = persistent;
	return changed;
}

bool session_valid(const struct session *session, const char *issuer, uint64_t epoch, int64_t now)
{
	return !id_zero(session->user) && now < session->expires && session->epoch == epoch &&
	    session->issuer != NULL && text_same(session->issuer, issuer);
}
