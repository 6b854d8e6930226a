/*
 * intents.h - changes of a user, which no batch can span (DESIGN 5)
 *
 *	(a) a commit: intents_begin(), the audit entry "begun", and what must come first to fail
 *	    closed (the raised epoch, `blocked`)
 *	(b) users_create(), users_update() or users_remove() with exactly intent->user
 *	(c) a commit: intents_end()
 *
 * What a crash leaves between (a) and (c) is done again from the intent alone: at the next start
 * of this node, or by any node when the lease is over. So (c) may hold nothing that isn't here;
 * put the account of a new user, its groups and its journey into (a).
 *
 * Done again  create: the same id and content is OK; on CONFLICT it was made by this if he
 *             who has the id has its identifiers, too, whatever became of the rest since; else
 *             somebody else has the id or an identifier, and nothing of it stays. update: a
 *             CONFLICT is read and compared; what we wanted is there, or somebody else was
 *             later and wins. remove: NOT_FOUND is done. UNAVAILABLE: the intent stays for
 *             the next round.
 * Threads     A loop. Memory  Copied; the user is sealed on the disk (it has the verifier).
 */
#pragma once

#include <sallyport/records.h>
#include <sallyport/users.h>

struct arena;
struct store;

enum intent_kind {
	INTENT_NONE = 0,
	INTENT_CREATE,
	INTENT_UPDATE,		/* user->revision as it was read; disable, new verifier too */
	INTENT_ENABLE,		/* an update, after which the account is blocked no more */
	INTENT_REMOVE,
};

struct intent {
	struct sp_id id;		/* ordered */
	struct sp_id tenant;
	enum intent_kind kind;
	const struct sp_user *user;	/* whole, as it shall be; of remove: id and revision */
	struct sp_id audit;		/* the entry that (c) ends: zero, none */
	bool blocks;			/* (a) has blocked the account: given back where (b) fails */
	const char *audit_json;		/* as in (a); its "result" becomes that of (b) */

	struct sp_id node;		/* intents_begin() fills these in */
	int64_t begun;
};

/* False: greater than a record. */
bool intents_begin(struct sp_records_commit *commit, const struct store *store,
    struct intent *intent) __attribute__((warn_unused_result));
/* `success`: what (b) came to. Also ends the audit entry. Needs room for 2 changes. */
void intents_end(struct sp_records_commit *commit, const struct intent *intent, bool success);
/* The account as the change leaves it, in the same commit, with room for one more: enabled, or
 * buried with who is deleted. Where somebody else was later, nobody stays disabled by what did not
 * come to be. One that (a) made for somebody who isn't is taken back, but for the
 * mark of an earlier one of his id. */
struct account;
bool intents_settle(struct sp_records_commit *commit, const struct intent *intent, bool success,
    struct account *account, uint64_t revision) __attribute__((warn_unused_result));

struct sp_address intents_at(struct sp_id id);
struct sp_address intents_all(void);	/* for list_new() */
bool intents_read(struct arena *arena, const struct store *store, const struct sp_record *record,
    struct intent *out_intent);

/* (b) as an operation, for the caller's loop. */
struct seat;
struct sp_users_change *intents_operation(struct seat *users, const struct intent *intent);
/* The user who is there is the one that was wanted: for CONFLICT and UNKNOWN. */
bool intents_met(const struct intent *intent, const struct sp_user *there);
/* Who is there under the id of a CREATE was made by it: for CONFLICT. */
bool intents_made(const struct intent *intent, const struct sp_user *there);

/* For store/ alone. On loop 0; `mine`: also what this node's last life held, at the start. */
struct loop;
void intents_sweep(struct store *store, struct loop *loop, bool mine);
