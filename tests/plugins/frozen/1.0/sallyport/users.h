/*
 * sallyport/users.h - who the customers are: user storage
 *
 * A users backend owns id, identifiers, enabled, attributes and the password
 * verifier, and nothing else. What Sallyport decides about a person (budgets,
 * epoch, blocks) lives in records, so that a backend may be anything: LMDB, a
 * company's SQL table, a read-only LDAP.
 *
 * Offer    An operation that is NULL is not offered. Conf check refuses user
 *          flows that need it. Only find and get are a must.
 * Ids      Core chooses them. So create is idempotent: the same id with the same
 *          content again is SP_OK, anything else in its place SP_CONFLICT.
 * Unique   Identifiers reach the backend normalised. No two users of a tenant
 *          share one; the backend, not core, sees to that, atomically.
 * Limits   Core keeps them, a backend may rely on them: SP_IDENTIFIER(S)_MAX,
 *          SP_ATTRIBUTES_MAX, SP_USER_MAX bytes in all, SP_CURSOR_MAX; UTF-8 without NUL.
 * Revision Any number that differs after every change; never 0.
 * Threads  Operations start on a loop and may not block: sp_op_work().
 * Memory   Core allocates all structs here, so all may grow. Text that a backend
 *          answers with is made with sp_op_alloc().
 * Secrets  Verifiers and passwords: never log them, never put them in an error.
 * Apart    "No such user" is SP_NOT_FOUND, a wrong password is SP_OK with the
 *          verdict SP_WRONG, a backend that is down is SP_UNAVAILABLE. Never fold
 *          one into another: core sees to it that a visitor can't tell them apart.
 */
#pragma once

#include <sallyport/plugin.h>

#define SP_USERS_ABI 1u
#define SP_IDENTIFIER_MAX 320u
#define SP_IDENTIFIERS_MAX 16u
#define SP_ATTRIBUTES_MAX 128u
#define SP_USER_MAX 49152u
#define SP_CURSOR_MAX 400u

struct sp_attribute { const char *name, *value; };	/* frozen */

struct sp_user {
	struct sp_id id;
	uint64_t revision;
	bool enabled;			/* zero: may not sign in */
	size_t identifier_count;
	const char *const *identifiers;	/* "ann@example.com", "ann" */
	size_t attribute_count;
	const struct sp_attribute *const *attributes;
	const char *verifier;		/* PHC string, or NULL: no password here */
	struct sp_user *next;		/* core's: in a list */
};

/* find by identifier, or get by id: fills what sp_users_found() returns. */
struct sp_users_find {
	struct sp_op op;
	struct sp_id tenant;
	const char *identifier;	/* find */
	struct sp_id id;	/* get */
	struct sp_user *user;	/* core's: the answer */
};

/*
 * create, update (only if the revision is user->revision), remove (likewise).
 * SP_OK: the new revision, of what is on the disk. SP_NOT_FOUND: no such user to
 * update or remove. SP_CONFLICT: somebody else's identifier, which `taken` names, or
 * another revision or other content under that id (`taken` is NULL).
 */
struct sp_users_change {
	struct sp_op op;
	struct sp_id tenant;
	const struct sp_user *user;	/* remove reads id and revision alone */
	uint64_t revision;		/* answer */
	const char *taken;		/* answer */
};

/* A page of users, each once, in an order of the backend's own that stays as it is. */
struct sp_users_list {
	struct sp_op op;
	struct sp_id tenant;
	const char *prefix;		/* of an identifier; NULL: all */
	struct sp_bytes cursor;		/* as answered before; empty: from the start */
	size_t limit;			/* 1 to 1000 */
	size_t count;			/* core counts */
	struct sp_bytes next;		/* answer: where the next page begins; empty: end */
	struct sp_user *first, *last;	/* core's */
};

enum sp_verdict {
	SP_WRONG = 0,
	SP_RIGHT,
	SP_EXPIRED,	/* right, and must be changed now */
};

/* For backends that keep verifiers to themselves, such as an LDAP bind. */
struct sp_users_verify {
	struct sp_op op;
	struct sp_id tenant, id;
	struct sp_bytes password;
	enum sp_verdict verdict;	/* answer */
};

/* Ids of groups that the backend knows of, beside Sallyport's own. */
struct sp_users_groups {
	struct sp_op op;
	struct sp_id tenant, id;
	size_t count;			/* answer */
	const struct sp_id *groups;	/* answer, sorted by memcmp */
};

struct sp_users {
	unsigned abi;	/* SP_USERS_ABI */
	size_t size;	/* sizeof(struct sp_users) */
	void (*find)(struct sp_users_find *op);
	void (*get)(struct sp_users_find *op);
	void (*create)(struct sp_users_change *op);
	void (*update)(struct sp_users_change *op);
	void (*remove)(struct sp_users_change *op);
	void (*list)(struct sp_users_list *op);
	void (*verify_password)(struct sp_users_verify *op);
	void (*list_groups)(struct sp_users_groups *op);
};

#define SP_USERS(...) { .abi = SP_USERS_ABI, .size = sizeof(struct sp_users), __VA_ARGS__ }

/* The user to fill in: the answer of find and get; the next of a list, where NULL
 * means that is enough. */
static inline struct sp_user *sp_users_found(struct sp_users_find *find)
{
	return find->op.host->users_found(find);
}

static inline struct sp_user *sp_users_add(struct sp_users_list *list)
{
	return list->op.host->users_add(list);
}
