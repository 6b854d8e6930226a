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

static bool advice_all_among(struct sp_ids some, struct sp_ids all)
{
	for (size_t i = 0; i < some.count; i++)
		if (!id_among(all.sorted, all.count, some.sorted[i]))
			return false;
	return true;
}

/* Is whomever the policy is for surely within the targets of the method? Who is in which group is
 * not known here. */
static bool advice_covers(const struct method *email, const struct sp_policy_row *row)
{
	bool single = !row->users.all && row->groups.include.count == 0;
	bool kept = advice_all_among(email->exclude_groups, row->groups.exclude);

	for (size_t i = 0; i < email->exclude_users.count && kept; i++) {
		struct sp_id user = email->exclude_users.sorted[i];
		kept = id_among(row->users.exclude.sorted, row->users.exclude.count, user) ||
		    (single && !id_among(row->users.include.sorted, row->users.include.count,
		    user));
	}
	if (!kept || email->all_users)
		return kept;
	return !row->users.all && advice_all_among(row->users.include, email->include_users) &&
	    advice_all_among(row->groups.include, email->include_groups);
}

const char *advice_email(const struct method *email, const struct policy *policy)
{
	if ((policy->row.controls & SP_MFA) == 0)
		return NULL;
	if (!email->enabled)
		return "Nobody whom this policy is for can sign in: the authentication method Email "
		    "is disabled, and there is no other second factor.";
	if (!advice_covers(email, &policy->row))
		return "Customers whom this policy is for and who are no targets of the "
		    "authentication method Email can't sign in: there is no other second factor.";
	return NULL;
}

bool advice_names(const struct policy *policy, struct sp_id user)
{
	const struct sp_scope *users = &policy->row.users;

	return id_among(users->include.sorted, users->include.count, user) ||
	    id_among(users->exclude.sorted, users->exclude.count, user);
}

json_t *advice_policy(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy)
{
	const char *warning = policy_warning(policy), *email = advice_email(&tenant->email, policy);
	json_t *advice = json_array();

	if (warning != NULL)
		json_array_append_new(advice, json_string(warning));
	if (email != NULL)
		json_array_append_new(advice, json_string(email));
	if ((policy->row.controls & SP_MFA) != 0 && tenant->email.enabled)
		advice_dead_ends(arena, tenant, policy, advice);
	return advice;
}
