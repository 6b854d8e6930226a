/*
 * target.h - what a request asks for, taken apart
 *
 * Private. Threads  Any. Memory  The arena.
 * Failing  False: 400. Refused are a path that doesn't begin with a single "/", a bad %,
 *          %00, %2f, %5c and other control characters, "." and ".." as segments, broken
 *          UTF-8 (attacks F2 and E8).
 */
#pragma once

#include "http/router.h"

#include <stdbool.h>

struct arena;

struct target {
	const char *scheme, *authority;	/* absolute-form; NULL: origin-form */
	const char *path, *query;
	bool asterisk;			/* "*" */
	struct router_path segments;
};

bool target_parse(struct arena *arena, const char *text, struct target *out_target);

/* "https://id.example.com:443" as scheme and authority in lower case, without the port that the
 * scheme implies. False: no such URL, or more than that in it. */
struct origin { const char *scheme, *authority; };

bool origin_parse(struct arena *arena, const char *url, struct origin *out_origin);
bool origin_is(struct arena *arena, const struct origin *origin, const char *authority);
bool authority_fits(const char *text);
