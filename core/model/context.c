#include "model/context.h"

#include "model/policy.h"
#include "model/shape.h"
#include "model/wishes.h"

const struct shape context_shape[] = {
	{ .name = "id", .type = SHAPE_TEXT, .must = true, .min = 2, .max = 3 },
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 },
	{ .name = "description", .type = SHAPE_TEXT, .max = 1024 },
	{ .name = "isAvailable", .type = SHAPE_FLAG, .fallback = "true" },
	{ 0 },
};

json_t *context_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count;
	json_t *canonical = shape_check(context_shape, document, errors);
	const char *id = json_text(canonical, "id", NULL);

	if (id != NULL && policy_context(id) == 0)
		document_wrong(errors, "id", "InvalidValue", "not one of c1 to c99");
	return shape_end(canonical, before, errors);
}

bool context_compile(const json_t *document, struct sp_contexts *contexts)
{
	unsigned number = policy_context(json_text(document, "id", NULL));

	if (number == 0)
		return false;
	if (json_flag(document, "isAvailable", false))
		wishes_context_add(contexts, number);
	return true;
}
