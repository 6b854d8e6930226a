/* What is typed for a code is so many digits, or none; typed back it is the same. Requirement 140. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/passcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const char *text = text_part(&arena, (const char *)data, size);

	for (int64_t digits = 6; digits <= 10; digits += 2) {
		const char *code = passcode_normalise(&arena, text, digits);
		if (code == NULL)
			continue;
		CHECK(strlen(code) == (size_t)digits && strspn(code, "0123456789") == (size_t)digits);
		CHECK(strcmp(passcode_normalise(&arena, code, digits), code) == 0);
		CHECK(passcode_normalise(&arena, text_print(&arena, "%s1", code), digits) == NULL);
		const char *apart = text_print(&arena, "%.3s - %s", code, code + 3);
		CHECK(strcmp(passcode_normalise(&arena, apart, digits), code) == 0);
		CHECK(passcode_normalise(&arena, text, digits + 1) == NULL);
	}
	arena_done(&arena);
	return 0;
}
