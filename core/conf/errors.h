/*
 * errors.h - all that is wrong with a conf file, told at once
 *
 *	/etc/sallyport.yaml:12:9: listen.public.address: cannot be 'x'; allowed: ...
 *
 * Threads  The main thread.
 * Memory   In the arena that it was begun with.
 * Failing  Never. Beyond ERRORS_MAX only the count grows.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct arena;

#define ERRORS_MAX 100u

struct place { unsigned line, column; };	/* from 1; zero: none */

struct error { struct place at; const char *text; struct error *next; };

struct errors {
	struct arena *arena;
	const char *file;
	size_t count, warnings;
	struct error *first, *last;	/* in order of finding */
	struct error *first_warning, *last_warning;
};

void errors_begin(struct errors *errors, struct arena *arena, const char *file);
void errors_add(struct errors *errors, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void errors_warn(struct errors *errors, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Also those of `from`, as they are: it may have had another arena. */
void errors_take(struct errors *errors, const struct errors *from);

/* Sorted by place, one a line; warnings too. */
void errors_print(struct errors *errors, FILE *out);
void errors_log(struct errors *errors);		/* the same, for a server that runs */
