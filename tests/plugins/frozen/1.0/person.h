/*
 * person.h - one user, in one piece of memory
 *
 * Whole users are copied in and out, so that no answer points into what the lock guards.
 */
#pragma once

#include <sallyport/users.h>

struct person {
	struct sp_id tenant;
	struct sp_user user;
};

/* Bytes that the texts and arrays of a user take. */
size_t person_size(const struct sp_user *user);
/* Copies into `room`, which holds person_size() bytes and is aligned for pointers. */
void person_copy(void *room, const struct sp_user *from, struct sp_user *out_user);

struct person *person_new(const struct sp_id *tenant, const struct sp_user *user);
void person_free(struct person *person);	/* wipes it: it may hold a verifier */

/* All but the revision. */
bool person_same(const struct sp_user *a, const struct sp_user *b);
