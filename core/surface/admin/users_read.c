/* users_read.c - a customer as an operator writes him: all that is wrong is told, with its place */
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/address.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MOST = 128 };	/* bytes of an attribute's name */

/* Characters that a value may have, as in Graph; `others` for all that it has no limit for. */
static const struct limit { const char *name; size_t most; } limits[] = {
	{ "displayName", 256 }, { "givenName", 64 }, { "surname", 64 }, { "mail", 254 },
	{ "city", 128 }, { "state", 128 }, { "country", 128 }, { "streetAddress", 1024 },
	{ "postalCode", 40 }, { "jobTitle", 128 }, { "department", 64 }, { "companyName", 64 },
	{ "mobilePhone", 64 }, { "officeLocation", 128 }, { "employeeId", 16 },
	{ "preferredLanguage", 35 }, { "usageLocation", 3 },
};
static const size_t others = 1024;

struct reading_user {
	struct arena *arena;
	const char *where;	/* "users[3]" or "" */
	struct document_errors *errors;
};

bool users_own(const char *name)
{
	return text_word("id identities passwordProfile accountEnabled createdDateTime "
	    "passwordPolicies creationType userType signInSessionsValidFromDateTime", name) ||
	    name[0] == '@';
}

static void user_wrong(const struct reading_user *reading, const char *path, const char *code,
    const char *text)
{
	const char *dot = reading->where[0] != '\0' && path[0] != '\0' ? "." : "";

	document_wrong(reading->errors, text_print(reading->arena, "%s%s%s", reading->where, dot,
	    path), code, "%s", text);
}

/* A word where a number or an object is due would else be read as its default, and nobody told. */
static void read_types(const struct reading_user *reading, const json_t *body)
{
	const json_t *enabled = json_object_get(body, "accountEnabled");
	const json_t *profile = json_object_get(body, "passwordProfile");
	const json_t *id = json_object_get(body, "id");
	struct sp_id parsed;

	if (enabled != NULL && !json_is_boolean(enabled))
		user_wrong(reading, "accountEnabled", "InvalidType", "must be true or false");
	if (id != NULL && (!id_parse(json_string_value(id), &parsed) || id_zero(parsed)))
		user_wrong(reading, "id", "InvalidValue", "must be a UUID");
	if (profile == NULL || json_is_null(profile))
		return;
	if (!json_is_object(profile))
		user_wrong(reading, "passwordProfile", "InvalidType", "must be an object");
	else if (!json_is_string(json_object_get(profile, "password")))
		user_wrong(reading, "passwordProfile.password", "InvalidType", "must be a text");
}

static size_t limit_of(const char *name)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcmp(limits[i].name, name) == 0)
			return limits[i].most;
	return others;
}

static const char *attribute_wrong(const struct reading_user *reading, const char *name,
    const json_t *value, const char **out_code)
{
	const char *text = json_is_null(value) ? "" : json_string_value(value);
	struct address address;

	*out_code = "InvalidType";
	if (text == NULL)
		return "must be a text";
	*out_code = "TooLong";
	if (text_characters(text) > limit_of(name))
		return text_print(reading->arena, "longer than %zu characters", limit_of(name));
	*out_code = "InvalidValue";
	if (!text_plain(text))
		return "has control characters";
	if (strcmp(name, "mail") == 0 &&
	    address_parse(reading->arena, text, &address) != ADDRESS_OK)
		return "not an address";
	return NULL;
}

static void read_attribute(const struct reading_user *reading, const char *name,
    const json_t *value, struct sp_user *user)
{
	const char *code, *why = NULL;

	if (strlen(name) > NAME_MOST || !text_plain(name)) {
		user_wrong(reading, "", "InvalidProperty", text_print(reading->arena, "the name of "
		    "an attribute is longer than %u bytes, or has control characters", NAME_MOST));
		return;
	}
	why = attribute_wrong(reading, name, value, &code);
	if (why != NULL) {
		user_wrong(reading, name, code, why);
		return;
	}
	struct sp_attribute *attribute = arena_alloc(reading->arena, sizeof(*attribute));
	attribute->name = text_copy(reading->arena, name);
	attribute->value = json_is_null(value) ? "" :
	    text_copy(reading->arena, json_string_value(value));
	((const struct sp_attribute **)(uintptr_t)user->attributes)[user->attribute_count++] =
	    attribute;
}

static void read_attributes(const struct reading_user *reading, json_t *body,
    struct sp_user *user)
{
	const char *name;
	json_t *value;

	user->attributes = arena_alloc(reading->arena,
	    (json_object_size(body) + 1) * sizeof(*user->attributes));
	json_object_foreach(body, name, value)
		if (!users_own(name))
			read_attribute(reading, name, value, user);
	if (user->attribute_count > SP_ATTRIBUTES_MAX - 1)
		user_wrong(reading, "", "TooMany", text_print(reading->arena,
		    "more than %u attributes", SP_ATTRIBUTES_MAX - 1));
}

static void read_identity(const struct reading_user *reading, size_t index, const json_t *one,
    struct sp_user *user)
{
	const char *type = json_text(one, "signInType", NULL);
	struct address address;
	char path[64];

	if (!text_same(type, "emailAddress")) {
		snprintf(path, sizeof(path), "identities[%zu].signInType", index);
		user_wrong(reading, path, "InvalidValue", "only emailAddress is offered");
		return;
	}
	if (address_parse(reading->arena, json_text(one, "issuerAssignedId", NULL), &address) !=
	    ADDRESS_OK) {
		snprintf(path, sizeof(path), "identities[%zu].issuerAssignedId", index);
		user_wrong(reading, path, "InvalidValue", "not an address");
		return;
	}
	((const char **)(uintptr_t)user->identifiers)[user->identifier_count++] = address.key;
}

static void read_identities(const struct reading_user *reading, const json_t *body,
    struct sp_user *user)
{
	const json_t *identities = json_object_get(body, "identities"), *one;
	size_t index;

	user->identifiers = arena_alloc(reading->arena,
	    (json_array_size(identities) + 1) * sizeof(*user->identifiers));
	if (identities != NULL && !json_is_array(identities))
		user_wrong(reading, "identities", "InvalidType", "must be a list");
	else if (json_array_size(identities) == 0)
		user_wrong(reading, "identities", "Required", "at least one is needed");
	else if (json_array_size(identities) > SP_IDENTIFIERS_MAX)
		user_wrong(reading, "identities", "TooMany", text_print(reading->arena,
		    "more than %u", SP_IDENTIFIERS_MAX));
	else json_array_foreach(identities, index, one)
		read_identity(reading, index, one, user);
}

/* "mail" is where codes go: without one it is the first identity. */
static void read_mail(const struct reading_user *reading, const json_t *body,
    struct sp_user *user)
{
	if (json_object_get(body, "mail") != NULL || user->identifier_count == 0)
		return;
	struct sp_attribute *attribute = arena_alloc(reading->arena, sizeof(*attribute));
	*attribute = (struct sp_attribute){ "mail", user->identifiers[0] };
	((const struct sp_attribute **)(uintptr_t)user->attributes)[user->attribute_count++] =
	    attribute;
}

bool users_read(struct arena *arena, json_t *body, const char *where, struct sp_user *out_user,
    struct document_errors *errors)
{
	struct reading_user reading = { arena, where, errors };
	struct sp_user user = { .enabled = json_flag(body, "accountEnabled", true) };
	size_t before = errors->count;

	if (!json_is_object(body)) {
		user_wrong(&reading, "", "InvalidType", "must be an object");
		return false;
	}
	read_types(&reading, body);
	read_identities(&reading, body, &user);
	read_attributes(&reading, body, &user);
	read_mail(&reading, body, &user);
	(void)id_parse(json_text(body, "id", NULL), &user.id);
	if (errors->count > before)
		return false;
	*out_user = user;
	return true;
}

bool users_read_patch(struct arena *arena, json_t *body, struct sp_user *out_user,
    struct document_errors *errors)
{
	struct reading_user reading = { arena, "", errors };
	struct sp_user user = { 0 };
	size_t before = errors->count;

	read_types(&reading, body);
	read_attributes(&reading, body, &user);
	if (json_object_get(body, "identities") != NULL)
		user_wrong(&reading, "identities", "NotSupported", "can't be changed here");
	if (json_object_get(body, "passwordProfile") != NULL)
		user_wrong(&reading, "passwordProfile", "NotSupported", "can't be changed here");
	if (json_object_get(body, "accountEnabled") != NULL && user.attribute_count > 0)
		user_wrong(&reading, "accountEnabled", "NotSupported", "goes alone");
	if (errors->count > before)
		return false;
	*out_user = user;
	return true;
}
