/*
 * sallyport/policy.h - who must pass a second door, for which app
 *
 * A policy engine compiles a tenant's policies into a set and judges facts by it.
 * It knows no HTTP and no JSON: facts are typed, ids are sixteen bytes.
 *
 * Asked    At every issuance of a token, refresh too, for each target; failing denies.
 * Applies  A policy applies when all its conditions hold. What an include names is
 *          OR, exclude beats include. What applies must all be met; a block beats
 *          all; when nothing applies: allow. Report-only is judged, changes nothing.
 * Threads  load() and free_set() run on a lane, one at a time, and may block.
 *          decide_now() is a plain function: it runs on any loop, many at once on
 *          one set, and neither blocks nor writes outside `here` and `out`.
 *          decide() is an operation, for engines elsewhere. One of the two is a must.
 * Memory   Core makes all structs here, so all may grow. What load() reads stays valid
 *          until free_set(); `out` comes zeroed, its arrays as long as the set. Every
 *          array of ids ascends by memcmp, without doubles.
 * Fails    The zero of each enum denies: an engine that forgets to answer, denies.
 */
#pragma once

#include <sallyport/plugin.h>

#define SP_POLICY_ABI 1u
#define SP_GROUPS_MAX 2048u	/* of a user: more is denied before it comes here */
struct sp_ids { size_t count; const struct sp_id *sorted; };	/* frozen */

/* Zeroed: nobody, so what has vanished never widens it. Not set is `all`, unknown too. */
struct sp_scope { bool all; struct sp_ids include, exclude; };
enum sp_state { SP_OFF = 0, SP_REPORT_ONLY, SP_ON };

/* What a policy asks for, in the order of asking. A bit that is not known: SP_BLOCK. */
enum sp_control {
	SP_BLOCK = 1 << 0,
	SP_MFA = 1 << 1,	/* one of SP_FACTORS_SECOND */
	SP_STRENGTH = 1 << 2,	/* one of the factors in `strength` */
	SP_NEW_PASSWORD = 1 << 3, /* changed no earlier than `password_since` */
	SP_TERMS = 1 << 4,	/* all of `terms` accepted */
	SP_AGAIN = 1 << 5,	/* in answers only: sign in again, it was too long ago */
};

enum sp_factor {	/* that were passed, as bits */
	SP_FACTOR_PASSWORD = 1 << 0, SP_FACTOR_EMAIL_FIRST = 1 << 1, SP_FACTOR_EMAIL_SECOND = 1 << 2,
	SP_FACTOR_TOTP = 1 << 3, SP_FACTOR_PASSKEY = 1 << 4, SP_FACTOR_SECURITY_KEY = 1 << 5,
	SP_FACTOR_RECOVERY = 1 << 6, SP_FACTOR_SMS = 1 << 7,
};
#define SP_FACTORS_SECOND (SP_FACTOR_EMAIL_SECOND | SP_FACTOR_TOTP | SP_FACTOR_PASSKEY | \
	SP_FACTOR_SECURITY_KEY | SP_FACTOR_RECOVERY | SP_FACTOR_SMS)

/* A policy names a mask, include without exclude; a fact one bit, 0 is the unknown. */
#define SP_EVERY UINT32_MAX	/* the mask that is not set */
enum sp_platform {
	SP_PLATFORM_UNKNOWN = 1 << 0, SP_ANDROID = 1 << 1, SP_IOS = 1 << 2, SP_WINDOWS = 1 << 3,
	SP_WINDOWS_PHONE = 1 << 4, SP_MACOS = 1 << 5, SP_LINUX = 1 << 6,
};
enum sp_client {
	SP_CLIENT_OTHER = 1 << 0, SP_BROWSER = 1 << 1, SP_NATIVE = 1 << 2,
	SP_ACTIVE_SYNC = 1 << 3, SP_ACTIVE_SYNC_SUPPORTED = 1 << 4,
};

struct sp_contexts { uint64_t bits[2]; };	/* frozen; "c99" is bit 99 % 64 of bits[99 / 64] */
enum sp_persistent { SP_PERSISTENT_UNSET = 0, SP_PERSISTENT_ALWAYS, SP_PERSISTENT_NEVER };

struct sp_policy_row {
	struct sp_id id;
	uint64_t revision;	/* for the log */
	enum sp_state state;
	struct sp_scope users, groups;	/* either in-, either excludes; groups.all: unused */
	struct sp_scope apps;		/* and resources and user actions */
	struct sp_contexts contexts;	/* not zero: these are the targets, not `apps` */
	struct sp_scope locations;	/* also of trusted ones in all, by an id of its own */
	uint32_t platforms, clients;	/* masks */
	uint32_t controls;	/* 0 without a session control: block */
	bool any_of;		/* one of the controls is enough */
	uint32_t strength;	/* enum sp_factor */
	int64_t password_since;
	struct sp_ids terms;
	int64_t frequency;	/* ms that a sign-in lasts; 0: as long as the session */
	bool every_time;	/* a sign-in counts only for the request that it was made for */
	bool second_only;	/* of both: the first factor may be old */
	enum sp_persistent persistent;	/* browser session */
};

/* What is known about this sign-in, for one target. Unknown is zero. */
struct sp_facts {
	struct sp_id tenant, user, target;
	struct sp_contexts contexts;	/* asked for */
	struct sp_ids groups;		/* of the user: nested ones too, and role ids */
	struct sp_ids locations;	/* named ones that hold the address */
	struct sp_ids terms;		/* accepted */
	uint32_t platform, client;
	uint32_t factors;		/* enum sp_factor */
	bool single_mailbox;		/* a reset within a day: one mailbox proved all */
	int64_t signed_in, factor_time;	/* first and second factor, ms; 0: not yet */
	int64_t password_changed;
	int64_t began, now;		/* this request or journey (see every_time), and now */
};

enum sp_decision { SP_DENY = 0, SP_ASK /* for all of `missing` first */, SP_ALLOW };

/* Of one policy. The sign-in log says: unknown, notEnabled, notApplied, success, failure,
 * then reportOnly: NotApplied, Success, Failure (a block), Interrupted (would ask). */
enum sp_result {
	SP_NOT_JUDGED = 0, SP_NOT_ENABLED, SP_NOT_APPLIED, SP_MET, SP_UNMET,
	SP_REPORT_NOT_APPLIED, SP_REPORT_MET, SP_REPORT_BLOCKED, SP_REPORT_ASKED,
};

/* The first condition that did not hold, in the order of judging. */
enum sp_condition {
	SP_NONE = 0, SP_BY_STATE, SP_BY_USER, SP_BY_APP, SP_BY_CONTEXT, SP_BY_PLATFORM,
	SP_BY_CLIENT, SP_BY_LOCATION,
};

struct sp_judgement {
	enum sp_decision decision;
	uint32_t missing;	/* enum sp_control; SP_BLOCK alone: blocked. Of any_of: the first */
	uint32_t strength;	/* SP_STRENGTH is missing: factors that would do */
	int64_t frequency;	/* the shortest that applies, 0: none */
	bool every_time;	/* one that applies says so */
	enum sp_persistent persistent;	/* never beats always */
	uint8_t *results;	/* enum sp_result, one for each policy of the set */
	uint8_t *conditions;	/* enum sp_condition, likewise */
};

struct sp_policy_load {
	struct sp_op op;
	struct sp_id tenant;
	const struct sp_policy_row *const *policies;
	size_t count;
	void *set;	/* answer */
};

struct sp_policy_decide {
	struct sp_op op;
	const void *set;
	const struct sp_facts *facts;
	struct sp_judgement *out;
};

struct sp_policy {
	unsigned abi;	/* SP_POLICY_ABI */
	size_t size;	/* sizeof(struct sp_policy) */
	void (*load)(struct sp_policy_load *op);
	void (*free_set)(void *self, void *set);
	enum sp_status (*decide_now)(void *here, const void *set,
	    const struct sp_facts *facts, struct sp_judgement *out);
	void (*decide)(struct sp_policy_decide *op);
};

#define SP_POLICY(...) { .abi = SP_POLICY_ABI, .size = sizeof(struct sp_policy), __VA_ARGS__ }
