/*
 * conform.h - a plugin with a conf, opened on two loops, for tests that look at the other end
 *
 * Whether it keeps the contract is for core/check to say.
 */
#pragma once

#include "../house.h"

#include "base/arena.h"

#define CONFORM_NOON INT64_C(1800000000000)	/* wall time that churn begins at */

struct conform {
	struct house house;
	struct arena arena;
	const char *folder, *file;
	struct keys_pair pairs[17];	/* what the conf section says */
	unsigned lanes;
	struct instance *instance;
};

/* `words` are key, value, key, value...: the plugin's own, and core's `lanes`. */
void conform_open(struct conform *conform, const char *folder, const char *file,
    char *const *words, int count);
void conform_close(struct conform *conform);

struct loop *conform_loop(const struct conform *conform, unsigned index);

/* churn.c: a hundred short-lived records a round. */
void conform_churn(struct conform *conform, unsigned rounds);
