/*
 * conform.h - does a plugin keep the contract of its roles?
 *
 * One suite for each role, run against the real shared object through the real engine,
 * on two loops. A plain program, so that it runs under ThreadSanitizer too; a breach
 * ends it, saying which, so whoever calls these from a larger program forks first.
 */
#pragma once

#include "../house.h"

#include "base/arena.h"

#define CONFORM_NOON INT64_C(1800000000000)	/* wall time that suites begin at */

struct conform {
	struct house house;
	struct arena arena;
	const char *folder, *file;
	struct keys_pair pairs[17];	/* what the conf section says */
	unsigned lanes;
	struct instance *instance;
	bool lasting;		/* it has a place, so its data must outlive it */
};

/* `words` are key, value, key, value...: the plugin's own, and core's `lanes`. */
void conform_open(struct conform *conform, const char *folder, const char *file,
    char *const *words, int count);
void conform_close(struct conform *conform);
void conform_reopen(struct conform *conform);	/* a new instance with the same conf */

struct loop *conform_loop(const struct conform *conform, unsigned index);

void conform_records(struct conform *conform);
void conform_users(struct conform *conform);
void conform_policy(struct conform *conform);
void conform_mail(struct conform *conform);

/* Part of conform_records(): a hundred short-lived records a round. */
void conform_churn(struct conform *conform, unsigned rounds);

/* All that the plugin offers, and that it has misused nothing. */
void conform_all(struct conform *conform);
