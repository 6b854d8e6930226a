#include "text/template.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/node.h"

#define NAME_SIZE 64u

/* A template that is being compiled. */
struct compile {
	struct arena *arena;
	struct template *template;
	struct markup markup;
	const char *text, *at;
	size_t room;
	size_t open[TEMPLATE_DEPTH];
	struct markup opened[TEMPLATE_DEPTH];
	size_t depth;
	struct sp_error *error;
};

/* What stands between two pairs of braces, and what it takes with it. */
struct tag {
	char kind;		/* # ^ / > ! or 0 */
	char name[NAME_SIZE + 1];
	const char *begin, *end;
};

static unsigned line_of(const struct compile *compile, const char *at)
{
	unsigned line = 1;

	for (const char *c = compile->text; c < at; c++)
		line += *c == '\n';
	return line;
}

__attribute__((format(printf, 3, 4)))
static bool wrong(struct compile *compile, const char *at, const char *format, ...)
{
	char why[160];
	va_list list;

	va_start(list, format);
	vsnprintf(why, sizeof(why), format, list);
	va_end(list);
	snprintf(compile->error->text, sizeof(compile->error->text), "%.60s:%u: %s",
	    compile->template->name, line_of(compile, at), why);
	return false;
}

static struct node *node_add(struct compile *compile, enum node_kind kind, const char *at)
{
	struct template *template = compile->template;

	if (template->count == compile->room) {
		struct node *old = template->nodes;
		compile->room = compile->room == 0 ? 32 : compile->room * 2;
		template->nodes = arena_alloc(compile->arena, compile->room * sizeof(*old));
		if (template->count > 0)
			memcpy(template->nodes, old, template->count * sizeof(*old));
	}
	struct node *node = &template->nodes[template->count++];
	node->kind = kind;
	node->line = line_of(compile, at);
	return node;
}

static void add_literal(struct compile *compile, const char *end)
{
	size_t size = (size_t)(end - compile->at);

	if (end <= compile->at)
		return;
	markup_read(&compile->markup, compile->at, size);
	struct node *node = node_add(compile, NODE_LITERAL, compile->at);
	node->text = compile->at;
	node->size = size;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	    || c == '_' || c == '-' || c == '.';
}

/* Spaces, a name, spaces. */
static bool read_name(const char *from, const char *to, char *out_name)
{
	while (from < to && *from == ' ')
		from++;
	while (from < to && to[-1] == ' ')
		to--;
	size_t size = (size_t)(to - from);
	if (size == 0 || size > NAME_SIZE || *from == '.' || to[-1] == '.')
		return false;
	for (size_t i = 0; i < size; i++)
		if (!name_char(from[i]) || (from[i] == '.' && from[i + 1] == '.'))
			return false;
	memcpy(out_name, from, size);
	out_name[size] = '\0';
	return true;
}

static bool read_tag(struct compile *compile, const char *begin, struct tag *tag)
{
	const char *from = begin + 2, *to = strstr(from, "}}");

	*tag = (struct tag){ .begin = begin };
	if (to == NULL)
		return wrong(compile, begin, "{{ without }}");
	tag->end = to + 2;
	if (*from == '{' || *from == '&')
		return wrong(compile, begin, "a value is always escaped: write {{name}}");
	if (*from == '=' || *from == '<' || *from == '$')
		return wrong(compile, begin, "{{%c is not offered", *from);
	if (strchr("#^/>!", *from) != NULL)
		tag->kind = *from++;
	if (tag->kind != '!' && !read_name(from, to, tag->name))
		return wrong(compile, begin, "'%.40s' is no name", from);
	return true;
}

/* A tag alone on its line takes the line with it. */
static void widen(const struct compile *compile, struct tag *tag)
{
	const char *begin = tag->begin, *end = tag->end;

	while (begin > compile->text && (begin[-1] == ' ' || begin[-1] == '\t'))
		begin--;
	if (begin > compile->text && begin[-1] != '\n')
		return;
	while (*end == ' ' || *end == '\t' || *end == '\r')
		end++;
	if (*end != '\n' && *end != '\0')
		return;
	tag->begin = begin;
	tag->end = end + (*end == '\n');
}

static bool add_value(struct compile *compile, const struct tag *tag)
{
	enum markup_place place = compile->template->html ? markup_place(&compile->markup)
	    : MARKUP_RAW;

	if (place == MARKUP_REFUSED)
		return wrong(compile, tag->begin, "{{%s}} may not stand here: only in text and in "
		    "quoted attributes known to be harmless", tag->name);
	struct node *node = node_add(compile, NODE_VALUE, tag->begin);
	node->place = place;
	node->text = text_copy(compile->arena, tag->name);
	compile->markup.inside++;
	return true;
}

static bool open_section(struct compile *compile, const struct tag *tag)
{
	if (compile->depth == TEMPLATE_DEPTH)
		return wrong(compile, tag->begin, "more than %u sections in each other",
		    TEMPLATE_DEPTH);
	if (compile->template->html && !markup_section(&compile->markup))
		return wrong(compile, tag->begin, "no section may begin here");
	compile->open[compile->depth] = compile->template->count;
	compile->opened[compile->depth++] = compile->markup;
	struct node *node = node_add(compile, tag->kind == '#' ? NODE_SECTION : NODE_INVERTED,
	    tag->begin);
	node->text = text_copy(compile->arena, tag->name);
	return true;
}

static bool close_section(struct compile *compile, const struct tag *tag)
{
	if (compile->depth == 0)
		return wrong(compile, tag->begin, "{{/%s}} closes nothing", tag->name);
	struct node *node = &compile->template->nodes[compile->open[--compile->depth]];
	if (strcmp(node->text, tag->name) != 0)
		return wrong(compile, tag->begin, "{{/%s}} where {{/%s}} (line %u) is due",
		    tag->name, node->text, node->line);
	node->end = compile->template->count;
	if (!compile->template->html)
		return true;
	if (!markup_section(&compile->markup)
	    || !markup_level(&compile->opened[compile->depth], &compile->markup))
		return wrong(compile, tag->begin, "section %s (line %u) must end where it began, "
		    "within or outside of a tag", tag->name, node->line);
	return true;
}

static bool add_partial(struct compile *compile, const struct tag *tag)
{
	if (compile->template->html && compile->markup.state != MARKUP_IN_TEXT)
		return wrong(compile, tag->begin, "a partial may not stand within a tag");
	node_add(compile, NODE_PARTIAL, tag->begin)->text = text_print(compile->arena, "%s%s",
	    tag->name, strrchr(compile->template->name, '.'));
	return true;
}

static bool add_tag(struct compile *compile, const struct tag *tag)
{
	switch (tag->kind) {
	case '#':
	case '^':
		return open_section(compile, tag);
	case '/':
		return close_section(compile, tag);
	case '>':
		return add_partial(compile, tag);
	case '!':
		return true;
	default:
		return add_value(compile, tag);
	}
}

static bool compile_all(struct compile *compile)
{
	const char *begin;
	struct tag tag;

	while ((begin = strstr(compile->at, "{{")) != NULL) {
		if (!read_tag(compile, begin, &tag))
			return false;
		if (tag.kind != 0)
			widen(compile, &tag);
		add_literal(compile, tag.begin);
		if (!add_tag(compile, &tag))
			return false;
		compile->at = tag.end;
	}
	const char *end = compile->at + strlen(compile->at);
	add_literal(compile, end);
	if (compile->depth > 0) {
		size_t last = compile->open[compile->depth - 1];
		const struct node *node = &compile->template->nodes[last];
		return wrong(compile, end, "section %s (line %u) is not closed", node->text,
		    node->line);
	}
	if (compile->template->html && compile->markup.state != MARKUP_IN_TEXT)
		return wrong(compile, end, compile->markup.state == MARKUP_IN_COMMENT
		    ? "no HTML comments: write {{! ... }}" : "ends within a tag");
	return true;
}

enum sp_status node_compile(struct arena *arena, const char *text, const char *name,
    struct template **out_template, struct sp_error *out_error)
{
	const char *ending = strrchr(name, '.');
	struct compile compile = { .arena = arena, .error = out_error };

	compile.template = arena_alloc(arena, sizeof(*compile.template));
	compile.template->name = text_copy(arena, name);
	compile.template->html = ending != NULL && strcmp(ending, ".html") == 0;
	if (ending == NULL || (!compile.template->html && strcmp(ending, ".txt") != 0)) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "%.60s: a template's name ends in .html or .txt", name);
		return SP_REJECTED;
	}
	if (strlen(text) > TEMPLATE_TEXT || !text_utf8(text, strlen(text))) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "%.60s: must be UTF-8 and at most %u bytes", name, TEMPLATE_TEXT);
		return SP_REJECTED;
	}
	compile.text = compile.at = text_copy(arena, text);
	if (!compile_all(&compile))
		return SP_REJECTED;
	*out_template = compile.template;
	return SP_OK;
}

enum sp_status template_compile(struct arena *arena, const char *text, const char *name,
    const struct template **out_template, struct sp_error *out_error)
{
	struct template *template;
	enum sp_status status = node_compile(arena, text, name, &template, out_error);

	if (status != SP_OK)
		return status;
	for (size_t i = 0; i < template->count; i++) {
		const struct node *node = &template->nodes[i];
		if (node->kind != NODE_PARTIAL)
			continue;
		snprintf(out_error->text, sizeof(out_error->text),
		    "%.60s:%u: partial %.60s needs a folder of templates", name, node->line,
		    node->text);
		return SP_REJECTED;
	}
	*out_template = template;
	return SP_OK;
}
