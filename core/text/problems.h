/*
 * problems.h - everything that is wrong, told at once
 *
 * Whoever reads a folder of files goes on after the first mistake, so that its
 * author mends all of them in one go.
 *
 * Threads  Whoever has the arena. Memory  Texts are in the arena.
 * Failing  Never; after PROBLEMS_MAX the rest is only counted.
 */
#pragma once

#include <stddef.h>

struct arena;

#define PROBLEMS_MAX 64u

struct problems {
	struct arena *arena;
	const char *text[PROBLEMS_MAX];
	size_t count;	/* may be more than are kept */
};

void problems_begin(struct problems *problems, struct arena *arena);
void problems_add(struct problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One a line, "and N more" at the end. */
const char *problems_words(const struct problems *problems);
