#include <criterion/criterion.h>

#include "base/arena.h"
#include "http/router.h"
#include "http/target.h"

#include <string.h>

static struct arena arena;
static struct router *router;

static void handle(struct exchange *ex)
{
	(void)ex;
}

#define ROUTE(method, path, surface, name) { method, path, handle, 0, surface, 0, name }

static const struct route routes[] = {
	ROUTE("GET", "/", SURFACE_PAGES, "root"),
	ROUTE("GET", "/{tenant}/flow", SURFACE_PAGES, "flow"),
	ROUTE("POST", "/{tenant}/flow", SURFACE_PAGES, "flow.post"),
	ROUTE("POST", "/{tenant}/oauth2/v2.0/token", SURFACE_OIDC, "token"),
	ROUTE("POST", "/{tenant}/oauth2/v2.0/{step}", SURFACE_NATIVE, "step"),
	ROUTE("GET", "/v1.0/users", SURFACE_ADMIN, "users"),
	ROUTE("GET", "/v1.0/users/{id}", SURFACE_ADMIN, "user"),
	ROUTE("GET", "/v1.0/users/me", SURFACE_ADMIN, "me"),
	ROUTE("PATCH", "/v1.0/users/{name}", SURFACE_ADMIN, "user.patch"),
	ROUTE("GET", "/v1.0/users/{id}/methods", SURFACE_ADMIN, "methods"),
	ROUTE("GET", "/admin/{rest*}", SURFACE_ADMIN, "files"),
	ROUTE("GET", "/healthz", SURFACE_OPS, "health"),
	ROUTE("OPTIONS", "/healthz", SURFACE_OPS, "health.options"),
	{ 0 },
};

static void begin(void)
{
	struct sp_error error;

	router = router_new();
	cr_assert_eq(router_add(router, routes, &error), SP_OK);
}

static void end(void)
{
	router_free(router);
	arena_done(&arena);
}

static struct router_match find(const char *method, const char *path, unsigned surfaces)
{
	struct target target;
	struct router_match match;

	cr_assert(target_parse(&arena, path, &target), "%s", path);
	router_find(router, method, &target.segments, surfaces, &arena, &match);
	return match;
}

/* req225: every surface is served only where its listener says so. */
Test(router, finds, .init = begin, .fini = end)
{
	static const unsigned all = SURFACE_PAGES | SURFACE_OIDC | SURFACE_NATIVE |
	    SURFACE_ADMIN | SURFACE_OPS;
	static const struct { const char *method, *path; unsigned surfaces; const char *name,
	    *allow; } rows[] = {
		{ "GET", "/", all, "root", NULL },
		{ "HEAD", "/", all, "root", NULL },
		{ "GET", "/contoso/flow", all, "flow", NULL },
		{ "POST", "/contoso/flow", all, "flow.post", NULL },
		{ "PUT", "/contoso/flow", all, NULL, "OPTIONS, GET, HEAD, POST" },
		{ "OPTIONS", "/contoso/flow", all, NULL, "OPTIONS, GET, HEAD, POST" },
		{ "HEAD", "/contoso/oauth2/v2.0/token", all, NULL, "OPTIONS, POST" },
		{ "POST", "/contoso/oauth2/v2.0/token", all, "token", NULL },
		{ "POST", "/contoso/oauth2/v2.0/token", SURFACE_NATIVE, "step", NULL },
		{ "POST", "/contoso/oauth2/v2.0/initiate", all, "step", NULL },
		{ "POST", "/contoso/oauth2/v2.0/initiate", SURFACE_OIDC, NULL, NULL },
		{ "GET", "/v1.0/users", all, "users", NULL },
		{ "GET", "/v1.0/users", SURFACE_PAGES, NULL, NULL },
		{ "GET", "/v1.0/users/me", all, "me", NULL },
		{ "PATCH", "/v1.0/users/me", all, NULL, "OPTIONS, GET, HEAD" },
		{ "GET", "/v1.0/users/you", all, "user", NULL },
		{ "PATCH", "/v1.0/users/you", all, "user.patch", NULL },
		{ "GET", "/v1.0/users/me/methods", all, "methods", NULL },
		{ "GET", "/v1.0/flow", all, "flow", NULL },
		{ "GET", "/v1.0/users/", all, NULL, NULL },
		{ "GET", "/admin/a/b.js", all, "files", NULL },
		{ "GET", "/admin/", all, NULL, NULL },
		{ "GET", "/admin/flow", all, "files", NULL },
		{ "GET", "/admin/flow", SURFACE_PAGES, "flow", NULL },
		{ "OPTIONS", "/healthz", all, "health.options", NULL },
		{ "GET", "/HEALTHZ", all, NULL, NULL },
		{ "GET", "/%68ealthz", all, "health", NULL },
		{ "GET", "/a/b/c/d/e/f", all, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct router_match match = find(rows[i].method, rows[i].path, rows[i].surfaces);
		const char *name = match.route != NULL ? match.route->name : "none";

		cr_expect_str_eq(name, rows[i].name != NULL ? rows[i].name : "none", "%s %s",
		    rows[i].method, rows[i].path);
		cr_expect((match.allow == NULL) == (rows[i].allow == NULL), "row %zu", i);
		if (match.allow != NULL && rows[i].allow != NULL)
			cr_expect_str_eq(match.allow, rows[i].allow);
	}
}

Test(router, decodes_parameters, .init = begin, .fini = end)
{
	struct target target;
	struct router_match match;

	cr_assert(target_parse(&arena, "/v1.0/users/a%20%C3%A9", &target));
	router_find(router, "PATCH", &target.segments, SURFACE_ADMIN, &arena, &match);
	cr_expect_str_eq(router_param(match.route, &target.segments, "name", &arena), "a \xc3\xa9");
	cr_expect_null(router_param(match.route, &target.segments, "id", &arena));
	cr_expect_null(router_param(match.route, &target.segments, "nam", &arena));
	cr_assert(target_parse(&arena, "/admin/a/b/", &target));
	router_find(router, "GET", &target.segments, SURFACE_ADMIN, &arena, &match);
	cr_expect_str_eq(router_param(match.route, &target.segments, "rest", &arena), "a/b/");
}

Test(router, refuses_tables_that_make_no_sense, .init = begin, .fini = end)
{
	static const struct { struct route rows[2]; const char *why; } tables[] = {
		{ { ROUTE("GET", "/v1.0/users/{other}", SURFACE_OPS, "x") }, "twice" },
		{ { ROUTE("GET", "/healthz", SURFACE_PAGES, "x") }, "twice" },
		{ { ROUTE("GET", "x", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/x//y", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/x/", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/{", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/{}", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/{rest*}/x", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/a{b}", SURFACE_OPS, "x") }, "path" },
		{ { ROUTE("GET", "/x", 0, "x") }, "surface" },
		{ { ROUTE("GET", "/x", SURFACE_OPS | SURFACE_ADMIN, "x") }, "surface" },
		{ { ROUTE("GET", "/x", SURFACE_OPS, NULL) }, "name" },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct sp_error error = { "" };

		cr_expect_neq(router_add(router, tables[i].rows, &error), SP_OK, "table %zu", i);
		cr_expect_not_null(strstr(error.text, tables[i].why), "%s", error.text);
	}
}
