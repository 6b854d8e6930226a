/* plan_locations.c - named locations, and the policies on them */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/location.h"
#include "model/shape.h"

#include <strings.h>

static bool lists(const json_t *list, const char *id)
{
	json_t *one;
	size_t index;

	json_array_foreach(list, index, one)
		if (json_is_string(one) && strcasecmp(json_string_value(one), id) == 0)
			return true;
	return false;
}

static bool named_by(const json_t *policy, const char *id)
{
	const json_t *locations = shape_at(policy, "conditions", "locations", NULL);

	return lists(json_object_get(locations, "includeLocations"), id) ||
	    lists(json_object_get(locations, "excludeLocations"), id);
}

/* A policy on a place that is gone holds nowhere: whoever was kept out from there comes in. */
static void stays(struct plan *plan, const json_t *location, const json_t *policies)
{
	const char *id = json_text(location, "id", "");
	json_t *one;
	size_t index;

	json_array_foreach(policies, index, one)
		if (named_by(one, id))
			document_wrong(&plan->errors, document_row(DOCUMENT_LOCATION)->section,
			    "InUse", "the policy '%s' names the location '%s'",
			    json_text(one, "displayName", ""),
			    json_text(location, "displayName", ""));
}

void plan_locations(struct plan *plan, json_t *const *all)
{
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == DOCUMENT_LOCATION && change->new == NULL)
			stays(plan, change->old, all[DOCUMENT_POLICY]);
	if (json_array_size(all[DOCUMENT_LOCATION]) > LOCATIONS_MOST)
		document_wrong(&plan->errors, document_row(DOCUMENT_LOCATION)->section,
		    "QuotaExceeded", "a tenant has at most %u named locations", LOCATIONS_MOST);
}

void plan_warn_locations(struct plan *plan)
{
	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == DOCUMENT_LOCATION && change->new != NULL &&
		    plan->no_countries &&
		    json_object_get(change->new, "countriesAndRegions") != NULL)
			json_array_append_new(plan->warnings, json_string(text_print(plan->arena,
			    "%s '%s': this server doesn't know countries: server.country_database "
			    "is not set in its conf file, so an address is in none of them",
			    document_row(DOCUMENT_LOCATION)->section,
			    json_text(change->new, "displayName", ""))));
}
