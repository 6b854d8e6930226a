/*
 * render.c - renders one template with values from standard input, for tests and for looking
 *
 *	render FOLDER WORDS LANGUAGE TEMPLATE < values
 *
 * A value is a line: "name=text", "group.name=text", "name!" for a flag; "list+" begins an
 * item of a list, and lines that begin with a tab go into the last one. "list+" with a tab:
 * a list in the item, into which lines with two tabs go.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/catalogue.h"
#include "text/problems.h"
#include "text/template.h"
#include "text/values.h"

static void set(struct arena *arena, struct values *values, char *name, const char *text)
{
	char *dot = strchr(name, '.');

	if (dot == NULL) {
		values_set(values, text_copy(arena, name), text_copy(arena, text));
		return;
	}
	*dot = '\0';
	const struct values_entry *group = values_find(&(struct values_scope){ values, NULL },
	    name);
	struct values *inner = group != NULL ? group->first
	    : values_group(values, text_copy(arena, name));
	values_set(inner, text_copy(arena, dot + 1), text_copy(arena, text));
}

static void read_values(struct arena *arena, struct values *values, FILE *in)
{
	struct values *level[3] = { values, values, values };
	char line[4096];

	while (fgets(line, sizeof(line), in) != NULL) {
		size_t depth = strspn(line, "\t"), size = strcspn(line, "\n");
		line[size] = '\0';
		if (depth > 2 || size == depth)
			continue;
		char *name = line + depth, *equals = strchr(name, '=');
		char *last = line + size - 1;
		if (equals != NULL) {
			*equals = '\0';
			set(arena, level[depth], name, equals + 1);
		} else if (*last == '!') {
			*last = '\0';
			values_flag(level[depth], text_copy(arena, name), true);
		} else if (*last == '+' && depth < 2) {
			*last = '\0';
			level[depth + 1] = values_item(level[depth], text_copy(arena, name));
		}
	}
}

static int render(struct arena *arena, char **argv)
{
	struct problems problems;
	struct catalogues words;
	const struct template_set *set;

	problems_begin(&problems, arena);
	if (catalogues_load(arena, argv[2], &problems, &words) != SP_OK
	    || template_set_load(arena, argv[1], words.fallback, &problems, &set) != SP_OK) {
		fputs(problems_words(&problems), stderr);
		return 1;
	}
	const struct template *template = template_set_find(set, argv[4]);
	if (template == NULL)
		return 2;
	struct values *values = values_new(arena);
	values_words(values, catalogue_choose(&words, argv[3], NULL, NULL));
	read_values(arena, values, stdin);
	const char *text = template_render(arena, template, values);
	return text == NULL || fputs(text, stdout) < 0 ? 3 : 0;
}

int main(int argc, char **argv)
{
	struct arena arena;

	if (argc != 5)
		return 64;
	arena_init(&arena, NULL, 0);
	int status = render(&arena, argv);
	arena_done(&arena);
	return status;
}
