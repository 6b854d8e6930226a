/* users.c - customers, as Graph shows them; never a verifier, never a password */
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/people.h"
#include "flow/person.h"
#include "model/address.h"

#include <string.h>

struct meeting {
	struct person person;	/* first: its turn is what ends */
	struct exchange *ex;
	json_t *body;
};

/* What Graph calls by a name of its own; all else is an attribute as it is. */
static bool own_property(const char *name)
{
	return text_word("id identities passwordProfile accountEnabled createdDateTime "
	    "passwordPolicies creationType userType signInSessionsValidFromDateTime", name) ||
	    name[0] == '@';
}

json_t *users_json(struct arena *arena, const struct tenant *tenant, const struct sp_user *user,
    const struct account *account)
{
	json_t *body = json_object(), *identities = json_array();
	char id[ID_TEXT];

	id_format(user->id, id);
	json_object_set_new(body, "id", json_string(id));
	for (size_t i = 0; i < user->attribute_count; i++)
		json_object_set_new(body, user->attributes[i]->name,
		    json_string(user->attributes[i]->value));
	for (size_t i = 0; i < user->identifier_count; i++) {
		json_t *one = json_object();
		json_object_set_new(one, "signInType", json_string(
		    strchr(user->identifiers[i], '@') != NULL ? "emailAddress" : "userName"));
		json_object_set_new(one, "issuer", json_string(tenant->name));
		json_object_set_new(one, "issuerAssignedId", json_string(user->identifiers[i]));
		json_array_append_new(identities, one);
	}
	json_object_set_new(body, "identities", identities);
	json_object_set_new(body, "accountEnabled", json_boolean(user->enabled &&
	    (account == NULL || !account->blocked)));
	json_object_set_new(body, "creationType", json_string("LocalAccount"));
	if (account != NULL)
		json_object_set_new(body, "createdDateTime", account->created == 0 ? json_null() :
		    json_string(text_time(arena, account->created)));
	return body;
}

static void meeting_reply(struct meeting *meeting)
{
	struct exchange *ex = meeting->ex;
	const struct person *person = &meeting->person;
	bool body = person->action == PERSON_GET || person->action == PERSON_CREATE ||
	    person->action == PERSON_UPDATE;

	if (!body) {
		reply_status(ex, 204);
		reply_send(ex);
		return;
	}
	face_json(ex, person->action == PERSON_CREATE ? 201 : 200, users_json(ex->arena,
	    person->turn.tenant, person->user, &person->account));
}

static void meeting_finished(struct turn *turn, void *arg)
{
	struct meeting *meeting = arg;
	struct exchange *ex = meeting->ex;

	if (meeting->person.action == PERSON_CREATE && meeting->person.outcome == PERSON_GOOD)
		meeting->person.user = meeting->person.user != NULL ? meeting->person.user :
		    &meeting->person.wanted;
	switch (meeting->person.outcome) {
	case PERSON_GOOD:
		meeting_reply(meeting);
		break;
	case PERSON_ABSENT:
		admin_error(ex, 404, "ResourceNotFound", "There is no such user in this tenant.");
		break;
	case PERSON_CONFLICT:
		admin_error(ex, 409, "ObjectConflict", "The id or an identity is another user's, or "
		    "the user was changed in the meantime.");
		break;
	case PERSON_WEAK_PASSWORD:
		admin_error(ex, 400, "PasswordNotAllowed",
		    "passwordProfile.password: too short, too long or too common.");
		break;
	case PERSON_TOO_LARGE:
		admin_error(ex, 400, "BadRequest", "More or longer identities or attributes than a "
		    "user may have, or a name that none may have.");
		break;
	default:
		reply_retry_after(ex, 2);
		admin_error(ex, 503, "ServiceUnavailable", "A store does not answer. What was begun "
		    "is finished by itself; read again before you repeat this.");
		break;
	}
	json_decref(meeting->body);
	face_end(ex, turn);
}

static struct meeting *meeting_new(struct exchange *ex, enum person_action action)
{
	struct meeting *meeting = arena_alloc(ex->arena, sizeof(*meeting));
	struct person *person = &meeting->person;

	meeting->ex = ex;
	if (!admin_begin(ex, &person->turn, &person->actor))
		return NULL;
	person->action = action;
	person->turn.finished = meeting_finished;
	person->turn.arg = meeting;
	return meeting;
}

static void meeting_run(struct exchange *ex, enum person_action action)
{
	struct meeting *meeting = meeting_new(ex, action);

	if (meeting == NULL)
		return;
	meeting->person.who = exchange_param(ex, "id");
	person_run(&meeting->person);
}

void admin_user(struct exchange *ex) { meeting_run(ex, PERSON_GET); }
void admin_user_remove(struct exchange *ex) { meeting_run(ex, PERSON_REMOVE); }
void admin_user_revoke(struct exchange *ex) { meeting_run(ex, PERSON_REVOKE); }
void admin_user_unlock(struct exchange *ex) { meeting_run(ex, PERSON_UNLOCK); }
void admin_user_reset(struct exchange *ex) { meeting_run(ex, PERSON_RESET); }

/* Body to struct: NULL, or what is wrong. */

/* A word where a number or an object is due would else be read as its default, and nobody told. */
static const char *read_types(json_t *body)
{
	const json_t *enabled = json_object_get(body, "accountEnabled");
	const json_t *profile = json_object_get(body, "passwordProfile");
	const json_t *id = json_object_get(body, "id");

	if (enabled != NULL && !json_is_boolean(enabled))
		return "accountEnabled: must be true or false";
	if (id != NULL && !json_is_string(id))
		return "id: must be a UUID";
	if (profile == NULL || json_is_null(profile))
		return NULL;
	if (!json_is_object(profile))
		return "passwordProfile: must be an object";
	if (!json_is_string(json_object_get(profile, "password")))
		return "passwordProfile.password: must be a text";
	return NULL;
}

static const char *read_attributes(struct arena *arena, json_t *body, struct sp_user *user)
{
	const struct sp_attribute **attributes =
	    arena_alloc(arena, (json_object_size(body) + 1) * sizeof(*attributes));
	struct address address;
	const char *name;
	json_t *value;

	json_object_foreach(body, name, value) {
		if (own_property(name))
			continue;
		if (!json_is_string(value) && !json_is_null(value))
			return text_print(arena, "%s: must be a text", name);
		if (json_is_string(value) && !text_plain(json_string_value(value)))
			return text_print(arena, "%s: holds control characters", name);
		if (strcmp(name, "mail") == 0 && address_parse(arena, json_is_string(value) ?
		    json_string_value(value) : "", &address) != ADDRESS_OK)
			return "mail: not an address";
		struct sp_attribute *attribute = arena_alloc(arena, sizeof(*attribute));
		attribute->name = text_copy(arena, name);
		attribute->value = json_is_null(value) ? "" :
		    text_copy(arena, json_string_value(value));
		attributes[user->attribute_count++] = attribute;
	}
	user->attributes = attributes;
	return NULL;
}

static const char *read_identities(struct arena *arena, json_t *body, struct sp_user *user)
{
	json_t *identities = json_object_get(body, "identities"), *one;
	const char **identifiers = arena_alloc(arena,
	    (json_array_size(identities) + 1) * sizeof(*identifiers));
	struct address address;
	size_t index;

	if (identities != NULL && !json_is_array(identities))
		return "identities: must be a list";
	json_array_foreach(identities, index, one) {
		const char *value = json_text(one, "issuerAssignedId", NULL);
		if (!text_same(json_text(one, "signInType", NULL), "emailAddress"))
			return text_print(arena, "identities[%zu].signInType: only emailAddress is "
			    "offered", index);
		if (address_parse(arena, value, &address) != ADDRESS_OK)
			return text_print(arena, "identities[%zu].issuerAssignedId: not an address",
			    index);
		identifiers[user->identifier_count++] = address.key;
	}
	user->identifiers = identifiers;
	return user->identifier_count > 0 ? NULL : "identities: at least one is needed";
}

/* "mail" is where codes go: without one it is the first identity. */
static const char *read_mail(struct arena *arena, json_t *body, struct sp_user *user)
{
	if (json_object_get(body, "mail") != NULL)
		return NULL;
	struct sp_attribute *attribute = arena_alloc(arena, sizeof(*attribute));
	*attribute = (struct sp_attribute){ "mail", user->identifiers[0] };
	((const struct sp_attribute **)(uintptr_t)user->attributes)[user->attribute_count++] =
	    attribute;
	return NULL;
}

static const char *read_user(struct arena *arena, json_t *body, struct person *person)
{
	const char *id = json_text(body, "id", NULL), *why;
	struct sp_user *user = &person->wanted;

	if ((why = read_types(body)) != NULL)
		return why;
	if (id != NULL && (!id_parse(id, &user->id) || id_zero(user->id)))
		return "id: must be a UUID";
	user->enabled = json_flag(body, "accountEnabled", true);
	const char *password = json_text(json_object_get(body, "passwordProfile"), "password", NULL);
	person->password = secret_text(text_copy(arena, password));
	if ((why = read_identities(arena, body, user)) != NULL ||
	    (why = read_attributes(arena, body, user)) != NULL)
		return why;
	return read_mail(arena, body, user);
}

static void meeting_refuse(struct meeting *meeting, const char *why)
{
	admin_error(meeting->ex, 400, "BadRequest", why);
	json_decref(meeting->body);
	face_end(meeting->ex, &meeting->person.turn);
}

/* NULL: refused, and told. */
static struct meeting *meeting_with_body(struct exchange *ex, enum person_action action)
{
	struct meeting *meeting = meeting_new(ex, action);

	if (meeting == NULL)
		return NULL;
	meeting->body = admin_body(ex);
	if (meeting->body != NULL)
		return meeting;
	face_end(ex, &meeting->person.turn);
	return NULL;
}

void admin_user_create(struct exchange *ex)
{
	struct meeting *meeting = meeting_with_body(ex, PERSON_CREATE);
	const char *why;

	if (meeting == NULL)
		return;
	why = read_user(ex->arena, meeting->body, &meeting->person);
	if (why != NULL)
		meeting_refuse(meeting, why);
	else
		person_run(&meeting->person);
}

/* accountEnabled alone switches; attributes alone are written; both at once are two requests. */
void admin_user_patch(struct exchange *ex)
{
	struct meeting *meeting = meeting_with_body(ex, PERSON_UPDATE);
	const char *why;

	if (meeting == NULL)
		return;
	const json_t *enabled = json_object_get(meeting->body, "accountEnabled");
	why = read_types(meeting->body);
	if (why == NULL)
		why = read_attributes(ex->arena, meeting->body, &meeting->person.wanted);
	if (why == NULL && (json_object_get(meeting->body, "identities") != NULL ||
	    json_object_get(meeting->body, "passwordProfile") != NULL))
		why = "identities and passwordProfile can't be changed here";
	if (why == NULL && enabled != NULL && meeting->person.wanted.attribute_count > 0)
		why = "accountEnabled goes alone";
	if (why != NULL) {
		meeting_refuse(meeting, why);
		return;
	}
	if (enabled != NULL)
		meeting->person.action = json_is_true(enabled) ? PERSON_ENABLE : PERSON_DISABLE;
	meeting->person.who = exchange_param(ex, "id");
	person_run(&meeting->person);
}

/* A page of all, or of those whose identity begins so. */

struct crowd {
	struct people people;	/* first: its turn is what ends */
	struct exchange *ex;
};

static void crowd_finished(struct turn *turn, void *arg)
{
	struct crowd *crowd = arg;
	struct exchange *ex = crowd->ex;
	const struct people *people = &crowd->people;
	json_t *body = json_object(), *value = json_array();

	if (!people->good) {
		json_decref(body);
		json_decref(value);
		admin_error(ex, 503, "ServiceUnavailable", "The user storage does not answer.");
		face_end(ex, turn);
		return;
	}
	for (const struct sp_user *user = people->first; user != NULL; user = user->next)
		json_array_append_new(value, users_json(ex->arena, turn->tenant, user, NULL));
	json_object_set_new(body, "value", value);
	if (people->next.size > 0)
		json_object_set_new(body, "@odata.nextLink", json_string(text_print(ex->arena,
		    "%s/v1.0/users?$top=%zu&$skiptoken=%s", ex->base_url, people->limit,
		    encode_base64url(ex->arena, people->next.data, people->next.size))));
	face_json(ex, 200, body);
	face_end(ex, turn);
}

void admin_users(struct exchange *ex)
{
	enum { PAGE = 100, MOST = 999 };
	struct crowd *crowd = arena_alloc(ex->arena, sizeof(*crowd));
	const char *token = admin_query(ex, "$skiptoken"), *actor;
	void *cursor = NULL;
	size_t size = 0;
	int64_t limit;

	crowd->ex = ex;
	if (!admin_begin(ex, &crowd->people.turn, &actor))
		return;
	if (!admin_number(ex, "$top", MOST, PAGE, &limit)) {
		face_end(ex, &crowd->people.turn);
		return;
	}
	if (token != NULL && !decode_base64url(ex->arena, token, &cursor, &size)) {
		admin_error(ex, 400, "BadRequest", "$skiptoken: not one of ours.");
		face_end(ex, &crowd->people.turn);
		return;
	}
	crowd->people.prefix = admin_query(ex, "prefix");
	crowd->people.cursor = (struct sp_bytes){ cursor, size };
	crowd->people.limit = (size_t)limit;
	crowd->people.turn.finished = crowd_finished;
	crowd->people.turn.arg = crowd;
	people_run(&crowd->people);
}
