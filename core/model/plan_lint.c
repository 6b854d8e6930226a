/* plan_lint.c - what of all that is stored is worth a look, though nothing changes */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/tenant.h"

#define PILOT_MOST (INT64_C(30) * 86400000)	/* report-only is for trying a policy out */

void plan_tell(struct plan *plan, const struct plan_about *about, const struct advice *advice)
{
	const char *where = advice->path[0] != '\0' ? text_print(plan->arena, "%s: ", advice->path) :
	    "";
	const char *whose = about->name == NULL ? "" : text_print(plan->arena, "%s '%s': ",
	    document_row(DOCUMENT_POLICY)->section, about->name);

	json_array_append_new(plan->warnings, json_string(text_print(plan->arena, "%s%s%s", whose,
	    where, advice->text)));
	json_array_append_new(plan->findings, json_pack("{s:s, s:s?, s:s?, s:s?, s:s}",
	    "code", advice->code, "policyId", about->id, "policyDisplayName", about->name,
	    "target", advice->path[0] != '\0' ? advice->path : NULL, "message", advice->text));
}

static bool off(const json_t *policy)
{
	return text_same(json_text(policy, "state", NULL), "disabled");
}

static void lint_age(struct plan *plan, const json_t *policy)
{
	const char *since = json_text(policy, "modifiedDateTime",
	    json_text(policy, "createdDateTime", NULL));
	struct plan_about about = { json_text(policy, "id", ""),
		json_text(policy, "displayName", "") };
	int64_t at;

	if (!text_same(json_text(policy, "state", NULL), "enabledForReportingButNotEnforced") ||
	    since == NULL || !text_time_read(since, &at) || plan->now - at <= PILOT_MOST)
		return;
	plan_tell(plan, &about, &(struct advice){ .code = "reportOnlyForLong", .path = "state",
	    .text = text_print(plan->arena, "It has been in report-only for %lld days, and "
	    "protects nobody. Switch it on, or off.", (long long)((plan->now - at) / 86400000)) });
}

/* All that a policy does: not what it is called, and whether it is on. */
static const char *lint_essence(struct plan *plan, const json_t *policy)
{
	static const char *const aside[] = { "id", "templateId", "displayName", "createdDateTime",
		"modifiedDateTime", "state" };
	json_t *copy = json_copy((json_t *)(uintptr_t)policy);

	for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++)
		json_object_del(copy, aside[i]);
	const char *text = json_write(plan->arena, copy);
	json_decref(copy);
	return text;
}

static void lint_duplicates(struct plan *plan, const json_t *policies)
{
	json_t *seen = json_object(), *one;
	size_t index;

	json_array_foreach(policies, index, one) {
		if (off(one))
			continue;
		const char *essence = lint_essence(plan, one);
		const json_t *first = json_object_get(seen, essence);
		if (first == NULL) {
			json_object_set(seen, essence, one);
			continue;
		}
		struct plan_about about = { json_text(one, "id", ""),
			json_text(one, "displayName", "") };
		plan_tell(plan, &about, &(struct advice){ .code = "duplicate", .path = "",
		    .text = text_print(plan->arena, "It does the same as '%s', %s.",
		    json_text(first, "displayName", ""), json_text(first, "id", "")) });
	}
	json_decref(seen);
}

void plan_warn_all(struct plan *plan, struct tenant *tenant, json_t *const *all)
{
	const json_t *policies = all[DOCUMENT_POLICY], *one;
	struct plan_about nobody = { NULL, NULL };
	struct tenant settled;
	size_t index;

	json_array_foreach(policies, index, one)
		lint_age(plan, one);
	lint_duplicates(plan, policies);
	if (!tenant_compile(plan->arena, json_array_get(all[DOCUMENT_TENANT], 0), &settled))
		return;
	tenant->settings = settled.settings;
	for (const struct advice *advice = advice_tenant(plan->arena, tenant); advice != NULL;
	    advice = advice->next)
		plan_tell(plan, &nobody, advice);
}

bool plan_lint(struct plan *plan)
{
	plan->lint = true;
	return plan_whole(plan);
}
