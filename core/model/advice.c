#include "model/advice.h"

#include "base/id.h"
#include "base/text.h"
#include "model/tenant.h"

static bool advice_targets(const struct sp_scope *apps, struct sp_id app)
{
	return (apps->all || id_among(apps->include.sorted, apps->include.count, app)) &&
	    !id_among(apps->exclude.sorted, apps->exclude.count, app);
}

/* No second door but email, and email was the first: nobody gets in. */
static void advice_dead_ends(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy, json_t *advice)
{
	for (size_t i = 0; i < tenant->app_count; i++) {
		const struct app *app = tenant->apps[i];
		const struct userflow *flow = tenant_flow(tenant, app);
		if (flow == NULL || flow->method != METHOD_OTP ||
		    !advice_targets(&policy->row.apps, app->app_id))
			continue;
		json_array_append_new(advice, json_string(text_print(arena, "Nobody whom this "
		    "policy is for can sign in to \"%s\": its user flow \"%s\" takes a code by "
		    "email as the first factor, so email can't be the second, and there is no "
		    "other method.", app->display_name, flow->display_name)));
	}
}

json_t *advice_policy(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy)
{
	const char *warning = policy_warning(policy);
	json_t *advice = json_array();

	if (warning != NULL)
		json_array_append_new(advice, json_string(warning));
	if ((policy->row.controls & SP_MFA) == 0)
		return advice;
	if (!tenant->email.enabled)
		json_array_append_new(advice, json_string("Nobody whom this policy is for can "
		    "sign in: the authentication method Email is disabled, and there is no other "
		    "second factor."));
	else
		advice_dead_ends(arena, tenant, policy, advice);
	return advice;
}
