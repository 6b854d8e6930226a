#include "model/filter_tree.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

/* The object, then the element of the any() around what is looked at. */
struct filter_view { const json_t *at[2]; };

static const json_t *view_at(const struct filter_view *view, const struct filter_path *path)
{
	const json_t *at = view->at[path->scope];

	for (size_t i = 0; i < path->count && at != NULL; i++)
		at = json_object_get(at, path->names[i]);
	return at;
}

static bool value_equals(const json_t *field, const struct filter_value *value)
{
	const char *text = json_string_value(field);
	int64_t time;

	switch (value->type) {
	case FILTER_NULL:
		return field == NULL || json_is_null(field);
	case FILTER_FLAG:
		return json_is_boolean(field) && json_is_true(field) == (value->number != 0);
	case FILTER_TEXT:
		return text != NULL && strcasecmp(text, value->text) == 0;
	case FILTER_TIME:
		return text != NULL && text_time_read(text, &time) && time == value->number;
	case FILTER_NUMBER:
		if (json_is_integer(field))
			return json_integer_value(field) == value->number;
		return json_is_real(field) && json_real_value(field) >= (double)value->number &&
		    json_real_value(field) <= (double)value->number;
	default:
		return json_is_number(field) && json_number_value(field) >= value->real &&
		    json_number_value(field) <= value->real;
	}
}

/* Below, at or above the value: -1, 0, 1. False: they have no order. */
static bool value_order(const json_t *field, const struct filter_value *value, int *out_order)
{
	const char *text = json_string_value(field);
	int64_t number = json_integer_value(field);

	if (value->type == FILTER_TIME ? text != NULL && text_time_read(text, &number) :
	    value->type == FILTER_NUMBER && json_is_integer(field)) {
		*out_order = (number > value->number) - (number < value->number);
		return true;
	}
	if (value->type == FILTER_TIME || !json_is_number(field))
		return false;
	double real = value->type == FILTER_REAL ? value->real : (double)value->number;
	*out_order = (json_number_value(field) > real) - (json_number_value(field) < real);
	return true;
}

static bool compare_fits(const struct filter *filter, const json_t *field)
{
	int order;

	if (filter->operator == FILTER_EQ || filter->operator == FILTER_NE)
		return value_equals(field, &filter->value) == (filter->operator == FILTER_EQ);
	if (!value_order(field, &filter->value, &order))
		return false;
	switch (filter->operator) {
	case FILTER_GT: return order > 0;
	case FILTER_GE: return order >= 0;
	case FILTER_LT: return order < 0;
	case FILTER_LE: return order <= 0;
	default: return false;
	}
}

static bool begins(const char *text, const char *with)
{
	return text != NULL && strncasecmp(text, with, strlen(with)) == 0;
}

static bool view_fits(struct filter_view *view, const struct filter *filter);

static bool any_fits(struct filter_view *view, const struct filter *filter)
{
	const json_t *list = view_at(view, &filter->path), *one;
	bool fits = false;
	size_t index;

	json_array_foreach(list, index, one) {
		view->at[1] = one;
		fits = fits || view_fits(view, filter->left);
	}
	return fits;
}

/* As deep as FILTER_TERMS and FILTER_DEPTH allow. */
static bool view_fits(struct filter_view *view, const struct filter *filter)
{
	switch (filter->kind) {
	case FILTER_AND:
		return view_fits(view, filter->left) && view_fits(view, filter->right);
	case FILTER_OR:
		return view_fits(view, filter->left) || view_fits(view, filter->right);
	case FILTER_NOT:
		return !view_fits(view, filter->left);
	case FILTER_ANY:
		return any_fits(view, filter);
	case FILTER_COMPARE:
		return compare_fits(filter, view_at(view, &filter->path));
	case FILTER_BEGINS:
		return begins(json_string_value(view_at(view, &filter->path)),
		    filter->value.text);
	default:
		return false;
	}
}

bool filter_fits(const struct filter *filter, const json_t *object)
{
	struct filter_view view = { .at = { object } };

	return filter == NULL || view_fits(&view, filter);
}

const char *filter_foreign(const struct filter *filter, const char *words)
{
	const char *name;

	if (filter == NULL)
		return NULL;
	if (filter->path.scope == 0 && filter->path.count > 0 &&
	    !text_word(words, filter->path.names[0]))
		return filter->path.names[0];
	name = filter_foreign(filter->left, words);
	return name != NULL ? name : filter_foreign(filter->right, words);
}

/* What every object that fits must have: the parts of the topmost "and", and of the any() among
 * them. `path` is what is left of the caller's; the next step of it, or NULL. */

static const char *path_after(const char *path, const struct filter_path *wanted, size_t scope)
{
	if (wanted->scope != scope)
		return NULL;
	for (size_t i = 0; i < wanted->count; i++) {
		size_t size = strlen(wanted->names[i]);
		if (strncmp(path, wanted->names[i], size) != 0 ||
		    (path[size] != '/' && path[size] != '\0'))
			return NULL;
		path += size + (path[size] == '/');
	}
	return path;
}

struct filter_search {
	const char *path;
	void (*found)(struct filter_search *search, const struct filter *leaf);
	bool begins;		/* startswith() will do */
	const char *text;
	int64_t from, to;
};

static void search_must(struct filter_search *search, const struct filter *filter,
    const char *path, size_t scope)
{
	static const char any[] = "$any";
	const char *rest;

	if (filter->kind == FILTER_AND) {
		search_must(search, filter->left, path, scope);
		search_must(search, filter->right, path, scope);
		return;
	}
	rest = path_after(path, &filter->path, scope);
	if (rest == NULL)
		return;
	if (filter->kind == FILTER_ANY && strncmp(rest, any, sizeof(any) - 1) == 0) {
		rest += sizeof(any) - 1;
		search_must(search, filter->left, rest + (*rest == '/'), scope + 1);
	} else if (*rest == '\0' &&
	    (filter->kind == FILTER_COMPARE || filter->kind == FILTER_BEGINS)) {
		search->found(search, filter);
	}
}

static void found_text(struct filter_search *search, const struct filter *leaf)
{
	bool equal = leaf->kind == FILTER_COMPARE && leaf->operator == FILTER_EQ &&
	    leaf->value.type == FILTER_TEXT;

	if (search->text == NULL && (equal || (search->begins && leaf->kind == FILTER_BEGINS)))
		search->text = leaf->value.text;
}

static const char *search_text(const struct filter *filter, const char *path, bool begins)
{
	struct filter_search search = { .path = path, .found = found_text, .begins = begins };

	if (filter != NULL)
		search_must(&search, filter, path, 0);
	return search.text;
}

const char *filter_equal(const struct filter *filter, const char *path)
{
	return search_text(filter, path, false);
}

const char *filter_begins(const struct filter *filter, const char *path)
{
	return search_text(filter, path, true);
}

static void found_time(struct filter_search *search, const struct filter *leaf)
{
	enum filter_operator operator = leaf->operator;
	int64_t at = leaf->value.number;

	if (leaf->kind != FILTER_COMPARE || leaf->value.type != FILTER_TIME)
		return;
	int64_t from = at + (operator == FILTER_GT), to = at - (operator == FILTER_LT);
	if (operator != FILTER_NE && operator != FILTER_LT && operator != FILTER_LE &&
	    from > search->from)
		search->from = from;
	if (operator != FILTER_NE && operator != FILTER_GT && operator != FILTER_GE &&
	    to < search->to)
		search->to = to;
}

void filter_times(const struct filter *filter, const char *path, int64_t *from, int64_t *to)
{
	struct filter_search search = { .path = path, .found = found_time, .from = *from,
		.to = *to };

	if (filter != NULL)
		search_must(&search, filter, path, 0);
	*from = search.from;
	*to = search.to;
}
