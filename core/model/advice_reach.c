/* advice_reach.c - policies that can apply to no sign-in: they look like protection, and are none */
#include "model/advice.h"

#include "model/ids.h"
#include "model/tenant.h"

/* Members of a group are not known here; who is in a group that is excluded as well, is out. */
static const char *unreachable_users(const struct sp_policy_row *row)
{
	if (row->users.all)
		return NULL;
	if (row->users.include.count == 0 && row->groups.include.count == 0)
		return "It is for nobody.";
	return ids_within(row->users.include, row->users.exclude) &&
	    ids_within(row->groups.include, row->groups.exclude) ?
	    "Everybody whom it includes is excluded as well." : NULL;
}

static bool reaches_app(const struct sp_policy_row *row, const struct tenant *tenant)
{
	for (size_t i = 0; i < tenant->app_count; i++)
		if (ids_in_scope(&row->apps, tenant->apps[i]->app_id))
			return true;
	return false;
}

/* A tenant without applications is still being set up. */
static const char *unreachable_apps(const struct sp_policy_row *row,
    const struct tenant *tenant)
{
	const struct sp_contexts *wanted = &row->contexts, *offered = &tenant->contexts;

	if ((wanted->bits[0] | wanted->bits[1]) != 0)
		return (wanted->bits[0] & offered->bits[0]) == 0 &&
		    (wanted->bits[1] & offered->bits[1]) == 0 ?
		    "No application can ask for any of its authentication contexts." : NULL;
	return tenant->app_count == 0 || reaches_app(row, tenant) ? NULL :
	    "There is no application that it is for.";
}

void advice_reach(struct advices *advices, const struct tenant *tenant,
    const struct policy *policy)
{
	static const char code[] = "unreachable";
	const struct sp_policy_row *row = &policy->row;
	const char *users = unreachable_users(row), *apps = unreachable_apps(row, tenant);

	if (row->state == SP_OFF)
		return;
	if (users != NULL)
		advice_add(advices, code, "conditions.users", users);
	if (apps != NULL)
		advice_add(advices, code, "conditions.applications", apps);
	if (row->platforms == 0)
		advice_add(advices, code, "conditions.platforms", "It is for no platform.");
	if ((row->clients & (SP_BROWSER | SP_NATIVE)) == 0)
		advice_add(advices, code, "conditions.clientAppTypes", "No customer signs in by "
		    "such a client: here they are browser and mobileAppsAndDesktopClients.");
	if (!row->locations.all && row->locations.include.count == 0)
		advice_add(advices, code, "conditions.locations", "It is for no location.");
}
