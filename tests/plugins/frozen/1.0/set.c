#include "set.h"

#include <stdlib.h>
#include <string.h>

static const struct sp_scope *scope_users(const struct sp_policy_row *row)
{
	return &row->users;
}

static const struct sp_scope *scope_groups(const struct sp_policy_row *row)
{
	return &row->groups;
}

/* A policy whose target is a context names no apps. */
static const struct sp_scope *scope_apps(const struct sp_policy_row *row)
{
	static const struct sp_scope nobody;

	return contexts_any(row->contexts) ? &nobody : &row->apps;
}

/* A policy that makes no sense, or that asks for what nobody here knows, blocks. */
static bool row_blocks(const struct sp_policy_row *row)
{
	const uint32_t known = SP_MFA | SP_STRENGTH | SP_NEW_PASSWORD | SP_TERMS;
	bool session = row->frequency > 0 || row->every_time ||
	    row->persistent != SP_PERSISTENT_UNSET;

	return (row->controls & ~known) != 0 || (row->controls == 0 && !session) ||
	    ((row->controls & SP_STRENGTH) != 0 && row->strength == 0) ||
	    ((row->controls & SP_TERMS) != 0 && row->terms.count == 0) ||
	    row->frequency < 0 || row->persistent > SP_PERSISTENT_NEVER;
}

static void policy_init(struct policy *policy, const struct sp_policy_row *row)
{
	*policy = (struct policy){ .row = row, .frequency = row->frequency,
		.password_since = row->password_since, .platforms = row->platforms,
		.clients = row->clients, .controls = row->controls, .strength = row->strength,
		.report_only = row->state == SP_REPORT_ONLY, .blocks = row_blocks(row),
		.any_of = row->any_of, .every_time = row->every_time,
		.second_only = row->second_only, .persistent = (uint8_t)row->persistent,
		.anywhere = row->locations.all && row->locations.exclude.count == 0 };
}

static void set_fill(struct set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct sp_policy_row *row = set->rows[i];
		policy_init(&set->policies[i], row);
		set->off_target[i] = contexts_any(row->contexts) ? SP_BY_CONTEXT : SP_BY_APP;
		set->results[i] = row->state == SP_OFF ? SP_NOT_ENABLED :
		    row->state == SP_REPORT_ONLY ? SP_REPORT_NOT_APPLIED : SP_NOT_APPLIED;
		set->conditions[i] = row->state == SP_OFF ? SP_BY_STATE : SP_BY_USER;
		if (row->state != SP_OFF)
			bits_add(set->active, i);
		if (row->users.all)
			bits_add(set->all_users, i);
		if (contexts_any(row->contexts))
			set->by_context[set->by_context_count++] = (uint32_t)i;
		else if (row->apps.all)
			bits_add(set->all_apps, i);
	}
}

struct set *set_new(const struct sp_policy_row *const *rows, size_t count)
{
	struct set *set = count <= SET_POLICIES_MAX ? calloc(1, sizeof(*set)) : NULL;

	if (set == NULL)
		return NULL;
	set->count = count;
	set->words = (count + 63) / 64;
	set->rows = rows;
	set->users = index_new(rows, count, scope_users);
	set->groups = index_new(rows, count, scope_groups);
	set->apps = index_new(rows, count, scope_apps);
	set->active = calloc(set->words + 1, sizeof(uint64_t));
	set->all_users = calloc(set->words + 1, sizeof(uint64_t));
	set->all_apps = calloc(set->words + 1, sizeof(uint64_t));
	set->by_context = calloc(count + 1, sizeof(uint32_t));
	set->results = calloc(count + 1, 1);
	set->conditions = calloc(count + 1, 1);
	set->off_target = calloc(count + 1, 1);
	set->policies = calloc(count + 1, sizeof(*set->policies));
	if (set->users && set->groups && set->apps && set->active && set->all_users &&
	    set->all_apps && set->by_context && set->results && set->conditions &&
	    set->off_target && set->policies) {
		set_fill(set);
		return set;
	}
	set_free(set);
	return NULL;
}

void set_free(struct set *set)
{
	if (set == NULL)
		return;
	index_free(set->users);
	index_free(set->groups);
	index_free(set->apps);
	free(set->active);
	free(set->all_users);
	free(set->all_apps);
	free(set->by_context);
	free(set->results);
	free(set->conditions);
	free(set->off_target);
	free(set->policies);
	free(set);
}
