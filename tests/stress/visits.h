/*
 * visits.h - a random walk of customers, browsers and operators through the flows
 *
 * One step is a batch: one turn, or several at once whose operations are answered in any order. The
 * flows run for real, over core/store, on one loop; the walk is on the main thread and looks at
 * nothing while a batch is under way. Beside it is a book, kept from what was sent and what
 * arrived in mailboxes, which knows nothing of journeys, challenges or epochs: it says which
 * doors each browser has been seen to pass, and whether an answer was earned.
 *
 *	visits.c        arguments, the loop, weather
 *	visits_world.c  store, tenant, people
 *	visits_run.c    a batch of turns: started, answered in a drawn order, ended
 *	visits_act.c    what happens next: drawn
 *	visits_book.c   what has been proven
 *	visits_mail.c   what arrived in mailboxes
 *	visits_judge.c  whether what was handed out is covered by the book
 *	visits_waiting.c  codes that nobody waits for
 *	visits_calm.c   the storm is over: who does everything right gets in
 *
 * Stamps   A proof has the number of the batch that brought it. What voids proofs (a reset, a
 *          disabled account) has the number of its own, and voids all of lower numbers: within
 *          a batch nobody can say which was first, and the book allows both.
 */
#pragma once

#include "../house.h"

#include "../plugins/chaos.h"
#include "base/arena.h"
#include "base/id.h"
#include "flow/person.h"
#include "flow/redeem.h"
#include "flow/visit.h"
#include "store/store.h"

#include <string.h>

enum {
	CUSTOMERS = 12, NEWCOMERS = 8, PEOPLE = CUSTOMERS + NEWCOMERS, STAFF = 4,
	HOME = CUSTOMERS - 1, BROWSERS = 12, WAYS = 48, LETTERS = 512, SESSIONS = 256, CODES = 64,
	TURNS = 4, PASSWORDS = 64, NOBODY = -1, KNOWN = 4,
	CHOSEN = 8, RUN = 10, TRIES = 5, PAUSE = 60000,
};

enum app_place { APP_SHOP, APP_CODES, APP_BARE, APP_VAULT, APP_BANK, APPS };

/* A failure names seed and step: the same again with --seed. */
#define WALK_CHECK(x) do { if (!(x)) { walk_wrong(__FILE__, __LINE__, #x); } } while (0)
void walk_wrong(const char *file, int line, const char *what) __attribute__((noreturn));

/* What the book says of a person. Unsure: an answer was lost, and more than one thing may be so. */
struct entry {
	char address[40];
	struct sp_id id;			/* zero: no account that anybody knows of */
	bool out;				/* certainly may not enter: disabled, or not there */
	bool unsure;
	bool proven;				/* a sign-up's code came back from there, ever */
	size_t password_count;			/* any of these may be the right one */
	char passwords[PASSWORDS][24];
	uint64_t voided;			/* proofs of lower batches are void */
	unsigned acts;				/* changes under way in this batch */
	struct wrong { unsigned count; int64_t at; } wrong[2], codes;	/* strangers, known */
};

struct mailed {
	char code[12], reference[8];
	int to;
	enum passcode_purpose purpose;
	uint64_t number;
	int64_t expires;
	int way;				/* NOBODY: not known yet */
	uint64_t way_born;
	unsigned passes;
};

/* The same for ways and sessions: the batch that brought the proof, 0 for none. */
struct proofs {
	uint64_t password[PEOPLE], first[PEOPLE], second[PEOPLE], sign_up[PEOPLE], reset[PEOPLE];
};

/* A customer's way, as his browser sees it: the form that he has in front of him. */
struct way {
	uint64_t born;				/* 0: none */
	unsigned browser, app;
	char *form, *first_form;
	enum journey_ask ask;
	enum journey_kind kind;
	unsigned wrongs, done;			/* wrongs: at the challenge that it waits for */
	uint64_t passed;			/* the batch in which a code was right */
	int last;				/* whose address was typed last */
	unsigned chosen_next;			/* passwords posted, one of which may become his */
	char chosen[CHOSEN][24];
	struct proofs proofs;
};

struct session_entry { char *value; int person; uint64_t password, first, second; };

struct code_entry {
	char *code;
	unsigned app;
	int person;
	uint64_t batch;
	int64_t expires;
	bool spent, spoilt;			/* spoilt: shown with a wrong client or verifier */
};

struct browser { char *cookie, *session, *known; int knows[KNOWN]; };

enum turn_kind { TURN_BEGIN, TURN_POST, TURN_SHOW, TURN_REDEEM, TURN_PERSON };

/* One turn of a batch. */
struct act {
	enum turn_kind kind;
	union {
		struct turn turn;
		struct visit visit;
		struct redeem redeem;
		struct person operator;
	};
	struct arena arena;
	unsigned finished;
	bool leaves;			/* the visitor doesn't wait */

	int way;			/* POST, SHOW, BEGIN: where the answer goes */
	unsigned browser, app;
	struct authorize_query query;
	struct authorize request;
	int person;			/* typed, or acted upon */
	int letter;			/* typed; NOBODY: none of ours */
	int code, session;		/* REDEEM; which session the cookie is of */
	bool wrong_client, known;
	bool fresh;			/* a wrong password that was never tried */
	bool earned;			/* the book beforehand: this may pass */
	bool was_out;			/* whom an operator lets in: before */
	char password[24];
};

struct walk {
	uint64_t seed, draws, step, steps, batch, letters_ever, born;
	int64_t now;
	bool storm, verbose;
	struct chaos chaos;
	struct entry people[PEOPLE];
	struct browser browsers[BROWSERS];
	struct way ways[WAYS];
	struct mailed letters[LETTERS];
	struct session_entry sessions[SESSIONS];
	struct code_entry codes[CODES];
	size_t session_next, code_next;
	struct { enum journey_ask ask; enum journey_reason reason;
		enum newpassword_verdict verdict; int64_t wait; } last;	/* answer of a visit */
	unsigned act_count;
	struct act acts[TURNS];
	unsigned long dones, tokens, sign_ups, resets, seconds, sessions_used, lates, lefts, calms,
	    waited;
};

extern struct walk walk;

/* visits.c */
uint64_t draw(void);
unsigned below(unsigned bound);
bool chance(unsigned percent);

/* visits_world.c */
extern struct house house;
extern struct store *store;
extern struct sp_id tenant, app_ids[APPS];
extern char *issuer;
void world_open(const char *plugins, const char *conf);
void world_close(void);
void world_turn(struct turn *turn);	/* fills it in, on the loop */
/* By the loop, whose it is: the sweeper asks the backend as well. */
void world_weather(const unsigned odds[CHAOS_FATES]);
void world_quiet(void);			/* no intent open, no fault, no operation overdue */
struct loop *world_loop(void);

/* visits_run.c */
/* HOME is a customer whose password and mailbox no stranger has; his browser is the first. */
struct act *run_add(enum turn_kind kind);
void run_batch(unsigned hold);		/* then the answers are there, until run_end() */
void run_end(void);

/* visits_act.c */
void act_step(void);
void act_begin(struct act *act, unsigned browser, unsigned app, const char *prompt);
void act_post(struct act *act, int way, enum visit_action action);
void act_password(struct act *act, int person, const char *password);
void act_address(struct act *act, int person);
void act_code(struct act *act, int letter);
void act_new_password(struct act *act);
void act_redeem(struct act *act, int code);
void act_person(struct act *act, int person, enum person_action action);
void act_run(unsigned hold);		/* a batch, with the book before and after */

/* visits_book.c, visits_mail.c, visits_judge.c */
void book_before(struct act *act);
void book_after(void);
int book_letter(int way);		/* the newest code of that way; NOBODY: none */
int book_way(unsigned browser, unsigned app);	/* a fresh one */
bool book_letter_of(const struct mailed *letter, int way);
void book_attach(int way, const struct visit_answer *answer);
void book_deliver(void *arg, const struct sp_mail_send *mail);
bool book_staff(int person);
bool book_stands(uint64_t proof, int person);

/* visits_waiting.c */
void waiting_check(void);

/* visits_calm.c */
void calm(void);
void calm_browser(unsigned browser);	/* a new one, that nobody knows */
void calm_home(void);			/* HOME gets in at once, whatever strangers have spent */
