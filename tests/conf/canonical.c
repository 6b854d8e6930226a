/* Reads what `sallyport apply` takes, from standard input, and writes it as the model keeps it.
 * All that is wrong goes to standard error, a line each; then the end is 1. */
#include "base/arena.h"
#include "base/json.h"
#include "model/document.h"

#include <stdio.h>

static struct arena arena;
static int end;

static json_t *canonical_one(const struct document_row *row, const json_t *document)
{
	struct document_errors errors = { .arena = &arena };
	json_t *copy = json_deep_copy(document), *canonical;

	/* What callers do first: membership and secrets are records and hashes. */
	if (row->kind == DOCUMENT_GROUP)
		json_object_del(copy, "members");
	canonical = row->check(copy, &errors);
	for (struct document_error *e = errors.first; e != NULL; e = e->next)
		fprintf(stderr, "%s: %s: %s\n", row->section, e->path, e->text);
	json_decref(copy);
	if (canonical == NULL) {
		end = 1;
		return json_null();
	}
	return canonical;
}

static json_t *canonical_section(const char *section, const json_t *value)
{
	const struct document_row *row = document_section(section);
	json_t *list = json_array(), *one;
	size_t i;

	if (row == NULL || !json_is_array(value)) {
		json_decref(list);
		return row != NULL ? canonical_one(row, value) : json_deep_copy(value);
	}
	json_array_foreach(value, i, one)
		json_array_append_new(list, canonical_one(row, one));
	return list;
}

int main(void)
{
	static char text[1 << 20];
	size_t size = fread(text, 1, sizeof(text), stdin);
	json_t *document, *value;
	struct sp_error error;
	const char *section;

	if ((document = json_read(text, size, &error)) == NULL) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	json_t *tenant = json_object_get(document, "tenant"), *whole = json_object();
	if (json_object_get(document, "settings") != NULL)
		json_object_set(tenant, "settings", json_object_get(document, "settings"));
	json_object_foreach(document, section, value)
		json_object_set_new(whole, section, canonical_section(section, value));
	puts(json_write_pretty(&arena, whole));
	json_decref(whole);
	json_decref(document);
	arena_done(&arena);
	return end;
}
