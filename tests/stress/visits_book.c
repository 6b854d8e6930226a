/* What has been proven by whom, and whether what was handed out is covered by it. */
#include "visits.h"

#include <stdlib.h>

bool book_stands(uint64_t proof, int person)
{
	return proof != 0 && proof >= walk.people[person].voided;
}

bool book_staff(int person)
{
	return person < STAFF;
}

/* Ways. */

int book_way(unsigned browser, unsigned app)
{
	int place = (int)below(WAYS);
	struct way *way = &walk.ways[place];

	for (unsigned i = 0; i < walk.act_count; i++)	/* not one that is under way */
		if (walk.acts[i].way == place)
			return book_way(browser, app);
	free(way->form);
	free(way->first_form);
	*way = (struct way){ .born = ++walk.born, .browser = browser, .app = app,
		.last = NOBODY };
	return place;
}

/* Before. */

static bool may_be_right(const struct entry *entry, const char *password)
{
	for (size_t i = 0; i < entry->password_count; i++)
		if (strcmp(entry->passwords[i], password) == 0)
			return !entry->out;
	return false;
}

static void may_become(struct entry *entry, const char *password)
{
	WALK_CHECK(entry->password_count < PASSWORDS);
	snprintf(entry->passwords[entry->password_count++], sizeof(entry->passwords[0]), "%s",
	    password);
	entry->unsure = true;
}

static void before_code(struct act *act, struct way *way)
{
	struct mailed *letter = &walk.letters[act->letter];
	uint64_t *proof[] = {
		[PASSCODE_SIGN_UP] = way->proofs.sign_up, [PASSCODE_SIGN_IN] = way->proofs.first,
		[PASSCODE_SECOND] = way->proofs.second, [PASSCODE_RESET] = way->proofs.reset,
	};
	bool newest = letter->way == NOBODY || (book_letter_of(letter, act->way) &&
	    act->letter == book_letter(act->way));

	if (!newest || letter->passes > 0 || letter->expires <= walk.now)
		return;
	act->earned = true;
	proof[letter->purpose][letter->to] = walk.batch;
}

/* Whatever became of the account that he had when he chose them: this way may still make one. */
static void may_be_made(struct entry *entry, const struct way *way)
{
	for (int i = 0; i < CHOSEN; i++) {
		size_t at = 0;
		while (at < entry->password_count &&
		    strcmp(entry->passwords[at], way->chosen[i]) != 0)
			at++;
		if (way->chosen[i][0] != '\0' && at == entry->password_count)
			may_become(entry, way->chosen[i]);
	}
}

/* A newcomer's account may come to be from here on; a reset's password may be taken. */
static void before_making(struct act *act, struct way *way)
{
	enum visit_action action = act->visit.input.action;

	if (action == VISIT_NEW_PASSWORD)
		memcpy(way->chosen[way->chosen_next++ % CHOSEN], act->password,
		    sizeof(act->password));
	for (int i = 0; i < PEOPLE; i++) {
		struct entry *entry = &walk.people[i];
		bool newcomer = way->proofs.sign_up[i] != 0;
		if (!newcomer && (action != VISIT_NEW_PASSWORD ||
		    !book_stands(way->proofs.reset[i], i)))
			continue;
		act->earned |= action != VISIT_CODE;
		entry->acts++;
		if (action == VISIT_NEW_PASSWORD)
			may_become(entry, act->password);
		if (newcomer)
			may_be_made(entry, way);
		entry->unsure = true;
		entry->proven |= newcomer;
		entry->out &= !newcomer;
	}
}

/* Who is being let in may be in already when a form beside it is looked at. */
static void before_person(struct act *act, struct entry *entry)
{
	entry->acts++;
	act->was_out = entry->out;
	entry->out &= act->operator.action != PERSON_ENABLE;
}

void book_before(struct act *act)
{
	struct way *way = act->way != NOBODY ? &walk.ways[act->way] : NULL;

	if (act->kind == TURN_PERSON)
		before_person(act, &walk.people[act->person]);
	/* Another browser's form proves nothing. */
	if (act->kind != TURN_POST || act->browser != way->browser)
		return;
	if (act->visit.input.action == VISIT_PASSWORD && way->app != APP_CODES &&
	    may_be_right(&walk.people[act->person], act->password)) {
		act->earned = true;
		way->proofs.password[act->person] = walk.batch;
	}
	if (act->visit.input.action == VISIT_CODE && act->letter != NOBODY)
		before_code(act, way);
	if (act->visit.input.action == VISIT_CODE ||
	    act->visit.input.action >= VISIT_NEW_PASSWORD)
		before_making(act, way);
}
