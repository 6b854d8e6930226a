/*
 * users_methods.c - by what a customer can prove who he is (entra.md 2.2)
 *
 * In Graph's shapes and with the ids that are the same for everybody there. An address is a method by
 * being on record; whether it may be a second door says the method's policy.
 */
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/text.h"
#include "flow/person.h"
#include "flow/visit_value.h"

#include <string.h>

#define EMAIL_ID "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"
#define PASSWORD_ID "28c10230-6103-485e-b985-444c60001490"
#define GRAPH "#microsoft.graph."

struct proofs {
	struct person person;	/* first: its turn is what ends */
	struct exchange *ex;
	bool email, password;	/* which are asked for */
};

static json_t *email_method(const struct proofs *proofs)
{
	const char *address = visit_address(proofs->person.user);

	return address == NULL ? NULL : json_pack("{s:s, s:s, s:s}", "@odata.type",
	    GRAPH "emailAuthenticationMethod", "id", EMAIL_ID, "emailAddress", address);
}

/* A backend that verifies by itself shows no verifier: then nobody knows. */
static json_t *password_method(const struct proofs *proofs)
{
	const struct person *person = &proofs->person;
	int64_t changed = person->account.password_changed;

	return text_empty(person->user->verifier) ? NULL : json_pack("{s:s, s:s, s:s?}",
	    "@odata.type", GRAPH "passwordAuthenticationMethod", "id", PASSWORD_ID,
	    "createdDateTime", changed == 0 ? NULL : text_time(proofs->ex->arena, changed));
}

static void proofs_add(json_t *value, json_t *method)
{
	if (method != NULL)
		json_array_append_new(value, method);
}

static void proofs_finished(struct turn *turn, void *arg)
{
	struct proofs *proofs = arg;
	json_t *value = json_array();

	if (proofs->person.outcome == PERSON_ABSENT) {
		json_decref(value);
		admin_error(proofs->ex, 404, "ResourceNotFound",
		    "There is no such user in this tenant.");
		face_end(proofs->ex, turn);
		return;
	}
	bool good = proofs->person.outcome == PERSON_GOOD;
	if (good && proofs->password)
		proofs_add(value, password_method(proofs));
	if (good && proofs->email)
		proofs_add(value, email_method(proofs));
	admin_reply_all(proofs->ex, good, value);
	face_end(proofs->ex, turn);
}

static void proofs_run(struct exchange *ex, bool email, bool password)
{
	struct proofs *proofs = arena_alloc(ex->arena, sizeof(*proofs));
	struct person *person = &proofs->person;

	proofs->ex = ex;
	proofs->email = email;
	proofs->password = password;
	if (!admin_begin(ex, &person->turn, &person->actor))
		return;
	person->action = PERSON_GET;
	person->who = exchange_param(ex, "id");
	person->turn.finished = proofs_finished;
	person->turn.arg = proofs;
	person_run(person);
}

void admin_user_methods(struct exchange *ex) { proofs_run(ex, true, true); }
void admin_user_email_methods(struct exchange *ex) { proofs_run(ex, true, false); }
void admin_user_password_methods(struct exchange *ex) { proofs_run(ex, false, true); }
