/*
 * policy.c - what a decision costs: bench-policy FOLDER FILE.so
 *
 * As in a large tenant: 100,000 users, each in 20 of 2,000 groups, 500 apps. A policy in ten
 * is for all users, a third for all apps; the others name some and exclude some.
 */
#include "plugin/load.h"

#include <sallyport/policy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { USERS = 100000, GROUPS = 2000, APPS = 500, OF_USER = 20, MOST = 10000, FACTS = 1000 };

static uint64_t seed = 1;

static uint32_t roll(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % below;
}

static struct sp_id id_of(uint8_t kind, uint32_t number)
{
	struct sp_id id = { { kind, 0x70 } };

	for (size_t i = 0; i < 4; i++)
		id.byte[12 + i] = (uint8_t)(number >> (24 - 8 * i));
	return id;
}

static int id_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sp_id));
}

static struct sp_ids some(uint8_t kind, uint32_t of, size_t count)
{
	struct sp_id *ids = calloc(count + 1, sizeof(*ids));
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		ids[i] = id_of(kind, roll(of));
	qsort(ids, count, sizeof(*ids), id_compare);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || id_compare(&ids[kept - 1], &ids[i]) != 0)
			ids[kept++] = ids[i];
	return (struct sp_ids){ kept, ids };
}

static void row_init(struct sp_policy_row *row)
{
	*row = (struct sp_policy_row){ .revision = 1, .platforms = SP_EVERY,
		.clients = SP_EVERY, .locations.all = true, .controls = SP_MFA,
		.state = roll(10) == 0 ? SP_OFF : roll(5) == 0 ? SP_REPORT_ONLY : SP_ON };
	row->users.all = roll(10) == 0;
	row->users.include = some('u', USERS, row->users.all ? 0 : roll(5));
	row->users.exclude = some('u', USERS, roll(3));
	row->groups.include = some('g', GROUPS, row->users.all ? 0 : 1 + roll(4));
	row->groups.exclude = some('g', GROUPS, roll(3));
	row->apps.all = roll(3) == 0;
	row->apps.include = some('a', APPS, row->apps.all ? 0 : 1 + roll(10));
	row->apps.exclude = some('a', APPS, roll(2));
}

static enum sp_status host_status;

static void host_done(struct sp_op *op, enum sp_status status)
{
	(void)op;
	host_status = status;
}

static void host_work(struct sp_op *op, sp_work_fn *fn)
{
	host_done(op, fn(op));
}

static const struct sp_host host = { .api = SP_API, .work = host_work, .done = host_done };

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);	/* others may be at work here */
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void measure(const struct sp_policy *policy, void *self,
    const struct sp_policy_row *const *rows, size_t count, const struct sp_facts *facts)
{
	static uint8_t results[MOST], conditions[MOST];
	struct sp_policy_load load = { .op = { .host = &host, .self = self }, .count = count,
		.policies = rows };
	double began = now_us(), best = 1e9;
	unsigned long asked = 0, rounds = 2000000 / (FACTS * (1 + count / 100));

	policy->load(&load);
	double built = now_us() - began;
	for (unsigned long round = 0; round < rounds + 5; round++) {
		began = now_us();
		for (size_t i = 0; i < FACTS; i++) {
			struct sp_judgement out = { .results = results, .conditions = conditions };
			policy->decide_now(NULL, load.set, &facts[i], &out);
			asked += out.decision == SP_ASK;
		}
		double each = (now_us() - began) / FACTS;
		best = each < best ? each : best;
	}
	printf("%5zu policies: %6.2f us a decision, built in %.1f ms (%lu asked)\n", count, best,
	    built / 1e3, asked / (rounds + 5));
	policy->free_set(self, load.set);
}

int main(int argc, char **argv)
{
	static struct sp_policy_row rows[MOST];
	static const struct sp_policy_row *pointers[MOST];
	static struct sp_facts facts[FACTS];
	static const size_t sizes[] = { 10, 195, 1000, 10000 };
	const struct sp_plugin *plugin = NULL;
	struct sp_error error = { "usage: bench-policy FOLDER FILE.so" };
	void *self;

	if (argc != 3 || plugin_load(argv[1], argv[2], &plugin, &error) != SP_OK ||
	    plugin->policy == NULL || plugin->open(&host, NULL, &self, &error) != SP_OK) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	for (size_t i = 0; i < MOST; i++) {
		row_init(&rows[i]);
		pointers[i] = &rows[i];
	}
	for (size_t i = 0; i < FACTS; i++)
		facts[i] = (struct sp_facts){ .user = id_of('u', roll(USERS)),
			.target = id_of('a', roll(APPS)), .groups = some('g', GROUPS, OF_USER),
			.factors = SP_FACTOR_PASSWORD, .signed_in = 1, .began = 1, .now = 2 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure(plugin->policy, self, pointers, sizes[i], facts);
	plugin->close(self);
	return 0;
}
