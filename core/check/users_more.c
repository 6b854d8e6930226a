/* users_more.c - as much as the contract allows, and 64 who want one name */
#include "check/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void users_limits(void)
{
	static char names[SP_IDENTIFIERS_MAX][SP_IDENTIFIER_MAX + 1], value[32000];
	char first[] = "long";
	struct users_person big;

	users_person(&big, users_ours(), users_id(4), first);
	for (size_t i = 1; i < SP_IDENTIFIERS_MAX; i++) {
		memset(names[i], 'a' + (int)i, SP_IDENTIFIER_MAX);
		big.names[i] = names[i];
	}
	big.user.identifier_count = SP_IDENTIFIERS_MAX;
	memset(value, 'v', sizeof(value) - 1);
	big.attributes[0] = (struct sp_attribute){ "", value };
	big.attributes[1] = (struct sp_attribute){ "empty", "" };
	big.rows[0] = &big.attributes[0];
	big.rows[1] = &big.attributes[1];
	big.user.attribute_count = 2;
	users_make(&big, SP_OK, "create of the greatest user");
	uint64_t revision = big.user.revision;
	users_make(&big, SP_OK, "the same create again");
	MUST(big.user.revision == revision, USERS_CREATE, "the same create again changed "
	    "something");
	struct users_look look = { .tenant = users_ours(), .name = names[SP_IDENTIFIERS_MAX - 1] };
	ask_must(users_look(&look), SP_OK, USERS_LIMITS, "find by the 16th name, of 320 bytes");
	MUST(strstr(look.line, value) != NULL, USERS_LIMITS, "an attribute of 32 KB is cut");
	users_drop(&big, SP_OK, "remove");
	users_absent(users_ours(), names[1], USERS_REMOVE, "who was removed");
	users_absent(users_ours(), "long", USERS_REMOVE, "who was removed");
}

enum { CREATORS = 64 };

struct creator {
	struct users_person person;
	char names[64];
	struct ask ask;
	struct users_write write;
};

static void creator_start(struct creator *creator, unsigned number)
{
	snprintf(creator->names, sizeof(creator->names), "racer%u prize", number);
	users_person(&creator->person, users_ours(), users_id(200 + number), creator->names);
	creator->write = (struct users_write){ .make = users_create, .person = &creator->person };
	creator->ask = (struct ask){ .what = "users.create", .make = users_write_make,
		.read = users_write_read, .arg = &creator->write };
	ask_start(&creator->ask, number);
}

static void creator_check(const struct creator *creator, unsigned number)
{
	char name[32], line[64];

	snprintf(name, sizeof(name), "racer%u", number);
	snprintf(line, sizeof(line), "on racer%u prize -", number);
	if (creator->ask.status == SP_OK) {
		users_found(users_ours(), "prize", creator->person.user.id, line, USERS_UNIQUE);
		return;
	}
	ask_must(creator->ask.status, SP_CONFLICT, USERS_UNIQUE, "create by one of 64");
	MUST(strcmp(creator->write.taken, "prize") == 0, USERS_UNIQUE,
	    "CONFLICT, and `taken` is '%.60s', not 'prize'", creator->write.taken);
	users_absent(users_ours(), name, USERS_UNIQUE, "whose create ended CONFLICT");
}

void users_race(void)
{
	static struct creator creators[CREATORS];
	unsigned won = 0;

	for (unsigned i = 0; i < CREATORS; i++)
		creator_start(&creators[i], i);
	for (unsigned i = 0; i < CREATORS; i++)
		won += ask_wait(&creators[i].ask) == SP_OK;
	MUST(won == 1, USERS_UNIQUE, "64 created a user of one name at once, and %u got it", won);
	for (unsigned i = 0; i < CREATORS; i++)
		creator_check(&creators[i], i);
}
