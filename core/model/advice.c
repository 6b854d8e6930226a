#include "model/advice.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/ids.h"
#include "model/tenant.h"

void advice_begin(struct advices *advices, struct arena *arena)
{
	*advices = (struct advices){ .arena = arena };
	advices->end = &advices->first;
}

void advice_add(struct advices *advices, const char *code, const char *path, const char *text)
{
	struct advice *advice = arena_alloc(advices->arena, sizeof(*advice));

	*advice = (struct advice){ .code = code, .path = path, .text = text };
	*advices->end = advice;
	advices->end = &advice->next;
}

/* No second door but email, and email was the first: nobody gets in. */
static void advice_dead_ends(struct advices *advices, const struct tenant *tenant,
    const struct policy *policy)
{
	for (size_t i = 0; i < tenant->app_count; i++) {
		const struct app *app = tenant->apps[i];
		const struct userflow *flow = tenant_flow(tenant, app);
		if (flow == NULL || flow->method != METHOD_OTP ||
		    !ids_in_scope(&policy->row.apps, app->app_id))
			continue;
		advice_add(advices, "firstFactorTrap", "", text_print(advices->arena, "Nobody whom "
		    "this policy is for can sign in to \"%s\": its user flow \"%s\" takes a code by "
		    "email as the first factor, so email can't be the second, and there is no "
		    "other method.", app->display_name, flow->display_name));
	}
}

/* Is whomever the policy is for surely within the targets of the method? Who is in which group is
 * not known here. */
static bool advice_covers(const struct method *email, const struct sp_policy_row *row)
{
	bool single = !row->users.all && row->groups.include.count == 0;
	bool kept = ids_within(email->exclude_groups, row->groups.exclude);

	for (size_t i = 0; i < email->exclude_users.count && kept; i++) {
		struct sp_id user = email->exclude_users.sorted[i];
		kept = ids_hold(row->users.exclude, user) ||
		    (single && !ids_hold(row->users.include, user));
	}
	if (!kept || email->all_users)
		return kept;
	return !row->users.all && ids_within(row->users.include, email->include_users) &&
	    ids_within(row->groups.include, email->include_groups);
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

	return ids_hold(users->include, user) || ids_hold(users->exclude, user);
}

const struct advice *advice_policy(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy)
{
	const char *warning = policy_warning(policy), *email = advice_email(&tenant->email, policy);
	struct advices advices;

	advice_begin(&advices, arena);
	if (warning != NULL)
		advice_add(&advices, "noExclusion", "", warning);
	if (email != NULL)
		advice_add(&advices, ADVICE_EMAIL, "", email);
	if ((policy->row.controls & SP_MFA) != 0 && tenant->email.enabled)
		advice_dead_ends(&advices, tenant, policy);
	advice_reach(&advices, tenant, policy);
	return advices.first;
}

/* All but whom it excludes, whatever they sign in to and from wherever. */
static bool advice_locks(const struct sp_policy_row *row)
{
	return row->state == SP_ON && (row->controls & SP_BLOCK) != 0 && row->users.all &&
	    row->apps.all && row->apps.exclude.count == 0 && row->platforms == SP_EVERY &&
	    row->clients == SP_EVERY && row->locations.all && row->locations.exclude.count == 0;
}

const struct advice *advice_later(struct arena *arena, const struct tenant *tenant,
    const struct policy *policy)
{
	struct advices advices;

	(void)tenant;
	advice_begin(&advices, arena);
	if (advice_locks(&policy->row))
		advice_add(&advices, "locksOut", "", "It blocks every customer whom it does not "
		    "exclude from every application: nobody else can sign in.");
	return advices.first;
}

const struct advice *advice_tenant(struct arena *arena, const struct tenant *tenant)
{
	struct advices advices;

	advice_begin(&advices, arena);
	for (size_t i = 0; i < tenant->app_count; i++)
		if (tenant->apps[i]->native_api)
			advice_add(&advices, "enumerable", "nativeAuthenticationApisEnabled",
			    text_print(arena, "The application \"%s\" is open to native "
			    "authentication, whose interface tells whoever asks whether an address "
			    "has an account (user_not_found): %lld times an hour to one source, as "
			    "the setting sourceUnknownAnHour says.", tenant->apps[i]->display_name,
			    (long long)tenant->settings.source_unknown));
	if (tenant->settings.password_floor == 0)
		advice_add(&advices, "enumerable", "settings.passwordFloor", "Where the users "
		    "backend verifies passwords itself, how long it takes to refuse one tells "
		    "whether the address has an account. A floor above 0 hides it.");
	return advices.first;
}
