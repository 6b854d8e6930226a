#include "model/plan.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/advice.h"
#include "model/group.h"
#include "model/policy.h"
#include "model/tenant.h"

#include <string.h>
#include <strings.h>

void plan_begin(struct plan *plan, struct arena *arena, int64_t now)
{
	*plan = (struct plan){ .arena = arena, .now = now, .errors.arena = arena,
		.differences = json_array(), .kept = json_array(), .warnings = json_array() };
}

void plan_done(struct plan *plan)
{
	for (struct plan_change *change = plan->first; change != NULL; change = change->next)
		json_decref(change->new);
	json_decref(plan->differences);
	json_decref(plan->kept);
	json_decref(plan->warnings);
}

static void plan_add(struct plan *plan, enum document_kind kind, size_t index, json_t *new)
{
	struct plan_change *change = arena_alloc(plan->arena, sizeof(*change));
	json_t *old = index != PLAN_NEW ? json_array_get(plan->stored[kind], index) : NULL;
	json_t *words = document_difference(plan->arena, document_row(kind), old, new);

	*change = (struct plan_change){ .kind = kind, .index = index, .old = old, .new = new };
	if (plan->last != NULL)
		plan->last->next = change;
	else
		plan->first = change;
	plan->last = change;
	plan->count++;
	json_array_extend(plan->differences, words);
	json_decref(words);
}

json_t *plan_find(const struct plan *plan, enum document_kind kind, const char *id,
    size_t *out_index)
{
	const struct document_row *row = document_row(kind);
	json_t *found = NULL, *one;
	size_t index, named = 0;

	json_array_foreach(plan->stored[kind], index, one) {
		const char *natural = row->natural != NULL ? json_text(one, row->natural, "") : "";
		if (strcasecmp(json_text(one, row->id, ""), id) == 0) {
			*out_index = index;
			return one;
		}
		if (strcmp(natural, id) == 0 && named++ == 0) {
			*out_index = index;
			found = one;
		}
	}
	return named == 1 ? found : NULL;
}

static void set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, json_string(text));
}

static void set_new_id(json_t *object, const char *name)
{
	char text[ID_TEXT];

	if (!text_empty(json_text(object, name, NULL)))
		return;
	id_format(id_random(), text);
	set_text(object, name, text);
}

/* What the server gives a new document: ids and its first date. */
static json_t *plan_born(struct plan *plan, enum document_kind kind, const json_t *wanted)
{
	json_t *born = json_deep_copy(wanted);

	set_new_id(born, document_row(kind)->id);
	if (kind == DOCUMENT_APP)
		set_new_id(born, "appId");
	if (kind == DOCUMENT_TENANT || kind == DOCUMENT_POLICY || kind == DOCUMENT_APP ||
	    kind == DOCUMENT_GROUP)
		set_text(born, "createdDateTime", text_time(plan->arena, plan->now));
	return born;
}

/* Members are records of their own: the group's document does not hold them. */
static json_t *plan_bare(enum document_kind kind, const json_t *wanted)
{
	json_t *bare = json_copy((json_t *)(uintptr_t)wanted);

	if (kind == DOCUMENT_GROUP)
		json_object_del(bare, "members");
	return bare;
}

/* Errors of one document are told with where it stands. */
static json_t *plan_check(struct plan *plan, enum document_kind kind, const json_t *document,
    const char *where)
{
	struct document_errors errors = { .arena = plan->arena };
	json_t *canonical = document_row(kind)->check(document, &errors);

	for (const struct document_error *error = errors.first; error != NULL; error = error->next)
		document_wrong(&plan->errors, text_print(plan->arena, "%s%s%s", where,
		    where[0] != '\0' && error->path[0] != '\0' ? "." : "", error->path),
		    error->code, "%s", error->text);
	if (errors.count > 0) {
		json_decref(canonical);
		return NULL;
	}
	return canonical;
}

static bool same_but_times(const json_t *a, const json_t *b)
{
	json_t *left = json_copy((json_t *)(uintptr_t)a), *right = json_copy((json_t *)(uintptr_t)b);

	json_object_del(left, "modifiedDateTime");
	json_object_del(right, "modifiedDateTime");
	bool same = json_equal(left, right) != 0;
	json_decref(left);
	json_decref(right);
	return same;
}

static void plan_create(struct plan *plan, enum document_kind kind, const json_t *wanted,
    const char *where)
{
	json_t *bare = plan_bare(kind, wanted), *born = plan_born(plan, kind, bare);
	json_t *canonical = plan_check(plan, kind, born, where);

	json_decref(bare);
	json_decref(born);
	if (canonical == NULL)
		return;
	plan_add(plan, kind, PLAN_NEW, canonical);
}

static void plan_patch(struct plan *plan, enum document_kind kind, size_t index,
    const json_t *wanted, const char *where)
{
	const json_t *old = json_array_get(plan->stored[kind], index);
	json_t *bare = plan_bare(kind, wanted), *merged = document_merge(old, bare);
	json_t *canonical = plan_check(plan, kind, merged, where);

	json_decref(bare);
	json_decref(merged);
	if (canonical == NULL)
		return;
	if (same_but_times(old, canonical)) {
		json_decref(canonical);
		return;
	}
	if (json_object_get(canonical, "modifiedDateTime") != NULL)
		set_text(canonical, "modifiedDateTime", text_time(plan->arena, plan->now));
	plan_add(plan, kind, index, canonical);
}

/* What the tenant will hold of one kind, as a new array. */
static json_t *plan_result(const struct plan *plan, enum document_kind kind)
{
	const struct plan_change **changes = arena_alloc(plan->arena,
	    (json_array_size(plan->stored[kind]) + 1) * sizeof(*changes));
	json_t *result = json_array(), *one;
	size_t index;

	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == kind && change->index != PLAN_NEW)
			changes[change->index] = change;
	json_array_foreach(plan->stored[kind], index, one)
		if (changes[index] == NULL)
			json_array_append(result, one);
		else if (changes[index]->new != NULL)
			json_array_append(result, changes[index]->new);
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == kind && change->index == PLAN_NEW)
			json_array_append(result, change->new);
	return result;
}

static void check_unique(struct plan *plan, enum document_kind kind, const json_t *all)
{
	const struct document_row *row = document_row(kind);
	json_t *seen = json_object(), *one;
	size_t index;

	json_array_foreach(all, index, one) {
		const char *name = row->natural != NULL ? json_text(one, row->natural, "") : "";
		if (row->unique && name[0] != '\0' && json_object_get(seen, name) != NULL)
			document_wrong(&plan->errors, row->section, "ObjectConflict",
			    "two have the %s '%s'", row->natural, name);
		json_object_set_new(seen, name, json_true());
		const char *id = text_print(plan->arena, "#%s", json_text(one, row->id, ""));
		if (json_object_get(seen, id) != NULL)
			document_wrong(&plan->errors, row->section, "ObjectConflict",
			    "two have the id '%s'", id + 1);
		json_object_set_new(seen, id, json_true());
	}
	json_decref(seen);
}

/* One flow may serve many apps, an app has at most one (entra.md 3.1). */
static void check_flows(struct plan *plan, const json_t *all)
{
	json_t *seen = json_object(), *one, *app;
	size_t index, place;

	json_array_foreach(all, index, one) {
		const json_t *apps = json_object_get(json_object_get(json_object_get(one,
		    "conditions"), "applications"), "includeApplications");
		json_array_foreach(apps, place, app) {
			const char *id = json_text(app, "appId", "");
			if (json_object_get(seen, id) != NULL)
				document_wrong(&plan->errors, "userFlows", "ObjectConflict",
				    "application %s is in two user flows", id);
			json_object_set_new(seen, id, json_true());
		}
	}
	json_decref(seen);
}

static void check_groups(struct plan *plan, const json_t *all)
{
	size_t count = json_array_size(all);
	struct group *groups = arena_alloc(plan->arena, count * sizeof(*groups));

	for (size_t i = 0; i < count; i++)
		if (!group_compile(plan->arena, json_array_get(all, i), &groups[i]))
			return;
	qsort(groups, count, sizeof(*groups), id_compare);
	size_t at = 0;
	switch (group_cycle(plan->arena, groups, count, &at)) {
	case GROUP_CYCLE:
		document_wrong(&plan->errors, "groups", "InvalidValue",
		    "group '%s' lies in itself", groups[at].display_name);
		break;
	case GROUP_DEEP:
		document_wrong(&plan->errors, "groups", "InvalidValue",
		    "group '%s' lies deeper than %u groups", groups[at].display_name, GROUP_DEPTH);
		break;
	default:
		break;
	}
}

/* As much of the tenant as advice looks at, as it will be: a document that switches the method
 * on or brings a flow with its policies is judged with them. False: an error told already. */
static bool planned_tenant(struct plan *plan, json_t *const *all, struct tenant *out_tenant)
{
	size_t apps = json_array_size(all[DOCUMENT_APP]);
	size_t flows = json_array_size(all[DOCUMENT_FLOW]);
	const struct app **app_list = arena_alloc(plan->arena, (apps + 1) * sizeof(*app_list));
	const struct userflow **flow_list = arena_alloc(plan->arena,
	    (flows + 1) * sizeof(*flow_list));

	for (size_t i = 0; i < apps; i++) {
		struct app *app = arena_alloc(plan->arena, sizeof(*app));
		if (!app_compile(plan->arena, json_array_get(all[DOCUMENT_APP], i), app))
			return false;
		app_list[i] = app;
	}
	for (size_t i = 0; i < flows; i++) {
		struct userflow *flow = arena_alloc(plan->arena, sizeof(*flow));
		if (!userflow_compile(plan->arena, json_array_get(all[DOCUMENT_FLOW], i), flow))
			return false;
		flow_list[i] = flow;
	}
	const json_t *email = json_array_get(all[DOCUMENT_METHOD], 0);
	*out_tenant = (struct tenant){ .apps = app_list, .app_count = apps, .flows = flow_list,
		.flow_count = flows };
	return email == NULL || method_compile(plan->arena, email, &out_tenant->email);
}

static void warn_of(struct plan *plan, const struct tenant *tenant, const json_t *document)
{
	struct policy policy;
	json_t *advice, *one;
	size_t index;

	if (!policy_compile(plan->arena, document, 1, &policy))
		return;
	advice = advice_policy(plan->arena, tenant, &policy);
	json_array_foreach(advice, index, one)
		json_array_append_new(plan->warnings, json_string(text_print(plan->arena,
		    "%s '%s': %s", document_row(DOCUMENT_POLICY)->section, policy.display_name,
		    json_string_value(one))));
	json_decref(advice);
}

/* Of the policies that change. */
static void plan_warn(struct plan *plan, json_t *const *all)
{
	struct tenant tenant;

	if (plan->errors.count > 0 || !planned_tenant(plan, all, &tenant))
		return;
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == DOCUMENT_POLICY && change->new != NULL)
			warn_of(plan, &tenant, change->new);
}

/* What no document can know of itself. */
static bool plan_whole(struct plan *plan)
{
	json_t *all[DOCUMENT_KINDS] = { NULL };

	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++) {
		all[kind] = plan_result(plan, kind);
		check_unique(plan, kind, all[kind]);
	}
	check_flows(plan, all[DOCUMENT_FLOW]);
	check_groups(plan, all[DOCUMENT_GROUP]);
	if (json_array_size(all[DOCUMENT_POLICY]) > PLAN_POLICIES_MOST)
		document_wrong(&plan->errors, "conditionalAccessPolicies", "QuotaExceeded",
		    "a tenant has at most %u policies", PLAN_POLICIES_MOST);
	plan_warn(plan, all);
	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++)
		json_decref(all[kind]);
	return plan->errors.count == 0;
}

bool plan_one(struct plan *plan, enum document_kind kind, const char *id,
    const json_t *document)
{
	size_t index = PLAN_NEW;

	if (id != NULL && plan_find(plan, kind, id, &index) == NULL) {
		document_wrong(&plan->errors, "", "ResourceNotFound", "there is no %s '%s'",
		    document_row(kind)->name, id);
		return false;
	}
	if (document == NULL)
		plan_add(plan, kind, index, NULL);
	else if (id == NULL)
		plan_create(plan, kind, document, "");
	else
		plan_patch(plan, kind, index, document, "");
	return plan->errors.count == 0 && plan_whole(plan);
}

static void apply_one(struct plan *plan, const struct document_index *stored,
    const json_t *wanted, const char *where, bool *touched)
{
	enum document_kind kind = stored->row->kind;
	size_t index = PLAN_NEW;

	if (!json_is_object(wanted)) {
		document_wrong(&plan->errors, where, "InvalidType", "must be an object");
		return;
	}
	switch (document_match(stored, wanted, &index)) {
	case DOCUMENT_FOUND:
		if (touched[index])
			document_wrong(&plan->errors, where, "ObjectConflict",
			    "an earlier one of this section is the same %s", stored->row->name);
		else
			plan_patch(plan, kind, index, wanted, where);
		touched[index] = true;
		break;
	case DOCUMENT_ABSENT:
		plan_create(plan, kind, wanted, where);
		break;
	default:
		document_wrong(&plan->errors, where, "Ambiguous",
		    "more than one stored %s could be meant; give its id", stored->row->name);
		break;
	}
}

/* What is stored and not in the document: told, and kept unless it is to be pruned. */
static void apply_rest(struct plan *plan, enum document_kind kind, const bool *touched,
    bool prune)
{
	const struct document_row *row = document_row(kind);
	json_t *one;
	size_t index;

	json_array_foreach(plan->stored[kind], index, one) {
		if (touched[index])
			continue;
		if (prune)
			plan_add(plan, kind, index, NULL);
		else
			json_array_append_new(plan->kept, json_string(text_print(plan->arena,
			    "%s '%s' is not in the document and is kept", row->section,
			    json_text(one, "displayName", json_text(one, row->id, "")))));
	}
}

static void apply_section(struct plan *plan, enum document_kind kind, const json_t *section,
    bool prune)
{
	const char *name = document_row(kind)->section;
	bool *touched = arena_alloc(plan->arena, json_array_size(plan->stored[kind]) + 1);
	json_t *one;
	size_t index;

	if (!json_is_array(section)) {
		document_wrong(&plan->errors, name, "InvalidType", "must be a list");
		return;
	}
	struct document_index stored = document_index_of(document_row(kind), plan->stored[kind]);
	json_array_foreach(section, index, one)
		apply_one(plan, &stored, one, text_print(plan->arena, "%s[%zu]", name, index),
		    touched);
	document_index_done(&stored);
	apply_rest(plan, kind, touched, prune && kind != DOCUMENT_METHOD);
}

/* The tenant and its settings are one document, in two sections. */
static void apply_tenant(struct plan *plan, const json_t *document)
{
	const json_t *tenant = json_object_get(document, "tenant");
	json_t *settings = json_object_get(document, "settings");
	json_t *wanted = tenant != NULL ? json_copy((json_t *)(uintptr_t)tenant) : json_object();

	if (settings != NULL)
		json_object_set(wanted, "settings", settings);
	if (json_array_size(plan->stored[DOCUMENT_TENANT]) == 0)
		plan_create(plan, DOCUMENT_TENANT, wanted, "tenant");
	else if (tenant != NULL || settings != NULL)
		plan_patch(plan, DOCUMENT_TENANT, 0, wanted, "tenant");
	json_decref(wanted);
}

static void apply_unknown(struct plan *plan, const json_t *document)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)document, name, value)
		if (document_section(name) == NULL &&
		    !text_word("tenant settings users $schema", name))
			document_wrong(&plan->errors, name, "InvalidProperty", "is no section");
}

bool plan_apply(struct plan *plan, const json_t *document, bool prune)
{
	apply_unknown(plan, document);
	apply_tenant(plan, document);
	for (enum document_kind kind = DOCUMENT_APP; kind < DOCUMENT_KINDS; kind++) {
		const json_t *section = json_object_get(document, document_row(kind)->section);
		if (section != NULL)
			apply_section(plan, kind, section, prune);
	}
	return plan->errors.count == 0 && plan_whole(plan);
}
