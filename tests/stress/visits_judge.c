/* Whether what was handed out is covered by the book, and what the book learns of it. */
#include "visits.h"

#include "base/text.h"
#include "flow/visit_value.h"

#include <stdlib.h>

/* A second and naive opinion on the policies of visits_world.c. */
static bool wants_second(int person, unsigned app)
{
	return book_staff(person) || app == APP_BANK;
}

static bool lost(const struct act *act)
{
	return act->turn.flow.left || (act->kind <= TURN_SHOW &&
	    act->visit.answer.reason == REASON_UNAVAILABLE);
}

static bool in_pause(const struct wrong *wrong)
{
	return wrong->count >= RUN && walk.now < wrong->at + PAUSE;
}

/* Only the first pause of a run is looked at: the next ones are longer. */
static void told_wrong(struct wrong *wrong)
{
	if (++wrong->count == RUN)
		wrong->at = walk.now;
}

/* Done. */

static int person_of(const struct act *act, const struct way *way, struct sp_id user)
{
	for (int i = 0; i < PEOPLE; i++)
		if (id_equal(walk.people[i].id, user))
			return i;
	if (act->kind == TURN_POST && act->visit.answer.kind == JOURNEY_SIGN_UP)
		for (int i = CUSTOMERS; i < PEOPLE; i++)
			if (way->proofs.sign_up[i] != 0)
				return i;
	/* An account of which the answer was lost: the first that stands in this way. */
	for (int i = CUSTOMERS; i < PEOPLE; i++)
		if (id_zero(walk.people[i].id) && (book_stands(way->proofs.password[i], i) ||
		    book_stands(way->proofs.first[i], i)))
			return i;
	return NOBODY;
}

static void new_session(struct act *act, const struct way *way, int person)
{
	struct session_entry *entry = &walk.sessions[walk.session_next++ % SESSIONS];
	struct browser *browser = &walk.browsers[act->browser];
	bool sign_up = act->visit.answer.kind == JOURNEY_SIGN_UP;

	free(entry->value);
	*entry = (struct session_entry){ .value = strdup(act->visit.answer.set_sessions[0].value),
		.person = person };
	if (book_stands(way->proofs.password[person], person) || (sign_up && way->app != APP_CODES))
		entry->password = walk.batch;
	if (book_stands(way->proofs.first[person], person) || (sign_up && way->app == APP_CODES))
		entry->first = walk.batch;
	if (book_stands(way->proofs.second[person], person) || (sign_up && way->app != APP_CODES))
		entry->second = walk.batch;
	free(browser->session);
	browser->session = strdup(entry->value);
	free(browser->known);
	browser->known = strdup(act->visit.answer.set_known);
	int knows[KNOWN] = { person, NOBODY, NOBODY, NOBODY };
	for (int i = 0, count = 1; i < KNOWN && count < KNOWN; i++)
		if (browser->knows[i] != person && browser->knows[i] != NOBODY)
			knows[count++] = browser->knows[i];
	memcpy(browser->knows, knows, sizeof(knows));
}

static void earned(const struct act *act, const struct way *way, int person,
    const struct code *code)
{
	bool sign_up = act->kind == TURN_POST && act->visit.answer.kind == JOURNEY_SIGN_UP;
	const struct proofs *proofs = &way->proofs;
	bool password = book_stands(proofs->password[person], person);
	bool first = book_stands(proofs->first[person], person);
	bool second = book_stands(proofs->second[person], person);

	if (sign_up) {
		WALK_CHECK(proofs->sign_up[person] != 0);
		password = way->app != APP_CODES;
		first = !password;
		second = password;
	}
	WALK_CHECK(password || first);
	WALK_CHECK(!wants_second(person, way->app) || second);
	WALK_CHECK(way->app != APP_VAULT);
	WALK_CHECK(!walk.people[person].out);
	WALK_CHECK((code->factors & SP_FACTOR_PASSWORD) == 0 || password);
	WALK_CHECK((code->factors & SP_FACTOR_EMAIL_FIRST) == 0 || first);
	WALK_CHECK((code->factors & SP_FACTOR_EMAIL_SECOND) == 0 || second);
}

/* The oldest code's, unless somebody redeems it in this batch: what comes of that is told later. */
static struct code_entry *code_place(void)
{
	int place = (int)(walk.code_next++ % CODES);

	for (unsigned i = 0; i < walk.act_count; i++)
		if (walk.acts[i].kind == TURN_REDEEM && walk.acts[i].code == place)
			return code_place();
	return &walk.codes[place];
}

/* A code is handed out. */
static void done(struct act *act, struct way *way)
{
	const char *text = strstr(act->visit.answer.redirect, "code=");
	struct code code;

	WALK_CHECK(text != NULL && strchr("?&", text[-1]) != NULL);
	char *sealed = text_part(&act->arena, text + 5, strcspn(text + 5, "&"));
	WALK_CHECK(code_unseal(&act->turn, sealed, &code));
	int person = person_of(act, way, code.user);
	WALK_CHECK(person != NOBODY);
	earned(act, way, person, &code);
	walk.people[person].id = code.user;
	walk.dones++;
	walk.seconds += (code.factors & SP_FACTOR_EMAIL_SECOND) != 0;
	walk.sign_ups += act->kind == TURN_POST && act->visit.answer.kind == JOURNEY_SIGN_UP;
	if (act->kind == TURN_POST) {
		WALK_CHECK(++way->done == 1 && act->visit.answer.set_sessions[0].value != NULL);
		new_session(act, way, person);
	} else {
		walk.sessions_used++;
		WALK_CHECK(act->visit.answer.set_sessions[0].value == NULL ||
		    act->visit.answer.set_sessions[0].value == act->visit.cookies.sessions[0]);
	}
	struct code_entry *entry = code_place();
	free(entry->code);
	*entry = (struct code_entry){ .code = strdup(sealed), .app = way->app, .person = person,
		.batch = walk.batch, .expires = code.expires };
}

/* What a form led to. */

static bool moved_on(const struct act *act)
{
	enum journey_ask ask = act->visit.answer.ask;

	switch (act->visit.input.action) {
	case VISIT_PASSWORD:
		return ask != ASK_SIGN_IN && ask != ASK_DENIED;
	case VISIT_CODE:
		return ask != ASK_CODE && ask != ASK_DENIED;
	case VISIT_NEW_PASSWORD:
		return ask != ASK_NEW_PASSWORD && ask != ASK_DENIED;
	case VISIT_ATTRIBUTES:
		return ask != ASK_ATTRIBUTES && ask != ASK_DENIED;
	default:
		WALK_CHECK(ask != ASK_DONE && ask != ASK_RESET_DONE);
		return false;
	}
}

static void judge_post(struct act *act, struct way *way)
{
	const struct visit_answer *answer = &act->visit.answer;

	WALK_CHECK(act->browser == way->browser || answer->ask == ASK_DENIED);
	if (!moved_on(act))
		return;
	WALK_CHECK(act->earned);
	if (act->visit.input.action == VISIT_PASSWORD)
		WALK_CHECK(!in_pause(&walk.people[act->person].wrong[act->known]));
	if (act->visit.input.action != VISIT_CODE)
		return;
	struct mailed *letter = &walk.letters[act->letter];
	WALK_CHECK(++letter->passes == 1 && way->wrongs < TRIES);
	way->wrongs = 0;
	way->passed = walk.batch;
	if (letter->purpose == PASSCODE_SECOND)
		WALK_CHECK(!in_pause(&walk.people[letter->to].codes));
}

/* What was told as wrong counts; what was right, or of which nobody can say, ends a run. */
static void count_password(struct act *act)
{
	struct wrong *wrong = &walk.people[act->person].wrong[act->known];
	bool told = act->visit.answer.reason == REASON_CREDENTIALS;

	if (act->earned && !told)
		*wrong = (struct wrong){ 0 };
	else if (told && act->fresh && !act->turn.flow.left)
		told_wrong(wrong);
}

static void count_code(struct act *act, struct way *way)
{
	enum journey_reason reason = act->visit.answer.reason;
	int letter = book_letter(act->way);

	if (act->earned) {
		walk.people[walk.letters[act->letter].to].codes = (struct wrong){ 0 };
		return;
	}
	/* Whoever comes after the right one tries a challenge that is gone, and its count with it. */
	if (act->turn.flow.left || way->passed == walk.batch)
		return;
	/* A try that was under way beside it may be given back; an address's day has an end. */
	if (reason == REASON_TRIES && walk.act_count == 1 && letter != NOBODY &&
	    walk.letters[letter].purpose == PASSCODE_SECOND)
		way->wrongs = TRIES;
	if (reason < REASON_CODE || reason > REASON_CODE_REPLACED)
		return;
	WALK_CHECK(++way->wrongs < TRIES);
	if (letter != NOBODY && walk.letters[letter].purpose == PASSCODE_SECOND)
		told_wrong(&walk.people[walk.letters[letter].to].codes);
}

static void take_reset(struct act *act, struct way *way)
{
	for (int i = 0; i < PEOPLE; i++) {
		struct entry *entry = &walk.people[i];
		if (!book_stands(way->proofs.reset[i], i))
			continue;
		walk.resets++;
		entry->voided = walk.batch;
		if (entry->acts != 1)
			continue;
		entry->password_count = 1;
		snprintf(entry->passwords[0], sizeof(entry->passwords[0]), "%s", act->password);
	}
}

/* Another way in is another way; all else goes on with the form that the answer has. */
static void take_form(struct act *act)
{
	const struct visit_answer *answer = &act->visit.answer;
	enum visit_action action = act->visit.input.action;
	struct way *way = &walk.ways[act->way];
	int place = act->way;

	if (act->browser != way->browser || lost(act))
		return;
	if (answer->journey != NULL && action >= VISIT_TO_SIGN_IN && action <= VISIT_TO_RESET &&
	    act->kind == TURN_POST)
		place = book_way(way->browser, way->app);
	else if (answer->journey == NULL && answer->restart != NULL && chance(30))
		place = book_way(way->browser, way->app);
	way->ask = answer->ask;
	way = &walk.ways[place];
	const char *form = answer->journey != NULL ? answer->journey :
	    place != act->way ? answer->restart : NULL;
	way->ask = place != act->way && answer->journey == NULL ? ASK_SIGN_IN : answer->ask;
	way->kind = answer->kind;
	if (form == NULL)
		return;
	free(way->form);
	way->form = strdup(form);
	if (way->first_form == NULL)
		way->first_form = strdup(form);
}

static void after_visit(struct act *act)
{
	struct way *way = &walk.ways[act->way];
	const struct visit_answer *answer = &act->visit.answer;

	if (act->kind == TURN_POST)
		judge_post(act, way);
	if (!act->turn.flow.left && act->browser == way->browser)
		book_attach(act->way, answer);
	if (answer->ask == ASK_DONE && strstr(answer->redirect, "error=") == NULL)
		done(act, way);
	/* A session that was not taken proves nothing. */
	if (act->kind == TURN_BEGIN && answer->ask != ASK_DONE && answer->ask != ASK_SEND)
		way->proofs = (struct proofs){ 0 };
}

static void after_redeem(struct act *act)
{
	struct code_entry *entry = &walk.codes[act->code];

	if (act->redeem.access_token == NULL)
		return;
	walk.tokens++;
	WALK_CHECK(!entry->spent);
	WALK_CHECK(!entry->spoilt);
	WALK_CHECK(!act->wrong_client);
	WALK_CHECK(walk.now < entry->expires && book_stands(entry->batch, entry->person));
	WALK_CHECK(!walk.people[entry->person].out);
	entry->spent = true;
}

/* Operators. */

static void change(struct act *act, struct entry *entry, bool alone)
{
	switch (act->operator.action) {
	case PERSON_CREATE:
		entry->id = act->operator.user->id;
		entry->out = false;
		break;
	case PERSON_ENABLE:
		entry->out = false;
		break;
	case PERSON_DISABLE:
		entry->out = alone;
		entry->voided = walk.batch;
		break;
	case PERSON_RESET:
		entry->voided = walk.batch;
		if (alone)
			entry->password_count = 0;
		break;
	case PERSON_REVOKE:
		entry->voided = walk.batch;
		break;
	case PERSON_REMOVE:
		entry->voided = walk.batch;
		if (!alone)
			break;
		entry->out = !entry->unsure;
		entry->id = (struct sp_id){ { 0 } };
		break;
	default:
		break;
	}
}

static void after_person(struct act *act)
{
	struct entry *entry = &walk.people[act->person];

	if (act->operator.action == PERSON_UNLOCK)
		entry->wrong[0] = entry->wrong[1] = entry->codes = (struct wrong){ 0 };
	if (act->operator.outcome == PERSON_GOOD && !act->turn.flow.left) {
		change(act, entry, entry->acts == 1);
		entry->unsure |= entry->acts > 1;
	} else if (act->operator.outcome != PERSON_ABSENT) {
		entry->unsure = true;
		entry->out = false;
	} else {
		entry->out |= act->was_out && entry->acts == 1;
		entry->unsure |= entry->acts > 1;
	}
}

static void after_all(struct act *act)
{
	if (act->kind == TURN_POST && act->browser == walk.ways[act->way].browser) {
		if (act->visit.input.action == VISIT_PASSWORD)
			count_password(act);
		if (act->visit.input.action == VISIT_CODE)
			count_code(act, &walk.ways[act->way]);
	}
	if (act->kind == TURN_REDEEM)
		walk.codes[act->code].spoilt |= act->wrong_client && act->redeem.status == 400;
	if (act->kind == TURN_PERSON)
		after_person(act);
	if (act->kind == TURN_POST && act->visit.answer.ask == ASK_RESET_DONE)
		take_reset(act, &walk.ways[act->way]);
	if (act->kind > TURN_SHOW)
		return;
	walk.last.ask = act->visit.answer.ask;
	walk.last.reason = act->visit.answer.reason;
	walk.last.wait = act->visit.answer.wait;
	walk.last.verdict = act->visit.answer.verdict;
	take_form(act);
}

/* Who has no account has a run of wrong passwords all the same, which ends with him: an account
 * that comes to be begins its own. So where nobody knows of a newcomer whether he is there, no run
 * of his is known either. */
static void forget_wrongs(int person)
{
	struct entry *entry = &walk.people[person];

	if (person >= CUSTOMERS && (entry->unsure || entry->acts > 0))
		entry->wrong[0] = entry->wrong[1] = entry->codes = (struct wrong){ 0 };
}

/* First what was handed out, by the book as it was; then what the book learns. */
void book_after(void)
{
	for (unsigned i = 0; i < walk.act_count; i++) {
		if (walk.acts[i].kind <= TURN_SHOW)
			after_visit(&walk.acts[i]);
		else if (walk.acts[i].kind == TURN_REDEEM)
			after_redeem(&walk.acts[i]);
	}
	for (unsigned i = 0; i < walk.act_count; i++)
		after_all(&walk.acts[i]);
	for (int i = 0; i < PEOPLE; i++) {
		forget_wrongs(i);
		walk.people[i].acts = 0;
	}
}
