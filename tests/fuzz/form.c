/* Forms: every field that came is there once, in order, and survives being sent again. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "http/form.h"

/* What lies between "&", without the empty ones. */
static size_t pieces(const uint8_t *data, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += data[i] != '&' && (i == 0 || data[i - 1] == '&');
	return count;
}

static const char *again(struct arena *arena, const struct form *form)
{
	const char *text = "";

	for (size_t i = 0; i < form->count; i++)
		text = text_print(arena, "%s%s%s=%s", text, i > 0 ? "&" : "",
		    encode_url(arena, form->fields[i].name),
		    encode_url(arena, form->fields[i].value));
	return text;
}

static void check(struct arena *arena, const struct form *form)
{
	const char *text = again(arena, form);
	struct sp_error error;
	struct form second;

	CHECK(form_parse(arena, (struct sp_bytes){ text, strlen(text) }, &second, &error));
	CHECK(second.count == form->count);
	for (size_t i = 0; i < form->count; i++) {
		const struct form_field *field = &form->fields[i];
		const char *value = form_get(form, field->name);
		CHECK(strcmp(field->name, second.fields[i].name) == 0);
		CHECK(strcmp(field->value, second.fields[i].value) == 0);
		CHECK(*field->name != '\0' && text_utf8(field->name, strlen(field->name)) &&
		    text_utf8(field->value, strlen(field->value)));
		CHECK((value == NULL) == form_repeated(form, field->name));
		CHECK(value == NULL || value == field->value);
		CHECK(value != NULL || form_any_repeated(form) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct sp_error error = { "" };
	struct form form;

	if (form_parse(&arena, (struct sp_bytes){ data, size }, &form, &error)) {
		CHECK(form.count <= FORM_FIELDS_MAX && form.count == pieces(data, size));
		check(&arena, &form);
	} else {
		CHECK(strncmp(error.text, "form field ", 11) == 0 && text_plain(error.text));
	}
	arena_done(&arena);
	return 0;
}
