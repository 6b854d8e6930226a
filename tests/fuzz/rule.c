/* Rules about attributes, from any text: one is held against an application, the rest is told with
 * its place. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const texts[] = { "high", "eu" };
	static const struct attribute all[] = {
		{ .name = "Set_text", .type = ATTRIBUTE_TEXT, .count = 1, .texts = texts },
		{ .name = "Set_list", .type = ATTRIBUTE_TEXTS, .count = 2, .texts = texts },
		{ .name = "Set_number", .type = ATTRIBUTE_NUMBER, .number = 7 },
		{ .name = "Set_flag", .type = ATTRIBUTE_FLAG, .number = 1 },
	};
	struct attributes attributes = { sizeof(all) / sizeof(all[0]), all };
	struct arena arena = { 0 };
	const char *why = NULL, *text = text_part(&arena, (const char *)data, size);
	const struct rule *rule = rule_parse(&arena, text, &why);

	if (rule != NULL)
		CHECK(rule_holds(rule, &attributes) || !rule_holds(rule, &attributes));
	else
		CHECK(why != NULL && (strncmp(why, "at ", 3) == 0 || strlen(text) > RULE_MOST));
	arena_done(&arena);
	return 0;
}
