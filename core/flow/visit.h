/*
 * visit.h - the sign-in engine: one request of a customer's journey
 *
 * Pages, and later the native API, are faces of it: they fill in a question, run it, and make a
 * page or JSON of the answer. They add no rule. Sign-in, sign-up, reset and step-up are all here;
 * what is next is decided by model/journey.h alone.
 *
 *	surface: visit_begin()  authorize request, by GET: nothing is written
 *	         visit_begin_link()  the page of sign-in links, by GET: likewise
 *	         visit_post()   one form or API call of the journey
 *	         visit_show()   the page of a stored journey, by GET: nothing is written
 *
 * Order    A try is charged, then compared, then one batch spends the challenge and moves the
 *          journey, both by revision. Whoever loses that commit, loses.
 * Threads  The request's loop. Hashing is on the hash lane, fair by source.
 * Memory   The visit is the surface's (in the request's arena), from the call until
 *          turn.finished. Answers are in that arena.
 * Failing  The answer always says something: a backend that is down is REASON_UNAVAILABLE, never
 *          an ask that was not earned.
 */
#pragma once

#include "flow/present.h"
#include "model/journey.h"
#include "model/newpassword.h"

/* What the customer did. */
enum visit_action {
	VISIT_NONE = 0,
	VISIT_PASSWORD,	/* address and password */
	VISIT_ADDRESS,		/* address alone: OTP-first, sign-up, reset */
	VISIT_TO_SIGN_IN, VISIT_TO_SIGN_UP, VISIT_TO_RESET,	/* another way in; same request */
	VISIT_CODE,
	VISIT_RESEND,
	VISIT_SEND,		/* "Send code" at the second door */
	VISIT_NEW_PASSWORD,
	VISIT_ATTRIBUTES,
	VISIT_LINK,		/* an operator's sign-in link */
	VISIT_AGREE, VISIT_DECLINE,	/* what an app of somebody else asks for */
	VISIT_PICK,		/* one of those who are signed in here */
};

struct visit_cookies {		/* as the browser sent them; NULL: none */
	const char *browser;	/* proves the journey's browser */
	const char *sessions[VISIT_SESSIONS];	/* id.secret; first of who was here last */
	const char *known;	/* sealed list of accounts that signed in here */
};

struct visit_input {
	enum visit_action action;
	const char *journey;	/* form value: sealed, or the id of a stored one */
	const char *address, *link, *pick;	/* pick: id of a session */
	struct secret password, code;
	size_t attribute_count;
	const struct journey_attribute *attributes;
	bool stay;
};

/* One of those who are signed in here. */
struct visit_account { const char *session, *address; };

struct visit_answer {
	enum journey_ask ask;
	enum journey_reason reason;	/* why denied; or what was wrong with the last input */
	const char *journey;		/* for the next form; NULL: over */
	bool founds;			/* ASK_NEW_PASSWORD: and the first administrator's address */
	bool stored;			/* it has a page of its own: visit_show() */
	enum journey_kind kind;
	enum local_method method;
	bool sign_up_allowed;
	const struct authorize *request;	/* what the app asked; NULL: not known */
	const struct app *app;
	const struct userflow *flow;	/* attributes to ask for; NULL: none */
	const char *address;		/* as typed: to fill the form again */
	bool stay;			/* "stay signed in", as answered so far: likewise */
	bool stay_asked;		/* policy has not answered it for everybody */
	const char *attribute, *why;	/* REASON_ATTRIBUTE */
	enum newpassword_verdict verdict;	/* REASON_NEW_PASSWORD */
	enum passcode_purpose purpose;	/* ASK_CODE */
	const char *mask, *reference;
	int64_t expires_in, resend_in;	/* ms; resend_in -1: no more resends */
	int64_t tries_left;
	int64_t wait;			/* ms until it makes sense to try again; 0: unknown */
	const char *redirect;		/* ASK_DONE, and refusals that go to the app */
	const struct authorize *asked;	/* with it: by which way it goes there */
	const char *set_known;		/* cookie values to set; NULL: leave */
	struct visit_cookie {
		const char *value;	/* likewise; "": clear it */
		bool persistent;	/* outlives the browser */
	} set_sessions[VISIT_SESSIONS];
	size_t account_count;		/* ASK_ACCOUNT */
	struct visit_account accounts[VISIT_SESSIONS];
	const char *wanted;		/* ASK_CONSENT: words of a scope */
	bool resent;			/* this code is a new one */
	const char *restart;		/* a fresh journey for "start again"; NULL: from the app */
};

struct visit {
	struct turn turn;		/* first */
	struct visit_cookies cookies;
	struct visit_input input;
	struct visit_answer answer;
	struct visit_work *work;	/* the engine's */
};

/* The turn, cookies and (post) input are filled in. All end in turn.finished. */
void visit_begin(struct visit *visit, const struct authorize *request);
void visit_begin_link(struct visit *visit);
void visit_post(struct visit *visit);
void visit_show(struct visit *visit, const char *journey);

/* A new value for the browser cookie: 32 random bytes as text. */
char *visit_browser(struct arena *arena);
