/*
 * policy.c - does a policy engine keep the contract?
 *
 * A table that says by hand what must come out, then random worlds compared with the
 * plain definition in naive.c. Requirements 181, 182, 184, 187 and SEMANTICS 4.1.
 */
#include "conform.h"
#include "naive.h"

#include "plugin/policy.h"

#include <string.h>

static struct conform *test;

/* Loads a set, blocking. */

struct load {
	const struct sp_policy_row *const *rows;
	size_t count;
	struct policy_set set;
};

static struct sp_op *load_make(struct seat *seat, void *arg)
{
	const struct load *load = arg;
	return &policy_load(seat, (struct sp_id){ { 7 } }, load->rows, load->count)->op;
}

static void load_read(struct sp_op *op, void *arg)
{
	struct load *load = arg;

	load->set = policy_set_of(instance_seat(test->instance, conform_loop(test, 0)),
	    (const struct sp_policy_load *)op);
}

static void load(struct load *load)
{
	struct ask make = { .make = load_make, .read = load_read, .arg = load };

	CHECK(ask(test->instance, conform_loop(test, 0), &make) == SP_OK);
}

static void freed(void *arg)
{
	sem_post(arg);
}

static void unload(struct load *load)
{
	sem_t done;

	sem_init(&done, 0, 0);
	policy_free_set(&load->set, freed, &done);
	while (sem_wait(&done) != 0)
		continue;
	sem_destroy(&done);
}

/* Judges, blocking; the answer is copied. */

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

static void judge(struct judge *judge, unsigned loop)
{
	struct ask decide = { .make = judge_make, .read = judge_read, .arg = judge };

	CHECK(ask(test->instance, conform_loop(test, loop), &decide) == SP_OK);
}

/* The table. Customer `u` of group `g`, at app `a`, password passed. */

static const struct sp_id u = { { 'u' } }, v = { { 'v' } }, g = { { 'g' } }, h = { { 'h' } },
    a = { { 'a' } }, b = { { 'b' } }, home = { { 'l' } }, away = { { 'm' } },
    rules = { { 't' } };

#define IDS(id) { 1, &(id) }
#define ALL { .all = true }
#define BASE .state = SP_ON, .users = ALL, .apps = ALL, .locations = ALL, \
	.platforms = SP_EVERY, .clients = SP_EVERY
#define WHO .user = { { 'u' } }, .groups = IDS(g), .target = { { 'a' } }, \
	.locations = IDS(home), .factors = SP_FACTOR_PASSWORD, .signed_in = 1000, \
	.began = 900, .now = 2000

static const struct row {
	const char *what;
	struct sp_policy_row policies[3];
	struct sp_facts facts;
	enum sp_decision decision;
	uint32_t missing;
	uint8_t results[3], conditions[3];
} rows[] = {
	{ "one that is off does nothing", { { BASE, .state = SP_OFF, .controls = SP_BLOCK } },
	  { WHO }, SP_ALLOW, 0, { SP_NOT_ENABLED }, { SP_BY_STATE } },
	{ "MFA is asked for", { { BASE, .controls = SP_MFA } },
	  { WHO }, SP_ASK, SP_MFA, { SP_UNMET }, { SP_NONE } },
	{ "MFA is met", { { BASE, .controls = SP_MFA } },
	  { WHO, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND, .factor_time = 1000 },
	  SP_ALLOW, 0, { SP_MET }, { SP_NONE } },
	{ "email as first factor is no second", { { BASE, .controls = SP_MFA } },
	  { WHO, .factors = SP_FACTOR_EMAIL_FIRST }, SP_ASK, SP_MFA, { SP_UNMET }, { 0 } },
	{ "a block beats all", { { BASE, .controls = SP_MFA }, { BASE, .controls = SP_BLOCK },
	  { BASE, .controls = SP_TERMS, .terms = IDS(rules) } },
	  { WHO }, SP_DENY, SP_BLOCK, { SP_UNMET, SP_UNMET, SP_UNMET }, { 0 } },
	{ "both policies must be met", { { BASE, .controls = SP_MFA },
	  { BASE, .controls = SP_TERMS, .terms = IDS(rules) } },
	  { WHO }, SP_ASK, SP_MFA | SP_TERMS, { SP_UNMET, SP_UNMET }, { 0 } },
	{ "report-only changes nothing", { { BASE, .state = SP_REPORT_ONLY, .controls = SP_BLOCK },
	  { BASE, .state = SP_REPORT_ONLY, .controls = SP_MFA },
	  { BASE, .state = SP_REPORT_ONLY, .frequency = 5000 } }, { WHO }, SP_ALLOW, 0,
	  { SP_REPORT_BLOCKED, SP_REPORT_ASKED, SP_REPORT_MET }, { 0 } },
	{ "report-only of somebody else", { { BASE, .state = SP_REPORT_ONLY,
	  .users = { .include = IDS(v) }, .controls = SP_MFA } },
	  { WHO }, SP_ALLOW, 0, { SP_REPORT_NOT_APPLIED }, { SP_BY_USER } },
	{ "nobody is included", { { BASE, .users = { .all = false }, .controls = SP_BLOCK } },
	  { WHO }, SP_ALLOW, 0, { SP_NOT_APPLIED }, { SP_BY_USER } },
	{ "a user by id", { { BASE, .users = { .include = IDS(u) }, .controls = SP_BLOCK } },
	  { WHO }, SP_DENY, SP_BLOCK, { SP_UNMET }, { 0 } },
	{ "exclude beats all", { { BASE, .users = { .all = true, .exclude = IDS(u) },
	  .controls = SP_BLOCK } }, { WHO }, SP_ALLOW, 0, { SP_NOT_APPLIED }, { SP_BY_USER } },
	{ "exclude of a group beats include of the user", { { BASE,
	  .users = { .include = IDS(u) }, .groups = { .exclude = IDS(g) }, .controls = SP_BLOCK } },
	  { WHO }, SP_ALLOW, 0, { SP_NOT_APPLIED }, { SP_BY_USER } },
	{ "a group, or another", { { BASE, .users = { .include = IDS(v) },
	  .groups = { .include = IDS(g) }, .controls = SP_MFA }, { BASE, .users = { .all = false },
	  .groups = { .include = IDS(h) }, .controls = SP_BLOCK } },
	  { WHO }, SP_ASK, SP_MFA, { SP_UNMET, SP_NOT_APPLIED }, { SP_NONE, SP_BY_USER } },
	{ "an app that is excluded", { { BASE, .apps = { .all = true, .exclude = IDS(a) },
	  .controls = SP_BLOCK }, { BASE, .apps = { .include = IDS(b) }, .controls = SP_BLOCK },
	  { BASE, .apps = { .include = IDS(a) }, .controls = SP_MFA } }, { WHO }, SP_ASK, SP_MFA,
	  { SP_NOT_APPLIED, SP_NOT_APPLIED, SP_UNMET }, { SP_BY_APP, SP_BY_APP, SP_NONE } },
	{ "a context, and not its apps", { { BASE, .contexts = { { 2, 0 } }, .controls = SP_MFA },
	  { BASE, .contexts = { { 0, 1u << 3 } }, .controls = SP_BLOCK } },
	  { WHO, .contexts = { { 6, 0 } } }, SP_ASK, SP_MFA, { SP_UNMET, SP_NOT_APPLIED },
	  { SP_NONE, SP_BY_CONTEXT } },
	{ "platforms and clients", { { BASE, .platforms = SP_EVERY & ~(uint32_t)SP_IOS,
	  .controls = SP_BLOCK }, { BASE, .clients = SP_NATIVE, .controls = SP_BLOCK },
	  { BASE, .platforms = SP_IOS, .clients = SP_BROWSER, .controls = SP_MFA } },
	  { WHO, .platform = SP_IOS, .client = SP_BROWSER }, SP_ASK, SP_MFA,
	  { SP_NOT_APPLIED, SP_NOT_APPLIED, SP_UNMET }, { SP_BY_PLATFORM, SP_BY_CLIENT, 0 } },
	{ "what is unknown is neither this nor that, but one of all", {
	  { BASE, .platforms = SP_IOS, .controls = SP_BLOCK },
	  { BASE, .platforms = SP_EVERY & ~(uint32_t)SP_IOS, .controls = SP_MFA } }, { WHO },
	  SP_ASK, SP_MFA, { SP_NOT_APPLIED, SP_UNMET }, { SP_BY_PLATFORM, SP_NONE } },
	{ "locations", { { BASE, .locations = { .include = IDS(away) }, .controls = SP_BLOCK },
	  { BASE, .locations = { .all = true, .exclude = IDS(home) }, .controls = SP_BLOCK },
	  { BASE, .locations = { .include = IDS(home) }, .controls = SP_MFA } }, { WHO }, SP_ASK,
	  SP_MFA, { SP_NOT_APPLIED, SP_NOT_APPLIED, SP_UNMET },
	  { SP_BY_LOCATION, SP_BY_LOCATION, 0 } },
	{ "no address is at no place", { { BASE, .locations = { .all = true, .exclude = IDS(home) },
	  .controls = SP_MFA } }, { WHO, .locations = { 0, NULL } }, SP_ASK, SP_MFA,
	  { SP_UNMET }, { 0 } },
	{ "an unknown control blocks", { { BASE, .controls = 1u << 20 | SP_MFA, .any_of = true } },
	  { WHO, .factors = SP_FACTOR_TOTP, .factor_time = 1000 }, SP_DENY, SP_BLOCK,
	  { SP_UNMET }, { 0 } },
	{ "a policy without any control blocks", { { BASE } },
	  { WHO }, SP_DENY, SP_BLOCK, { SP_UNMET }, { 0 } },
	{ "one of several, none met: the first", { { BASE, .any_of = true, .terms = IDS(rules),
	  .controls = SP_MFA | SP_TERMS } }, { WHO }, SP_ASK, SP_MFA, { SP_UNMET }, { 0 } },
	{ "one of several, one met", { { BASE, .any_of = true, .terms = IDS(rules),
	  .controls = SP_MFA | SP_TERMS } }, { WHO, .terms = IDS(rules) }, SP_ALLOW, 0,
	  { SP_MET }, { 0 } },
	{ "one of several, one asked for anyway", { { BASE, .any_of = true, .terms = IDS(rules),
	  .controls = SP_MFA | SP_TERMS }, { BASE, .controls = SP_TERMS, .terms = IDS(rules) } },
	  { WHO }, SP_ASK, SP_TERMS, { SP_UNMET, SP_UNMET }, { 0 } },
	{ "a strength", { { BASE, .controls = SP_STRENGTH, .strength = SP_FACTOR_PASSKEY } },
	  { WHO, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND, .factor_time = 1000 },
	  SP_ASK, SP_STRENGTH, { SP_UNMET }, { 0 } },
	{ "a new password", { { BASE, .controls = SP_NEW_PASSWORD, .password_since = 500 } },
	  { WHO, .password_changed = 499 }, SP_ASK, SP_NEW_PASSWORD, { SP_UNMET }, { 0 } },
	{ "a sign-in that is too old", { { BASE, .frequency = 1000 } },
	  { WHO }, SP_ASK, SP_AGAIN, { SP_UNMET }, { 0 } },
	{ "one that is not", { { BASE, .frequency = 1001 } },
	  { WHO }, SP_ALLOW, 0, { SP_MET }, { 0 } },
	{ "every time, and this is the time", { { BASE, .every_time = true } },
	  { WHO }, SP_ALLOW, 0, { SP_MET }, { 0 } },
	{ "every time, from an old session", { { BASE, .every_time = true } },
	  { WHO, .began = 1500 }, SP_ASK, SP_AGAIN, { SP_UNMET }, { 0 } },
	{ "an old second factor under another's frequency", { { BASE, .controls = SP_MFA },
	  { BASE, .frequency = 500, .second_only = true } },
	  { WHO, .factors = SP_FACTOR_PASSWORD | SP_FACTOR_TOTP, .factor_time = 1100 },
	  SP_ASK, SP_MFA, { SP_UNMET, SP_MET }, { 0 } },
};

static void table(const struct row *row)
{
	const struct sp_policy_row *pointers[3];
	struct load set = { .rows = pointers };

	for (; set.count < 3 && row->results[set.count] != SP_NOT_JUDGED; set.count++)
		pointers[set.count] = &row->policies[set.count];
	load(&set);
	struct judge judgement = { .set = &set.set, .facts = &row->facts };
	judge(&judgement, 0);
	bool same = judgement.out.decision == row->decision &&
	    judgement.out.missing == row->missing &&
	    memcmp(judgement.results, row->results, set.count) == 0 &&
	    memcmp(judgement.conditions, row->conditions, set.count) == 0;
	if (!same)
		fprintf(stderr, "%s: decision %d, missing %x, first result %d, condition %d\n",
		    row->what, judgement.out.decision, judgement.out.missing,
		    judgement.results[0], judgement.conditions[0]);
	CHECK(same);
	unload(&set);
}

static void random_worlds(void)
{
	static struct world world;

	for (uint64_t seed = 1; seed <= 500; seed++) {
		world_make(&world, seed);
		struct load set = { .rows = world.pointers, .count = world.count };
		load(&set);
		for (unsigned i = 0; i < 4; i++) {
			struct sp_facts facts = world_facts(&world);
			struct judge real = { .set = &set.set, .facts = &facts }, plain = real;
			plain.out.results = plain.results;
			plain.out.conditions = plain.conditions;
			judge(&real, i);
			naive_judge(world.pointers, world.count, &facts, &plain.out);
			const char *what = naive_differs(&real.out, &plain.out, world.count);
			if (what != NULL)
				fprintf(stderr, "seed %llu: %s differs\n",
				    (unsigned long long)seed, what);
			CHECK(what == NULL);
		}
		unload(&set);
	}
}

/* The plain definition is no authority before it has passed the table, too. */
static void plain_table(const struct row *row)
{
	const struct sp_policy_row *pointers[3];
	uint8_t results[3], conditions[3];
	struct sp_judgement out = { .results = results, .conditions = conditions };
	size_t count = 0;

	for (; count < 3 && row->results[count] != SP_NOT_JUDGED; count++)
		pointers[count] = &row->policies[count];
	naive_judge(pointers, count, &row->facts, &out);
	CHECK(out.decision == row->decision && out.missing == row->missing);
	CHECK(memcmp(results, row->results, count) == 0);
	CHECK(memcmp(conditions, row->conditions, count) == 0);
}

static void no_policies(void)
{
	struct load set = { .count = 0 };
	struct sp_facts facts = { WHO };

	load(&set);
	struct judge judgement = { .set = &set.set, .facts = &facts };
	judge(&judgement, 1);
	CHECK(judgement.out.decision == SP_ALLOW && judgement.out.missing == 0);
	unload(&set);
}

void conform_policy(struct conform *conform)
{
	test = conform;
	no_policies();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plain_table(&rows[i]);
		table(&rows[i]);
	}
	random_worlds();
	printf("policy: %zu rows, 500 random worlds\n", sizeof(rows) / sizeof(rows[0]));
}
