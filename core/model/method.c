#include "model/method.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/ids.h"
#include "model/shape.h"

#include <string.h>

static const struct shape include_shape[] = {
	{ .name = "targetType", .type = SHAPE_WORD, .words = "user group", .must = true },
	{ .name = "id", .type = SHAPE_NAME, .words = "all_users", .must = true },
	{ .name = "isRegistrationRequired", .type = SHAPE_FLAG, .fallback = "false" },
	{ 0 },
};
static const struct shape exclude_shape[] = {
	{ .name = "targetType", .type = SHAPE_WORD, .words = "user group", .must = true },
	{ .name = "id", .type = SHAPE_ID, .must = true },
	{ 0 },
};

#define METHOD_TYPE "#microsoft.graph.emailAuthenticationMethodConfiguration"

const struct shape method_shape[] = {
	{ .name = "@odata.type", .type = SHAPE_WORD, .words = METHOD_TYPE,
	    .fallback = METHOD_TYPE },
	{ .name = "id", .type = SHAPE_WORD, .words = "Email", .must = true },
	{ .name = "state", .type = SHAPE_WORD, .words = "enabled disabled",
	    .fallback = "disabled" },
	{ .name = "allowExternalIdToUseEmailOtp", .type = SHAPE_WORD,
	    .words = "default enabled disabled", .fallback = "default" },
	{ .name = "includeTargets", .type = SHAPE_OBJECT, .list = true,
	    .members = include_shape },
	{ .name = "excludeTargets", .type = SHAPE_OBJECT, .list = true,
	    .members = exclude_shape },
	{ 0 },
};

static bool method_all(const json_t *target)
{
	return text_same(json_text(target, "id", NULL), "all_users");
}

json_t *method_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count, i;
	json_t *canonical = shape_check(method_shape, document, errors), *target;
	const json_t *given = json_object_get(document, "includeTargets");

	if (given == NULL || json_is_null(given))
		json_object_set_new(canonical, "includeTargets", json_pack("[{sssssb}]",
		    "targetType", "group", "id", "all_users", "isRegistrationRequired", 0));
	json_array_foreach(json_object_get(canonical, "includeTargets"), i, target)
		if (method_all(target) && text_same(json_text(target, "targetType", NULL), "user"))
			document_wrong(errors, text_print(errors->arena,
			    "includeTargets[%zu].targetType", i), "InvalidValue",
			    "all_users is a group");
	return shape_end(canonical, before, errors);
}

struct method_targets { struct sp_ids users, groups; bool all; };

static bool method_targets(struct arena *arena, const json_t *list,
    struct method_targets *targets)
{
	size_t size = json_array_size(list) * sizeof(struct sp_id), i, users = 0, groups = 0;
	struct sp_id *user = arena_alloc(arena, size), *group = arena_alloc(arena, size), id;
	json_t *target;

	json_array_foreach(list, i, target) {
		const char *type = json_text(target, "targetType", "");
		if (method_all(target)) {
			targets->all = true;
			continue;
		}
		if (!id_parse(json_text(target, "id", NULL), &id) || !text_word("user group", type))
			return false;
		if (text_same(type, "user"))
			user[users++] = id;
		else
			group[groups++] = id;
	}
	targets->users = (struct sp_ids){ id_sort(user, users), user };
	targets->groups = (struct sp_ids){ id_sort(group, groups), group };
	return true;
}

bool method_compile(struct arena *arena, const json_t *document, struct method *out_method)
{
	struct method_targets include = { 0 }, exclude = { 0 };

	if (!json_is_object(document) ||
	    !method_targets(arena, json_object_get(document, "includeTargets"), &include) ||
	    !method_targets(arena, json_object_get(document, "excludeTargets"), &exclude) ||
	    exclude.all)
		return false;
	*out_method = (struct method){
		.enabled = text_same(json_text(document, "state", NULL), "enabled"),
		.first_factor = text_word("default enabled",
		    json_text(document, "allowExternalIdToUseEmailOtp", "")),
		.all_users = include.all,
		.include_users = include.users, .include_groups = include.groups,
		.exclude_users = exclude.users, .exclude_groups = exclude.groups,
	};
	return true;
}

bool method_usable(const struct method *method, struct sp_id user, struct sp_ids groups)
{
	if (!method->enabled || ids_meet(method->exclude_groups, groups) ||
	    ids_hold(method->exclude_users, user))
		return false;
	return method->all_users || ids_meet(method->include_groups, groups) ||
	    ids_hold(method->include_users, user);
}
