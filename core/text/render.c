/* render.c - fills a compiled template */
#include "text/template.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/buffer.h"
#include "text/catalogue.h"
#include "text/node.h"
#include "text/values.h"

#define MESSAGE_OUT (16u << 10)

struct render {
	struct buffer out;
	const struct catalogue *words;
};

static const char *escaped(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/* U+202A-202E and U+2066-2069: a name could have the words around it read backwards. */
static bool turns(const char *at)
{
	const unsigned char *c = (const unsigned char *)at;

	return c[0] == 0xE2 && ((c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE)
	    || (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9));
}

static void write_value(struct buffer *out, const char *text, bool html)
{
	for (; *text != '\0'; text++) {
		const char *instead = html ? escaped(*text) : NULL;
		if (turns(text))
			text += 2;
		else if (instead != NULL)
			buffer_text(out, instead);
		else if ((unsigned char)*text < ' ' || *text == 0x7F)
			buffer_char(out, ' ');
		else
			buffer_char(out, *text);
	}
}

/* Attack: href="{{uri}}" with javascript:, data: and their like. */
static bool address_harmless(const char *url)
{
	if (url[0] == '/')
		return url[1] != '/' && url[1] != '\\';
	return url[0] == '\0' || url[0] == '?' || url[0] == '#'
	    || strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0
	    || strncasecmp(url, "mailto:", 7) == 0;
}

static const char *message(struct render *render, const char *key,
    const struct values_scope *scope)
{
	const char *words = render->words == NULL ? NULL : catalogue_find(render->words, key);
	struct buffer out;

	if (words == NULL)
		return "";
	buffer_begin(&out, render->out.arena, MESSAGE_OUT);
	catalogue_write(&out, words, scope);
	words = buffer_end(&out);
	if (words == NULL)
		render->out.full = true;
	return words == NULL ? "" : words;
}

static void render_value(struct render *render, const struct node *node,
    const struct values_scope *scope)
{
	const char *text = strncmp(node->text, "text.", 5) == 0
	    ? message(render, node->text + 5, scope) : values_text(scope, node->text);

	if (node->place == MARKUP_URL && !address_harmless(text))
		text = "#";
	write_value(&render->out, text, node->place != MARKUP_RAW);
}

static void render_nodes(struct render *render, const struct template *template, size_t from,
    size_t to, const struct values_scope *scope);

static void render_section(struct render *render, const struct template *template, size_t at,
    const struct values_scope *scope)
{
	const struct node *node = &template->nodes[at];
	const struct values_entry *entry = values_find(scope, node->text);
	bool inner = entry != NULL && (entry->kind == VALUES_GROUP || entry->kind == VALUES_LIST);

	if (!values_true(entry))
		return;
	if (!inner)
		render_nodes(render, template, at + 1, node->end, scope);
	const struct values *item = inner ? entry->first : NULL;
	for (; item != NULL && !render->out.full; item = item->next) {
		struct values_scope inside = { item, scope };
		render_nodes(render, template, at + 1, node->end, &inside);
	}
}

static void render_nodes(struct render *render, const struct template *template, size_t from,
    size_t to, const struct values_scope *scope)
{
	for (size_t i = from; i < to && !render->out.full; i++) {
		const struct node *node = &template->nodes[i];
		switch (node->kind) {
		case NODE_LITERAL:
			buffer_add(&render->out, node->text, node->size);
			break;
		case NODE_VALUE:
			render_value(render, node, scope);
			break;
		case NODE_SECTION:
			render_section(render, template, i, scope);
			i = node->end - 1;
			break;
		case NODE_INVERTED:
			if (values_true(values_find(scope, node->text)))
				i = node->end - 1;
			break;
		case NODE_PARTIAL:
			render_nodes(render, node->partial, 0, node->partial->count, scope);
			break;
		}
	}
}

char *template_render(struct arena *arena, const struct template *template,
    const struct values *values)
{
	struct render render = { .words = values->words };
	struct values_scope scope = { values, NULL };

	buffer_begin(&render.out, arena, TEMPLATE_OUT);
	render_nodes(&render, template, 0, template->count, &scope);
	return buffer_end(&render.out);
}
