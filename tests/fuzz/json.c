/* What is read as JSON is written and read again to the same. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct sp_error error = { "" };
	json_t *json = json_read((const char *)data, size, &error);

	CHECK((json == NULL) == (strncmp(error.text, "line ", 5) == 0));
	if (json != NULL) {
		char *text = json_write(&arena, json);
		json_t *again = json_read(text, strlen(text), &error);
		CHECK(again != NULL && json_equal(json, again));
		json_decref(again);
	}
	json_decref(json);
	arena_done(&arena);
	return 0;
}
