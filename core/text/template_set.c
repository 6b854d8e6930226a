/* template_set.c - a folder of templates, each knowing its partials */
#include "text/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "text/catalogue.h"
#include "text/folder.h"
#include "text/node.h"
#include "text/problems.h"

struct template_set {
	struct template **templates;	/* by name */
	size_t count;
};

static int by_name(const void *key, const void *element)
{
	return strcmp(key, (*(struct template *const *)element)->name);
}

static struct template *find(const struct template_set *set, const char *name)
{
	struct template **found = bsearch(name, set->templates, set->count,
	    sizeof(*set->templates), by_name);

	return found == NULL ? NULL : *found;
}

const struct template *template_set_find(const struct template_set *set, const char *name)
{
	return find(set, name);
}

static void compile_all(struct arena *arena, struct template_set *set,
    const struct folder *folder, struct problems *problems)
{
	struct sp_error error;

	set->templates = arena_alloc(arena, folder->count * sizeof(*set->templates));
	for (size_t i = 0; i < folder->count; i++) {
		const struct folder_file *file = &folder->files[i];
		struct template *template;
		if (node_compile(arena, file->text, file->name, &template, &error) == SP_OK)
			set->templates[set->count++] = template;
		else
			problems_add(problems, "%s/%s", folder->path, error.text);
	}
}

/*
 * How deep a template's partials go. A circle is found when it is deeper than is allowed;
 * until a template is done its depth is "too deep", so that nobody walks it twice.
 */
static unsigned link_one(const struct template_set *set, struct template *template,
    struct problems *problems)
{
	unsigned deepest = 0;

	if (template->depth > 0)
		return template->depth;
	template->depth = TEMPLATE_PARTIALS + 1;
	for (size_t i = 0; i < template->count; i++) {
		struct node *node = &template->nodes[i];
		struct template *partial = node->kind == NODE_PARTIAL ? find(set, node->text)
		    : NULL;
		if (node->kind == NODE_PARTIAL && partial == NULL)
			problems_add(problems, "%s:%u: there is no %s", template->name, node->line,
			    node->text);
		if (partial == NULL)
			continue;
		node->partial = partial;
		unsigned depth = link_one(set, partial, problems);
		if (depth > TEMPLATE_PARTIALS)
			problems_add(problems, "%s:%u: %s goes round in a circle or too deep",
			    template->name, node->line, node->text);
		deepest = depth > deepest ? depth : deepest;
	}
	return template->depth = deepest + 1;
}

static void check_words(const struct template *template, const struct catalogue *words,
    struct problems *problems)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct node *node = &template->nodes[i];
		if (node->kind == NODE_VALUE && strncmp(node->text, "text.", 5) == 0
		    && catalogue_find(words, node->text + 5) == NULL)
			problems_add(problems, "%s:%u: no message %s", template->name, node->line,
			    node->text + 5);
	}
}

enum sp_status template_set_load(struct arena *arena, const char *path,
    const struct catalogue *words, struct problems *problems,
    const struct template_set **out_set)
{
	struct folder folder = { .path = path, .endings = ".html .txt", .most = TEMPLATE_FILES,
		.size = TEMPLATE_TEXT };
	struct template_set *set = arena_alloc(arena, sizeof(*set));
	size_t before = problems->count;

	if (!folder_read(arena, &folder, problems) && folder.files == NULL)
		return SP_REJECTED;
	compile_all(arena, set, &folder, problems);
	for (size_t i = 0; i < set->count; i++) {
		link_one(set, set->templates[i], problems);
		if (words != NULL)
			check_words(set->templates[i], words, problems);
	}
	if (problems->count > before)
		return SP_REJECTED;
	*out_set = set;
	return SP_OK;
}
