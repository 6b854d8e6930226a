#include "http/form.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "http/request.h"

#include <stdio.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded"

static bool form_refuse(struct sp_error *error, size_t number, const char *what)
{
	snprintf(error->text, sizeof(error->text), "form field %zu: %s", number, what);
	return false;
}

static bool form_decode(struct arena *arena, const char *text, size_t size, const char **out_text)
{
	char *decoded;

	if (!decode_url(arena, text, size, &decoded) || !text_utf8(decoded, strlen(decoded)))
		return false;
	*out_text = decoded;
	return true;
}

static bool form_field(struct arena *arena, struct sp_bytes pair, struct form_field *out_field)
{
	const char *text = pair.data;
	const char *equals = memchr(text, '=', pair.size);
	size_t name_size = equals != NULL ? (size_t)(equals - text) : pair.size;
	struct form_field field = { .value = "" };

	if (name_size == 0 || !form_decode(arena, text, name_size, &field.name))
		return false;
	if (equals != NULL &&
	    !form_decode(arena, equals + 1, pair.size - name_size - 1, &field.value))
		return false;
	*out_field = field;
	return true;
}

bool form_parse(struct arena *arena, struct sp_bytes bytes, struct form *out_form,
    struct sp_error *out_error)
{
	const char *at = bytes.data, *end = at + bytes.size;
	struct form_field *fields = arena_alloc(arena, FORM_FIELDS_MAX * sizeof(*fields));
	size_t count = 0;

	while (bytes.size > 0 && at <= end) {
		const char *stop = memchr(at, '&', (size_t)(end - at));
		struct sp_bytes pair = { at, (size_t)((stop != NULL ? stop : end) - at) };

		at = stop != NULL ? stop + 1 : end + 1;
		if (pair.size == 0)
			continue;	/* "a=1&&b=2": browsers take it, nothing is hidden in it */
		if (count == FORM_FIELDS_MAX)
			return form_refuse(out_error, count + 1, "too many");
		if (!form_field(arena, pair, &fields[count]))
			return form_refuse(out_error, count + 1,
			    "no name, broken percent encoding or not UTF-8");
		count++;
	}
	*out_form = (struct form){ .fields = fields, .count = count };
	return true;
}

bool form_body(struct exchange *ex, struct form *out_form, struct sp_error *out_error)
{
	if (ex->body.size > 0 && !exchange_type(ex, FORM_TYPE)) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "the body must be of type " FORM_TYPE);
		return false;
	}
	return form_parse(ex->arena, ex->body, out_form, out_error);
}

bool form_query(struct exchange *ex, struct form *out_form, struct sp_error *out_error)
{
	struct sp_bytes query = { ex->query, strlen(ex->query) };

	return form_parse(ex->arena, query, out_form, out_error);
}

static size_t form_times(const struct form *form, const char *name, const char **out_value)
{
	size_t times = 0;

	for (size_t i = 0; i < form->count; i++) {
		if (strcmp(form->fields[i].name, name) != 0)
			continue;
		*out_value = form->fields[i].value;
		times++;
	}
	return times;
}

const char *form_get(const struct form *form, const char *name)
{
	const char *value = NULL;

	return form_times(form, name, &value) == 1 ? value : NULL;
}

bool form_repeated(const struct form *form, const char *name)
{
	const char *value;

	return form_times(form, name, &value) > 1;
}

char *form_all(struct arena *arena, const struct form *form, const char *name)
{
	char *all = NULL;

	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			all = all == NULL ? text_copy(arena, form->fields[i].value) :
			    text_print(arena, "%s %s", all, form->fields[i].value);
	return all;
}

const char *form_any_repeated(const struct form *form)
{
	for (size_t i = 0; i < form->count; i++)
		if (form_repeated(form, form->fields[i].name))
			return form->fields[i].name;
	return NULL;
}
