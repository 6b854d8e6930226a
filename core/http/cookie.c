#include "http/cookie.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/reply.h"

#include <string.h>

/* RFC 6265 4.1.1: what a value may hold without quotes. */
static bool cookie_octet(unsigned char c)
{
	return c > 0x20 && c < 0x7f && strchr("\",;\\", c) == NULL;
}

static bool cookie_token(unsigned char c)
{
	return cookie_octet(c) && strchr("()<>@:/[]?={}", c) == NULL;
}

static bool cookie_all(const char *text, bool (*fits)(unsigned char))
{
	for (; *text != '\0'; text++)
		if (!fits((unsigned char)*text))
			return false;
	return true;
}

const char *cookie_find(struct arena *arena, const char *header, const char *name,
    bool *out_doubled)
{
	size_t size = strlen(name);
	const char *value = NULL;
	bool doubled = false;

	for (const char *at = header; at != NULL && *at != '\0';) {
		at += strspn(at, " \t;");
		size_t pair = strcspn(at, ";");
		if (pair > size && strncmp(at, name, size) == 0 && at[size] == '=') {
			doubled = value != NULL;
			value = text_part(arena, at + size + 1, pair - size - 1);
			if (doubled)
				break;
		}
		at += pair;
	}
	*out_doubled = doubled;
	return doubled ? NULL : value;
}

const char *cookie_get(struct exchange *ex, const char *name)
{
	bool doubled;

	return cookie_find(ex->arena, exchange_header(ex, "Cookie"), name, &doubled);
}

bool cookie_doubled(struct exchange *ex, const char *name)
{
	bool doubled;

	cookie_find(ex->arena, exchange_header(ex, "Cookie"), name, &doubled);
	return doubled;
}

static bool cookie_fits(const struct cookie *cookie, bool https)
{
	bool secure = strncmp(cookie->name, "__Host-", 7) == 0 ||
	    strncmp(cookie->name, "__Secure-", 9) == 0 || cookie->site == COOKIE_NONE;

	return *cookie->name != '\0' && cookie_all(cookie->name, cookie_token) &&
	    cookie_all(cookie->value, cookie_octet) && cookie->max_age >= 0 &&
	    strlen(cookie->name) + strlen(cookie->value) < 4000 && (https || !secure);
}

const char *cookie_format(struct arena *arena, const struct cookie *cookie, bool https)
{
	static const char *const sites[] = {
		[COOKIE_STRICT] = "Strict", [COOKIE_LAX] = "Lax", [COOKIE_NONE] = "None",
	};
	const char *age = "";

	if (!cookie_fits(cookie, https))
		return NULL;
	if (*cookie->value == '\0')
		age = "; Max-Age=0";
	else if (cookie->max_age > 0)
		age = text_print(arena, "; Max-Age=%lld", (long long)cookie->max_age);
	return text_print(arena, "%s=%s; Path=/%s; HttpOnly; SameSite=%s%s", cookie->name,
	    cookie->value, age, sites[cookie->site], https ? "; Secure" : "");
}

bool cookie_set(struct exchange *ex, const struct cookie *cookie)
{
	const char *line = cookie_format(ex->arena, cookie, ex->https);

	return line != NULL && reply_header(ex, "Set-Cookie", line);
}
