/*
 * policy.c - does a policy engine keep the contract?
 *
 * A table that says by hand what must come out, then random worlds compared with the
 * plain definition in naive.c.
 */
#include "check/policy.h"

#include "check/naive.h"
#include "check/racer.h"
#include "check/suite.h"

#include "plugin/policy.h"

#include <stdio.h>
#include <string.h>

#define CLOSED "policy.h, Fails: the zero of each enum denies; every policy of the set is judged"
#define APPLIES "policy.h, Applies: when all its conditions hold; what applies must all be met"
#define LOADS "policy.h, load: compiles a tenant's policies into a set"

enum { WORLDS = 500, PARALLEL_ROUNDS = 200 };

struct load {
	const struct sp_policy_row *const *rows;
	size_t count;
	struct policy_set set;
};

static struct sp_op *load_make(struct seat *seat, void *arg)
{
	const struct load *load = arg;

	return &policy_load(seat, page_now()->scope, load->rows, load->count)->op;
}

static void load_read(struct sp_op *op, void *arg)
{
	struct load *load = arg;

	load->set = policy_set_of(subject_seat(subject_loop(0)), (const struct sp_policy_load *)op);
}

static void load(struct load *load)
{
	struct ask ask = { .what = "policy.load", .make = load_make, .read = load_read, .arg =
	    load };

	ask_must(ask_run(&ask, 0), SP_OK, LOADS, "load");
}

static void freed(void *arg)
{
	sem_post(arg);
}

static void unload(struct load *load)
{
	sem_t done;

	page_step("policy.free_set");
	sem_init(&done, 0, 0);
	policy_free_set(&load->set, freed, &done);
	while (sem_wait(&done) != 0)
		continue;
	sem_destroy(&done);
}

struct judge {
	const struct policy_set *set;
	const struct sp_facts *facts;
	struct sp_judgement out;
	uint8_t results[WORLD_POLICIES], conditions[WORLD_POLICIES];
};

static struct sp_op *judge_make(struct seat *seat, void *arg)
{
	const struct judge *judge = arg;

	return &policy_decide(seat, judge->set, judge->facts)->op;
}

static void judge_read(struct sp_op *op, void *arg)
{
	const struct sp_judgement *out = ((const struct sp_policy_decide *)op)->out;
	struct judge *judge = arg;

	memcpy(judge->results, out->results, judge->set->count);
	memcpy(judge->conditions, out->conditions, judge->set->count);
	judge->out = *out;
	judge->out.results = judge->results;
	judge->out.conditions = judge->conditions;
}

/* Core makes an answer that contradicts itself FAILED: allow beside an unmet policy, or none
 * at all about one. */
static void judge(struct judge *judge, unsigned loop, const char *what)
{
	struct ask ask = { .what = "policy.decide", .make = judge_make, .read = judge_read,
		.arg = judge };
	enum sp_status status = ask_run(&ask, loop);

	MUST(status != SP_FAILED, CLOSED, "%s: no decision that could be used: it FAILED, left a "
	    "policy "
	    "without a result, or contradicts its own results", what);
	ask_must(status, SP_OK, APPLIES, what);
}

static const char *decision_word(enum sp_decision decision)
{
	return decision == SP_DENY ? "deny" : decision == SP_ASK ? "ask" : "allow";
}

static void compare(const struct judge *real, const struct policy_row *row, size_t count)
{
	MUST(real->out.decision == row->decision, APPLIES, "%s: it decides %s, not %s", row->what,
	    decision_word(real->out.decision), decision_word(row->decision));
	MUST(real->out.missing == row->missing, APPLIES, "%s: missing is %x, not %x", row->what,
	    real->out.missing, row->missing);
	for (size_t i = 0; i < count; i++) {
		MUST(real->results[i] == row->results[i], CLOSED, "%s: result %zu is %d, not %d",
		    row->what, i, real->results[i], row->results[i]);
		MUST(real->conditions[i] == row->conditions[i], CLOSED,
		    "%s: condition %zu is %d, not %d", row->what, i, real->conditions[i],
		    row->conditions[i]);
	}
}

static size_t row_count(const struct policy_row *row, const struct sp_policy_row **out_pointers)
{
	size_t count = 0;

	for (; count < POLICY_FEW && row->results[count] != SP_NOT_JUDGED; count++)
		out_pointers[count] = &row->policies[count];
	return count;
}

/* The plain definition is no authority before it has passed the table, too. */
static void plain_row(const struct policy_row *row)
{
	const struct sp_policy_row *pointers[POLICY_FEW];
	struct judge plain = { .out = { .decision = SP_DENY } };
	size_t count = row_count(row, pointers);

	plain.out.results = plain.results;
	plain.out.conditions = plain.conditions;
	naive_judge(pointers, count, &row->facts, &plain.out);
	compare(&plain, row, count);
}

static void table(void)
{
	for (const struct policy_row *row = policy_rows; row->what != NULL; row++) {
		const struct sp_policy_row *pointers[POLICY_FEW];
		struct load set = { .rows = pointers, .count = row_count(row, pointers) };
		plain_row(row);
		load(&set);
		struct judge judgement = { .set = &set.set, .facts = &row->facts };
		judge(&judgement, 0, row->what);
		compare(&judgement, row, set.count);
		unload(&set);
	}
}

static void random_world(struct world *world, const struct load *set, uint64_t seed, unsigned turn)
{
	struct sp_facts facts = world_facts(world);
	struct judge real = { .set = &set->set, .facts = &facts }, plain = real;
	char what[64];

	snprintf(what, sizeof(what), "random policies, seed %llu", (unsigned long long)seed);
	plain.out.results = plain.results;
	plain.out.conditions = plain.conditions;
	judge(&real, turn, what);
	naive_judge(world->pointers, world->count, &facts, &plain.out);
	const char *differs = naive_differs(&real.out, &plain.out, world->count);
	MUST(differs == NULL, APPLIES, "%s: %s differs from the plain definition (it decides %s, "
	    "the "
	    "definition %s)", what, differs, decision_word(real.out.decision),
	    decision_word(plain.out.decision));
}

static void random_worlds(void)
{
	static struct world world;

	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		world_make(&world, seed);
		struct load set = { .rows = world.pointers, .count = world.count };
		load(&set);
		for (unsigned i = 0; i < 4; i++)
			random_world(&world, &set, seed, i);
		unload(&set);
	}
}

static void no_policies(void)
{
	struct load set = { .count = 0 };
	struct sp_facts facts = { .now = SUBJECT_NOON };

	load(&set);
	struct judge judgement = { .set = &set.set, .facts = &facts };
	judge(&judgement, 1, "no policies");
	MUST(judgement.out.decision == SP_ALLOW && judgement.out.missing == 0,
	    "policy.h, Applies: when nothing applies: allow", "no policies: it decides %s",
	    decision_word(judgement.out.decision));
	unload(&set);
}

/* One set, asked on all loops at once: each answer is that of the facts that were asked about. */

static struct load shared;
static struct sp_facts shared_facts[RACERS];
static struct judge expected[RACERS];

struct asker { struct racer racer; int left; };

static struct sp_op *asker_make(struct racer *racer, struct seat *seat)
{
	return &policy_decide(seat, &shared.set, &shared_facts[racer->number])->op;
}

static bool asker_take(struct racer *racer, struct sp_op *answer, enum sp_status status)
{
	ask_must(status, SP_OK, APPLIES, "decide among 64");
	MUST(naive_differs(((struct sp_policy_decide *)answer)->out, &expected[racer->number].out,
	    shared.count) == NULL, "policy.h, Threads: decide_now() runs on any loop, many at "
	    "once on "
	    "one set", "asked by 64 at once, it mixes answers up");
	return --((struct asker *)racer)->left > 0;
}

static void parallel(void)
{
	static struct asker askers[RACERS];
	static struct world world;

	for (uint64_t seed = 1; world.count < WORLD_POLICIES; seed++)
		world_make(&world, seed);
	shared = (struct load){ .rows = world.pointers, .count = world.count };
	load(&shared);
	for (unsigned i = 0; i < RACERS; i++) {
		struct judge *judge = &expected[i];
		/* Worlds hold a thousand ids: a few sets of facts serve all. */
		shared_facts[i] = i < 8 ? world_facts(&world) : shared_facts[i % 8];
		judge->out.results = judge->results;
		judge->out.conditions = judge->conditions;
		naive_judge(world.pointers, world.count, &shared_facts[i], &judge->out);
		askers[i] = (struct asker){ { .make = asker_make, .take = asker_take },
			PARALLEL_ROUNDS };
	}
	page_step("64 decisions at once");
	racers_run(askers, sizeof(askers[0]));
	unload(&shared);
}

static void blocks(void)
{
	struct load set = { .count = 0 };
	struct sp_facts facts = { .now = SUBJECT_NOON };

	load(&set);
	struct judge judgement = { .set = &set.set, .facts = &facts };
	struct ask decide = { .what = "policy.decide", .make = judge_make, .arg = &judgement },
	    again = { .what = "policy.load", .make = load_make, .read = load_read, .arg = &set };
	blocks_check(&decide);
	unload(&set);
	ask_run(&again, 0);
	int64_t took = again.submit;
	unload(&set);
	MUST(took < 1000000, CLAUSE_BLOCKS, "policy.load: submit takes %lld ms to return",
	    (long long)(took / 1000));
}

static void turn(unsigned number)
{
	const struct policy_row *row = &policy_rows[number % 4];
	const struct sp_policy_row *pointers[POLICY_FEW];
	struct load set = { .rows = pointers, .count = row_count(row, pointers) };

	load(&set);
	struct judge judgement = { .set = &set.set, .facts = &row->facts };
	judge(&judgement, number, row->what);
	unload(&set);
}

static void keeps(void)
{
	keeps_check(turn, KEEPS_TURNS, "load, decide and free_set");
}

const struct suite_row suite_policy[] = {
	{ "policy.none", "no policies: allow", no_policies, NULL, 0, 0 },
	{ "policy.table", "each condition and control, case by case", table, NULL, 0, 0 },
	{ "policy.random", "500 random worlds, the same as the plain definition", random_worlds,
	    NULL, 0,
	    0 },
	{ "policy.parallel", "64 decisions at once on one set", parallel, NULL, 0, 0 },
	{ "policy.blocks", "submit returns at once", blocks, NULL, 0, 0 },
	{ "policy.keeps", "no memory and no file is kept", keeps, NULL, 0, 0 },
	{ 0 },
};
