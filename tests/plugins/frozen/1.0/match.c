#include "match.h"

#include <stdlib.h>
#include <string.h>

static void bits_list(uint64_t *bits, const uint32_t *policies, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bits_add(bits, policies[i]);
}

/* What names an id: an include into one set, an exclude into another. */
static void bits_name(uint64_t *included, uint64_t *excluded, struct index_lists lists)
{
	bits_list(included, lists.include, lists.include_count);
	bits_list(excluded, lists.exclude, lists.exclude_count);
}

/* An exclude beats any include. */
static void bits_end(const struct set *set, uint64_t *included, const uint64_t *excluded)
{
	for (size_t i = 0; i < set->words; i++)
		included[i] &= ~excluded[i];
}

/* Those that name the user. */
static void match_users(const struct set *set, const struct sp_facts *facts, uint64_t *bits)
{
	uint64_t excluded[SET_WORDS_MAX];

	memset(excluded, 0, set->words * sizeof(*excluded));
	memcpy(bits, set->all_users, set->words * sizeof(*bits));
	bits_name(bits, excluded, index_find(set->users, &facts->user));
	for (size_t i = 0; i < facts->groups.count; i++)
		bits_name(bits, excluded, index_find(set->groups, &facts->groups.sorted[i]));
	bits_end(set, bits, excluded);
}

/* Those that name the target: an app, or a context that is asked for. */
static void match_targets(const struct set *set, const struct sp_facts *facts, uint64_t *bits)
{
	uint64_t excluded[SET_WORDS_MAX];

	memset(excluded, 0, set->words * sizeof(*excluded));
	memcpy(bits, set->all_apps, set->words * sizeof(*bits));
	bits_name(bits, excluded, index_find(set->apps, &facts->target));
	bits_end(set, bits, excluded);
	if (!contexts_any(facts->contexts))
		return;
	for (size_t i = 0; i < set->by_context_count; i++) {
		const struct sp_contexts *wanted = &set->rows[set->by_context[i]]->contexts;
		if ((wanted->bits[0] & facts->contexts.bits[0]) != 0 ||
		    (wanted->bits[1] & facts->contexts.bits[1]) != 0)
			bits_add(bits, set->by_context[i]);
	}
}

static int id_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sp_id));
}

static bool ids_meet(struct sp_ids a, struct sp_ids b)
{
	for (size_t i = 0; i < a.count && b.count > 0; i++)
		if (bsearch(&a.sorted[i], b.sorted, b.count, sizeof(struct sp_id),
		    id_compare) != NULL)
			return true;
	return false;
}

static bool match_location(const struct sp_scope *scope, struct sp_ids locations)
{
	return (scope->all || ids_meet(locations, scope->include)) &&
	    !ids_meet(locations, scope->exclude);
}

/* What is left to look at, of a policy that names user and target. */
static enum sp_condition match_rest(const struct policy *policy, const struct sp_facts *facts)
{
	uint32_t platform = facts->platform != 0 ? facts->platform : SP_PLATFORM_UNKNOWN;
	uint32_t client = facts->client != 0 ? facts->client : SP_CLIENT_OTHER;

	if ((policy->platforms & platform) == 0)
		return SP_BY_PLATFORM;
	if ((policy->clients & client) == 0)
		return SP_BY_CLIENT;
	return policy->anywhere || match_location(&policy->row->locations, facts->locations) ?
	    SP_NONE : SP_BY_LOCATION;
}

static void match_one(const struct set *set, const struct sp_facts *facts, size_t policy,
    struct sp_judgement *out, uint64_t *applies)
{
	enum sp_condition failed = match_rest(&set->policies[policy], facts);

	out->conditions[policy] = (uint8_t)failed;
	if (failed == SP_NONE)
		bits_add(applies, policy);
}

void match_policies(const struct set *set, const struct sp_facts *facts,
    struct sp_judgement *out, uint64_t *out_applies)
{
	uint64_t users[SET_WORDS_MAX], targets[SET_WORDS_MAX];

	memcpy(out->results, set->results, set->count);
	memcpy(out->conditions, set->conditions, set->count);
	memset(out_applies, 0, set->words * sizeof(*out_applies));
	match_users(set, facts, users);
	match_targets(set, facts, targets);
	for (size_t word = 0; word < set->words; word++) {
		uint64_t named = users[word] & set->active[word], off = named & ~targets[word];
		for (; off != 0; off &= off - 1) {
			size_t i = word * 64 + (size_t)__builtin_ctzll(off);
			out->conditions[i] = set->off_target[i];
		}
		for (named &= targets[word]; named != 0; named &= named - 1)
			match_one(set, facts, word * 64 + (size_t)__builtin_ctzll(named), out,
			    out_applies);
	}
}
