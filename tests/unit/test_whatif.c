/* What If: each condition as engines judge it, and whether a customer could get through. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "check/naive.h"
#include "model/whatif.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MET WHATIF_MET
#define MISSED WHATIF_MISSED
#define UNKNOWN WHATIF_UNKNOWN

static const struct whatif_given all = { true, true, true, true };

/* Requirement 191: the first condition that is missed is the one that engines tell of. */
Test(whatif, req191_the_first_that_is_missed_is_what_the_plain_definition_says)
{
	static struct world world;
	size_t missed = 0, applied = 0;

	for (uint64_t seed = 1; seed <= 20000; seed++) {
		uint8_t results[WORLD_POLICIES], conditions[WORLD_POLICIES];
		struct sp_judgement out = { .results = results, .conditions = conditions };
		world_make(&world, seed);
		struct sp_facts facts = world_facts(&world);
		naive_judge(world.pointers, world.count, &facts, &out);
		for (size_t i = 0; i < world.count; i++) {
			struct whatif_conditions each;
			bool unknown = true;
			whatif_conditions(world.pointers[i], &facts, &all, &each);
			enum sp_condition first = whatif_first(&each, &unknown);
			cr_assert(first == conditions[i] && !unknown,
			    "seed %llu, policy %zu: %d is not %d", (unsigned long long)seed, i,
			    first, conditions[i]);
			missed += first != SP_NONE;
			applied += first == SP_NONE;
		}
	}
	cr_assert(missed > 1000 && applied > 1000);
}

static const struct sp_id u = { { 'u' } }, v = { { 'v' } }, g = { { 'g' } }, a = { { 'a' } },
    b = { { 'b' } }, home = { { 'l' } };

#define IDS(id) { 1, &(id) }
#define ALL { .all = true }
#define BASE .state = SP_ON, .users = ALL, .apps = ALL, .locations = ALL, \
	.platforms = SP_EVERY, .clients = SP_EVERY, .controls = SP_MFA
#define NOT_IOS (SP_EVERY & ~(uint32_t)SP_IOS)

/* Of customer u in group g at app a; what is not given is unknown. */
static const struct {
	const char *what;
	struct sp_policy_row row;
	struct whatif_given given;
	enum sp_condition first;
	bool unknown;
} rows[] = {
	{ "nothing is asked of what is not given", { BASE }, { 0 }, SP_NONE, false },
	{ "all applications but one", { BASE, .apps = { true, { 0 }, IDS(b) } }, { 0 }, SP_BY_APP,
	    true },
	{ "some application", { BASE, .apps = { false, IDS(a), { 0 } } }, { 0 }, SP_BY_APP, true },
	{ "no application at all", { BASE, .apps = { false, { 0 }, { 0 } } }, { 0 }, SP_BY_APP,
	    false },
	{ "that application", { BASE, .apps = { false, IDS(a), { 0 } } }, { .app = true }, SP_NONE,
	    false },
	{ "another", { BASE, .apps = { false, IDS(b), { 0 } } }, { .app = true }, SP_BY_APP, false },
	{ "a platform", { BASE, .platforms = NOT_IOS }, { .app = true }, SP_BY_PLATFORM, true },
	{ "no platform at all", { BASE, .platforms = 0 }, { .app = true }, SP_BY_PLATFORM, false },
	{ "a platform that nobody could tell", { BASE, .platforms = NOT_IOS }, { .platform = true },
	    SP_NONE, false },
	{ "a client", { BASE, .clients = SP_NATIVE }, { .app = true }, SP_BY_CLIENT, true },
	{ "a client that nobody could tell", { BASE, .clients = SP_NATIVE }, { .client = true },
	    SP_BY_CLIENT, false },
	{ "a place", { BASE, .locations = { false, IDS(home), { 0 } } }, { 0 }, SP_BY_LOCATION,
	    true },
	{ "everywhere but one", { BASE, .locations = { true, { 0 }, IDS(home) } }, { 0 },
	    SP_BY_LOCATION, true },
	{ "nowhere known", { BASE, .locations = { true, { 0 }, IDS(home) } }, { .location = true },
	    SP_NONE, false },
	{ "what is missed counts before what is unknown", { BASE, .platforms = NOT_IOS,
	    .clients = SP_NATIVE }, { .client = true }, SP_BY_CLIENT, false },
	{ "an excluded customer needs no more", { BASE, .users = { true, { 0 }, IDS(u) },
	    .platforms = NOT_IOS }, { 0 }, SP_BY_USER, false },
	{ "an excluded group", { BASE, .groups = { false, { 0 }, IDS(g) } }, { 0 }, SP_BY_USER,
	    false },
	{ "somebody else", { BASE, .users = { false, IDS(v), { 0 } } }, { 0 }, SP_BY_USER, false },
	{ "a context that is not asked for", { BASE, .contexts = { { 2, 0 } } }, { 0 },
	    SP_BY_CONTEXT, false },
	{ "off", { BASE, .state = SP_OFF }, { .app = true }, SP_BY_STATE, false },
};

Test(whatif, what_is_not_given_is_unknown_and_what_is_missed_is_missed)
{
	struct sp_facts facts = { .user = u, .groups = IDS(g), .target = a };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct whatif_conditions each;
		bool unknown = !rows[i].unknown;
		whatif_conditions(&rows[i].row, &facts, &rows[i].given, &each);
		enum sp_condition first = whatif_first(&each, &unknown);
		cr_assert(first == rows[i].first && unknown == rows[i].unknown, "%s: %d, %d",
		    rows[i].what, first, unknown);
	}
}

Test(whatif, every_condition_is_told_not_the_first_alone)
{
	struct sp_policy_row row = { BASE, .users = { false, IDS(v), { 0 } }, .platforms = NOT_IOS,
		.clients = SP_NATIVE };
	struct sp_facts facts = { .user = u, .target = a, .client = SP_BROWSER };
	struct whatif_given given = { .app = true, .client = true };
	struct whatif_conditions each;

	whatif_conditions(&row, &facts, &given, &each);
	cr_assert(each.each[SP_BY_STATE] == MET && each.each[SP_BY_USER] == MISSED &&
	    each.each[SP_BY_APP] == MET && each.each[SP_BY_CONTEXT] == WHATIF_UNSET &&
	    each.each[SP_BY_PLATFORM] == UNKNOWN && each.each[SP_BY_CLIENT] == MISSED &&
	    each.each[SP_BY_LOCATION] == WHATIF_UNSET);
}

#define FINE .id = { { 'u' } }, .enabled = true, .has_password = true, .has_address = true, \
	.admitted = true, .email_usable = true
#define OTP .method = METHOD_OTP

static const struct {
	const char *what;
	struct whatif_customer customer;
	enum sp_decision decision;
	uint32_t missing;
	bool through;
	enum journey_ask ask;
	const char *codes;
} ways[] = {
	{ "nothing asked", { FINE }, SP_ALLOW, 0, true, ASK_DONE, "" },
	{ "a second door", { FINE }, SP_ASK, SP_MFA, true, ASK_CHALLENGE, "" },
	{ "nothing asked, by code", { FINE, OTP }, SP_ALLOW, 0, true, ASK_DONE, "" },
	{ "by code there is no second one (3.4)", { FINE, OTP }, SP_ASK, SP_MFA, false, ASK_DENIED,
	    "noMethod" },
	{ "Email is off (3.6)", { FINE, .email_usable = false }, SP_ASK, SP_MFA, false, ASK_DENIED,
	    "methodOff" },
	{ "Email is off, and nobody asks", { FINE, .email_usable = false }, SP_ALLOW, 0, true,
	    ASK_DONE, "" },
	{ "no mailbox", { FINE, .has_address = false }, SP_ASK, SP_MFA, false, ASK_CHALLENGE,
	    "noAddress" },
	{ "no mailbox, by code", { FINE, OTP, .has_address = false }, SP_ALLOW, 0, false, ASK_DONE,
	    "noAddress" },
	{ "no password", { FINE, .has_password = false }, SP_ALLOW, 0, false, ASK_DONE,
	    "noPassword" },
	{ "no password, and none is wanted", { FINE, OTP, .has_password = false }, SP_ALLOW, 0, true,
	    ASK_DONE, "" },
	{ "disabled", { FINE, .enabled = false }, SP_ALLOW, 0, false, ASK_DONE, "accountDisabled" },
	{ "not assigned", { FINE, .admitted = false }, SP_ALLOW, 0, false, ASK_DONE, "notAssigned" },
	{ "too many groups (4.3)", { FINE, .many_groups = true }, SP_ALLOW, 0, false, ASK_DONE,
	    "groups" },
	{ "blocked", { FINE }, SP_DENY, SP_BLOCK, false, ASK_DENIED, "blocked" },
	{ "asked for what nobody can ask", { FINE }, SP_ASK, SP_TERMS, false, ASK_DENIED, "blocked" },
	{ "an engine that forgot to answer", { FINE }, SP_DENY, 0, false, ASK_DENIED, "blocked" },
	{ "all that is wrong is told", { OTP, .id = { { 'u' } } }, SP_ASK, SP_MFA, false, ASK_DENIED,
	    "accountDisabled notAssigned noAddress noMethod" },
};

Test(whatif, semantics_3_4_and_3_6_whether_he_could_pass_is_told_with_each_reason)
{
	struct arena arena;

	arena_init(&arena, NULL, 0);
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct whatif_verdict verdict = { ways[i].decision, ways[i].missing,
			INT64_C(1764000000000) };
		struct whatif_way way = whatif_way(&arena, &ways[i].customer, &verdict);
		char codes[256] = "";
		for (const struct whatif_reason *one = way.reasons; one != NULL; one = one->next) {
			strcat(strcat(codes, codes[0] != '\0' ? " " : ""), one->code);
			cr_assert(strlen(one->text) > 10);
		}
		cr_assert(way.through == ways[i].through && way.ask == ways[i].ask &&
		    strcmp(codes, ways[i].codes) == 0, "%s: %d %d '%s'", ways[i].what, way.through,
		    way.ask, codes);
	}
	arena_done(&arena);
}
