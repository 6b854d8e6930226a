/*
 * visit_steps.h - what the files of the sign-in engine share
 *
 * The table of steps is in visit.c; each file beside it holds the steps of one concern:
 *
 *	visit_begin.c     an authorize request meets a session, or none
 *	visit_present.c   who is signed in here, and who of them it is to be
 *	visit_load.c      the journey that a form names, and what it needs to be judged
 *	visit_route.c     what the customer did, against where his journey stands
 *	visit_password.c  charge, verify, and what a wrong one costs
 *	visit_code.c      charge, compare
 *	visit_judge.c     groups, policies, the strictest of all targets
 *	visit_send.c      a code on its way: challenge, outbox entry and journey in one batch
 *	visit_notice.c    somebody knows the password and stops at the second door
 *	visit_make.c      a new password, an account made or changed
 *	visit_link.c      the way in by an operator's link
 *	visit_finish.c    done or denied: the batch that ends the journey
 *	visit_consent.c   an app of somebody else, before it gets its code
 *
 * Threads, memory: as in visit.h.
 */
#pragma once

#include "flow/judging.h"
#include "flow/visit.h"

#include "base/arena.h"
#include "base/id.h"
#include "crypto/bearer.h"
#include "crypto/password.h"
#include "model/account.h"
#include "model/address.h"
#include "model/consent.h"
#include "store/budgets.h"
#include "store/intents.h"
#include "store/links.h"
#include "store/outbox.h"
#include "store/signups.h"
#include "store/sources.h"
#include "store/store.h"
#include "store/wrongs.h"

enum visit_step {
	VISIT_LOAD, VISIT_FIND, VISIT_CONTEXT, VISIT_USER,
	VISIT_CHARGE, VISIT_VERIFY, VISIT_BACKEND, VISIT_FLOOR, VISIT_WRONG, VISIT_REHASH,
	VISIT_REPLACE,
	VISIT_TRY, VISIT_PAUSE,
	VISIT_GROUPS, VISIT_DECIDE,
	VISIT_MAIL, VISIT_HASH, VISIT_STORE,
	VISIT_INTENT, VISIT_MAKE, VISIT_FINISH, VISIT_DENY,
	VISIT_SESSION, VISIT_PRESENT, VISIT_NAMES, VISIT_ONCE,
	VISIT_REFUND,
	VISIT_LINKING,
	VISIT_CONSENT, VISIT_AGREED,
};

struct visit_hashing {
	struct arena arena;	/* of its own: the turn's belongs to the loop */
	struct secret password;
	const struct password_cost *cost;
	const char *former;	/* which the new one may not be; NULL: any */
	bool same;		/* it is */
	char *out;
};

struct visit_work {
	struct journey journey;		/* as it is, or as the next batch will leave it */
	uint64_t revision;		/* of its record; SP_ABSENT: not stored */
	enum journey_ask ask;		/* what the last event led to */
	unsigned (*then)(struct visit *visit);	/* after FIND, CONTEXT, USER */

	struct sp_user *user;		/* a copy; NULL: unknown */
	struct account account;
	uint64_t account_revision;
	struct address address;
	struct sp_id subject, counted;	/* of budgets: account or decoy; address */
	bool known;			/* this browser has signed in to this account before */

	struct passcode passcode;
	uint64_t passcode_revision;	/* 0: there is none */
	int64_t tries;
	const struct sp_change *try;	/* the charge, as long as its answer lives */
	bool passcode_spent;		/* right: the next batch removes it */
	enum passcode_purpose purpose;	/* of the code to be sent */
	bool decoy;			/* as if sent */
	bool exists;			/* sign-up: tell the owner that there is an account */

	enum budget_kind run_kind;	/* of this try: passwords or codes */
	struct pause pause;
	uint64_t pause_revision;
	bool run_full;			/* this try was the last: wrong begins a pause */
	bool charged;			/* in this turn, and not given back yet */
	bool record_due;		/* a wrong code is yet to be put on record */
	bool right;			/* that try was: the charge is owed back */
	struct wrongs wrongs;		/* the last wrong passwords */
	bool unjudged;			/* the run was full before this try: nothing was compared */
	int64_t floor;			/* loop time: no sooner is it told as wrong */
	const char *verifier;		/* what to compare with; of nobody when unknown */
	enum password_result verdict;
	bool stale;			/* right, and to be hashed anew */
	struct secret password;
	struct visit_hashing hashing;	/* of a new password, or a right one anew */

	struct judging judged;
	struct present present[VISIT_SESSIONS];	/* cookie by cookie */
	size_t named;			/* VISIT_NAMES: whose turn it is */
	struct session session;		/* visit_begin(): the browser's; or the new one */
	uint64_t session_revision;	/* 0: none */
	const struct authorize *request;	/* visit_begin() */
	struct bearer bearer;		/* of the new session */
	struct outbox_entry mail, notice;	/* written in the batch, sent after it */
	bool mail_there, notice_there, told;
	bool mail_coded, resending;
	bool muted;			/* an address's send budget is spent: as if sent */
	struct passcode before;		/* the resend: what had been mailed last */
	struct intent intent;
	struct bearer link_bearer;	/* as posted */
	struct link link;
	uint64_t link_revision;
	bool link_spent;		/* right: the next batch removes it */
	enum journey_reason denied;
	struct consent consent;
	uint64_t consent_revision;
	bool recorded;			/* visit_consent(): as visit_code() */
	bool reached[SIGNUP_STEPS];	/* the next batch counts them */
};

extern const struct flow_step visit_steps[];

static inline struct visit *visit_of(struct flow *flow)
{
	return (struct visit *)(void *)flow;
}

static inline const struct settings *visit_settings(const struct visit *visit)
{
	return &visit->turn.tenant->settings;
}

/* Ways to end a step. Each answers, and names the step that follows. */
unsigned visit_answered(struct visit *visit, enum journey_ask ask);
unsigned visit_retry(struct visit *visit, enum journey_reason reason);	/* same ask again */
unsigned visit_refused(struct visit *visit, enum journey_reason reason);	/* unrecorded */
/* prompt=none: the app hears of it, by redirect (requirement 83). */
unsigned visit_refused_silently(struct visit *visit, enum journey_reason reason);
/* Whether it is the app that is told of it, not the customer. */
bool visit_app_error(enum journey_reason reason, struct authorize_error *out_error);
unsigned visit_deny(struct visit *visit, enum journey_reason reason);	/* ends the journey */
unsigned visit_failed(struct visit *visit, enum sp_status status);	/* a backend's no */

/* Tells the journey. False: not allowed now. */
bool visit_event(struct visit *visit, struct journey_event *event);
/* The customer of the journey is there and may sign in: work->user and account have been read. */
static inline bool visit_open(const struct visit_work *work)
{
	return work->user != NULL && work->user->enabled && !work->account.blocked;
}
/* The step that does what the journey asks for after an event. */
unsigned visit_follow(struct visit *visit);

/* visit_begin.c: nobody is signed in who would do; or this is who, in work->session. */
unsigned visit_anew(struct visit *visit);
unsigned visit_begin_as(struct visit *visit);
void visit_begin_journey(struct visit *visit, enum journey_kind kind);
/* The app's own answer, by redirect. */
unsigned visit_tell_app(struct visit *visit, const char *error, const char *description);

/* visit_present.c: the customer's whose journey it is; NULL: he is not signed in here. */
struct present *visit_own(struct visit *visit);
/* Where the cookie of who was here last goes when another signs in; 0: there is nothing to keep. */
size_t visit_present_room(struct visit *visit);
unsigned visit_pick(struct visit *visit);

unsigned visit_link(struct visit *visit);		/* visit_link.c */
unsigned visit_founder(struct visit *visit);
unsigned visit_link_told(struct visit *visit);
void visit_founder_event(const struct visit *visit, struct journey_event *event);
/* What the batch that ends such a journey holds besides: 3 changes at most. */
bool visit_link_end(struct visit *visit, struct sp_records_commit *commit)
    __attribute__((warn_unused_result));
unsigned visit_consent(struct visit *visit, bool recorded);	/* ask, or a code at once */
unsigned visit_route_consent(struct visit *visit);
unsigned visit_route(struct visit *visit);		/* visit_route.c */
unsigned visit_context(struct visit *visit, unsigned (*then)(struct visit *visit));
unsigned visit_password(struct visit *visit);
unsigned visit_try(struct visit *visit);
unsigned visit_mail(struct visit *visit, enum passcode_purpose purpose);
unsigned visit_resend(struct visit *visit);
unsigned visit_hash(struct visit *visit);
unsigned visit_make(struct visit *visit);
unsigned visit_judge(struct visit *visit);
unsigned visit_began(struct visit *visit);		/* the policy's word in visit_begin() */

/* What every batch that moves the journey has in common: the journey by revision, the spent
 * challenge by revision, and the budgets that a right try gives back. */
bool visit_move(struct visit *visit, struct sp_records_commit *commit);
/* A pushed request has its answer with this batch, and no other ever (RFC 9126 4). */
void visit_spend_push(const struct visit *visit, struct sp_records_commit *commit);
void visit_moved(struct visit *visit);		/* that batch has been committed */
enum { VISIT_MOVE_ROOM = 9 + SIGNUP_STEPS };
bool visit_record(struct visit *visit, struct sp_records_commit *commit,
    enum journey_reason reason);
bool visit_record_failure(struct visit *visit, struct sp_records_commit *commit,
    enum source_kind kind, enum journey_reason reason);
bool visit_compose(struct visit *visit, const char *code);	/* visit_letter.c */
bool visit_compose_notice(struct visit *visit, const char *which, int64_t date);
void visit_hold_notice(struct visit *visit, struct sp_records_commit *commit);
void visit_drop_notice(struct visit *visit, struct sp_records_commit *commit);
struct budget_place visit_place(const struct visit *visit, enum budget_kind kind);
bool visit_source(struct visit *visit, enum source_kind kind, bool take);
bool visit_source_record(struct visit *visit, enum source_kind kind);	/* is there room (8)? */
void visit_source_owe(struct visit *visit, enum source_kind kind);	/* after the fact */
void visit_log(const struct visit *visit, enum journey_reason reason);
bool visit_fresh(struct visit *visit, struct journey *out_journey);
void visit_fill(struct visit *visit);	/* the answer, from journey and passcode */
char *visit_code(struct visit *visit, bool recorded);
/* On the hash lane: a new verifier of what is in work->hashing. */
void visit_hash_begin(struct visit *visit);
char *visit_hash_end(struct visit *visit, enum sp_status status);	/* NULL: no verifier */
void visit_hash_code(const struct visit *visit, const char *digits, uint8_t out_hash[32]);

#define VISIT_STEP(name) \
	void visit_ask_##name(struct flow *flow); \
	unsigned visit_got_##name(struct flow *flow, struct sp_op *answer, \
	    enum sp_status status)
VISIT_STEP(load); VISIT_STEP(find); VISIT_STEP(context); VISIT_STEP(user);
VISIT_STEP(charge); VISIT_STEP(verify); VISIT_STEP(backend); VISIT_STEP(floor); VISIT_STEP(wrong);
VISIT_STEP(rehash); VISIT_STEP(replace);
VISIT_STEP(try); VISIT_STEP(pause); VISIT_STEP(groups); VISIT_STEP(decide);
VISIT_STEP(mail); VISIT_STEP(hash); VISIT_STEP(store); VISIT_STEP(intent);
VISIT_STEP(make); VISIT_STEP(finish); VISIT_STEP(deny); VISIT_STEP(session);
VISIT_STEP(present); VISIT_STEP(names);
VISIT_STEP(refund); VISIT_STEP(linking); VISIT_STEP(once); VISIT_STEP(consent);
VISIT_STEP(agreed);
