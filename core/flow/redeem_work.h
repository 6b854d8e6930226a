/*
 * redeem_work.h - what the files of the token flows share
 *
 * redeem.c: a code for tokens. redeem_refresh.c: a refresh token for tokens, by the same way
 * from the customer to the signature. redeem_device.c: a device's sign-in, likewise. redeem_aim.c:
 * which API that is for. redeem_agreed.c: whether its customer lets it. redeem_wish.c: what is
 * wanted beyond the sign-in. redeem_login.c: who hears of its end. redeem_alone.c: a token for an
 * application itself. redeem_push.c: a request ahead of the customer. redeem_token.c: a token for
 * claims. redeem_about.c: what apps ask about tokens. Codes and tokens read the same view of the
 * customer: session, account, and whether the code was spent.
 *
 * Threads, memory: as in redeem.h.
 */
#pragma once

#include "flow/client.h"
#include "flow/judging.h"
#include "flow/redeem.h"

#include "base/arena.h"
#include "model/access.h"
#include "model/account.h"
#include "model/scope.h"
#include "model/session.h"
#include "store/devices.h"
#include "store/grants.h"
#include "store/spent.h"

#include <sallyport/users.h>

struct jwk;

/* On a lane, in an arena of its own: RS256 takes milliseconds. */
struct redeem_signing {
	struct arena arena;
	const struct jwk *access_key, *id_key;
	const char *access, *id;	/* payloads; id NULL: no openid in the scope */
	char *access_token, *id_token;
};

enum redeem_step { REDEEM_PROVE, REDEEM_VIEW, REDEEM_USER, REDEEM_GROUPS, REDEEM_DECIDE, REDEEM_SIGN,
	REDEEM_SPEND, REDEEM_REVOKE, REFRESH_FAMILY, REFRESH_ACCOUNT, REFRESH_ROTATE, REFRESH_END,
	DEVICE_PUT, DEVICE_READ, DEVICE_SLOW };
extern const struct flow_step redeem_steps[];

/* The first of every table is the one that spends a client's assertion, where it came with one. */
enum token_step { TOKEN_PROVE = REDEEM_PROVE, TOKEN_VIEW, TOKEN_USER, ABOUT_FAMILY, ABOUT_END };
extern const struct flow_step token_steps[];

enum redeem_about { ABOUT_NOTHING = 0, ABOUT_INTROSPECT, ABOUT_REVOKE, ABOUT_PUSH, ABOUT_DEVICE,
	ABOUT_ADMIN };	/* our own admin API asks (calling.h); it tells no log */

struct redeem_work {
	const struct app *app;
	unsigned proven;		/* the step after REDEEM_PROVE */
	struct code code;
	const struct app *api;		/* whom the access token is for: another, or the client */
	const char *token_scope, *values, *userinfo;	/* what it says: claims.h */
	struct device device;		/* that asks, or is asked for */
	uint64_t device_revision;
	const char *misfit;		/* the code is not this client's to redeem */
	struct sp_id op;		/* of this redemption: whose write `spent` is */
	unsigned spends;		/* tried */
	bool unsure;			/* one of them, or a revocation, may have happened or not */
	struct spent spent;
	uint64_t spent_revision;
	struct account account;
	uint64_t account_revision;
	struct session session;
	uint64_t session_revision;
	struct grant grant;		/* generation 0: no refresh tokens */
	uint64_t grant_revision;
	enum grant_verdict verdict;	/* of the refresh token; VOID: not judged yet */
	bool refreshing;
	bool alone;			/* for the application itself */
	bool ready;			/* judged and signed: only the commit is left */
	unsigned rounds;		/* of that */
	enum redeem_about about;	/* a question of an app about a token */
	struct access access;		/* that token, if it is an access token */
	const char *active;		/* the answer, if it stands */
	struct sp_user *user;
	struct judging judged;
	struct scope_granted granted;	/* by the code or the family: redeem_agreed() */
	uint64_t consent_revision;
	struct redeem_signing signing;
};

static inline struct redeem *redeem_of(struct flow *flow)
{
	return (struct redeem *)(void *)flow;
}

unsigned redeem_refuse(struct redeem *redeem, int status, const char *error,
    const char *description);
/* The same before the flow has begun: always false. */
bool redeem_barred(struct redeem *redeem, int status, const char *error, const char *description);
unsigned redeem_failed(struct redeem *redeem);	/* 503: nothing is spent, or nobody knows */
void redeem_log(const struct redeem *redeem);
void redeem_run(struct redeem *redeem, const struct flow_step *steps, unsigned step);

/* Client and secret. False: refused. */
bool redeem_client(struct redeem *redeem);
/* Answered before the flow began: an assertion is spent all the same. */
void redeem_over(struct redeem *redeem);
unsigned redeem_grant(struct redeem *redeem, const char *description);	/* invalid_grant */
bool redeem_record(struct redeem *redeem, struct sp_records_commit *commit);
bool redeem_login(struct redeem *redeem, struct sp_records_commit *commit);
/* What a refresh asks for in `claims`, into the code's wishes; NULL, or what is wrong with it. */
const char *redeem_wish(struct redeem *redeem);
/* Policy has said its word: is all there that it, and that request, want? If not, it is told. */
bool redeem_met(const struct redeem *redeem);
unsigned redeem_unmet(struct redeem *redeem);
unsigned redeem_done(struct redeem *redeem);	/* hands out what was signed */
/* The family of a code that is redeemed, where scope and application are for one. */
void refresh_offer(struct redeem *redeem);

/* Who asks, for model/scope.h. */
struct scope_asker redeem_asker(const struct redeem *redeem);
/* Of the work's code: what is asked for now, and of that what one token is for. False: refused. */
bool redeem_narrow(struct redeem *redeem);
bool redeem_aim(struct redeem *redeem);

/* Family and token into the work. False: it is none of the family's, or there is none. */
bool refresh_read(struct redeem *redeem, const struct sp_record *record,
    uint64_t *out_generation);
/* As if the code of that sign-in were redeemed now: all that follows reads it there. */
void refresh_code(struct redeem *redeem);

/* Of the work's code: who the customer is to the app, where that isn't simply his id; or zero. */
struct sp_id redeem_subject(const struct redeem *redeem);

/* An access token of ours, for whomever: signature and what it says. `out_payload`: a new
 * reference. */
bool token_verify(struct redeem *redeem, json_t **out_payload);
unsigned about_inactive(struct redeem *redeem);
unsigned about_got_family(struct flow *flow, struct sp_op *answer, enum sp_status status);

#define REDEEM_STEP(file, name) \
	void file##_ask_##name(struct flow *flow); \
	unsigned file##_got_##name(struct flow *flow, struct sp_op *answer, \
	    enum sp_status status)
REDEEM_STEP(redeem, prove); REDEEM_STEP(about, end);
REDEEM_STEP(device, put); REDEEM_STEP(device, read); REDEEM_STEP(device, slow);
REDEEM_STEP(refresh, family); REDEEM_STEP(refresh, account); REDEEM_STEP(refresh, rotate);
REDEEM_STEP(refresh, end);

/* redeem_agreed.c: 1 address more to read, or 0; what was read there; and that it is still so when
 * the batch comes. */
size_t redeem_ask_agreed(const struct redeem *redeem, struct sp_address *out_at);
bool redeem_agreed(struct redeem *redeem, const struct sp_op *answer, size_t place);
void redeem_check_agreed(const struct redeem *redeem, struct sp_records_commit *commit);

/* The view: by the code's ids; room for one more. Got is false where it could not be read. */
enum { VIEW_COUNT = 3, VIEW_ROOM = 4 };
void redeem_view(const struct redeem *redeem, struct sp_address out_at[VIEW_COUNT]);
bool redeem_got_view(struct redeem *redeem, const struct sp_op *answer);
/* Signed out, disabled, reset, restored from a backup: all void. */
bool redeem_stands(const struct redeem *redeem);

char *redeem_payload(struct redeem *redeem, json_t *claims);	/* takes the reference */
