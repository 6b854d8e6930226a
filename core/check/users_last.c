/* users_last.c - who is there in the next life; notes say who was acknowledged */
#include "check/racer.h"
#include "check/users.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIES_AT = 40, TOLD = RACERS };

static void keeps_anyone(bool found)
{
	if (!found && subject_fleeting())
		page_skip("it has no key that could name a place, and keeps nobody: fit for demos "
		    "and "
		    "tests only");
}

void users_leave(void)
{
	char names[] = "stays@example.com stays";
	struct users_person person;

	users_person(&person, users_ours(), users_id(1), names);
	users_make(&person, SP_OK, "create");
	person.user.enabled = false;
	users_alter(&person, SP_OK, "update");
}

static bool there(const char *name)
{
	struct users_look look = { .tenant = users_ours(), .name = name };

	return users_look(&look) == SP_OK;
}

void users_return(void)
{
	keeps_anyone(there("stays"));
	users_found(users_ours(), "stays", users_id(1), "off stays@example.com stays -",
	    USERS_DISK);
}

struct newcomer {
	struct racer racer;
	struct users_person person;
	char names[64];
};

static struct sp_op *newcomer_make(struct racer *racer, struct seat *seat)
{
	struct newcomer *newcomer = (struct newcomer *)racer;

	return &users_create(seat, newcomer->person.tenant, &newcomer->person.user)->op;
}

/* The process dies here, at once, with the others' writes under way. */
static bool newcomer_take(struct racer *racer, struct sp_op *answer, enum sp_status status)
{
	struct page *page = page_now();

	(void)answer;
	ask_must(status, SP_OK, USERS_CREATE, "create among 64");
	atomic_store(&page->notes[racer->number], 1);
	if (atomic_fetch_add(&page->notes[TOLD], 1) + 1 == DIES_AT)
		kill(getpid(), SIGKILL);
	return false;
}

void users_die(void)
{
	static struct newcomer newcomers[RACERS];

	page_step("64 creators, then kill -9");
	for (unsigned i = 0; i < RACERS; i++) {
		struct newcomer *newcomer = &newcomers[i];
		snprintf(newcomer->names, sizeof(newcomer->names), "new%u@example.com new%u", i, i);
		users_person(&newcomer->person, users_ours(), users_id(1 + i), newcomer->names);
		newcomer->racer = (struct racer){ .make = newcomer_make, .take = newcomer_take };
	}
	racers_run(newcomers, sizeof(newcomers[0]));
}

void users_survive(void)
{
	for (unsigned i = 0; i < RACERS; i++) {
		char name[32], mail[64], line[128];
		snprintf(name, sizeof(name), "new%u", i);
		snprintf(mail, sizeof(mail), "new%u@example.com", i);
		snprintf(line, sizeof(line), "on %s %s -", mail, name);
		bool told = atomic_load(&page_now()->notes[i]) != 0, found = there(name);
		keeps_anyone(found || !told);
		MUST(found || !told, USERS_DISK,
		    "kill -9: a user whose create was OK is not there in the next process");
		if (found)
			users_found(users_ours(), mail, users_id(1 + i), line, USERS_DISK);
		else
			users_absent(users_ours(), mail, USERS_DISK, "whose other name is not "
			    "there");
	}
}
