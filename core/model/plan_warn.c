/* plan_warn.c - what an operator should know before it is done */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/context.h"
#include "model/tenant.h"

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
	for (size_t i = 0; i < json_array_size(all[DOCUMENT_CONTEXT]); i++)
		(void)context_compile(json_array_get(all[DOCUMENT_CONTEXT], i),
		    &out_tenant->contexts);
	return email == NULL || method_compile(plan->arena, email, &out_tenant->email);
}

struct warn_policy { struct plan_about about; bool changed; const struct warn_names *names; };

static void warn_advices(struct plan *plan, const struct warn_policy *policy,
    const struct advice *advice)
{
	for (; advice != NULL; advice = advice->next)
		plan_tell(plan, &policy->about, advice);
}

static void warn_of(struct plan *plan, const struct tenant *tenant,
    const struct warn_policy *about, const json_t *document)
{
	struct policy policy;

	if (!policy_compile(plan->arena, document, 1, &policy))
		return;
	policy_aim(plan->arena, &policy, tenant);
	warn_advices(plan, about, advice_policy(plan->arena, tenant, &policy));
	if (plan->lint)
		warn_advices(plan, about, advice_later(plan->arena, tenant, &policy));
}

/* What else a policy names: ids in its lists. */
static const struct naming { const char *object, *list; enum document_kind kind; } namings[] = {
	{ "users", "includeUsers", DOCUMENT_NONE }, { "users", "excludeUsers", DOCUMENT_NONE },
	{ "users", "includeGroups", DOCUMENT_GROUP }, { "users", "excludeGroups", DOCUMENT_GROUP },
	{ "applications", "includeApplications", DOCUMENT_APP },
	{ "applications", "excludeApplications", DOCUMENT_APP },
	{ "locations", "includeLocations", DOCUMENT_LOCATION },
	{ "locations", "excludeLocations", DOCUMENT_LOCATION },
};

/* By the ids that policies use: how each is called. */
struct warn_names { json_t *before[DOCUMENT_KINDS], *after[DOCUMENT_KINDS]; };

static const char *warn_key(struct arena *arena, struct sp_id id)
{
	char *text = arena_alloc(arena, ID_TEXT);

	id_format(id, text);
	return text;
}

static json_t *names_of(struct arena *arena, enum document_kind kind, const json_t *documents)
{
	const char *name = kind == DOCUMENT_APP ? "appId" : document_row(kind)->id;
	json_t *names = json_object(), *one;
	struct sp_id id;
	size_t index;

	json_array_foreach(documents, index, one)
		if (id_parse(json_text(one, name, NULL), &id))
			json_object_set_new(names, warn_key(arena, id),
			    json_string(json_text(one, "displayName", "")));
	return names;
}

/* An id that stands for nothing. */
static void warn_dead(struct plan *plan, const struct plan_about *about, const char *path,
    const char *text)
{
	plan_tell(plan, about, &(struct advice){ .code = "deadId", .path = path, .text = text });
}

static bool warn_nothing(struct plan *plan, const struct plan_about *about, const char *path,
    const char *text)
{
	size_t most = plan->lint ? PLAN_UNKNOWN_LINT : PLAN_UNKNOWN_MOST;

	plan->unknown++;
	if (plan->unknown <= most)
		warn_dead(plan, about, path, text);
	else if (plan->unknown == most + 1)
		json_array_append_new(plan->warnings, json_string(text_print(plan->arena,
		    "%s: more ids stand for nothing; only the first %zu are told",
		    document_row(DOCUMENT_POLICY)->section, most)));
	return plan->unknown <= most;
}

bool plan_unknown(struct plan *plan, const struct plan_named *named)
{
	struct plan_about about = { named->id, named->policy };

	return warn_nothing(plan, &about, named->path, text_print(plan->arena,
	    "there is no user %s", warn_key(plan->arena, named->user)));
}

static void warn_user(struct plan *plan, const struct plan_about *about, const char *path,
    struct sp_id user)
{
	struct plan_named *named = arena_alloc(plan->arena, sizeof(*named));

	*named = (struct plan_named){ .id = about->id, .policy = about->name, .path = path,
		.user = user };
	*plan->named_end = named;
	plan->named_end = &named->next;
}

static void warn_gone(struct plan *plan, const struct warn_policy *policy,
    const struct naming *naming, const char *path, const char *key)
{
	const char *kind = document_row(naming->kind)->name;
	const char *was = json_text(policy->names->before[naming->kind], key, NULL);

	if (was != NULL)
		warn_dead(plan, &policy->about, path, text_print(plan->arena, "the %s '%s', %s, is "
		    "removed, and still named here", kind, was, key));
	else if (policy->changed && !(naming->kind == DOCUMENT_GROUP && plan->foreign_groups))
		(void)warn_nothing(plan, &policy->about, path, text_print(plan->arena,
		    "there is no %s %s", kind, key));
}

static void warn_id(struct plan *plan, const struct warn_policy *policy,
    const struct naming *naming, size_t index, struct sp_id id)
{
	bool user = naming->kind == DOCUMENT_NONE;
	char key[ID_TEXT];

	id_format(id, key);
	if (user ? !policy->changed :
	    json_object_get(policy->names->after[naming->kind], key) != NULL)
		return;
	const char *path = text_print(plan->arena, "conditions.%s.%s[%zu]", naming->object,
	    naming->list, index);
	if (user)
		warn_user(plan, &policy->about, path, id);
	else
		warn_gone(plan, policy, naming, path, key);
}

static void warn_ids(struct plan *plan, const struct warn_policy *policy, const json_t *document)
{
	const json_t *conditions = json_object_get(document, "conditions");

	for (size_t i = 0; i < sizeof(namings) / sizeof(namings[0]); i++) {
		const struct naming *naming = &namings[i];
		const json_t *list = json_object_get(json_object_get(conditions, naming->object),
		    naming->list);
		struct sp_id id;
		json_t *one;
		size_t index;
		json_array_foreach(list, index, one)
			if (id_parse(json_string_value(one), &id))
				warn_id(plan, policy, naming, index, id);
	}
}

bool plan_among(const json_t *list, const char *id)
{
	json_t *one;
	size_t index;

	json_array_foreach(list, index, one)
		if (text_same(json_text(one, "id", NULL), id))
			return true;
	return false;
}

/* Contexts are no UUIDs, but names; a policy may be there before the context is described. */
static void warn_contexts(struct plan *plan, const struct warn_policy *policy,
    const json_t *document, const json_t *after)
{
	const json_t *list = json_object_get(json_object_get(json_object_get(document, "conditions"),
	    "applications"), "includeAuthenticationContextClassReferences"), *one;
	size_t index;

	json_array_foreach(list, index, one) {
		const char *id = json_string_value(one);
		const char *path = text_print(plan->arena, "conditions.applications."
		    "includeAuthenticationContextClassReferences[%zu]", index);
		if (plan_among(after, id))
			continue;
		if (plan_among(plan->stored[DOCUMENT_CONTEXT], id))
			warn_dead(plan, &policy->about, path, text_print(plan->arena, "the "
			    "authentication context %s is removed, and still named here", id));
		else if (policy->changed)
			(void)warn_nothing(plan, &policy->about, path, text_print(plan->arena,
			    "there is no authentication context %s, so applications can't ask for "
			    "it", id));
	}
}

/* The second door is shut, or shut for some, under a policy that stands and asks for it. */
static void warn_email(struct plan *plan, const struct method *email,
    const struct warn_policy *about, const json_t *document)
{
	const json_t *stored = json_array_get(plan->stored[DOCUMENT_METHOD], 0);
	struct policy policy;
	struct method old;

	if (stored == NULL || !method_compile(plan->arena, stored, &old) || !old.enabled ||
	    !policy_compile(plan->arena, document, 1, &policy) || policy.row.state != SP_ON)
		return;
	const char *text = advice_email(email, &policy);
	if (text != NULL)
		plan_tell(plan, &about->about, &(struct advice){ .code = ADVICE_EMAIL, .path = "",
		    .text = text });
}

bool plan_changes(const struct plan *plan, enum document_kind kind, const json_t *document)
{
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == kind && (document == NULL || change->new == document))
			return true;
	return false;
}

/* Of the policies that change; of the others what changes under them. */
static void warn_policies(struct plan *plan, const struct tenant *tenant,
    json_t *const *all, const struct warn_names *names)
{
	const json_t *policies = all[DOCUMENT_POLICY];
	bool method = plan_changes(plan, DOCUMENT_METHOD, NULL);
	json_t *one;
	size_t index;

	json_array_foreach(policies, index, one) {
		struct warn_policy policy = {
			{ json_text(one, "id", ""), json_text(one, "displayName", "") },
			plan->lint || plan_changes(plan, DOCUMENT_POLICY, one), names };
		if (plan->lint && text_same(json_text(one, "state", NULL), "disabled"))
			continue;
		if (policy.changed)
			warn_of(plan, tenant, &policy, one);
		else if (method)
			warn_email(plan, &tenant->email, &policy, one);
		warn_ids(plan, &policy, one);
		warn_contexts(plan, &policy, one, all[DOCUMENT_CONTEXT]);
	}
}

void plan_warn(struct plan *plan, json_t *const *all)
{
	static const enum document_kind kinds[] = { DOCUMENT_APP, DOCUMENT_GROUP,
		DOCUMENT_LOCATION };
	enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
	struct warn_names names = { 0 };
	struct tenant tenant;

	if (plan->errors.count > 0 || !planned_tenant(plan, all, &tenant))
		return;
	plan_warn_apps(plan);
	plan_warn_locations(plan);
	for (size_t i = 0; i < KINDS; i++) {
		names.before[kinds[i]] = names_of(plan->arena, kinds[i], plan->stored[kinds[i]]);
		names.after[kinds[i]] = names_of(plan->arena, kinds[i], all[kinds[i]]);
	}
	warn_policies(plan, &tenant, all, &names);
	if (plan->lint)
		plan_warn_all(plan, &tenant, all);
	for (size_t i = 0; i < KINDS; i++) {
		json_decref(names.before[kinds[i]]);
		json_decref(names.after[kinds[i]]);
	}
}
