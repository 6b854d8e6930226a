#include "plugin/users.h"

#include "base/arena.h"
#include "base/text.h"
#include "plugin/instance.h"
#include "plugin/op.h"

#include <assert.h>
#include <string.h>

/* An operation that is NULL was not offered: it ends at once, and nobody is blamed. */
#define CALL(operation, type) \
static void call_##operation(const struct instance *instance, struct sp_op *op) \
{ \
	if (instance->users.operation == NULL) \
		sp_op_done(op, SP_REJECTED); \
	else \
		instance->users.operation((struct type *)op); \
}

CALL(find, sp_users_find)
CALL(get, sp_users_find)
CALL(create, sp_users_change)
CALL(update, sp_users_change)
CALL(remove, sp_users_change)
CALL(list, sp_users_list)
CALL(verify_password, sp_users_verify)
CALL(list_groups, sp_users_groups)

static bool user_sound(const struct sp_user *user)
{
	static const struct sp_id zero;
	bool sound = memcmp(&user->id, &zero, sizeof(zero)) != 0 && user->revision != 0 &&
	    (user->identifier_count == 0 || user->identifiers != NULL) &&
	    (user->attribute_count == 0 || user->attributes != NULL);

	for (size_t i = 0; sound && i < user->identifier_count; i++)
		sound = user->identifiers[i] != NULL;
	for (size_t i = 0; sound && i < user->attribute_count; i++)
		sound = user->attributes[i] != NULL && user->attributes[i]->name != NULL &&
		    user->attributes[i]->value != NULL;
	return sound;
}

static bool sound_find(const struct sp_op *op)
{
	const struct sp_user *user = ((const struct sp_users_find *)op)->user;

	return user != NULL && user_sound(user);
}

static bool sound_get(const struct sp_op *op)
{
	const struct sp_users_find *get = (const struct sp_users_find *)op;

	return sound_find(op) && memcmp(&get->user->id, &get->id, sizeof(get->id)) == 0;
}

static bool sound_change(const struct sp_op *op)
{
	return ((const struct sp_users_change *)op)->revision != 0;
}

static bool sound_list(const struct sp_op *op)
{
	const struct sp_users_list *list = (const struct sp_users_list *)op;
	bool sound = list->next.size <= SP_CURSOR_MAX &&
	    (list->next.size == 0 || list->next.data != NULL);

	for (const struct sp_user *user = list->first; sound && user != NULL; user = user->next)
		sound = user_sound(user);
	return sound;
}

static bool sound_verify(const struct sp_op *op)
{
	return ((const struct sp_users_verify *)op)->verdict <= SP_EXPIRED;
}

static bool sound_groups(const struct sp_op *op)
{
	const struct sp_users_groups *groups = (const struct sp_users_groups *)op;

	if (groups->count > USERS_GROUPS_MAX || (groups->count > 0 && groups->groups == NULL))
		return false;
	for (size_t i = 1; i < groups->count; i++)
		if (memcmp(&groups->groups[i - 1], &groups->groups[i], sizeof(struct sp_id)) >= 0)
			return false;
	return true;
}

#define KIND(kind, place, size, mutates, call, sound) \
	const struct op_kind users_kind_##kind = \
	    { "users." #kind, sizeof(struct size), mutates, call, sound, OP_USERS_##place }

KIND(find, FIND, sp_users_find, false, call_find, sound_find);
KIND(get, GET, sp_users_find, false, call_get, sound_get);
KIND(create, CREATE, sp_users_change, true, call_create, sound_change);
KIND(update, UPDATE, sp_users_change, true, call_update, sound_change);
KIND(remove, REMOVE, sp_users_change, true, call_remove, NULL);
KIND(list, LIST, sp_users_list, false, call_list, sound_list);
KIND(verify, VERIFY, sp_users_verify, false, call_verify_password, sound_verify);
KIND(groups, GROUPS, sp_users_groups, false, call_list_groups, sound_groups);

bool users_offers(const struct instance *instance, const struct op_kind *kind)
{
	const struct sp_users *users = &instance->users;

	return (kind == &users_kind_find && users->find != NULL) ||
	    (kind == &users_kind_get && users->get != NULL) ||
	    (kind == &users_kind_create && users->create != NULL) ||
	    (kind == &users_kind_update && users->update != NULL) ||
	    (kind == &users_kind_remove && users->remove != NULL) ||
	    (kind == &users_kind_list && users->list != NULL) ||
	    (kind == &users_kind_verify && users->verify_password != NULL) ||
	    (kind == &users_kind_groups && users->list_groups != NULL);
}

/* What goes in. */

/* Adds what a text takes to `size`; false: it is missing or ill-formed. */
static bool text_adds(const char *text, size_t *size)
{
	size_t length = text != NULL ? strnlen(text, SP_USER_MAX + 1) : SP_USER_MAX + 1;

	if (length > SP_USER_MAX)
		return false;
	*size += length + 1;
	return text_utf8(text, length);
}

static bool identifier_fits(const char *identifier)
{
	size_t size = 0;

	return text_adds(identifier, &size) && size > 1 && size - 1 <= SP_IDENTIFIER_MAX;
}

bool users_fits(const struct sp_user *user)
{
	static const struct sp_id zero;
	size_t size = 0;
	bool fits = memcmp(&user->id, &zero, sizeof(zero)) != 0 &&
	    user->identifier_count > 0 && user->identifier_count <= SP_IDENTIFIERS_MAX &&
	    user->attribute_count <= SP_ATTRIBUTES_MAX &&
	    (user->verifier == NULL || text_adds(user->verifier, &size));

	for (size_t i = 0; fits && i < user->identifier_count; i++)
		fits = identifier_fits(user->identifiers[i]) &&
		    text_adds(user->identifiers[i], &size);
	for (size_t i = 0; fits && i < user->attribute_count; i++)
		fits = text_adds(user->attributes[i]->name, &size) &&
		    text_adds(user->attributes[i]->value, &size);
	return fits && size <= SP_USER_MAX;
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text != NULL ? arena_copy(arena, text, strlen(text) + 1) : NULL;
}

static const struct sp_attribute *copy_attribute(struct arena *arena,
    const struct sp_attribute *from)
{
	struct sp_attribute *to = arena_alloc(arena, sizeof(*to));

	to->name = copy_text(arena, from->name);
	to->value = copy_text(arena, from->value);
	return to;
}

static const struct sp_user *copy_user(struct arena *arena, const struct sp_user *from)
{
	struct sp_user *to = arena_copy(arena, from, sizeof(*from));
	const char **identifiers =
	    arena_alloc(arena, (from->identifier_count + 1) * sizeof(*identifiers));
	const struct sp_attribute **attributes =
	    arena_alloc(arena, (from->attribute_count + 1) * sizeof(*attributes));

	assert(users_fits(from));
	for (size_t i = 0; i < from->identifier_count; i++)
		identifiers[i] = copy_text(arena, from->identifiers[i]);
	for (size_t i = 0; i < from->attribute_count; i++)
		attributes[i] = copy_attribute(arena, from->attributes[i]);
	to->identifiers = identifiers;
	to->attributes = attributes;
	to->verifier = copy_text(arena, from->verifier);
	to->next = NULL;
	return to;
}

struct sp_users_find *users_find(struct seat *seat, struct sp_id tenant, const char *identifier)
{
	struct sp_users_find *find = (struct sp_users_find *)op_new(seat, &users_kind_find);

	assert(identifier_fits(identifier));
	find->tenant = tenant;
	find->identifier = copy_text(op_arena(&find->op), identifier);
	return find;
}

struct sp_users_find *users_get(struct seat *seat, struct sp_id tenant, struct sp_id id)
{
	struct sp_users_find *get = (struct sp_users_find *)op_new(seat, &users_kind_get);

	get->tenant = tenant;
	get->id = id;
	return get;
}

static struct sp_users_change *users_change(struct seat *seat, const struct op_kind *kind,
    struct sp_id tenant)
{
	struct sp_users_change *change = (struct sp_users_change *)op_new(seat, kind);

	change->tenant = tenant;
	return change;
}

struct sp_users_change *users_create(struct seat *seat, struct sp_id tenant,
    const struct sp_user *user)
{
	struct sp_users_change *create = users_change(seat, &users_kind_create, tenant);

	create->user = copy_user(op_arena(&create->op), user);
	return create;
}

struct sp_users_change *users_update(struct seat *seat, struct sp_id tenant,
    const struct sp_user *user)
{
	struct sp_users_change *update = users_change(seat, &users_kind_update, tenant);

	update->user = copy_user(op_arena(&update->op), user);
	return update;
}

struct sp_users_change *users_remove(struct seat *seat, struct sp_id tenant, struct sp_id id,
    uint64_t revision)
{
	struct sp_users_change *remove = users_change(seat, &users_kind_remove, tenant);
	struct sp_user *user = arena_alloc(op_arena(&remove->op), sizeof(*user));

	user->id = id;
	user->revision = revision;
	remove->user = user;
	return remove;
}

struct sp_users_list *users_list(struct seat *seat, struct sp_id tenant, const char *prefix,
    struct sp_bytes cursor, size_t limit)
{
	struct sp_users_list *list = (struct sp_users_list *)op_new(seat, &users_kind_list);

	assert(limit > 0 && limit <= USERS_LIST_MAX && cursor.size <= SP_CURSOR_MAX);
	list->tenant = tenant;
	list->prefix = copy_text(op_arena(&list->op), prefix);
	list->cursor.data = arena_copy(op_arena(&list->op), cursor.data, cursor.size);
	list->cursor.size = cursor.size;
	list->limit = limit;
	return list;
}

struct sp_users_verify *users_verify(struct seat *seat, struct sp_id tenant, struct sp_id id,
    struct secret password)
{
	struct sp_users_verify *verify =
	    (struct sp_users_verify *)op_new(seat, &users_kind_verify);

	assert(password.size <= USERS_PASSWORD_MAX);
	verify->tenant = tenant;
	verify->id = id;
	verify->password.data = arena_copy(op_arena(&verify->op), password.data, password.size);
	verify->password.size = password.size;
	return verify;
}

struct sp_users_groups *users_groups(struct seat *seat, struct sp_id tenant, struct sp_id id)
{
	struct sp_users_groups *groups =
	    (struct sp_users_groups *)op_new(seat, &users_kind_groups);

	groups->tenant = tenant;
	groups->id = id;
	return groups;
}
