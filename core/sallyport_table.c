/* sallyport_table.c - answers as tables, aligned by what a terminal makes of them */
#include "sallyport.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

#define GAP 2u

/* Columns on a terminal: wide characters take two, combining ones none. */
static size_t width(const char *text)
{
	size_t columns = 0, size = strlen(text);
	utf8proc_int32_t point;

	for (size_t i = 0; i < size;) {
		utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)&text[i],
		    (utf8proc_ssize_t)(size - i), &point);
		if (length <= 0)
			return columns + size - i;
		int wide = utf8proc_charwidth(point);
		columns += wide > 0 ? (size_t)wide : 0;
		i += (size_t)length;
	}
	return columns;
}

static const json_t *member(struct arena *arena, const json_t *object, const char *path)
{
	const char *dot;

	while ((dot = strchr(path, '.')) != NULL) {
		object = json_object_get(object, text_part(arena, path, (size_t)(dot - path)));
		path = dot + 1;
	}
	return json_object_get(object, path);
}

static const char *value_text(struct arena *arena, const json_t *value);

static const char *list_text(struct arena *arena, const json_t *list)
{
	const char *result = "";
	json_t *one;
	size_t index;

	json_array_foreach(list, index, one)
		result = text_print(arena, "%s%s%s", result, index > 0 ? ", " : "",
		    value_text(arena, one));
	return result;
}

static const char *value_text(struct arena *arena, const json_t *value)
{
	switch (value == NULL ? JSON_NULL : json_typeof(value)) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_TRUE:
		return "yes";
	case JSON_FALSE:
		return "no";
	case JSON_INTEGER:
		return text_print(arena, "%lld", (long long)json_integer_value(value));
	case JSON_REAL:
		return text_print(arena, "%g", json_real_value(value));
	case JSON_ARRAY:
		return list_text(arena, value);
	case JSON_OBJECT:
		return json_write(arena, value);
	default:
		return "";
	}
}

const char *table_text(struct arena *arena, const json_t *object, const char *path)
{
	return value_text(arena, member(arena, object, path));
}

static const char *cell(struct arena *arena, const struct column *column, const json_t *row)
{
	const char *text = column->show != NULL ? column->show(arena, row) :
	    table_text(arena, row, column->path);

	return text_empty(text) ? "-" : say_safe(arena, text);
}

static void pad(size_t from, size_t to)
{
	for (; from < to; from++)
		putchar(' ');
}

static void row_print(const struct table *table, const char *const *cells)
{
	for (size_t i = 0; table->columns[i].heading != NULL; i++) {
		fputs(cells[i], stdout);
		if (table->columns[i + 1].heading != NULL)
			pad(width(cells[i]), table->widths[i] + GAP);
	}
	putchar('\n');
}

static void heading_print(struct table *table)
{
	const char *cells[TABLE_COLUMNS] = { NULL };
	bool coloured = say_coloured(stdout);

	for (size_t i = 0; table->columns[i].heading != NULL; i++)
		cells[i] = table->columns[i].heading;
	fputs(coloured ? "\033[1m" : "", stdout);
	row_print(table, cells);
	fputs(coloured ? "\033[0m" : "", stdout);
	table->headed = true;
}

static void widen(struct table *table, size_t at, const char *text)
{
	size_t wide = width(text);

	if (wide > table->widths[at])
		table->widths[at] = wide;
}

void table_print(struct table *table, const json_t *rows)
{
	size_t count = json_array_size(rows);
	struct arena arena;

	arena_init(&arena, NULL, 0);
	const char *(*cells)[TABLE_COLUMNS] = arena_alloc(&arena, (count + 1) * sizeof(*cells));
	for (size_t j = 0; table->columns[j].heading != NULL; j++) {
		widen(table, j, table->columns[j].heading);
		for (size_t i = 0; i < count; i++) {
			cells[i][j] = cell(&arena, &table->columns[j], json_array_get(rows, i));
			widen(table, j, cells[i][j]);
		}
	}
	if (!table->headed)
		heading_print(table);
	for (size_t i = 0; i < count; i++)
		row_print(table, cells[i]);
	arena_done(&arena);
}

/* Lists of objects are told member by member, "web.redirectUris", "identities[0].issuer". */
static void member_print(struct arena *arena, const char *path, const json_t *value)
{
	const char *name;
	json_t *one;
	size_t index;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, name, one)
			member_print(arena, text_print(arena, "%s%s%s", path, path[0] != '\0' ?
			    "." : "", name), one);
	} else if (json_is_object(json_array_get(value, 0))) {
		json_array_foreach(value, index, one)
			member_print(arena, text_print(arena, "%s[%zu]", path, index), one);
	} else {
		const char *text = value_text(arena, value);
		if (text[0] != '\0')
			printf("%s: %s\n", say_safe(arena, path), say_safe(arena, text));
	}
}

void table_object(struct cli *cli, const json_t *object)
{
	member_print(cli->arena, "", object);
}

enum cli_exit table_get(struct cli *cli, const char *path, const struct column *columns)
{
	struct table table = { .columns = columns };
	json_t *body;

	while (path != NULL) {
		enum cli_exit exit = call_must(cli, "GET", path, NULL, &body);
		if (exit != CLI_FINE)
			return exit;
		path = call_next(cli, body);
		if (cli->options.json)
			report_page(cli, body, path != NULL);
		else
			table_print(&table, json_object_get(body, "value"));
		json_decref(body);
	}
	return CLI_FINE;
}
