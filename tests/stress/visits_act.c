/* What happens next: drawn, mostly sensible. */
#include "visits.h"

#include "base/clock.h"
#include "base/encode.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "loop/loop.h"

#include <stdlib.h>

static const char verifier[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

static struct secret secret_of(struct act *act, const char *text)
{
	return secret_text(text_copy(&act->arena, text));
}

static const char *copy(struct act *act, const char *text)
{
	return text != NULL ? text_copy(&act->arena, text) : NULL;
}

static const char *client_of(struct act *act, unsigned app)
{
	char *id = arena_alloc(&act->arena, ID_TEXT);

	id_format(app_ids[app], id);
	return id;
}

static const char *redirect_of(struct act *act, unsigned app)
{
	static const char *const names[] = { "Shop", "Codes", "Bare", "Vault", "Bank" };

	return text_print(&act->arena, "https://%s.example/back", names[app]);
}

static void cookies(struct act *act, unsigned browser)
{
	const struct browser *from = &walk.browsers[browser];

	act->browser = browser;
	act->visit.cookies = (struct visit_cookies){ .browser = copy(act, from->cookie),
		.sessions = { copy(act, from->session) }, .known = copy(act, from->known) };
}

/* Who holds a session's cookie has what that session has passed. */
static void begin_session(struct act *act, const char *value)
{
	struct proofs *proofs = &walk.ways[act->way].proofs;

	for (int i = 0; i < SESSIONS && value != NULL; i++) {
		const struct session_entry *entry = &walk.sessions[i];
		if (entry->value == NULL || strcmp(entry->value, value) != 0)
			continue;
		proofs->password[entry->person] = entry->password;
		proofs->first[entry->person] = entry->first;
		proofs->second[entry->person] = entry->second;
	}
}

void act_begin(struct act *act, unsigned browser, unsigned app, const char *prompt)
{
	uint8_t hash[HASH_SIZE];

	act->way = book_way(browser, app);
	act->app = app;
	cookies(act, browser);
	hash_sha256(verifier, strlen(verifier), hash);
	act->query = (struct authorize_query){ .client_id = client_of(act, app),
		.redirect_uri = redirect_of(act, app), .response_type = "code",
		.scope = "openid", .state = "s", .nonce = "n", .code_challenge_method = "S256",
		.code_challenge = encode_base64url(&act->arena, hash, sizeof(hash)),
		.prompt = prompt };
	if (prompt == NULL || strcmp(prompt, "login") != 0)
		begin_session(act, act->visit.cookies.sessions[0]);
}

void act_post(struct act *act, int way, enum visit_action action)
{
	act->way = way;
	act->app = walk.ways[way].app;
	cookies(act, walk.ways[way].browser);
	act->visit.input.action = action;
	act->visit.input.journey = copy(act, walk.ways[way].form);
}

static bool knows(unsigned browser, int person)
{
	for (int i = 0; i < KNOWN; i++)
		if (walk.browsers[browser].knows[i] == person)
			return true;
	return false;
}

void act_address(struct act *act, int person)
{
	act->person = person;
	act->visit.input.address = copy(act, walk.people[person].address);
	walk.ways[act->way].last = person;
}

void act_password(struct act *act, int person, const char *password)
{
	act_address(act, person);
	act->known = knows(act->browser, person);
	snprintf(act->password, sizeof(act->password), "%s", password);
	act->visit.input.password = secret_of(act, act->password);
}

void act_code(struct act *act, int letter)
{
	char wrong[12];

	snprintf(wrong, sizeof(wrong), "%08u", below(100000000));
	act->letter = letter;
	act->visit.input.code = secret_of(act,
	    letter != NOBODY ? walk.letters[letter].code : wrong);
}

/* Each is new, so that nothing is right by chance. */
static void new_password(struct act *act, const char *how)
{
	static unsigned long count;

	snprintf(act->password, sizeof(act->password), "%s-horse-%lu", how, ++count);
}

void act_new_password(struct act *act)
{
	new_password(act, "battery");
	act->visit.input.password = secret_of(act, act->password);
}

static void wrong_password(struct act *act, int person)
{
	new_password(act, "wrong");
	act->fresh = true;
	act_password(act, person, act->password);
}

void act_redeem(struct act *act, int code)
{
	const struct code_entry *entry = &walk.codes[code];

	act->code = code;
	act->redeem.client.client_id = client_of(act, entry->app);
	act->redeem.redirect_uri = redirect_of(act, entry->app);
	act->redeem.verifier = verifier;
	act->redeem.code = copy(act, entry->code);
}

/* The only customers that operators make are those of the start. */
static void create(struct act *act, struct entry *entry)
{
	const char **identifiers = arena_alloc(&act->arena, sizeof(*identifiers));
	struct sp_attribute *mail = arena_alloc(&act->arena, sizeof(*mail));
	const struct sp_attribute **attributes = arena_alloc(&act->arena, sizeof(*attributes));

	new_password(act, "first");
	identifiers[0] = mail->value = entry->address;
	mail->name = "mail";
	attributes[0] = mail;
	act->operator.wanted = (struct sp_user){ .enabled = true, .identifier_count = 1,
		.identifiers = identifiers, .attribute_count = 1, .attributes = attributes };
	act->operator.password = secret_of(act, act->password);
	snprintf(entry->passwords[entry->password_count++], sizeof(entry->passwords[0]), "%s",
	    act->password);
}

void act_person(struct act *act, int person, enum person_action action)
{
	act->person = person;
	act->operator.action = action;
	act->operator.who = copy(act, walk.people[person].address);
	act->operator.actor = "walk";
	if (action == PERSON_CREATE)
		create(act, &walk.people[person]);
}

static bool opens(const struct act *act)
{
	return act->kind == TURN_PERSON ||
	    (act->kind == TURN_POST && act->visit.input.action == VISIT_CODE);
}

/* Codes and operators come first in the book: a form beside them may be answered after them, and
 * build on what they did. */
void act_run(unsigned hold)
{
	walk.batch++;
	walk.now = clock_wall();
	for (unsigned i = 0; i < walk.act_count; i++)
		if (opens(&walk.acts[i]))
			book_before(&walk.acts[i]);
	for (unsigned i = 0; i < walk.act_count; i++)
		if (!opens(&walk.acts[i]))
			book_before(&walk.acts[i]);
	run_batch(hold);
	book_after();
	run_end();
}

/* Drawing. */

static void draw_begin(void)
{
	static const unsigned apps[] = { APP_SHOP, APP_SHOP, APP_SHOP, APP_CODES, APP_CODES,
		APP_BARE, APP_VAULT, APP_BANK };
	struct act *act = run_add(TURN_BEGIN);
	unsigned browser = 1 + below(BROWSERS - 1), other = below(BROWSERS);
	const char *prompt = chance(60) ? "login" : chance(5) ? "none" : NULL;

	act_begin(act, browser, apps[below(8)], prompt);
	if (prompt != NULL || other == 0 || !chance(5))
		return;
	act->visit.cookies.sessions[0] = copy(act, walk.browsers[other].session);
	walk.ways[act->way].proofs = (struct proofs){ 0 };
	begin_session(act, act->visit.cookies.sessions[0]);
}

static int some_letter(int way, bool own)
{
	for (int i = 0; i < 20; i++) {
		int letter = (int)below(LETTERS);
		if (walk.letters[letter].number != 0 && walk.letters[letter].to != HOME &&
		    (!own || book_letter_of(&walk.letters[letter], way)))
			return letter;
	}
	return NOBODY;
}

static void draw_code(struct act *act)
{
	unsigned luck = below(100);
	int newest = book_letter(act->way);

	if (newest != NOBODY && walk.letters[newest].to == HOME)
		newest = NOBODY;
	if (luck < 65 && newest != NOBODY)
		act_code(act, newest);
	else if (luck < 80)
		act_code(act, some_letter(act->way, true));
	else if (luck < 90)
		act_code(act, some_letter(act->way, false));
	else
		act_code(act, NOBODY);
}

static void draw_password(struct act *act)
{
	int person = (int)below(PEOPLE);
	const struct entry *entry = &walk.people[person];

	if (person == HOME || entry->password_count == 0 || chance(25))
		wrong_password(act, person);
	else
		act_password(act, person,
		    entry->passwords[below((unsigned)entry->password_count)]);
}

static enum visit_action sensible(const struct way *way)
{
	switch (way->ask) {
	case ASK_SIGN_IN:
		return chance(12) ? VISIT_TO_SIGN_UP : chance(10) ? VISIT_TO_RESET :
		    way->app == APP_CODES ? VISIT_ADDRESS : VISIT_PASSWORD;
	case ASK_ADDRESS:
		return VISIT_ADDRESS;
	case ASK_CODE:
		return chance(90) ? VISIT_CODE : VISIT_RESEND;
	case ASK_SEND:
		return VISIT_SEND;
	case ASK_NEW_PASSWORD:
		return VISIT_NEW_PASSWORD;
	case ASK_ATTRIBUTES:
		return VISIT_ATTRIBUTES;
	default:
		return (enum visit_action)below(VISIT_ATTRIBUTES + 1);
	}
}

/* Every field that the action may read; those of other actions stay empty. */
static void draw_input(struct act *act)
{
	static const struct journey_attribute name = { "displayName", "Bob" };
	const struct way *way = &walk.ways[act->way];
	struct visit_input *input = &act->visit.input;

	switch (input->action) {
	case VISIT_PASSWORD:
		draw_password(act);
		break;
	case VISIT_ADDRESS:
		act_address(act, way->kind == JOURNEY_SIGN_UP && chance(80) ?
		    CUSTOMERS + (int)below(NEWCOMERS) : (int)below(PEOPLE));
		break;
	case VISIT_CODE:
		draw_code(act);
		break;
	case VISIT_NEW_PASSWORD:
		act_new_password(act);
		break;
	case VISIT_ATTRIBUTES:
		input->attributes = &name;
		input->attribute_count = 1;
		break;
	default:
		break;
	}
}

static bool room_for_passwords(void)
{
	for (int i = 0; i < PEOPLE; i++)
		if (walk.people[i].password_count + TURNS > PASSWORDS)
			return false;
	return true;
}

/* Mostly what the page asks for, from the browser that has it; else anything. */
static void draw_post(int place)
{
	const struct way *way = &walk.ways[place];
	enum visit_action action = chance(92) ? sensible(way) :
	    (enum visit_action)below(VISIT_ATTRIBUTES + 1);

	if (way->form == NULL || (action == VISIT_NEW_PASSWORD && !room_for_passwords()))
		return;
	struct act *act = run_add(action == VISIT_NONE ? TURN_SHOW : TURN_POST);
	act_post(act, place, action);
	act->visit.input.stay = chance(10);
	if (chance(4))
		act->visit.input.journey = copy(act, way->first_form);
	if (chance(3))
		cookies(act, 1 + below(BROWSERS - 1));
	if (chance(3))
		act->visit.cookies.sessions[0] = NULL;
	draw_input(act);
}

static void draw_person(void)
{
	static const enum person_action actions[] = { PERSON_GET, PERSON_DISABLE, PERSON_ENABLE,
		PERSON_ENABLE, PERSON_RESET, PERSON_REVOKE, PERSON_UNLOCK, PERSON_UNLOCK };
	int person = (int)below(PEOPLE);

	if (person == HOME)
		return;
	act_person(run_add(TURN_PERSON), person, person >= CUSTOMERS && chance(50) ?
	    PERSON_REMOVE : actions[below(8)]);
}

static void draw_redeem(void)
{
	int code = (int)((walk.code_next + CODES - 1 - (chance(70) ? 0 : below(CODES))) % CODES);

	if (walk.codes[code].code == NULL)
		return;
	struct act *act = run_add(TURN_REDEEM);
	act_redeem(act, code);
	if (!chance(6))
		return;
	act->wrong_client = true;
	act->redeem.client.client_id = client_of(act, (walk.codes[code].app + 1) % APPS);
}

static int busy_way(void)
{
	int way = (int)below(WAYS);

	for (int i = 0; i < 5 && (walk.ways[way].form == NULL || walk.ways[way].ask == ASK_DENIED ||
	    walk.ways[way].ask == ASK_DONE); i++)
		way = (int)below(WAYS);
	return way;
}

static void draw_time(void)
{
	unsigned luck = below(1000);

	if (luck < 300)
		loop_advance(below(30000));
	else if (luck < 320)
		loop_advance(below(900000));
	else if (luck < 322)
		loop_advance(26 * 3600 * 1000);
}

/* Several at once are mostly about one way: tabs, double clicks, replays. */
void act_step(void)
{
	unsigned count = chance(75) ? 1 : 2 + below(TURNS - 1), luck;
	int way = busy_way();
	bool slow = count > 1 || chance(10);

	for (unsigned i = 0; i < count; i++) {
		luck = below(100);
		if (luck < 22)
			draw_begin();
		else if (luck < 85)
			draw_post(way);
		else if (luck < 90)
			draw_person();
		else
			draw_redeem();
		if (chance(40))
			way = busy_way();
	}
	for (unsigned i = 0; i < walk.act_count; i++)
		walk.acts[i].leaves = slow && chance(8);
	if (walk.act_count > 0)
		act_run(slow ? 700 : 0);
	draw_time();
}
