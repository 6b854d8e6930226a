/* What is understood says yes or no of any object, and its "not" the contrary. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "model/filter.h"

#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct sp_error error = { "" };
	struct filter *filter = NULL, *contrary = NULL;
	const char *text = text_part(&arena, (const char *)data, size);
	bool parsed = filter_parse(&arena, text, &filter, &error);

	CHECK(parsed == (filter != NULL));
	CHECK(parsed != (strncmp(error.text, "character ", 10) == 0));
	if (parsed && filter_parse(&arena, text_print(&arena, "not (%s)", text), &contrary, &error)) {
		json_t *object = json_pack("{s:s, s:i, s:b, s:[{s:s}], s:{s:s}}", "a", "b", "n", 7,
		    "t", 1, "l", "a", "b", "o", "at", "2026-11-24T00:00:00Z");
		int64_t from = 0, to = 1;
		CHECK(filter_fits(filter, object) == !filter_fits(contrary, object));
		const char *equal = filter_equal(filter, "a");
		CHECK(equal == NULL || !filter_fits(filter, object) || strcasecmp(equal, "b") == 0);
		filter_times(filter, "o/at", &from, &to);
		(void)filter_begins(filter, "l/$any/a");
		(void)filter_foreign(filter, "a n t");
		json_decref(object);
	}
	arena_done(&arena);
	return 0;
}
