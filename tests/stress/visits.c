/*
 * visits - customers, browsers and operators, drawn; a backend that has bad days
 *
 *	TEST_PLUGINS=... visits PLUGINS CONF [--steps N] [--seed N] [--verbose]
 *
 * A plain program for the sanitizers. A failure prints seed and step: --seed walks it again.
 */
#include "visits.h"

#include "base/log.h"
#include "base/random.h"

#include <stdlib.h>

struct walk walk = { .steps = 20000 };

enum { WEATHER = 250 };		/* steps */

void walk_wrong(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n--seed %llu, step %llu, batch %llu, %s\n", file, line,
	    what, (unsigned long long)walk.seed, (unsigned long long)walk.step,
	    (unsigned long long)walk.batch, walk.storm ? "storm" : "fair");
	fprintf(stderr, "  last answer of a visit: ask %d reason %d verdict %d\n", (int)walk.last.ask,
	    (int)walk.last.reason, (int)walk.last.verdict);
	for (unsigned i = 0; i < walk.act_count; i++) {
		const struct act *act = &walk.acts[i];
		fprintf(stderr, "  turn %d", (int)act->kind);
		if (act->kind <= TURN_SHOW)
			fprintf(stderr, ": way %d app %u browser %u/%u person %d action %d letter %d"
			    " earned %d -> ask %d reason %d kind %d", act->way, act->app,
			    act->browser, walk.ways[act->way].browser, act->person,
			    (int)act->visit.input.action, act->letter, act->earned,
			    (int)act->visit.answer.ask, (int)act->visit.answer.reason,
			    (int)act->visit.answer.kind);
		if (act->kind == TURN_REDEEM)
			fprintf(stderr, ": code %d status %d %s", act->code, act->redeem.status,
			    act->redeem.error != NULL ? act->redeem.error : "fine");
		if (act->kind == TURN_PERSON)
			fprintf(stderr, ": person %d action %d -> %d", act->person,
			    (int)act->operator.action, (int)act->operator.outcome);
		fprintf(stderr, "%s\n", act->turn.flow.left ? ", left" : "");
	}
	abort();
}

uint64_t draw(void)
{
	uint64_t z = walk.draws += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned below(unsigned bound)
{
	return (unsigned)(draw() % bound);
}

bool chance(unsigned percent)
{
	return below(100) < percent;
}

/* Storms of different strength: with all of it all the time, nobody would come far. */
static void weather(void)
{
	static const unsigned odds[][CHAOS_FATES] = {
		{ 0, 20, 20, 20, 20 }, { 0, 60, 5, 5, 10 }, { 0, 5, 60, 5, 5 },
		{ 0, 5, 5, 60, 5 }, { 0, 80, 80, 80, 80 },
	};

	walk.storm = true;
	world_weather(odds[below(5)]);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "visits PLUGINS CONF [--steps N] [--seed N] [--verbose]\n");
	exit(2);
}

static void arguments(int argc, char **argv)
{
	if (argc < 3)
		usage();
	random_fill(&walk.seed, sizeof(walk.seed));
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--verbose") == 0)
			walk.verbose = true;
		else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
			walk.seed = strtoull(argv[++i], NULL, 10);
		else if (i + 1 < argc && strcmp(argv[i], "--steps") == 0)
			walk.steps = strtoull(argv[++i], NULL, 10);
		else
			usage();
	}
	walk.draws = walk.seed;
	walk.chaos.seeds[0] = walk.seed + 1;
	walk.chaos.seeds[1] = walk.seed + 2;
	walk.chaos.seeds[2] = walk.seed + 3;
}

static void report(void)
{
	const struct chaos *chaos = &walk.chaos;

	printf("%llu steps: %lu signed in (%lu by second door, %lu from a session, %lu signed up), "
	    "%lu resets, %lu tokens, %lu letters\n", (unsigned long long)walk.steps, walk.dones,
	    walk.seconds, walk.sessions_used, walk.sign_ups, walk.resets, walk.tokens,
	    (unsigned long)walk.letters_ever);
	printf("%lu storms: %lu conflict, %lu unknown and done, %lu unknown and not, %lu "
	    "unavailable; %lu held, %lu past deadlines, %lu left, %lu waited for a pause\n",
	    walk.calms, chaos->thrown[CHAOS_CONFLICT], chaos->thrown[CHAOS_DONE],
	    chaos->thrown[CHAOS_UNDONE], chaos->thrown[CHAOS_UNAVAILABLE], chaos->holds,
	    walk.lates, walk.lefts, walk.waited);
}

static void forget(void)
{
	for (int i = 0; i < WAYS; i++) {
		free(walk.ways[i].form);
		free(walk.ways[i].first_form);
	}
	for (int i = 0; i < SESSIONS; i++)
		free(walk.sessions[i].value);
	for (int i = 0; i < CODES; i++)
		free(walk.codes[i].code);
	for (int i = 0; i < BROWSERS; i++) {
		free(walk.browsers[i].cookie);
		free(walk.browsers[i].session);
		free(walk.browsers[i].known);
	}
}

int main(int argc, char **argv)
{
	arguments(argc, argv);
	log_set_level(walk.verbose ? SP_DEBUG : SP_ERROR);
	for (unsigned i = 0; i < BROWSERS; i++)
		calm_browser(i);
	world_open(argv[1], argv[2]);
	calm_home();
	for (walk.step = 1; walk.step <= walk.steps; walk.step++) {
		if (walk.step % (2 * WEATHER) == 0)
			calm();
		else if (walk.step % WEATHER == 0)
			weather();
		act_step();
	}
	calm();
	world_close();
	forget();
	report();
	return 0;
}
