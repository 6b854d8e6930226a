/* Documents of operators, of every kind, from any JSON: each that is taken is canonical, fits a
 * record and compiles; each that is not is told where it is wrong (requirements 227, 228). */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/context.h"
#include "model/shape.h"
#include "model/tenant.h"

#define ID "11111111-1111-4111-8111-111111111111"

static bool compile(struct arena *arena, enum document_kind kind, const json_t *json)
{
	union {
		struct tenant tenant;
		struct app app;
		struct userflow flow;
		struct policy policy;
		struct method method;
		struct group group;
		struct location location;
	} out;

	switch (kind) {
	case DOCUMENT_TENANT: return tenant_compile(arena, json, &out.tenant);
	case DOCUMENT_APP: return app_compile(arena, json, &out.app);
	case DOCUMENT_FLOW: return userflow_compile(arena, json, &out.flow);
	case DOCUMENT_POLICY: return policy_compile(arena, json, 1, &out.policy);
	case DOCUMENT_METHOD: return method_compile(arena, json, &out.method);
	case DOCUMENT_GROUP: return group_compile(arena, json, &out.group);
	case DOCUMENT_CONTEXT: return context_compile(json, &out.tenant.contexts);
	case DOCUMENT_LOCATION: return location_compile(arena, json, &out.location);
	case DOCUMENT_NONE:
	case DOCUMENT_KINDS: break;
	}
	return false;
}

/* A second check changes nothing; nor does a patch with the document itself. */
static void check_canonical(struct arena *arena, const struct document_row *row,
    const json_t *canonical)
{
	struct document_errors errors = { .arena = arena };
	json_t *again = row->check(canonical, &errors);
	json_t *merged = document_merge(canonical, canonical);
	json_t *difference = document_difference(arena, row, canonical, again);

	CHECK(again != NULL && json_equal(canonical, again) && errors.count == 0);
	CHECK(json_equal(merged, canonical) && json_array_size(difference) == 0);
	CHECK(strlen(json_write(arena, canonical)) <= SHAPE_SIZE);
	CHECK(compile(arena, row->kind, canonical));
	json_decref(difference);
	json_decref(merged);
	json_decref(again);
}

static void check_told(const struct document_errors *errors)
{
	size_t count = 0;

	for (const struct document_error *one = errors->first; one != NULL; one = one->next) {
		CHECK(one->path != NULL && !text_empty(one->code) && !text_empty(one->text));
		CHECK(text_utf8(one->path, strlen(one->path)) && text_plain(one->path));
		CHECK(text_utf8(one->text, strlen(one->text)) && text_plain(one->text));
		count++;
	}
	CHECK(count > 0 && count <= errors->count);
}

static void check(const struct document_row *row, const json_t *json)
{
	struct arena arena = { 0 };
	struct document_errors errors = { .arena = &arena };
	json_t *canonical = row->check(json, &errors);

	if (canonical != NULL)
		check_canonical(&arena, row, canonical);
	else
		check_told(&errors);
	json_decref(canonical);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_error error;
	json_t *json = json_read((const char *)data, size, &error);

	if (!json_is_object(json)) {
		json_decref(json);
		return 0;
	}
	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++) {
		/* As the admin API does for what is new. */
		if (kind != DOCUMENT_METHOD && kind != DOCUMENT_CONTEXT &&
		    json_object_get(json, "id") == NULL)
			json_object_set_new(json, "id", json_string(ID));
		check(document_row(kind), json);
	}
	json_decref(json);
	return 0;
}
