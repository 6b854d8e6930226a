/*
 * node.h - a compiled template, as compiler, linker and renderer know it
 *
 * Nodes lie in one array. A section's nodes follow it, up to its `end`.
 *
 * Threads  Written by one, then read by any. Memory  The template's arena.
 */
#pragma once

#include "text/markup.h"
#include "text/template.h"

enum node_kind { NODE_LITERAL, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
	enum node_kind kind;
	enum markup_place place;
	unsigned line;
	const char *text;	/* literal, or name */
	size_t size;		/* of a literal */
	size_t end;		/* of a section: the first node behind it */
	const struct template *partial;
};

struct template {
	const char *name;
	bool html;
	struct node *nodes;
	size_t count;
	unsigned depth;		/* of partials within it; 0: not linked yet */
};

enum sp_status node_compile(struct arena *arena, const char *text, const char *name,
    struct template **out_template, struct sp_error *out_error);
