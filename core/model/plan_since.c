/* plan_since.c - since when a policy asks for new passwords */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/policy.h"

/* Passwords that were changed since the policy was last switched on, for report alone or in force,
 * are good. Whoever knows of a breach gives the time of that; else it is now, and goes when the
 * policy is switched off. */
void plan_since(struct plan *plan, const json_t *old, const json_t *wanted, json_t *merged)
{
	const char *before = json_text(old, POLICY_SINCE, NULL);
	const char *given = json_text(wanted, POLICY_SINCE, NULL);
	bool off = text_same(json_text(merged, "state", NULL), "disabled");

	if (!policy_renews(merged) || (given != NULL && !text_same(given, before)))
		return;
	if (off)
		json_object_del(merged, POLICY_SINCE);
	else if (before == NULL)
		json_object_set_new(merged, POLICY_SINCE,
		    json_string(text_time(plan->arena, plan->now)));
}
