#include "http/router.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tree of segments: literal children in a list, at most one child for any value, at most one
 * for all the rest. Routes that end at a node differ in method. */
struct node {
	const char *literal;
	size_t size;
	struct node *children, *next;
	struct node *any, *rest;
	const struct route **routes;
	size_t route_count;
};

struct router {
	struct arena arena;
	struct node root;
};

enum segment { SEGMENT_WRONG = 0, SEGMENT_LITERAL, SEGMENT_ANY, SEGMENT_REST };

struct router *router_new(void)
{
	struct router *router = must_calloc(1, sizeof(*router));

	arena_init(&router->arena, NULL, 0);
	return router;
}

void router_free(struct router *router)
{
	if (router == NULL)
		return;
	arena_done(&router->arena);
	free(router);
}

static enum segment segment_kind(const char *text, size_t size)
{
	if (size == 0)
		return SEGMENT_WRONG;
	if (text[0] != '{')
		return memchr(text, '{', size) == NULL && memchr(text, '}', size) == NULL &&
		    memchr(text, '%', size) == NULL ? SEGMENT_LITERAL : SEGMENT_WRONG;
	if (size < 3 || text[size - 1] != '}')
		return SEGMENT_WRONG;
	if (text[size - 2] == '*')
		return size > 3 && text[size] == '\0' ? SEGMENT_REST : SEGMENT_WRONG;
	return SEGMENT_ANY;
}

static struct node *node_literal(const struct node *node, const char *text, size_t size)
{
	for (struct node *child = node->children; child != NULL; child = child->next)
		if (child->size == size && memcmp(child->literal, text, size) == 0)
			return child;
	return NULL;
}

static struct node *node_grow(struct router *router, struct node *node, const char *text,
    size_t size)
{
	struct node *child;

	switch (segment_kind(text, size)) {
	case SEGMENT_ANY:
		if (node->any == NULL)
			node->any = arena_alloc(&router->arena, sizeof(*child));
		return node->any;
	case SEGMENT_REST:
		if (node->rest == NULL)
			node->rest = arena_alloc(&router->arena, sizeof(*child));
		return node->rest;
	case SEGMENT_LITERAL:
		child = node_literal(node, text, size);
		if (child != NULL)
			return child;
		child = arena_alloc(&router->arena, sizeof(*child));
		*child = (struct node){ .literal = text, .size = size, .next = node->children };
		return node->children = child;
	case SEGMENT_WRONG:
	default:
		return NULL;
	}
}

/* NULL: the path makes no sense. */
static struct node *node_of_path(struct router *router, const char *path)
{
	struct node *node = &router->root;
	unsigned count = 0;

	if (path[0] != '/')
		return NULL;
	if (path[1] == '\0')
		return node;
	while (node != NULL && *path == '/' && count++ < ROUTE_SEGMENTS_MAX) {
		size_t size = strcspn(path + 1, "/");

		node = node_grow(router, node, path + 1, size);
		path += 1 + size;
	}
	return *path == '\0' ? node : NULL;
}

static const struct route *node_route(const struct node *node, const char *method,
    unsigned surfaces)
{
	for (size_t i = 0; i < node->route_count; i++)
		if ((node->routes[i]->surface & surfaces) != 0 &&
		    strcmp(node->routes[i]->method, method) == 0)
			return node->routes[i];
	return NULL;
}

static enum sp_status router_refuse(const struct route *route, const char *why,
    struct sp_error *out_error)
{
	snprintf(out_error->text, sizeof(out_error->text), "route %s %s: %s", route->method,
	    route->path, why);
	return SP_REJECTED;
}

static enum sp_status router_add_one(struct router *router, const struct route *route,
    struct sp_error *out_error)
{
	struct node *node = node_of_path(router, route->path);

	if (node == NULL)
		return router_refuse(route, "the path makes no sense", out_error);
	if (route->handle == NULL || route->name == NULL)
		return router_refuse(route, "has no handler or no name", out_error);
	if (route->surface == 0 || (route->surface & (route->surface - 1)) != 0)
		return router_refuse(route, "belongs to exactly one surface", out_error);
	if (node_route(node, route->method, ~0u) != NULL)
		return router_refuse(route, "is there twice", out_error);
	const struct route **routes = arena_alloc(&router->arena,
	    (node->route_count + 1) * sizeof(struct route *));
	for (size_t i = 0; i < node->route_count; i++)
		routes[i] = node->routes[i];
	routes[node->route_count++] = route;
	node->routes = routes;
	return SP_OK;
}

enum sp_status router_add(struct router *router, const struct route *routes,
    struct sp_error *out_error)
{
	for (; routes->method != NULL; routes++) {
		enum sp_status status = router_add_one(router, routes, out_error);
		if (status != SP_OK)
			return status;
	}
	return SP_OK;
}

static bool node_serves(const struct node *node, unsigned surfaces)
{
	for (size_t i = 0; i < node->route_count; i++)
		if ((node->routes[i]->surface & surfaces) != 0)
			return true;
	return false;
}

/* Literal first, then any, then the rest, going back where a branch leads nowhere. The depth
 * is bounded by the segments, the width by two ways a step; routes are ours, paths short. */
static const struct node *node_find(const struct node *node, const struct router_path *path,
    size_t at, unsigned surfaces)
{
	const struct node *found = NULL;

	if (at == path->count)
		return !(path->slash && at > 0) && node_serves(node, surfaces) ? node : NULL;
	const char *text = path->segments[at];
	const struct node *child = node_literal(node, text, strlen(text));
	if (child != NULL)
		found = node_find(child, path, at + 1, surfaces);
	if (found == NULL && node->any != NULL)
		found = node_find(node->any, path, at + 1, surfaces);
	if (found == NULL && node->rest != NULL && node_serves(node->rest, surfaces))
		found = node->rest;
	return found;
}

static const char *node_allow(const struct node *node, unsigned surfaces, struct arena *arena)
{
	const char *allow = "OPTIONS";

	for (size_t i = 0; i < node->route_count; i++) {
		const struct route *route = node->routes[i];

		if ((route->surface & surfaces) == 0 || strcmp(route->method, "OPTIONS") == 0)
			continue;
		allow = text_print(arena, "%s, %s%s", allow, route->method,
		    strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
	}
	return allow;
}

void router_find(const struct router *router, const char *method,
    const struct router_path *path, unsigned surfaces, struct arena *arena,
    struct router_match *out_match)
{
	const struct node *node = node_find(&router->root, path, 0, surfaces);
	struct router_match match = { 0 };

	if (node != NULL) {
		match.route = node_route(node, method, surfaces);
		if (match.route == NULL && strcmp(method, "HEAD") == 0)
			match.route = node_route(node, "GET", surfaces);
		if (match.route == NULL)
			match.allow = node_allow(node, surfaces, arena);
	}
	*out_match = match;
}

static const char *path_rest(const struct router_path *path, size_t from, struct arena *arena)
{
	const char *rest = path->segments[from];

	for (size_t i = from + 1; i < path->count; i++)
		rest = text_print(arena, "%s/%s", rest, path->segments[i]);
	return path->slash ? text_print(arena, "%s/", rest) : rest;
}

const char *router_param(const struct route *route, const struct router_path *path,
    const char *name, struct arena *arena)
{
	size_t want = strlen(name), i = 0;

	for (const char *at = route->path; *at == '/' && i < path->count; i++) {
		size_t size = strcspn(at + 1, "/");
		const char *text = at + 2;

		if (at[1] == '{' && strncmp(text, name, want) == 0) {
			if (text[want] == '}')
				return path->segments[i];
			if (text[want] == '*')
				return path_rest(path, i, arena);
		}
		at += 1 + size;
	}
	return NULL;
}
