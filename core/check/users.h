/*
 * users.h - what the suite of the role `users` asks, blocking, and what it demands
 *
 * Threads  The main thread. Failing  See page.h.
 */
#pragma once

#include "check/suite.h"
#include "plugin/users.h"

#define USERS_FIND "users.h, find, get: fills what sp_users_found() returns; nobody is SP_NOT_FOUND"
#define USERS_CREATE "users.h, Ids: the same id with the same content again is SP_OK, else CONFLICT"
#define USERS_UNIQUE \
	"users.h, Unique: no two users of a tenant share an identifier; `taken` names it"
#define USERS_UPDATE "users.h, update: only if the revision is user->revision"
#define USERS_REMOVE "users.h, remove: likewise; SP_NOT_FOUND: no such user to remove"
#define USERS_REVISION "users.h, Revision: any number that differs after every change; never 0"
#define USERS_LIMITS "users.h, Limits: a backend gets as much as SP_USER_MAX and its like"
#define USERS_LIST "users.h, list: a page of users, each once, in an order that stays as it is"
#define USERS_DISK "users.h, SP_OK: the new revision, of what is on the disk"

struct sp_id users_ours(void);		/* tenants of this run */
struct sp_id users_theirs(void);
struct sp_id users_id(unsigned number);

/* What the suite writes and reads: one user, flat. */
struct users_person {
	struct sp_id tenant;
	struct sp_user user;
	const char *names[SP_IDENTIFIERS_MAX];
	struct sp_attribute attributes[2];
	const struct sp_attribute *rows[2];
};

/* `names` are separated by spaces; the text is the caller's and is cut up. */
void users_person(struct users_person *person, struct sp_id tenant, struct sp_id id, char *names);

typedef struct sp_users_change *users_maker(struct seat *seat, struct sp_id tenant,
    const struct sp_user *user);

struct users_write {
	users_maker *make;	/* NULL: remove */
	const struct users_person *person;
	uint64_t revision;
	char taken[SP_IDENTIFIER_MAX + 1];
};

struct sp_op *users_write_make(struct seat *seat, void *write);
void users_write_read(struct sp_op *op, void *write);
enum sp_status users_write(struct users_write *write);

/* These keep the new revision in the person; anything but `want` is a breach of `clause`. */
void users_make(struct users_person *person, enum sp_status want, const char *what);
void users_alter(struct users_person *person, enum sp_status want, const char *what);
void users_drop(const struct users_person *person, enum sp_status want, const char *what);

/* A user as one line: on or off, names, attributes, verifier or -. */
struct users_look {
	struct sp_id tenant, id;
	const char *name;		/* NULL: by id */
	uint64_t revision;
	struct sp_id found;
	size_t length;
	char line[SP_USER_MAX];
};

enum sp_status users_look(struct users_look *look);
/* By name and by id it is `line`; else a breach of `clause`, which `when` introduces. */
void users_found(struct sp_id tenant, const char *name, struct sp_id id, const char *line,
    const char *clause);
void users_absent(struct sp_id tenant, const char *name, const char *clause, const char *when);

/* users_more.c, users_list.c, users_last.c */
void users_limits(void);
void users_race(void);
void users_listing(void);
void users_readonly(void);
void users_leave(void);
void users_return(void);
void users_die(void);
void users_survive(void);
