/*
 * binding.h - which instance fills which role
 *
 * Threads  Made on the main thread. Each loop has a row of its own, which only that loop
 *          reads and writes: mail instances may be replaced while the server runs.
 * Memory   Instances are the roster's (plugin/roster.h) and outlive what is bound to them.
 *          Make an operation from a seat in the same turn in which you asked for the seat.
 */
#pragma once

#include <stddef.h>

#define BINDING_MAIL_MAX 8u

struct binding;
struct instance;
struct loop;
struct seat;

enum binding_role { BINDING_USERS, BINDING_RECORDS, BINDING_POLICY, BINDING_MAIL, BINDING_ROLES };

/* The instances of one server; mail in order of trial. */
struct binding_set {
	struct instance *users, *records, *policy;
	struct instance *mail[BINDING_MAIL_MAX];
	size_t mail_count;
};

struct binding *binding_new(const struct binding_set *set, struct loop *const *loops,
    unsigned loop_count);
void binding_free(struct binding *binding);	/* accepts NULL */

/* On the loop. `place` is 0 but for mail, where NULL says that there are no more. */
struct seat *binding_seat(const struct binding *binding, enum binding_role role, size_t place,
    const struct loop *loop);

/* For conf checks and /readyz. NULL as above. Main thread. */
struct instance *binding_instance(const struct binding *binding, enum binding_role role,
    size_t place);

/* Not on a loop: returns when every loop uses the new ones. The old may then be freed. */
void binding_replace_mail(struct binding *binding, struct instance *const *mail, size_t count);
