/*
 * journey.h - one customer's way through a user flow
 *
 * What is next is a pure function: journey_step(journey, event) -> journey, ask. It knows no
 * HTTP, no storage, no clock of its own. A flow does the work that an event stands for (verify a
 * password, judge a code, ask the policy) and then tells the journey, which alone decides.
 *
 *	                .-- wrong: same stage, an error in the ask
 *	SIGN_IN   IDENTIFY -> [PROVE] -> (judged) -> [SEND ->] SECOND -> [PASSWORD ->] OVER
 *	SIGN_UP   IDENTIFY -> PROVE -> [PASSWORD] -> [ATTRIBUTES] -> (judged) -> (created) -> OVER
 *	RESET     IDENTIFY -> PROVE -> PASSWORD -> (changed) -> OVER
 *	LINK      IDENTIFY -> [PASSWORD -> (changed or created) ->] OVER
 *
 * Doors    A sign-in is done only when a first factor was passed in this journey (or in the
 *          session that it began with) and policy, asked with the factors that there are, wants no
 *          more. A code to the mailbox that was the first factor never is the second
 *          (3.4); a reset is no factor at all (3.5).
 * Code     EVENT_PROVED and EVENT_SECOND name the challenge that was passed; it must be the
 *          journey's own (attacks B15, C4) and is spent by the step.
 * Renewal  Policy may ask for a new password. Only who has passed password and second door in this
 *          journey chooses one; then policy is asked once more, and once only.
 * Sessions A journey that a session begins is made with the session's user, epoch, factors and
 * times, in JUDGING (policy is asked first) or SEND (it has been). Policy then lets it through,
 * wants a second door, or - the session being too old - all of it anew.
 * Wishes   What the app wishes beyond policy is asked for where that can be; if not, an essential
 * wish denies, a voluntary one is let go (requirements 92, 93). Whom the app speaks of
 *          (id_token_hint) is the only one who gets through (89).
 * Link     An operator at the server's own socket vouches for who bears it: policy is not asked (5.2,
 *          requirement 184), and what it opens says so for good, by a factor of its own.
 * Consent  A journey at CONSENT is made of a session that policy has let through; no event leads
 *          there, and only the customer's yes leads on.
 * Decoys   A journey goes on for an address that can't pass: sign-in and reset of nobody (user
 *          is zero), sign-up of somebody who is here already (user is not). It proves nothing.
 * Stored   Until the first charge or mail the journey is a sealed value in the form, with no
 *          record (2.1). `stored` says which it is.
 * Threads  Any; pure. Memory  The turn's arena.
 * Failing  An event that the stage doesn't allow is refused: journey_step() is false, nothing has
 *          moved (req 32, attacks C1-C4, C15-C17).
 */
#pragma once

#include "model/authorize.h"
#include "model/passcode.h"

enum journey_kind { JOURNEY_NONE = 0, JOURNEY_SIGN_IN, JOURNEY_SIGN_UP, JOURNEY_RESET,
	JOURNEY_LINK };

enum journey_stage {
	STAGE_OVER = 0,		/* done or denied: a tombstone until it expires */
	STAGE_IDENTIFY,		/* who: an address, and a password where the flow has them */
	STAGE_PROVE,		/* a code to an address: sign-up, reset, first factor */
	STAGE_PASSWORD,		/* a new one */
	STAGE_ATTRIBUTES,
	STAGE_SEND,		/* the second door, reached by GET: "Send code" */
	STAGE_SECOND,		/* the code of the second door */
	STAGE_CREATING,		/* decided; the account is being made or changed */
	STAGE_JUDGING,		/* all that was asked is passed; the policy's word is awaited */
	STAGE_CONSENT,		/* let through: may an app of somebody else have what it asks? */
};

enum journey_reason {		/* why denied, or why an input was refused */
	REASON_NONE = 0,
	REASON_CREDENTIALS,	/* unknown, wrong, disabled, paused: one answer (3.1) */
	REASON_CODE, REASON_CODE_EXPIRED, REASON_CODE_REPLACED,	/* wrong code; the ask goes on */
	REASON_TRIES,		/* the challenge is used up */
	REASON_PAUSED,		/* mfa budget: wait */
	REASON_SENDS,		/* send budget: wait */
	REASON_ADDRESS, REASON_ADDRESS_REFUSED,	/* not an address; the transport refuses it */
	REASON_NEW_PASSWORD,	/* see ask.verdict */
	REASON_ATTRIBUTE,	/* see ask.attribute */
	REASON_BLOCKED,		/* by policy */
	REASON_NO_METHOD,	/* MFA demanded, first factor was the mailbox, nothing else (3.4) */
	REASON_METHOD_OFF,	/* MFA demanded; Email is off for this customer (3.6) */
	REASON_GROUPS,		/* more groups than can be judged (4.3) */
	REASON_NO_SIGN_UP,	/* the app is in no user flow, or it allows no sign-up */
	REASON_EXPIRED, REASON_MOVED,	/* the journey: too old; another tab was first */
	REASON_FOREIGN,		/* another browser's, another tenant's, another issuer's */
	REASON_UNAVAILABLE,	/* a backend is down: 503 */
	REASON_NOT_ASSIGNED,	/* the application is for others: appRoleAssignmentRequired */
	REASON_OTHER,		/* another customer than the one whom the app speaks of */
	REASON_UNMET,		/* the app must have more than this sign-in can give */
	REASON_LINK,		/* no such sign-in link: used, too old, or not whole */
	REASONS,
};

struct journey_attribute { const char *name, *value; };

struct journey {
	struct sp_id id;
	enum journey_kind kind;
	enum journey_stage stage;
	enum local_method method;
	bool sign_up_allowed;
	bool stored;
	int64_t expires;		/* exclusive: at that time nothing moves any more */
	const char *issuer;
	uint8_t browser[32];		/* hash of the browser's cookie */
	struct authorize request;

	struct sp_id user;		/* zero: nobody known yet (or nobody: a decoy goes on) */
	uint64_t epoch, revision;	/* of the account; of the user when last read */
	const char *identifier, *address;	/* key form; as to be mailed */
	uint32_t factors;
	int64_t signed_in, factor_time;	/* as in a session */
	struct sp_id session;		/* the one that this began with: step-up. Zero: none */
	struct sp_id challenge;		/* the passcode under way */
	const char *verifier;		/* hash of the new password, until it is written */
	size_t attribute_count;
	const struct journey_attribute *attributes;
	bool stay, single_mailbox;
	bool founds;			/* a link for the first administrator */
	bool recorded;			/* CONSENT: its sign-in is on record already */
	bool renewed;			/* a new password was chosen because policy asked for it */
	enum journey_reason reason;	/* OVER: why denied; NONE: done */
};

enum journey_event_kind {
	EVENT_NONE = 0,
	EVENT_SIGN_IN, EVENT_SIGN_UP, EVENT_RESET,	/* from IDENTIFY of any kind */
	EVENT_IDENTIFIED,	/* well-formed; a code was or seems to be sent -> PROVE. `user`: whose
				 * address it is, in a sign-up too; zero: nobody's */
	EVENT_PASSWORD,		/* verified right, the user is known */
	EVENT_PROVED,		/* code right at PROVE: of `challenge` */
	EVENT_NEW_PASSWORD,	/* chosen, hashed */
	EVENT_ATTRIBUTES,
	EVENT_JUDGED,		/* policy has answered for all targets */
	EVENT_SENT,		/* the second door's code is on its way: SEND or judged -> SECOND */
	EVENT_SECOND,		/* code right at SECOND: of `challenge` */
	EVENT_MADE,		/* account created (with user, epoch, revision), password changed */
	EVENT_LINKED,		/* a sign-in link was right, and is spent. `user` zero: whoever
				 * bears it names himself, and becomes the first administrator */
	EVENT_CONSENTED,	/* the customer has agreed to what the app asks for */
	EVENT_DENIED,		/* by a reason: over; from any stage, also after expiry */
};

struct journey_event {
	enum journey_event_kind kind;
	int64_t now;
	struct sp_id user, challenge;
	uint64_t epoch, revision;
	const char *identifier, *address, *verifier;
	size_t attribute_count;
	const struct journey_attribute *attributes;
	enum sp_decision decision;	/* JUDGED: the strictest over all targets */
	uint32_t missing;		/* SP_MFA ... */
	uint32_t must, may;		/* likewise, for what the request wishes itself (wishes.h) */
	bool email_usable;		/* the Email method is on for this customer: JUDGED, and in a
					 * sign-up PROVED, NEW_PASSWORD, ATTRIBUTES */
	bool proof_counts;		/* the tenant's switch of 3.3: with the same events */
	bool attributes_wanted;		/* the flow asks for some: PROVED, NEW_PASSWORD */
	bool has_password;		/* LINKED: nothing is to be chosen */
	bool renewable;			/* JUDGED: passwords can be changed here */
	bool single_mailbox;		/* of the account, where the user becomes known */
	enum journey_reason reason;
};

/* What the customer is asked next. Surfaces make a page or JSON of it and add nothing. */
enum journey_ask {
	ASK_DENIED = 0,		/* journey.reason */
	ASK_SIGN_IN,		/* address and password; METHOD_OTP: address alone */
	ASK_ADDRESS,		/* sign-up, reset */
	ASK_CODE,
	ASK_SEND,
	ASK_NEW_PASSWORD,
	ASK_ATTRIBUTES,
	ASK_CONSENT,		/* may the app have this? */
	ASK_ACCOUNT,		/* which of those who are signed in here? */
	ASK_DONE,		/* back to the app */
	ASK_RESET_DONE,		/* sign in with the new password */
	ASK_LINK,		/* the sign-in link */
	ASK_LINKED,		/* signed in by it; there is no app to go back to */
	/* The flow's own work, never shown: */
	ASK_JUDGE,		/* ask the policy with journey.factors, then EVENT_JUDGED */
	ASK_CHALLENGE,		/* send a second-door code, then EVENT_SENT */
	ASK_MAKE,		/* create the account (sign-up) or change the password (reset) */
};

/* False: not now; journey and ask are untouched. `out_journey` may be `journey`. */
bool journey_step(const struct journey *journey, const struct journey_event *event,
    struct journey *out_journey, enum journey_ask *out_ask);

/* What the page of this stage asks, for GET and after an error. OVER: ASK_DENIED; a journey that is
 * done is not done again, whatever its tombstone says. */
enum journey_ask journey_asks(const struct journey *journey);

/* When its id was made, by the id's own clock (id_ordered()). */
int64_t journey_began(const struct journey *journey);

/* Of a code that this stage waits for: what it is for. NONE: no code here. */
enum passcode_purpose journey_purpose(const struct journey *journey);

/* Facts for the policy, from what the journey has passed; target, platform, client, locations
 * are the caller's to add. */
void journey_facts(const struct journey *journey, const struct tenant *tenant,
    struct sp_ids groups, int64_t now, struct sp_facts *out_facts);

/* Of a finished sign-in or sign-up: the session it makes, less id, hash and times of use. Of any
 * other: one of nobody, which is never valid. */
struct session;
void journey_session(const struct journey *journey, struct session *out_session);

void journey_pack(struct pack *pack, const struct journey *journey);
void journey_unpack(struct unpack *unpack, struct journey *out_journey);
const char *journey_reason_name(enum journey_reason reason);	/* "credentials": logs, JSON */
