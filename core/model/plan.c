#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/group.h"
#include "model/system.h"

#include <string.h>
#include <strings.h>

void plan_begin(struct plan *plan, struct arena *arena, int64_t now)
{
	*plan = (struct plan){ .arena = arena, .now = now, .errors.arena = arena,
		.differences = json_array(), .kept = json_array(), .warnings = json_array(),
		.findings = json_array() };
	plan->named_end = &plan->named;
}

void plan_done(struct plan *plan)
{
	for (struct plan_change *change = plan->first; change != NULL; change = change->next)
		json_decref(change->new);
	json_decref(plan->differences);
	json_decref(plan->kept);
	json_decref(plan->warnings);
	json_decref(plan->findings);
}

void plan_add(struct plan *plan, enum document_kind kind, size_t index, json_t *new)
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
	if (plan->again)
		return born;
	if (kind == DOCUMENT_TENANT || kind == DOCUMENT_POLICY || kind == DOCUMENT_APP ||
	    kind == DOCUMENT_GROUP || kind == DOCUMENT_LOCATION)
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

void plan_create(struct plan *plan, enum document_kind kind, const json_t *wanted,
    const char *where)
{
	json_t *bare = plan_bare(kind, wanted), *born = plan_born(plan, kind, bare);

	if (kind == DOCUMENT_POLICY)
		plan_since(plan, NULL, bare, born);
	json_t *canonical = plan_check(plan, kind, born, where);

	json_decref(bare);
	json_decref(born);
	if (canonical == NULL)
		return;
	plan_add(plan, kind, PLAN_NEW, canonical);
}

/* By an id others know it: an application's appId is in its own conf, and in policies. */
static void check_ids(struct plan *plan, enum document_kind kind, const json_t *old,
    const json_t *new, const char *where)
{
	const char *names[] = { document_row(kind)->id, kind == DOCUMENT_APP ? "appId" :
		kind == DOCUMENT_LOCATION ? "@odata.type" : NULL };

	for (size_t i = 0; i < 2 && names[i] != NULL; i++)
		if (strcasecmp(json_text(old, names[i], ""), json_text(new, names[i], "")) != 0)
			document_wrong(&plan->errors, text_print(plan->arena, "%s%s%s", where,
			    where[0] != '\0' ? "." : "", names[i]), "InvalidValue",
			    "stays '%s' for good", json_text(old, names[i], ""));
}

void plan_patch(struct plan *plan, enum document_kind kind, size_t index,
    const json_t *wanted, const char *where)
{
	const json_t *old = json_array_get(plan->stored[kind], index);
	json_t *bare = plan_bare(kind, wanted), *merged = document_merge(old, bare);

	if (kind == DOCUMENT_POLICY)
		plan_since(plan, old, bare, merged);
	json_t *canonical = plan_check(plan, kind, merged, where);

	json_decref(bare);
	json_decref(merged);
	if (canonical == NULL)
		return;
	check_ids(plan, kind, old, canonical, where);
	if (same_but_times(old, canonical)) {
		json_decref(canonical);
		return;
	}
	if (json_object_get(canonical, "modifiedDateTime") != NULL)
		set_text(canonical, "modifiedDateTime", text_time(plan->arena, plan->now));
	plan_add(plan, kind, index, canonical);
}

json_t *plan_result(const struct plan *plan, enum document_kind kind)
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

/* Administrators could be locked out, or let in, by a change of what is built in. */
static void check_system(struct plan *plan)
{
	const json_t *tenant = json_array_get(plan->stored[DOCUMENT_TENANT], 0);

	if (!text_same(json_text(tenant, "id", NULL), SYSTEM_ID))
		return;
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next) {
		const char *why = system_refuses(change);
		if (why != NULL)
			document_wrong(&plan->errors, document_row(change->kind)->section, "BuiltIn",
			    "%s", why);
	}
}

/* What no document can know of itself. */
bool plan_whole(struct plan *plan)
{
	json_t *all[DOCUMENT_KINDS] = { NULL };

	for (enum document_kind kind = DOCUMENT_TENANT; kind < DOCUMENT_KINDS; kind++) {
		all[kind] = plan_result(plan, kind);
		check_unique(plan, kind, all[kind]);
	}
	check_system(plan);
	check_flows(plan, all[DOCUMENT_FLOW]);
	check_groups(plan, all[DOCUMENT_GROUP]);
	plan_apis(plan, all[DOCUMENT_APP]);
	if (json_array_size(all[DOCUMENT_POLICY]) > PLAN_POLICIES_MOST)
		document_wrong(&plan->errors, "conditionalAccessPolicies", "QuotaExceeded",
		    "a tenant has at most %u policies", PLAN_POLICIES_MOST);
	plan_locations(plan, all);
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
