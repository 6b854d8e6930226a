#include "person.h"

#include <stdlib.h>
#include <string.h>

static size_t text_size(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

size_t person_size(const struct sp_user *user)
{
	size_t size = user->identifier_count * sizeof(char *) +
	    user->attribute_count * (sizeof(void *) + sizeof(struct sp_attribute)) +
	    text_size(user->verifier);

	for (size_t i = 0; i < user->identifier_count; i++)
		size += text_size(user->identifiers[i]);
	for (size_t i = 0; i < user->attribute_count; i++)
		size += text_size(user->attributes[i]->name) +
		    text_size(user->attributes[i]->value);
	return size;
}

static const char *text_copy(char **room, const char *text)
{
	size_t size = text_size(text);
	char *to = *room;

	if (text == NULL)
		return NULL;
	memcpy(to, text, size);
	*room += size;
	return to;
}

/* The arrays first, then the texts: so all stays aligned. */
void person_copy(void *room, const struct sp_user *from, struct sp_user *out_user)
{
	const char **identifiers = room;
	const struct sp_attribute **rows = (void *)(identifiers + from->identifier_count);
	struct sp_attribute *attributes = (void *)(rows + from->attribute_count);
	char *texts = (char *)(attributes + from->attribute_count);

	for (size_t i = 0; i < from->identifier_count; i++)
		identifiers[i] = text_copy(&texts, from->identifiers[i]);
	for (size_t i = 0; i < from->attribute_count; i++) {
		attributes[i].name = text_copy(&texts, from->attributes[i]->name);
		attributes[i].value = text_copy(&texts, from->attributes[i]->value);
		rows[i] = &attributes[i];
	}
	out_user->id = from->id;
	out_user->revision = from->revision;
	out_user->enabled = from->enabled;
	out_user->identifier_count = from->identifier_count;
	out_user->identifiers = identifiers;
	out_user->attribute_count = from->attribute_count;
	out_user->attributes = rows;
	out_user->verifier = text_copy(&texts, from->verifier);
}

struct person *person_new(const struct sp_id *tenant, const struct sp_user *user)
{
	struct person *person = calloc(1, sizeof(*person) + person_size(user));

	if (person == NULL)
		abort();
	person->tenant = *tenant;
	person_copy(person + 1, user, &person->user);
	return person;
}

void person_free(struct person *person)
{
	explicit_bzero(person, sizeof(*person) + person_size(&person->user));
	free(person);
}

static bool text_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool person_same(const struct sp_user *a, const struct sp_user *b)
{
	bool same = a->enabled == b->enabled && a->identifier_count == b->identifier_count &&
	    a->attribute_count == b->attribute_count && text_same(a->verifier, b->verifier);

	for (size_t i = 0; same && i < a->identifier_count; i++)
		same = text_same(a->identifiers[i], b->identifiers[i]);
	for (size_t i = 0; same && i < a->attribute_count; i++)
		same = text_same(a->attributes[i]->name, b->attributes[i]->name) &&
		    text_same(a->attributes[i]->value, b->attributes[i]->value);
	return same;
}
