#include "surface/pages/cookies.h"

#include "base/text.h"
#include "flow/visit_value.h"
#include "http/cookie.h"
#include "http/reply.h"

#include <string.h>

enum { KNOWN_DAYS = 180, DAY = 86400 };

/* `which` begins with a dot, which no tenant's name has: no tenant's cookie has the name of another
 * one's (attack D1). */
static const char *const session_places[VISIT_SESSIONS] = { ".session", ".session-2",
	".session-3", ".session-4" };

static const char *cookie_name(struct exchange *ex, const struct tenant *tenant,
    const char *which)
{
	if (ex->https)
		return text_print(ex->arena, "__Host-sp-%s%s", tenant->name, which);
	const char *port = strrchr(ex->base_url, ':');
	bool numbered = port != NULL && strchr(port, '/') == NULL;
	return text_print(ex->arena, "sp-%s-%s%s", tenant->name, numbered ? port + 1 : "80", which);
}

void cookies_read(struct exchange *ex, const struct tenant *tenant,
    struct visit_cookies *out_cookies)
{
	*out_cookies = (struct visit_cookies){
		.browser = cookie_get(ex, cookie_name(ex, tenant, "")),
		.known = cookie_get(ex, cookie_name(ex, tenant, ".known")),
	};
	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		out_cookies->sessions[i] = cookie_get(ex, cookie_name(ex, tenant,
		    session_places[i]));
}

/* Values are base64url or id.secret: cookie_set() has nothing to refuse. */
static void cookie_put(struct exchange *ex, const char *name, const char *value, int64_t seconds)
{
	struct cookie cookie = { .name = name, .value = value, .max_age = seconds,
		.site = COOKIE_LAX };

	if (!cookie_set(ex, &cookie))
		reply_status(ex, 500);
}

void cookies_ensure(struct exchange *ex, const struct tenant *tenant,
    struct visit_cookies *cookies)
{
	uint8_t hash[32];

	if (visit_browser_hash(cookies->browser, hash))
		return;
	cookies->browser = visit_browser(ex->arena);
	cookie_put(ex, cookie_name(ex, tenant, ""), cookies->browser, 0);
}

void cookies_end_session(struct exchange *ex, const struct tenant *tenant, size_t place)
{
	cookie_put(ex, cookie_name(ex, tenant, session_places[place]), "", 0);
}

void cookies_write(struct exchange *ex, const struct tenant *tenant,
    const struct visit_answer *answer)
{
	const struct settings *settings = &tenant->settings;

	for (size_t i = 0; i < VISIT_SESSIONS; i++)
		if (answer->set_sessions[i].value != NULL)
			cookie_put(ex, cookie_name(ex, tenant, session_places[i]),
			    answer->set_sessions[i].value, answer->set_sessions[i].persistent ?
			    settings->session_persistent / 1000 : 0);
	if (answer->set_known != NULL)
		cookie_put(ex, cookie_name(ex, tenant, ".known"), answer->set_known,
		    (int64_t)KNOWN_DAYS * DAY);
}
