/* users.c - customers, as Graph shows them; never a verifier, never a password */
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/etag.h"
#include "flow/person.h"
#include "model/advice.h"
#include "surface/admin/odata.h"

#include <string.h>

struct meeting {
	struct person person;	/* first: its turn is what ends */
	struct exchange *ex;
	json_t *body;
	bool rehearsed;		/* of a removal: what it would be warned of */
};

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

/* Policies go on naming him: to no end, or a break-glass account is gone. */
static json_t *meeting_warnings(const struct meeting *meeting)
{
	const struct tenant *tenant = meeting->person.turn.tenant;
	const struct sp_user *user = meeting->person.user;
	json_t *warnings = json_array();
	char id[ID_TEXT];

	id_format(user->id, id);
	for (size_t i = 0; i < tenant->policy_count; i++)
		if (advice_names(tenant->policies[i], user->id))
			json_array_append_new(warnings, json_string(text_print(meeting->ex->arena,
			    "conditionalAccessPolicies '%s': conditions.users: the user '%s', %s, is "
			    "removed, and still named here", tenant->policies[i]->display_name,
			    user->identifier_count > 0 ? user->identifiers[0] : "", id)));
	return warnings;
}

static void meeting_gone(struct meeting *meeting)
{
	json_t *warnings = meeting_warnings(meeting);

	if (meeting->rehearsed)
		face_json(meeting->ex, 200, json_pack("{s:O}", "@sallyport.warnings", warnings));
	else
		admin_reply_gone(meeting->ex, warnings);
	json_decref(warnings);
}

static void meeting_reply(struct meeting *meeting)
{
	struct exchange *ex = meeting->ex;
	const struct person *person = &meeting->person;
	bool body = person->action == PERSON_GET || person->action == PERSON_CREATE ||
	    person->action == PERSON_UPDATE;

	if (meeting->rehearsed || person->action == PERSON_REMOVE) {
		meeting_gone(meeting);
		return;
	}
	if (!body) {
		admin_reply_gone(ex, NULL);
		return;
	}
	json_t *shown = users_json(ex->arena, person->turn.tenant, person->user, &person->account);
	const char *tag = etag_of(ex->arena, shown);
	json_object_set_new(shown, "@odata.etag", json_string(tag));
	json_object_set_new(shown, "@odata.context", json_string(text_print(ex->arena, "%s/$entity",
	    odata_context(ex))));
	if (!reply_unchanged(ex, tag) || person->action != PERSON_GET) {
		admin_reply_one(ex, person->action == PERSON_CREATE ? 201 : 200, shown);
		return;
	}
	json_decref(shown);
	reply_send(ex);
}

static bool meeting_allows(const struct person *person)
{
	struct exchange *ex = ((const struct meeting *)(const void *)person)->ex;
	json_t *shown = users_json(ex->arena, person->turn.tenant, person->user, &person->account);
	bool allows = etag_allows(exchange_header(ex, "If-Match"), etag_of(ex->arena, shown));

	json_decref(shown);
	return allows;
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
	case PERSON_STALE:
		admin_stale(ex);
		break;
	case PERSON_WEAK_PASSWORD:
		admin_error(ex, 400, "PasswordNotAllowed",
		    "passwordProfile.password: too short, too long or too common.");
		break;
	case PERSON_LAST:
		admin_error(ex, 409, "LastAdministrator", "Nobody would be left who can sign in and "
		    "administer everything: give that role to somebody else first.");
		break;
	case PERSON_TOO_LARGE:
		admin_error(ex, 400, "BadRequest", text_print(ex->arena, "More than a user may hold: "
		    "%u attributes, %u bytes in all.", SP_ATTRIBUTES_MAX, SP_USER_MAX));
		break;
	default:
		admin_unavailable(ex, "A store does not answer. What was begun "
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
	person->allows = action != PERSON_GET && action != PERSON_CREATE &&
	    exchange_header(ex, "If-Match") != NULL ? meeting_allows : NULL;
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
void admin_user_revoke(struct exchange *ex) { meeting_run(ex, PERSON_REVOKE); }
void admin_user_unlock(struct exchange *ex) { meeting_run(ex, PERSON_UNLOCK); }
void admin_user_reset(struct exchange *ex) { meeting_run(ex, PERSON_RESET); }

void admin_user_remove(struct exchange *ex)
{
	bool rehearsed = admin_flag(ex, "dryRun");
	struct meeting *meeting = meeting_new(ex, rehearsed ? PERSON_GET : PERSON_REMOVE);

	if (meeting == NULL)
		return;
	meeting->rehearsed = rehearsed;
	meeting->person.who = exchange_param(ex, "id");
	person_run(&meeting->person);
}

/* What the logs hold of him goes afterwards: it takes its time, and the audit tells when it is
 * done. */
void admin_user_erase(struct exchange *ex)
{
	struct meeting *meeting = meeting_new(ex, PERSON_REMOVE);

	if (meeting == NULL)
		return;
	meeting->person.erase = true;
	meeting->person.who = exchange_param(ex, "id");
	person_run(&meeting->person);
}

static void meeting_refuse(struct meeting *meeting, const struct document_errors *errors)
{
	admin_wrong(meeting->ex, errors);
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
	struct document_errors errors = { .arena = ex->arena };

	if (meeting == NULL)
		return;
	if (!users_read(ex->arena, meeting->body, "", &meeting->person.wanted, &errors)) {
		meeting_refuse(meeting, &errors);
		return;
	}
	meeting->person.password = secret_text(text_copy(ex->arena, json_text(json_object_get(
	    meeting->body, "passwordProfile"), "password", NULL)));
	person_run(&meeting->person);
}

/* accountEnabled alone switches; attributes alone are written; both at once are two requests. */
void admin_user_patch(struct exchange *ex)
{
	struct meeting *meeting = meeting_with_body(ex, PERSON_UPDATE);
	struct document_errors errors = { .arena = ex->arena };

	if (meeting == NULL)
		return;
	if (!users_read_patch(ex->arena, meeting->body, &meeting->person.wanted, &errors)) {
		meeting_refuse(meeting, &errors);
		return;
	}
	const json_t *enabled = json_object_get(meeting->body, "accountEnabled");
	if (enabled != NULL)
		meeting->person.action = json_is_true(enabled) ? PERSON_ENABLE : PERSON_DISABLE;
	meeting->person.who = exchange_param(ex, "id");
	person_run(&meeting->person);
}
