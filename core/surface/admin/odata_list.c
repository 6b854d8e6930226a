/*
 * odata_list.c - lists that are in memory: any filter, any order, pages by what the last one had
 *
 * A page begins after the value and the id that the page before ended with, so that what comes and
 * goes in between moves nothing else.
 */
#include "surface/admin/odata.h"

#include "base/arena.h"
#include "base/text.h"
#include "surface/admin/admin.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct odata_row { json_t *one; const json_t *value; const char *key; int sign; };

/* No two of a list have the same: an id, else a name, else the day that it is about. */
static const char *row_key(const json_t *one)
{
	return json_text(one, "id", json_text(one, "name", json_text(one, "factDate", "")));
}

/* null, false and true, numbers, texts. */
static int value_rank(const json_t *value)
{
	return json_is_string(value) ? 3 : json_is_number(value) ? 2 : json_is_boolean(value) ? 1 : 0;
}

static int value_compare(const json_t *a, const json_t *b)
{
	int rank = value_rank(a), other = value_rank(b);
	double one = json_number_value(a), two = json_number_value(b);

	if (rank != other)
		return rank - other;
	if (rank == 3)
		return strcasecmp(json_string_value(a), json_string_value(b));
	if (rank == 2)
		return (one > two) - (one < two);
	return rank == 1 ? json_is_true(a) - json_is_true(b) : 0;
}

static int row_compare(const void *a, const void *b)
{
	const struct odata_row *one = a, *two = b;
	int order = value_compare(one->value, two->value) * one->sign;

	return order != 0 ? order : strcmp(one->key, two->key);
}

/* The first word of `select` that is not among them. */
static const char *list_unknown(struct exchange *ex, const char *select, const char *words)
{
	while (select != NULL && *select != '\0') {
		size_t size = strcspn(select, " ");
		const char *word = text_part(ex->arena, select, size);
		if (!text_word(words, word))
			return word;
		select += size + strspn(select + size, " ");
	}
	return NULL;
}

/* A name that none of them has; NULL: all are there, or nothing is. */
static const char *list_foreign(struct exchange *ex, const json_t *value,
    const struct odata *odata)
{
	json_t *all = json_object(), *one, *member;
	const char *words = "", *name;
	size_t index;

	json_array_foreach(value, index, one)
		json_object_update(all, one);
	json_object_foreach(all, name, member)
		words = text_print(ex->arena, "%s%s%s", words, words[0] != '\0' ? " " : "", name);
	json_decref(all);
	if (words[0] == '\0')
		return NULL;
	const char *unknown = list_unknown(ex, odata->select, words);
	if (unknown != NULL)
		return unknown;
	if (odata->order != NULL && !text_word(words, odata->order))
		return odata->order;
	return filter_foreign(odata->filter, words);
}

/* Those that fit, in order. */
static struct odata_row *list_rows(struct exchange *ex, const json_t *value,
    const struct odata *odata, size_t *out_count)
{
	struct odata_row *rows = arena_alloc(ex->arena,
	    (json_array_size(value) + 1) * sizeof(*rows));
	json_t *one;
	size_t index, count = 0;

	json_array_foreach(value, index, one)
		if (filter_fits(odata->filter, one))
			rows[count++] = (struct odata_row){ .one = one, .key = row_key(one),
				.value = odata->order != NULL ? json_object_get(one, odata->order) :
				NULL, .sign = odata->descending ? -1 : 1 };
	if (odata->order != NULL || odata->top > 0)
		qsort(rows, count, sizeof(*rows), row_compare);
	*out_count = count;
	return rows;
}

static struct sp_bytes list_cursor(struct exchange *ex, const struct odata_row *last)
{
	json_t *cursor = json_pack("[O?, s]", (json_t *)(uintptr_t)last->value, last->key);
	char *text = json_write(ex->arena, cursor);

	json_decref(cursor);
	return (struct sp_bytes){ text, strlen(text) };
}

/* The first row that comes after the cursor. */
static size_t list_from(const struct odata *odata, const struct odata_row *rows, size_t count)
{
	struct sp_error error;
	json_t *cursor = odata->cursor.size == 0 ? NULL :
	    json_read(odata->cursor.data, odata->cursor.size, &error);
	const char *key = json_string_value(json_array_get(cursor, 1));
	size_t from = 0;

	if (key != NULL) {
		struct odata_row last = { .value = json_array_get(cursor, 0), .key = key,
			.sign = odata->descending ? -1 : 1 };
		while (from < count && row_compare(&rows[from], &last) <= 0)
			from++;
	}
	json_decref(cursor);
	return from;
}

static json_t *list_page(struct exchange *ex, const json_t *value, const struct odata *odata)
{
	size_t count;
	const struct odata_row *rows = list_rows(ex, value, odata, &count);
	size_t from = list_from(odata, rows, count);
	size_t end = odata->top > 0 && count - from > (size_t)odata->top ?
	    from + (size_t)odata->top : count;
	struct odata_page page = { .value = json_array(), .count = (int64_t)count };

	for (size_t i = from; i < end; i++)
		json_array_append(page.value, rows[i].one);
	if (end < count)
		page.next = list_cursor(ex, &rows[end - 1]);
	return odata_page(ex, odata, &page);
}

json_t *odata_list(struct exchange *ex, json_t *value)
{
	json_t *body = NULL;
	struct odata odata;

	if (!odata_read(ex, ODATA_ALL, &odata))
		goto out;
	const char *foreign = list_foreign(ex, value, &odata);
	if (foreign != NULL)
		odata_wrong(ex, "", text_print(ex->arena, "$select, $filter, $orderby: nothing here "
		    "has a '%.60s'", foreign));
	else
		body = list_page(ex, value, &odata);
out:
	json_decref(value);
	return body;
}
