/* The storm is over: what is so is read, and whoever does everything right gets in. */
#include "visits.h"

#include "base/arena.h"
#include "base/text.h"
#include "crypto/password.h"
#include "loop/loop.h"

#include <stdlib.h>

/* What a person's record says, against what the book holds possible. */
static void settle_there(struct entry *entry, const struct person *person)
{
	const char *verifier = person->user->verifier;
	bool shut = !person->user->enabled || person->account.blocked;
	size_t right = 0;

	WALK_CHECK(entry->unsure || shut == entry->out);
	WALK_CHECK(!entry->out || shut);
	while (verifier != NULL && right < entry->password_count &&
	    password_verify(secret_text(entry->passwords[right]), verifier) != PASSWORD_RIGHT)
		right++;
	WALK_CHECK(verifier == NULL || right < entry->password_count);
	WALK_CHECK(verifier != NULL || entry->unsure || entry->password_count == 0);
	if (verifier != NULL)
		memmove(entry->passwords[0], entry->passwords[right], sizeof(entry->passwords[0]));
	entry->password_count = verifier != NULL;
	entry->id = person->user->id;
	entry->out = shut;
}

static void settle(int i)
{
	struct entry *entry = &walk.people[i];
	struct act *act = run_add(TURN_PERSON);

	act_person(act, i, PERSON_GET);
	walk.batch++;
	run_batch(0);
	WALK_CHECK(act->operator.outcome == PERSON_GOOD || act->operator.outcome == PERSON_ABSENT);
	if (act->operator.outcome == PERSON_GOOD) {
		/* No account without a proven address (requirement 3.2). */
		WALK_CHECK(i < CUSTOMERS || entry->proven);
		settle_there(entry, &act->operator);
	} else {
		WALK_CHECK(i >= CUSTOMERS && (entry->unsure || entry->out));
		entry->out = true;
		entry->password_count = 0;
		entry->id = (struct sp_id){ { 0 } };
	}
	entry->unsure = false;
	run_end();
}

/* A customer who does everything right. */

void calm_browser(unsigned browser)
{
	struct browser *at = &walk.browsers[browser];
	struct arena arena;

	free(at->cookie);
	free(at->session);
	free(at->known);
	arena_init(&arena, NULL, 0);
	*at = (struct browser){ .cookie = strdup(visit_browser(&arena)),
		.knows = { NOBODY, NOBODY, NOBODY, NOBODY } };
	arena_done(&arena);
}

static int begin(unsigned browser, unsigned app)
{
	struct act *act = run_add(TURN_BEGIN);

	act_begin(act, browser, app, "login");
	int way = act->way;
	act_run(0);
	WALK_CHECK(walk.ways[way].ask == ASK_SIGN_IN);
	return way;
}

/* Runs what has been added. */
static bool leads_to(enum journey_ask wanted)
{
	act_run(0);
	return walk.last.ask == wanted;
}

static struct act *form(int way, enum visit_action action)
{
	struct act *act = run_add(TURN_POST);

	act_post(act, way, action);
	return act;
}

static int switched(int way, enum visit_action action)
{
	uint64_t born = walk.born;

	form(way, action);
	act_run(0);
	for (int i = 0; i < WAYS; i++)
		if (walk.ways[i].born == born + 1)
			return i;
	WALK_CHECK(false);
}

static bool typed_code(int way, enum journey_ask wanted)
{
	int letter = book_letter(way);

	WALK_CHECK(letter != NOBODY);
	act_code(form(way, VISIT_CODE), letter);
	return leads_to(wanted);
}

static void type_code(int way, enum journey_ask wanted)
{
	WALK_CHECK(typed_code(way, wanted));
}

static void redeem(void)
{
	unsigned long tokens = walk.tokens;

	act_redeem(run_add(TURN_REDEEM), (int)((walk.code_next - 1) % CODES));
	act_run(0);
	WALK_CHECK(walk.tokens == tokens + 1);
}

static bool signed_in(unsigned browser, int person, unsigned app)
{
	int way = begin(browser, app);
	bool second = book_staff(person) || app == APP_BANK;
	struct act *act = form(way, VISIT_PASSWORD);

	act_password(act, person, walk.people[person].passwords[0]);
	if (!leads_to(second ? ASK_CODE : ASK_DONE))
		return false;
	return !second || typed_code(way, ASK_DONE);
}

/* Nobody can say whether the code was spent: it is looked for, and what is ours is handed out. Where
 * even that doesn't help, nothing was spent, and the next time is as good (DESIGN 3, 4.4). */
static void redeem_unsure(void)
{
	static const struct { enum chaos_fate fate; unsigned count; bool tokens; } rows[] = {
		{ CHAOS_DONE, 1, true }, { CHAOS_UNDONE, 1, true }, { CHAOS_UNDONE, 2, true },
		{ CHAOS_CONFLICT, 2, true }, { CHAOS_UNDONE, 3, false },
		{ CHAOS_UNAVAILABLE, 1, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned long tokens = walk.tokens;
		WALK_CHECK(signed_in(0, HOME, APP_SHOP));
		act_redeem(run_add(TURN_REDEEM), (int)((walk.code_next - 1) % CODES));
		walk.chaos.forced = rows[i].fate;
		walk.chaos.forced_count = rows[i].count;
		act_run(0);
		WALK_CHECK(walk.chaos.forced_count == 0);
		WALK_CHECK(walk.tokens == tokens + rows[i].tokens);
		if (!rows[i].tokens)
			redeem();
	}
}

/* All tries of a challenge, and then the right code: too late (1.2). The next challenge is a
 * new one. */
static void tries_end(void)
{
	int way = begin(0, APP_BANK), letter;
	struct act *act = form(way, VISIT_PASSWORD);

	act_password(act, HOME, walk.people[HOME].passwords[0]);
	WALK_CHECK(leads_to(ASK_CODE));
	letter = book_letter(way);
	WALK_CHECK(letter != NOBODY);
	for (unsigned i = 1; i <= TRIES + 1; i++) {
		act_code(form(way, VISIT_CODE), i <= TRIES ? NOBODY : letter);
		WALK_CHECK(leads_to(i < TRIES ? ASK_CODE : ASK_DENIED));
		WALK_CHECK(walk.last.reason == (i < TRIES ? REASON_CODE : REASON_TRIES));
	}
	WALK_CHECK(signed_in(0, HOME, APP_BANK));
	redeem();
}

static void new_password(int way, enum journey_ask wanted)
{
	struct act *act = form(way, VISIT_NEW_PASSWORD);

	act_new_password(act);
	WALK_CHECK(leads_to(wanted));
}

static void reset(int person)
{
	int way = switched(begin(1, APP_SHOP), VISIT_TO_RESET);
	struct act *act = form(way, VISIT_ADDRESS);

	act_address(act, person);
	WALK_CHECK(leads_to(ASK_CODE));
	type_code(way, ASK_NEW_PASSWORD);
	new_password(way, ASK_RESET_DONE);
	WALK_CHECK(walk.people[person].password_count == 1);
}

static void sign_up(int person)
{
	static const struct journey_attribute name = { "displayName", "Bob" };
	int way = switched(begin(1, chance(50) ? APP_SHOP : APP_BANK), VISIT_TO_SIGN_UP);
	struct act *act = form(way, VISIT_ADDRESS);

	act_address(act, person);
	WALK_CHECK(leads_to(ASK_CODE));
	type_code(way, ASK_NEW_PASSWORD);
	new_password(way, ASK_ATTRIBUTES);
	act = form(way, VISIT_ATTRIBUTES);
	act->visit.input.attributes = &name;
	act->visit.input.attribute_count = 1;
	WALK_CHECK(leads_to(ASK_DONE));
	redeem();
}

/* A run that is full, of which the pause was lost: whoever comes next begins it (1.4), and gets in
 * when it is over. He is told how long that is. */
static void sign_in(unsigned browser, int person, unsigned app)
{
	if (!signed_in(browser, person, app)) {
		WALK_CHECK(walk.last.wait > 0 && (walk.last.reason == REASON_CREDENTIALS ||
		    walk.last.reason == REASON_PAUSED));
		walk.waited++;
		loop_advance(walk.last.wait);
		WALK_CHECK(signed_in(browser, person, app));
	}
	redeem();
}

static void sign_in_by_code(int person)
{
	int way = begin(1, APP_CODES);
	struct act *act = form(way, VISIT_ADDRESS);

	act_address(act, person);
	WALK_CHECK(leads_to(ASK_CODE));
	type_code(way, ASK_DONE);
	redeem();
}

/* Strangers have tried an address until it was paused; then somebody signs up with it. What was
 * tried before he was there is not held against him (1.3). */
static void tried_before(int person)
{
	static unsigned long count;
	int way = begin(2, APP_SHOP);
	unsigned tries = 0;

	for (walk.last.wait = 0; walk.last.wait == 0;) {
		struct act *act = form(way, VISIT_PASSWORD);
		act_password(act, person, text_print(&act->arena, "stranger-%lu", ++count));
		act->fresh = true;
		WALK_CHECK(leads_to(ASK_SIGN_IN) && walk.last.reason == REASON_CREDENTIALS);
		/* Less, where the storm has left some; more, where it has given some back. */
		WALK_CHECK(++tries <= 2 * RUN);
	}
	sign_up(person);
	calm_browser(1);
	WALK_CHECK(signed_in(1, person, APP_BARE));
	redeem();
}

static void everything_right(int person)
{
	struct entry *entry = &walk.people[person];

	calm_browser(1);
	if (person >= CUSTOMERS && id_zero(entry->id)) {
		if (chance(50))
			tried_before(person);
		else
			sign_up(person);
		return;
	}
	if (entry->out) {
		act_person(run_add(TURN_PERSON), person, PERSON_ENABLE);
		act_run(0);
		WALK_CHECK(!entry->out && !entry->unsure);
	}
	if (entry->password_count == 0)
		reset(person);
	sign_in(1, person, chance(70) ? APP_SHOP : chance(50) ? APP_BARE : APP_BANK);
	if (!book_staff(person) && chance(40))
		sign_in_by_code(person);
}

void calm_home(void)
{
	sign_in(0, HOME, APP_SHOP);
}

/* Budgets of a day are over; then nothing that the storm has left may keep anybody out. */
void calm(void)
{
	walk.storm = false;
	walk.calms++;
	world_quiet();
	for (int i = 0; i < PEOPLE; i++)
		settle(i);
	calm_home();
	redeem_unsure();
	tries_end();
	waiting_check();
	loop_advance(26 * 3600 * 1000);
	for (int i = 0; i < 4; i++)
		everything_right((int)below(PEOPLE));
}
