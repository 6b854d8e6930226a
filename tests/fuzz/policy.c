/* A line of bytes and a policy, or a list of them: what an operator writes is judged by the engine
 * as the plain definition says (core/check/naive.c). Requirements 181 to 187. */
#include "fuzz.h"

#include <string.h>

#include "check/naive.h"
#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"
#include "model/document.h"
#include "model/policy.h"

#define NOW INT64_C(1795506693000)

struct policies {
	struct arena arena;
	size_t count;
	struct policy policy[WORLD_POLICIES];
	const struct sp_policy_row *rows[WORLD_POLICIES];
};

static void add(struct policies *policies, const json_t *json)
{
	struct document_errors errors = { .arena = &policies->arena };
	json_t *canonical = NULL;

	if (policies->count < WORLD_POLICIES && json_is_object(json))
		canonical = document_row(DOCUMENT_POLICY)->check(json, &errors);
	if (canonical == NULL)
		return;
	struct policy *policy = &policies->policy[policies->count];
	CHECK(policy_compile(&policies->arena, canonical, 1, policy));
	policies->rows[policies->count++] = &policy->row;
	json_decref(canonical);
}

static void read_all(struct policies *policies, const char *text, size_t size)
{
	struct sp_error error;
	json_t *json = json_read(text, size, &error), *one;
	size_t i;

	if (!json_is_array(json))
		add(policies, json);
	json_array_foreach(json, i, one)
		add(policies, one);
	json_decref(json);
}

/* The bytes of the line, in turn, over again. */
struct dice { const uint8_t *data; size_t size, at; };

static unsigned roll(struct dice *dice, unsigned below)
{
	return dice->size == 0 ? 0 : dice->data[dice->at++ % dice->size] % below;
}

/* One of what the policies name, or somebody else. */
static struct sp_id pick(struct dice *dice, const struct sp_scope *scope)
{
	struct sp_ids ids = roll(dice, 2) ? scope->include : scope->exclude;

	return ids.count == 0 ? (struct sp_id){ { 7 } } :
	    ids.sorted[roll(dice, (unsigned)(ids.count < 256 ? ids.count : 256))];
}

static struct sp_ids some(struct policies *policies, struct dice *dice, size_t offset)
{
	struct sp_id *ids = arena_alloc(&policies->arena, sizeof(*ids) * WORLD_POLICIES);
	size_t count = 0;

	for (size_t i = 0; i < policies->count; i++)
		if (roll(dice, 2))
			ids[count++] = pick(dice, (const struct sp_scope *)
			    ((const char *)policies->rows[i] + offset));
	return (struct sp_ids){ id_sort(ids, count), ids };
}

static struct sp_facts facts_of(struct policies *policies, struct dice *dice)
{
	const struct sp_policy_row *row = policies->rows[roll(dice, (unsigned)policies->count)];
	struct sp_facts facts = { .user = pick(dice, &row->users), .target = pick(dice, &row->apps),
		.platform = roll(dice, 2) << roll(dice, 7), .client = roll(dice, 2) << roll(dice, 5),
		.factors = roll(dice, 256), .now = NOW, .began = NOW - roll(dice, 3) * 60000 };

	facts.groups = some(policies, dice, offsetof(struct sp_policy_row, groups));
	facts.locations = some(policies, dice, offsetof(struct sp_policy_row, locations));
	facts.contexts.bits[roll(dice, 2)] = roll(dice, 8);
	facts.signed_in = NOW - (int64_t)roll(dice, 256) * 3600000;
	facts.factor_time = roll(dice, 2) ? 0 : NOW - (int64_t)roll(dice, 64) * 3600000;
	return facts;
}

/* The plugin itself, with a host that does its work at once. */

extern const struct sp_plugin sp_plugin;

static void work(struct sp_op *op, sp_work_fn *fn)
{
	CHECK(fn(op) == SP_OK);
}

static void *set_load(struct policies *policies)
{
	static const struct sp_host host = { .api = SP_API, .work = work };
	struct sp_policy_load load = { .op.host = &host, .policies = policies->rows,
		.count = policies->count };

	sp_plugin.policy->load(&load);
	CHECK(load.set != NULL);
	return load.set;
}

static void compare(const struct policies *policies, const void *set, const struct sp_facts *facts)
{
	uint8_t bytes[4][WORLD_POLICIES] = { { 0 } };
	struct sp_judgement real = { .results = bytes[0], .conditions = bytes[1] };
	struct sp_judgement plain = { .results = bytes[2], .conditions = bytes[3] };

	CHECK(sp_plugin.policy->decide_now(NULL, set, facts, &real) == SP_OK);
	naive_judge(policies->rows, policies->count, facts, &plain);
	const char *what = naive_differs(&real, &plain, policies->count);
	if (what != NULL)
		fprintf(stderr, "%s differs\n", what);
	CHECK(what == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policies policies;
	const uint8_t *end = memchr(data, '\n', size);

	if (end == NULL)
		return 0;
	policies = (struct policies){ .count = 0 };
	read_all(&policies, (const char *)end + 1, size - (size_t)(end + 1 - data));
	if (policies.count > 0) {
		struct dice dice = { data, (size_t)(end - data), 0 };
		void *set = set_load(&policies);
		for (unsigned i = 0; i < 4; i++) {
			struct sp_facts facts = facts_of(&policies, &dice);
			compare(&policies, set, &facts);
		}
		sp_plugin.policy->free_set(NULL, set);
	}
	arena_done(&policies.arena);
	return 0;
}
