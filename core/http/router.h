/*
 * router.h - which handler a path belongs to
 *
 * Each surface has one table of routes, and everything that must forget none of them reads
 * it: the router, the role matrix, the OpenAPI check, the tests. A literal segment beats a
 * parameter. GET also answers HEAD; OPTIONS is answered with Allow unless a route does.
 *
 * Threads  Built on the main thread; then read-only, from any.
 * Memory   Tables are the caller's and outlive the router.
 * Failing  router_add() names the path that makes no sense or is there twice.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;
struct exchange;
struct router;

enum surface {
	SURFACE_PAGES = 1, SURFACE_OIDC = 2, SURFACE_NATIVE = 4, SURFACE_ADMIN = 8,
	SURFACE_OPS = 16,
};

#define ROUTE_SEGMENTS_MAX 24u

struct route {
	const char *method;	/* NULL ends the table */
	const char *path;	/* "/{tenant}/oauth2/v2.0/token"; a last "{rest*}" takes
				 * one or more segments, joined by "/" */
	void (*handle)(struct exchange *ex);
	size_t body_limit;	/* bytes; 0: no body */
	unsigned surface;	/* one bit */
	unsigned who;		/* who may call: the surface's own meaning */
	const char *name;	/* for metrics and the log; unique */
};

struct router *router_new(void);
void router_free(struct router *router);	/* accepts NULL */
enum sp_status router_add(struct router *router, const struct route *routes,
    struct sp_error *out_error) __attribute__((warn_unused_result));

/* Segments of a path, decoded. */
struct router_path {
	const char *segments[ROUTE_SEGMENTS_MAX];
	size_t count;
	bool slash;	/* "/a/": an empty one at the end, not counted */
};

struct router_match {
	const struct route *route;	/* NULL: see `allow` */
	const char *allow;	/* methods of that path, for 405 and OPTIONS; NULL: 404 */
};

/* Only routes of `surfaces` are seen. `allow` is in the arena. */
void router_find(const struct router *router, const char *method,
    const struct router_path *path, unsigned surfaces, struct arena *arena,
    struct router_match *out_match);

/* The segment that a parameter of the route stands for; NULL: no such parameter. */
const char *router_param(const struct route *route, const struct router_path *path,
    const char *name, struct arena *arena);
