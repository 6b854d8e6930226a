/*
 * cookie.h - cookies in, cookies out
 *
 * A name that comes twice is no answer: a neighbour's subdomain may have set the other one
 * (attack D2), so it is told as doubled and its value is absent.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 * Failing  cookie_set() is false on what would not be one cookie.
 */
#pragma once

#include "http/request.h"

/* NULL: absent or doubled. */
const char *cookie_get(struct exchange *ex, const char *name);
bool cookie_doubled(struct exchange *ex, const char *name);

enum cookie_site { COOKIE_STRICT = 0, COOKIE_LAX, COOKIE_NONE };

/* Always HttpOnly and Path=/, without Domain; Secure on https. A "__Host-" or "__Secure-"
 * name is refused on http, SameSite=None too. Requirement 193. */
struct cookie {
	const char *name, *value;	/* value "": takes it away */
	int64_t max_age;		/* seconds; 0: until the browser closes */
	enum cookie_site site;
};

bool cookie_set(struct exchange *ex, const struct cookie *cookie)
    __attribute__((warn_unused_result));

/* Without an exchange, for those and for tests: NULL, absent or doubled. */
struct arena;
const char *cookie_find(struct arena *arena, const char *header, const char *name,
    bool *out_doubled);
const char *cookie_format(struct arena *arena, const struct cookie *cookie, bool https);
