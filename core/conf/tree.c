#include "conf/tree.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	struct errors *errors;
	bool broken;		/* libyaml goes no further */
};

static struct place place_of(yaml_mark_t mark)
{
	return (struct place){ (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

static void reader_next(struct reader *reader)
{
	yaml_event_delete(&reader->event);
	if (reader->broken || yaml_parser_parse(&reader->parser, &reader->event))
		return;
	const char *problem = reader->parser.problem;
	errors_add(reader->errors, place_of(reader->parser.problem_mark), "not YAML: %s",
	    problem != NULL ? problem : "cannot be read");
	reader->broken = true;
}

static bool reader_at(const struct reader *reader, yaml_event_type_t type)
{
	return reader->event.type == type;
}

static void refuse(struct reader *reader, const char *what)
{
	errors_add(reader->errors, place_of(reader->event.start_mark),
	    "%s; allowed: plain mappings, lists and texts", what);
}

static void refuse_extras(struct reader *reader, const unsigned char *anchor,
    const unsigned char *tag)
{
	if (anchor != NULL)
		refuse(reader, "an anchor (&) is not understood here");
	if (tag != NULL)
		refuse(reader, "a tag (!) is not understood here");
}

static struct tree *tree_new(struct reader *reader, enum tree_kind kind)
{
	struct tree *tree = arena_alloc(reader->errors->arena, sizeof(*tree));

	tree->kind = kind;
	tree->at = place_of(reader->event.start_mark);
	return tree;
}

static struct tree *read_text(struct reader *reader)
{
	struct tree *tree = tree_new(reader, TREE_TEXT);
	const char *value = (const char *)reader->event.data.scalar.value;
	size_t size = reader->event.data.scalar.length;

	refuse_extras(reader, reader->event.data.scalar.anchor, reader->event.data.scalar.tag);
	tree->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	tree->text = text_part(reader->errors->arena, value, size);
	if (strlen(tree->text) != size || !text_plain(tree->text)) {
		refuse(reader, "a text with control characters");
		tree->text = "";
	}
	reader_next(reader);
	return tree;
}

static struct tree *read_any(struct reader *reader, unsigned depth);

static void tree_append(struct tree *parent, struct tree *child)
{
	if (child == NULL)
		return;
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static struct tree *read_list(struct reader *reader, unsigned depth)
{
	struct tree *list = tree_new(reader, TREE_LIST);

	refuse_extras(reader, reader->event.data.sequence_start.anchor,
	    reader->event.data.sequence_start.tag);
	reader_next(reader);
	while (!reader->broken && !reader_at(reader, YAML_SEQUENCE_END_EVENT))
		tree_append(list, read_any(reader, depth + 1));
	reader_next(reader);
	return list;
}

/* One key and what it stands for. */
static void read_pair(struct reader *reader, struct tree *map, unsigned depth)
{
	struct tree *key = read_any(reader, depth + 1);
	struct tree *value = reader->broken ? NULL : read_any(reader, depth + 1);

	if (key == NULL || value == NULL)
		return;
	if (key->kind != TREE_TEXT || key->text[0] == '\0') {
		errors_add(reader->errors, key->at, "not a key; allowed: a name before the colon");
		return;
	}
	const struct tree *other = tree_find(map, key->text);
	if (other != NULL) {
		errors_add(reader->errors, key->at,
		    "%s: occurs twice, first in line %u; allowed: once", key->text,
		    other->key_at.line);
		return;
	}
	value->key = key->text;
	value->key_at = key->at;
	tree_append(map, value);
}

static struct tree *read_map(struct reader *reader, unsigned depth)
{
	struct tree *map = tree_new(reader, TREE_MAP);

	refuse_extras(reader, reader->event.data.mapping_start.anchor,
	    reader->event.data.mapping_start.tag);
	reader_next(reader);
	while (!reader->broken && !reader_at(reader, YAML_MAPPING_END_EVENT))
		read_pair(reader, map, depth);
	reader_next(reader);
	return map;
}

static struct tree *read_any(struct reader *reader, unsigned depth)
{
	if (depth > TREE_DEPTH) {
		refuse(reader, "nested too deeply");
		reader->broken = true;
		return NULL;
	}
	switch (reader->event.type) {
	case YAML_SCALAR_EVENT:
		return read_text(reader);
	case YAML_SEQUENCE_START_EVENT:
		return read_list(reader, depth);
	case YAML_MAPPING_START_EVENT:
		return read_map(reader, depth);
	case YAML_ALIAS_EVENT:
		refuse(reader, "an alias (*) is not understood here");
		struct tree *nothing = tree_new(reader, TREE_TEXT);
		nothing->text = "";
		nothing->quoted = true;
		reader_next(reader);
		return nothing;
	default:
		reader->broken = true;
		return NULL;
	}
}

static struct tree *read_document(struct reader *reader)
{
	reader_next(reader);		/* stream start */
	reader_next(reader);
	if (reader->broken)
		return NULL;
	if (reader_at(reader, YAML_STREAM_END_EVENT)) {
		errors_add(reader->errors, (struct place){ 1, 1 },
		    "is empty; allowed: the sections server, listen, plugin and lane");
		return NULL;
	}
	if (reader->event.data.document_start.version_directive != NULL ||
	    reader->event.data.document_start.tag_directives.start !=
	    reader->event.data.document_start.tag_directives.end)
		refuse(reader, "a directive (%) is not understood here");
	reader_next(reader);
	struct tree *tree = read_any(reader, 0);
	reader_next(reader);		/* document end */
	if (!reader->broken && reader_at(reader, YAML_DOCUMENT_START_EVENT))
		refuse(reader, "a second document (---)");
	return tree;
}

struct tree *tree_read(const void *data, size_t size, struct errors *errors)
{
	struct reader reader = { .errors = errors };

	if (!yaml_parser_initialize(&reader.parser)) {
		errors_add(errors, (struct place){ 0, 0 }, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, data, size);
	struct tree *tree = read_document(&reader);
	yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	/* Half a tree would be told to lack all that the other half holds. */
	return reader.broken ? NULL : tree;
}

struct tree *tree_find(const struct tree *map, const char *key)
{
	for (struct tree *child = map->first; child != NULL; child = child->next)
		if (strcmp(child->key, key) == 0)
			return child;
	return NULL;
}
