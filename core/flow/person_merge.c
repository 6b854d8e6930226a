/* person_merge.c - attributes of a customer, changed */
#include "flow/person.h"

#include "base/arena.h"
#include "model/user.h"

void person_merge(struct arena *arena, const struct sp_user *old, const struct sp_user *wanted,
    struct sp_user *next)
{
	const struct sp_attribute **merged = arena_alloc(arena,
	    (old->attribute_count + wanted->attribute_count) * sizeof(*merged));
	size_t count = 0;

	for (size_t i = 0; i < old->attribute_count; i++)
		if (user_attribute(wanted, old->attributes[i]->name) == NULL)
			merged[count++] = old->attributes[i];
	for (size_t i = 0; i < wanted->attribute_count; i++)
		if (wanted->attributes[i]->value[0] != '\0')
			merged[count++] = wanted->attributes[i];
	next->attributes = merged;
	next->attribute_count = count;
}
