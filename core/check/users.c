#include "check/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANN "on ann@example.com ann city=Zürich 東京 🎈 $argon2id$v=19$x"

struct sp_id users_ours(void)
{
	return page_now()->scope;
}

struct sp_id users_theirs(void)
{
	struct sp_id other = page_now()->scope;

	other.byte[8] ^= 1;
	return other;
}

struct sp_id users_id(unsigned number)
{
	return (struct sp_id){ { 0x10, (uint8_t)(number >> 8), (uint8_t)number } };
}

void users_person(struct users_person *person, struct sp_id tenant, struct sp_id id, char *names)
{
	*person = (struct users_person){ .tenant = tenant, .user = { .id = id, .enabled = true,
		.identifiers = person->names, .attributes = person->rows } };
	for (char *save, *name = strtok_r(names, " ", &save); name != NULL;
	    name = strtok_r(NULL, " ", &save))
		person->names[person->user.identifier_count++] = name;
}

struct sp_op *users_write_make(struct seat *seat, void *arg)
{
	const struct users_write *write = arg;

	if (write->make != NULL && !users_fits(&write->person->user))
		abort();
	if (write->make != NULL)
		return &write->make(seat, write->person->tenant, &write->person->user)->op;
	return &users_remove(seat, write->person->tenant, write->person->user.id,
	    write->person->user.revision)->op;
}

void users_write_read(struct sp_op *op, void *arg)
{
	const struct sp_users_change *answer = (const struct sp_users_change *)op;
	struct users_write *write = arg;

	write->revision = answer->revision;
	if (answer->taken != NULL)
		snprintf(write->taken, sizeof(write->taken), "%s", answer->taken);
}

enum sp_status users_write(struct users_write *write)
{
	struct ask ask = { .what = write->make == users_create ? "users.create" : write->make ==
		users_update ? "users.update" : "users.remove", .make = users_write_make,
		.read = users_write_read, .arg = write };

	return ask_run(&ask, 0);
}

static void write_must(struct users_write *write, enum sp_status want, const char *clause,
    const char *what)
{
	ask_must(users_write(write), want, clause, what);
	MUST(want != SP_OK || write->make == NULL || write->revision != 0, USERS_REVISION,
	    "%s: OK with revision 0", what);
}

void users_make(struct users_person *person, enum sp_status want, const char *what)
{
	struct users_write new = { .make = users_create, .person = person };

	write_must(&new, want, USERS_CREATE, what);
	if (want == SP_OK)
		person->user.revision = new.revision;
}

void users_alter(struct users_person *person, enum sp_status want, const char *what)
{
	struct users_write other = { .make = users_update, .person = person };

	write_must(&other, want, USERS_UPDATE, what);
	MUST(want != SP_OK || other.revision != person->user.revision, USERS_REVISION,
	    "%s: OK, and the revision is the same", what);
	if (want == SP_OK)
		person->user.revision = other.revision;
}

void users_drop(const struct users_person *person, enum sp_status want, const char *what)
{
	struct users_write gone = { .person = person };

	write_must(&gone, want, USERS_REMOVE, what);
}

/* Reads. */

static void line_add(struct users_look *look, const char *before, const char *text)
{
	int size = snprintf(look->line + look->length, sizeof(look->line) - look->length,
	    "%s%s", before, text);

	MUST(size >= 0 && (size_t)size < sizeof(look->line) - look->length, USERS_LIMITS,
	    "a user comes back greater than any may be");
	look->length += (size_t)size;
}

static struct sp_op *look_make(struct seat *seat, void *arg)
{
	const struct users_look *look = arg;

	if (look->name != NULL)
		return &users_find(seat, look->tenant, look->name)->op;
	return &users_get(seat, look->tenant, look->id)->op;
}

static void look_read(struct sp_op *op, void *arg)
{
	const struct sp_user *user = ((const struct sp_users_find *)op)->user;
	struct users_look *look = arg;

	if (user == NULL)
		return;
	look->found = user->id;
	look->revision = user->revision;
	line_add(look, "", user->enabled ? "on" : "off");
	for (size_t i = 0; i < user->identifier_count; i++)
		line_add(look, " ", user->identifiers[i]);
	for (size_t i = 0; i < user->attribute_count; i++) {
		line_add(look, " ", user->attributes[i]->name);
		line_add(look, "=", user->attributes[i]->value);
	}
	line_add(look, " ", user->verifier != NULL ? user->verifier : "-");
}

enum sp_status users_look(struct users_look *look)
{
	struct ask read = { .what = look->name != NULL ? "users.find" : "users.get",
		.make = look_make, .read = look_read, .arg = look };

	return ask_run(&read, 1);
}

void users_found(struct sp_id tenant, const char *name, struct sp_id id, const char *line,
    const char *clause)
{
	struct users_look by_name = { .tenant = tenant, .name = name };
	struct users_look by_id = { .tenant = tenant, .id = id };

	ask_must(users_look(&by_name), SP_OK, clause, "find of a user that is there");
	ask_must(users_look(&by_id), SP_OK, clause, "get of a user that is there");
	MUST(memcmp(&by_name.found, &id, sizeof(id)) == 0, clause, "find of '%s': another's id",
	    name);
	MUST(by_name.revision != 0 && by_name.revision == by_id.revision, USERS_REVISION,
	    "find says revision %llu, get %llu", (unsigned long long)by_name.revision,
	    (unsigned long long)by_id.revision);
	MUST(strcmp(by_name.line, line) == 0, clause, "find: '%.150s', not '%.150s'", by_name.line,
	    line);
	MUST(strcmp(by_id.line, line) == 0, clause, "get: '%.150s', not '%.150s'", by_id.line,
	    line);
}

void users_absent(struct sp_id tenant, const char *name, const char *clause, const char *when)
{
	struct users_look by_name = { .tenant = tenant, .name = name };
	char what[160];

	snprintf(what, sizeof(what), "find of '%.60s' %s", name, when);
	ask_must(users_look(&by_name), SP_NOT_FOUND, clause, what);
}

static void ann_make(struct users_person *ann, char *names)
{
	users_person(ann, users_ours(), users_id(1), names);
	ann->user.verifier = "$argon2id$v=19$x";
	ann->rows[0] = &ann->attributes[0];
	ann->attributes[0] = (struct sp_attribute){ "city", "Zürich 東京 🎈" };
	ann->user.attribute_count = 1;
	users_make(ann, SP_OK, "create");
}

static void creating(void)
{
	char names[] = "ann@example.com ann", others[] = "ann@example.com ann";
	struct users_look nobody = { .tenant = users_ours(), .id = users_id(1) };
	struct users_person ann, twin;

	users_absent(users_ours(), "ann", USERS_FIND, "who was never created");
	ask_must(users_look(&nobody), SP_NOT_FOUND, USERS_FIND, "get of a user who was never "
	    "created");
	ann_make(&ann, names);
	users_found(users_ours(), "ann", users_id(1), ANN, USERS_FIND);
	users_found(users_ours(), "ann@example.com", users_id(1), ANN, USERS_FIND);
	/* Again: the same is fine, anything else is not. */
	uint64_t revision = ann.user.revision;
	users_make(&ann, SP_OK, "the same create again");
	MUST(ann.user.revision == revision, USERS_CREATE,
	    "the same create again has another revision: it has changed something");
	ann.user.enabled = false;
	users_make(&ann, SP_CONFLICT, "create with other content under an id that is there");
	users_absent(users_theirs(), "ann", "users.h: each tenant has users of its own",
	    "in another tenant");
	users_person(&twin, users_theirs(), users_id(1), others);
	users_make(&twin, SP_OK, "create with the id and names of another tenant's user");
	users_found(users_theirs(), "ann", users_id(1), "on ann@example.com ann -", USERS_FIND);
	users_found(users_ours(), "ann", users_id(1), ANN, USERS_FIND);
}

static void taken_must(users_maker *make, const struct users_person *bob, const char *what)
{
	struct users_write taken = { .make = make, .person = bob };

	ask_must(users_write(&taken), SP_CONFLICT, USERS_UNIQUE, what);
	MUST(strcmp(taken.taken, "ann") == 0, USERS_UNIQUE, "%s: CONFLICT, and `taken` is "
	    "'%.60s', not "
	    "'ann'", what, taken.taken);
}

static void unique_names(void)
{
	char anns[] = "ann@example.com ann", names[] = "bob@example.com ann",
	    free_names[] = "bob@example.com";
	struct users_person ann, bob;

	ann_make(&ann, anns);
	users_person(&bob, users_ours(), users_id(2), names);
	taken_must(users_create, &bob, "create with another user's identifier");
	users_absent(users_ours(), "bob@example.com", USERS_UNIQUE, "whose create ended CONFLICT");
	users_person(&bob, users_ours(), users_id(2), free_names);
	users_make(&bob, SP_OK, "create with the identifier that was free");
	bob.names[bob.user.identifier_count++] = "ann";
	taken_must(users_update, &bob, "update to another user's identifier");
	users_found(users_ours(), "bob@example.com", users_id(2), "on bob@example.com -",
	    USERS_UNIQUE);
	users_found(users_ours(), "ann", users_id(1), ANN, USERS_UNIQUE);
}

static void updating(void)
{
	char names[] = "cy@example.com cy", empty[] = "x";
	struct users_person cy, none;

	users_person(&cy, users_ours(), users_id(3), names);
	users_make(&cy, SP_OK, "create");
	struct users_person stale = cy;
	stale.user.identifiers = stale.names;
	stale.user.attributes = stale.rows;
	cy.names[1] = "cyrus";
	cy.user.enabled = false;
	cy.user.verifier = "$argon2id$v=19$y";
	users_alter(&cy, SP_OK, "update");
	users_found(users_ours(), "cyrus", users_id(3), "off cy@example.com cyrus $argon2id$v=19$y",
	    USERS_UPDATE);
	users_absent(users_ours(), "cy", USERS_UPDATE, "which was given up by an update");
	struct users_write late = { .make = users_update, .person = &stale };
	ask_must(users_write(&late), SP_CONFLICT, USERS_UPDATE, "update with an older revision");
	MUST(late.taken[0] == '\0', USERS_UPDATE, "another revision: `taken` must be NULL");
	users_drop(&stale, SP_CONFLICT, "remove with an older revision");
	users_alter(&cy, SP_OK, "update to the same content");
	users_person(&none, users_ours(), users_id(99), empty);
	none.user.revision = 1;
	users_alter(&none, SP_NOT_FOUND, "update of nobody");
	users_drop(&none, SP_NOT_FOUND, "remove of nobody");
	users_drop(&cy, SP_OK, "remove");
	users_drop(&cy, SP_NOT_FOUND, "the same remove again");
	users_absent(users_ours(), "cyrus", USERS_REMOVE, "who was removed");
	users_absent(users_ours(), "cy@example.com", USERS_REMOVE, "who was removed");
	cy.user.enabled = true;
	users_make(&cy, SP_OK, "create of a user who was removed");
	users_drop(&cy, SP_OK, "remove");
}

/* A read-only backend is asked what it offers, and nothing else. */

static bool writable(void)
{
	return users_offers(subject.instance, &users_kind_create) &&
	    users_offers(subject.instance, &users_kind_update) &&
	    users_offers(subject.instance, &users_kind_remove);
}

static void need_writes(void)
{
	if (!writable())
		page_skip("create, update and remove are not all offered: it is read-only");
}

#define IF_WRITABLE(name, fn) static void name(void) { need_writes(); fn(); }
IF_WRITABLE(run_creating, creating)
IF_WRITABLE(run_unique, unique_names)
IF_WRITABLE(run_updating, updating)
IF_WRITABLE(run_limits, users_limits)
IF_WRITABLE(run_race, users_race)
IF_WRITABLE(run_listing, users_listing)
IF_WRITABLE(run_leave, users_leave)
IF_WRITABLE(run_die, users_die)

static void blocks(void)
{
	struct users_look nobody = { .tenant = users_ours(), .name = "nobody@example.com" };
	struct ask find = { .what = "users.find", .make = look_make, .arg = &nobody };

	blocks_check(&find);
}

static void turn(unsigned number)
{
	char names[] = "turn@example.com turn";
	struct users_person person;

	users_person(&person, users_ours(), users_id(number), names);
	if (writable())
		users_make(&person, SP_OK, "create");
	struct users_look look = { .tenant = users_ours(), .name = "turn" };
	users_look(&look);
	if (writable())
		users_drop(&person, SP_OK, "remove");
}

static void keeps(void)
{
	keeps_check(turn, KEEPS_TURNS, "create, find and remove");
}

const struct suite_row suite_users[] = {
	{ "users.find", "nobody is NOT_FOUND; who is listed is found", users_readonly, NULL, 0, 0 },
	{ "users.create", "created once, found by each name, each tenant apart", run_creating,
	    NULL, 0,
	    0 },
	{ "users.unique", "no two users share an identifier", run_unique, NULL, 0, 0 },
	{ "users.update", "update and remove, by revision", run_updating, NULL, 0, 0 },
	{ "users.limits", "16 names of 320 bytes, attributes of 32 KB", run_limits, NULL, 0, 0 },
	{ "users.race", "64 want one name: one gets it", run_race, NULL, 0, 0 },
	{ "users.list", "pages: each user once, by prefix of any name", run_listing, NULL, 0, 0 },
	{ "users.blocks", "submit returns at once", blocks, NULL, 0, 0 },
	{ "users.keeps", "no memory and no file is kept", keeps, NULL, 0, 0 },
	{ "users.restart", "who was written is there in the next process", run_leave,
	    users_return, 0,
	    0 },
	{ "users.kill", "who was acknowledged survives kill -9", run_die, users_survive, true, 0 },
	{ 0 },
};
