/* A template that compiles makes the same elements and attributes whatever its values are. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/template.h"
#include "text/values.h"

static struct values *fill(struct arena *arena, const char *text)
{
	static const char *const names[] = { "a", "b", "name", "value", "email", "action", "id",
		"journey", "problem", "target", "label", "style", "title", "message" };
	static const char *const groups[] = { "brand", "wrong", "purpose", "inputs" };
	struct values *values = values_new(arena);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		values_set(values, names[i], text);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct values *group = values_group(values, groups[i]);
		values_set(group, "name", text);
		values_set(group, "email", text);
		values_set(group, "second", text);
	}
	return values;
}

static size_t count(const char *text, char one)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == one;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char sharp[] = "<>\"'";
	struct arena arena;
	struct sp_error error;
	const struct template *template;

	arena_init(&arena, NULL, 0);
	const char *text = text_part(&arena, (const char *)data, size);
	if (template_compile(&arena, text, "fuzz.html", &template, &error) == SP_OK) {
		const char *calm = template_render(&arena, template, fill(&arena, "x"));
		const char *wild = template_render(&arena, template,
		    fill(&arena, "</script>\"'><img src=x onerror=alert(1)> javascript:"));
		for (size_t i = 0; i < 4 && calm != NULL && wild != NULL; i++)
			CHECK(count(calm, sharp[i]) == count(wild, sharp[i]));
	}
	if (template_compile(&arena, text, "fuzz.txt", &template, &error) == SP_OK)
		template_render(&arena, template, fill(&arena, "a\nb"));
	arena_done(&arena);
	return 0;
}
