/*
 * user.h - what a user says of himself
 *
 * Threads  Any; pure. Failing  Never.
 */
#pragma once

#include <sallyport/users.h>

#include <string.h>

/* The value of an attribute; NULL: he has none of that name, or there is no user. */
static inline const char *user_attribute(const struct sp_user *user, const char *name)
{
	for (size_t i = 0; user != NULL && i < user->attribute_count; i++)
		if (strcmp(user->attributes[i]->name, name) == 0)
			return user->attributes[i]->value;
	return NULL;
}
