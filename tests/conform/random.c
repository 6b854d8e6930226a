/*
 * random.c - random FOLDER FILE.so COUNT: an engine against the plain definition
 *
 * Calls the real shared object, with a host of its own that runs lane functions at once,
 * so that many sets are tried in a second. Requirement 190.
 */
#include "../house.h"
#include "check/naive.h"

#include "plugin/load.h"

static enum sp_status ended;

static void host_done(struct sp_op *op, enum sp_status status)
{
	(void)op;
	ended = status;
}

static void host_work(struct sp_op *op, sp_work_fn *fn)
{
	host_done(op, fn(op));
}

static void host_log(const struct sp_host *host, enum sp_level level, const char *text)
{
	(void)host, (void)level;
	fprintf(stderr, "%s\n", text);
}

static const struct sp_host host = { .api = SP_API, .log = host_log, .work = host_work,
	.done = host_done };

struct answer {
	struct sp_judgement out;
	uint8_t results[WORLD_POLICIES], conditions[WORLD_POLICIES];
};

static void answer_clear(struct answer *answer)
{
	*answer = (struct answer){ .out.decision = SP_DENY };
	answer->out.results = answer->results;
	answer->out.conditions = answer->conditions;
}

static void compare(const struct sp_policy *policy, struct world *world, const void *set,
    unsigned long long seed, unsigned long *seen)
{
	struct sp_facts facts = world_facts(world);
	struct answer real, plain;

	answer_clear(&real);
	answer_clear(&plain);
	CHECK(policy->decide_now(NULL, set, &facts, &real.out) == SP_OK);
	naive_judge(world->pointers, world->count, &facts, &plain.out);
	const char *what = naive_differs(&real.out, &plain.out, world->count);
	if (what != NULL)
		fprintf(stderr, "seed %llu: %s differs\n", seed, what);
	CHECK(what == NULL);
	seen[real.out.decision]++;
}

int main(int argc, char **argv)
{
	const struct sp_plugin *plugin = NULL;
	struct sp_error error = { "" };
	unsigned long seen[3] = { 0 };
	static struct world world;
	void *self = NULL;

	CHECK(argc == 4);
	if (plugin_load(argv[1], argv[2], &plugin, &error) != SP_OK)
		fprintf(stderr, "%s\n", error.text);
	CHECK(plugin != NULL && plugin->policy != NULL && plugin->policy->decide_now != NULL);
	CHECK(plugin->open(&host, NULL, &self, &error) == SP_OK);
	unsigned long long count = strtoull(argv[3], NULL, 10);
	for (unsigned long long seed = 1; seed <= count; seed++) {
		world_make(&world, seed);
		struct sp_policy_load load = { .op = { .host = &host, .self = self },
			.count = world.count, .policies = world.pointers };
		plugin->policy->load(&load);
		CHECK(ended == SP_OK && load.set != NULL);
		for (int i = 0; i < 4; i++)
			compare(plugin->policy, &world, load.set, seed, seen);
		plugin->policy->free_set(self, load.set);
	}
	plugin->close(self);
	printf("%llu sets: %lu denied, %lu asked, %lu allowed\n", count, seen[SP_DENY],
	    seen[SP_ASK], seen[SP_ALLOW]);
	CHECK(count < 1000 || (seen[SP_DENY] > 0 && seen[SP_ASK] > 0 && seen[SP_ALLOW] > 0));
	return 0;
}
