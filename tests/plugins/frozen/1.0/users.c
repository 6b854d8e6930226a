/*
 * users.c - users in two sorted arrays: by id, and their names
 *
 * A name points to its person, and its text is the person's: so whoever changes a user
 * takes the old names out first and puts the new ones in last.
 */
#include "memory.h"
#include "person.h"

#include <stdlib.h>
#include <string.h>

struct name {
	const struct person *owner;
	const char *text;
};

static int id_compare(const struct sp_id *a, const struct sp_id *b)
{
	return memcmp(a, b, sizeof(*a));
}

/* Order by tenant, then what is in it. */
static size_t person_place(const struct memory *memory, const struct sp_id *tenant,
    const struct sp_id *id)
{
	size_t low = 0, high = memory->person_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct person *person = memory->persons[middle];
		int order = id_compare(&person->tenant, tenant);
		if (order == 0)
			order = id_compare(&person->user.id, id);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t name_place(const struct memory *memory, const struct sp_id *tenant,
    const char *text)
{
	size_t low = 0, high = memory->name_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct name *name = &memory->names[middle];
		int order = id_compare(&name->owner->tenant, tenant);
		if (order == 0)
			order = strcmp(name->text, text);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct person *person_by_id(const struct memory *memory, const struct sp_id *tenant,
    const struct sp_id *id)
{
	size_t place = person_place(memory, tenant, id);
	struct person *person = place < memory->person_count ? memory->persons[place] : NULL;

	if (person == NULL || id_compare(&person->tenant, tenant) != 0 ||
	    id_compare(&person->user.id, id) != 0)
		return NULL;
	return person;
}

static const struct person *person_by_name(const struct memory *memory,
    const struct sp_id *tenant, const char *text)
{
	size_t place = name_place(memory, tenant, text);
	const struct name *name = place < memory->name_count ? &memory->names[place] : NULL;

	if (name == NULL || id_compare(&name->owner->tenant, tenant) != 0 ||
	    strcmp(name->text, text) != 0)
		return NULL;
	return name->owner;
}

/* Makes a hole at `place` in an array, or closes one. */
static void *array_open(void *array, size_t *count, size_t *room, size_t size, size_t place)
{
	if (*count == *room) {
		*room = *room * 2 + 64;
		array = realloc(array, *room * size);
		if (array == NULL)
			abort();
	}
	char *at = (char *)array + place * size;
	memmove(at + size, at, (*count - place) * size);
	(*count)++;
	return array;
}

static void array_close(void *array, size_t *count, size_t size, size_t place)
{
	char *at = (char *)array + place * size;

	(*count)--;
	memmove(at, at + size, (*count - place) * size);
}

static void person_enter(struct memory *memory, struct person *person)
{
	size_t place = person_place(memory, &person->tenant, &person->user.id);

	memory->persons = array_open(memory->persons, &memory->person_count,
	    &memory->person_room, sizeof(struct person *), place);
	memory->persons[place] = person;
	for (size_t i = 0; i < person->user.identifier_count; i++) {
		const char *text = person->user.identifiers[i];
		if (person_by_name(memory, &person->tenant, text) != NULL)
			continue;	/* the same twice */
		place = name_place(memory, &person->tenant, text);
		memory->names = array_open(memory->names, &memory->name_count,
		    &memory->name_room, sizeof(struct name), place);
		memory->names[place] = (struct name){ person, text };
	}
}

static void person_leave(struct memory *memory, struct person *person)
{
	size_t place = person_place(memory, &person->tenant, &person->user.id);

	array_close(memory->persons, &memory->person_count, sizeof(struct person *), place);
	for (size_t i = 0; i < person->user.identifier_count; i++) {
		const char *text = person->user.identifiers[i];
		if (person_by_name(memory, &person->tenant, text) == NULL)
			continue;
		array_close(memory->names, &memory->name_count, sizeof(struct name),
		    name_place(memory, &person->tenant, text));
	}
	person_free(person);
}

static void person_answer(struct sp_op *op, const struct person *person, struct sp_user *to)
{
	person_copy(sp_op_alloc(op, person_size(&person->user)), &person->user, to);
}

static void find_end(struct sp_users_find *find, const struct person *person)
{
	struct memory *memory = find->op.self;

	if (person != NULL)
		person_answer(&find->op, person, sp_users_found(find));
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&find->op, person != NULL ? SP_OK : SP_NOT_FOUND);
}

void users_find(struct sp_users_find *find)
{
	struct memory *memory = find->op.self;

	pthread_mutex_lock(&memory->lock);
	find_end(find, person_by_name(memory, &find->tenant, find->identifier));
}

void users_get(struct sp_users_find *get)
{
	struct memory *memory = get->op.self;

	pthread_mutex_lock(&memory->lock);
	find_end(get, person_by_id(memory, &get->tenant, &get->id));
}

/* Changes. */

static enum sp_status change_claim(const struct memory *memory, struct sp_users_change *change)
{
	const struct sp_user *user = change->user;

	for (size_t i = 0; i < user->identifier_count; i++) {
		const struct person *owner =
		    person_by_name(memory, &change->tenant, user->identifiers[i]);
		if (owner == NULL || id_compare(&owner->user.id, &user->id) == 0)
			continue;
		change->taken = user->identifiers[i];
		return SP_CONFLICT;
	}
	return SP_OK;
}

static void change_enter(struct memory *memory, struct sp_users_change *change)
{
	struct person *person = person_new(&change->tenant, change->user);

	change->revision = person->user.revision = ++memory->revision;
	person_enter(memory, person);
}

void users_create(struct sp_users_change *create)
{
	struct memory *memory = create->op.self;
	enum sp_status status = SP_CONFLICT;

	pthread_mutex_lock(&memory->lock);
	const struct person *old = person_by_id(memory, &create->tenant, &create->user->id);
	if (old == NULL) {
		status = change_claim(memory, create);
		if (status == SP_OK)
			change_enter(memory, create);
	} else if (person_same(&old->user, create->user)) {
		create->revision = old->user.revision;
		status = SP_OK;
	}
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&create->op, status);
}

static enum sp_status change_expect(const struct memory *memory,
    const struct sp_users_change *change, struct person **out_old)
{
	struct person *old = person_by_id(memory, &change->tenant, &change->user->id);

	if (old == NULL)
		return SP_NOT_FOUND;
	*out_old = old;
	return old->user.revision == change->user->revision ? SP_OK : SP_CONFLICT;
}

void users_update(struct sp_users_change *update)
{
	struct memory *memory = update->op.self;
	struct person *old;

	pthread_mutex_lock(&memory->lock);
	enum sp_status status = change_expect(memory, update, &old);
	if (status == SP_OK)
		status = change_claim(memory, update);
	if (status == SP_OK) {
		person_leave(memory, old);
		change_enter(memory, update);
	}
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&update->op, status);
}

void users_remove(struct sp_users_change *change)
{
	struct memory *memory = change->op.self;
	struct person *old;

	pthread_mutex_lock(&memory->lock);
	enum sp_status status = change_expect(memory, change, &old);
	if (status == SP_OK) {
		person_leave(memory, old);
		change->revision = ++memory->revision;
	}
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&change->op, status);
}

/* List. The cursor is the last key of the page: an id, or a name. */

static void page_next(struct sp_users_list *list, const void *key, size_t size)
{
	list->next = (struct sp_bytes){ memcpy(sp_op_alloc(&list->op, size), key, size), size };
}

static void list_by_id(const struct memory *memory, struct sp_users_list *list)
{
	struct sp_id from = { { 0 } };

	if (list->cursor.size == sizeof(from))
		memcpy(&from, list->cursor.data, sizeof(from));
	size_t place = person_place(memory, &list->tenant, &from);
	for (; place < memory->person_count; place++) {
		const struct person *person = memory->persons[place];
		if (id_compare(&person->tenant, &list->tenant) != 0)
			return;
		if (list->cursor.size > 0 && id_compare(&person->user.id, &from) == 0)
			continue;
		struct sp_user *user = sp_users_add(list);
		if (user == NULL) {
			page_next(list, &memory->persons[place - 1]->user.id, sizeof(from));
			return;
		}
		person_answer(&list->op, person, user);
	}
}

/* A user with several names of that beginning is listed once: at the least. */
static bool name_is_least(const struct name *name, const char *prefix)
{
	const struct sp_user *user = &name->owner->user;

	for (size_t i = 0; i < user->identifier_count; i++)
		if (strcmp(user->identifiers[i], name->text) < 0 &&
		    strncmp(user->identifiers[i], prefix, strlen(prefix)) == 0)
			return false;
	return true;
}

static void list_by_name(const struct memory *memory, struct sp_users_list *list)
{
	const struct sp_bytes *cursor = &list->cursor;
	char after[SP_CURSOR_MAX + 1] = "";

	if (cursor->size > 0 && cursor->size <= SP_CURSOR_MAX)
		memcpy(after, cursor->data, cursor->size);
	size_t place = name_place(memory, &list->tenant, after[0] != '\0' ? after : list->prefix);
	for (; place < memory->name_count; place++) {
		const struct name *name = &memory->names[place];
		if (id_compare(&name->owner->tenant, &list->tenant) != 0 ||
		    strncmp(name->text, list->prefix, strlen(list->prefix)) != 0)
			return;
		if (strcmp(name->text, after) == 0 || !name_is_least(name, list->prefix))
			continue;
		struct sp_user *user = sp_users_add(list);
		if (user == NULL) {
			page_next(list, name[-1].text, strlen(name[-1].text));
			return;
		}
		person_answer(&list->op, name->owner, user);
	}
}

void users_list(struct sp_users_list *list)
{
	struct memory *memory = list->op.self;

	pthread_mutex_lock(&memory->lock);
	if (list->prefix != NULL && list->prefix[0] != '\0')
		list_by_name(memory, list);
	else
		list_by_id(memory, list);
	pthread_mutex_unlock(&memory->lock);
	sp_op_done(&list->op, SP_OK);
}

void users_done(struct memory *memory)
{
	while (memory->person_count > 0)
		person_free(memory->persons[--memory->person_count]);
	free(memory->persons);
	free(memory->names);
}
