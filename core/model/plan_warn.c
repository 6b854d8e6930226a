/* plan_warn.c - what an operator should know before it is done */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/advice.h"
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
void plan_warn(struct plan *plan, json_t *const *all)
{
	struct tenant tenant;

	if (plan->errors.count > 0 || !planned_tenant(plan, all, &tenant))
		return;
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == DOCUMENT_POLICY && change->new != NULL)
			warn_of(plan, &tenant, change->new);
}
