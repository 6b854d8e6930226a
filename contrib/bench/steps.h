/*
 * steps.h - what a customer does, request by request, and what must come back
 *
 * A mode is a row of steps. A step asks and says what is wrong with the answer; one that asks
 * nothing waits for the mail.
 */
#pragma once

#include "wire.h"

#include <stdbool.h>

enum { TEXT_MOST = 4096 };

/* One line of the file of people: tenant, apps with and without the second door, who. */
struct person {
	char tenant[64], guarded[64], open[64], email[96], password[64];
	struct customer *busy;		/* who plays him now */
};

struct customer {
	struct wire wire;		/* first */
	struct person *person;
	const struct mode *mode;
	unsigned step;
	bool waiting;			/* for the mail */
	unsigned long number;		/* of the flow, counted over all runs */
	double began;
	char cookie[TEXT_MOST], journey[TEXT_MOST], code[1024];
	char token[TEXT_MOST], refresh[256];
};

struct step {
	const char *name;
	void (*ask)(struct customer *customer);
	const char *(*got)(struct customer *customer, const struct reply *reply);
};

#define STEPS_MOST 7

struct mode {
	const char *name;
	bool keeps;			/* writes the journey down, for "resend" */
	bool kept;			/* begins with such a one */
	bool stays;			/* on one connection for ever */
	unsigned again;			/* then from this step on: those before make it ready */
	const struct step *steps[STEPS_MOST];
};

extern const struct mode modes[];	/* ends with a name that is NULL */
extern char steps_host[32];		/* "127.0.0.1:8080" */
