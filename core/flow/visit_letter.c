/* visit_letter.c - the mails of a sign-in: a code, or a notice */
#include "flow/visit_steps.h"

#include "base/text.h"
#include "flow/letters.h"
#include "text/values.h"

#include <string.h>

static const char *letter_app(const struct visit *visit)
{
	const struct app *app = tenant_app(visit->turn.tenant,
	    visit->work->journey.request.client_id);

	return app != NULL ? app->display_name : NULL;
}

static void code_values(const struct visit *visit, struct values *values, const char *code)
{
	const struct visit_work *work = visit->work;
	struct values *purpose = values_group(values, "purpose");

	values_flag(purpose, "sign_up", work->purpose == PASSCODE_SIGN_UP);
	values_flag(purpose, "first", work->purpose == PASSCODE_SIGN_IN);
	values_flag(purpose, "second", work->purpose == PASSCODE_SECOND);
	values_flag(purpose, "reset", work->purpose == PASSCODE_RESET);
	values_set(values, "code", text_copy(visit->turn.arena, code));
	values_set(values, "reference", work->passcode.reference);
	values_number(values, "minutes", visit_settings(visit)->passcode_lifetime / 60000);
}

/* The mail of this challenge. To an address that has an account, a sign-up's mail says just
 * that; to one that must not hear from us, it is composed all the same and never sent. */
bool visit_compose(struct visit *visit, const char *code)
{
	struct visit_work *work = visit->work;
	struct values *values = letters_values(&visit->turn, letter_app(visit));
	struct letter letter = {
		.name = work->exists ? "account-exists" : "code",
		.subject = work->exists ? "mail.account_exists.subject" :
		    visit_settings(visit)->code_in_subject ? "mail.code.subject_with_code" :
		    "mail.code.subject",
		.to = work->passcode.address, .locales = work->journey.request.locale,
		.expires = work->passcode.expires,
	};

	code_values(visit, values, code);
	work->mail = (struct outbox_entry){
		.id = id_ordered(visit->turn.now), .tenant = visit->turn.tenant->id,
		.challenge = work->passcode.id, .reference = work->passcode.reference,
		.decoy = (work->decoy && !work->exists) || work->muted,
	};
	return letters_write(&visit->turn, &letter, values, work->mail.id, &work->mail.message);
}

bool visit_compose_notice(struct visit *visit, const char *which, int64_t date)
{
	enum { NOTICE_HOURS = 24 };
	struct visit_work *work = visit->work;
	bool changed = strcmp(which, "password-changed") == 0;
	struct values *values = letters_values(&visit->turn, letter_app(visit));
	struct letter letter = {
		.name = which, .to = work->journey.address, .locales = work->journey.request.locale,
		.subject = changed ? "mail.password_changed.subject" :
		    "mail.failed_second_door.subject",
		.date = date, .happened = visit->turn.now,
		.expires = date + (int64_t)NOTICE_HOURS * 3600 * 1000,
	};

	if (letter.to == NULL)
		return false;
	values_set(values, "place", visit->turn.source_text);
	work->notice = (struct outbox_entry){
		.id = id_ordered(visit->turn.now), .tenant = visit->turn.tenant->id,
	};
	return letters_write(&visit->turn, &letter, values, work->notice.id,
	    &work->notice.message);
}
