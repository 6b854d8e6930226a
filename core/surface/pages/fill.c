#include "surface/pages/fill.h"

#include "base/text.h"
#include "model/system.h"
#include "surface/pages/fill_consent.h"
#include "text/catalogue.h"
#include "text/values.h"

#include <string.h>

enum { MINUTE = 60000, SECOND = 1000, PASSWORD_MOST = 256 };

static int64_t round_up(int64_t ms, int64_t unit)
{
	return (ms + unit - 1) / unit;
}

static const char *fill_word(struct exchange *ex, const struct values *values, const char *kind,
    const char *word)
{
	return catalogue_fill(ex->arena, values->words, text_print(ex->arena, "%s.%s", kind, word),
	    values);
}

/* Whoever asks again too soon, or too often here, has a code that is still good: nothing is
 * spent that a wait of minutes would bring back. */
static const char *reason_word(const struct visit_answer *answer)
{
	if (answer->reason == REASON_SENDS && answer->ask == ASK_CODE) {
		if (answer->resend_in < 0)
			return "sends_over";
		if (answer->resend_in > 0 && answer->wait <= answer->resend_in)
			return "sends_soon";
	}
	return journey_reason_name(answer->reason);
}

/* Where the reason belongs: at its field, or above the form. */
static void fill_reason(struct exchange *ex, const struct visit_answer *answer,
    struct values *values)
{
	struct values *wrong = values_group(values, "wrong");
	const char *word, *field = NULL;

	if (answer->reason == REASON_NONE)
		return;
	values_number(values, "wait_minutes", round_up(answer->wait, MINUTE));
	word = fill_word(ex, values, "reason", reason_word(answer));
	switch (answer->reason) {
	case REASON_CODE: case REASON_CODE_EXPIRED: case REASON_CODE_REPLACED:
		field = "code";
		break;
	case REASON_ADDRESS:
		field = "email";
		break;
	case REASON_NEW_PASSWORD:
		field = "password";
		break;
	case REASON_LINK:
		field = "link";
		break;
	default:
		break;
	}
	if (field != NULL)
		values_set(wrong, field, word);
	else
		values_set(values, "problem", word);
}

static void fill_sign_in(const struct visit *visit, struct values *values)
{
	const struct visit_answer *answer = &visit->answer;

	values_set(values, "email", answer->address);
	values_flag(values, "stay_offered", answer->stay_asked);
	values_flag(values, "stay", answer->stay);
	values_flag(values, "reset_offered", answer->method == METHOD_PASSWORD &&
	    !system_no_reset(visit->turn.tenant->id));
	values_flag(values, "sign_up_offered", answer->sign_up_allowed);
}

static void fill_accounts(const struct visit_answer *answer, struct values *values)
{
	values_set(values, "email", answer->request->login_hint);
	values_list(values, "accounts");
	for (size_t i = 0; i < answer->account_count; i++) {
		struct values *item = values_item(values, "accounts");
		values_set(item, "account", answer->accounts[i].session);
		values_set(item, "address", answer->accounts[i].address);
	}
}

/* A pause is the same for every address, known or not, so it may be told. */
static void fill_wait(struct exchange *ex, const struct visit_answer *answer,
    struct values *values)
{
	if (answer->reason == REASON_CREDENTIALS && answer->wait > 0)
		values_set(values, "problem", fill_word(ex, values, "reason", "credentials_paused"));
}

static void fill_code(struct exchange *ex, const struct visit *visit, struct values *values)
{
	const struct visit_answer *answer = &visit->answer;
	struct values *purpose = values_group(values, "purpose");

	values_flag(purpose, "sign_up", answer->purpose == PASSCODE_SIGN_UP);
	values_flag(purpose, "second", answer->purpose == PASSCODE_SECOND);
	values_flag(purpose, "reset", answer->purpose == PASSCODE_RESET);
	values_flag(purpose, "first", answer->purpose == PASSCODE_SIGN_IN);
	values_set(values, "target", answer->mask);
	values_set(values, "reference", answer->reference);
	values_number(values, "digits", visit->turn.tenant->settings.passcode_digits);
	values_number(values, "minutes_left", round_up(answer->expires_in, MINUTE));
	values_flag(values, "tries_told", true);
	values_number(values, "tries_left", answer->tries_left);
	values_flag(values, "resend", answer->resend_in >= 0);
	if (answer->resend_in > 0)
		values_number(values, "resend_wait", round_up(answer->resend_in, SECOND));
	values_set(values, "back", answer->kind == JOURNEY_SIGN_UP ? "to-sign-up" :
	    answer->kind == JOURNEY_RESET ? "to-reset" : "to-sign-in");
	if (answer->resent)
		values_set(values, "notice", fill_word(ex, values, "notice", "sent"));
}

static void fill_new_password(struct exchange *ex, const struct visit *visit,
    struct values *values)
{
	static const char *const words[] = {
		[NEWPASSWORD_BAD] = "bad", [NEWPASSWORD_SHORT] = "short",
		[NEWPASSWORD_LONG] = "long", [NEWPASSWORD_COMMON] = "common",
		[NEWPASSWORD_PERSONAL] = "personal", [NEWPASSWORD_SAME] = "same",
	};
	const struct visit_answer *answer = &visit->answer;

	values_number(values, "password_min", visit->turn.tenant->settings.password_least);
	values_number(values, "password_max", PASSWORD_MOST);
	values_set(values, "email", answer->address);
	values_flag(values, "founds", answer->founds);
	values_flag(values_group(values, "purpose"), "reset", answer->kind == JOURNEY_RESET);
	values_flag(values_group(values, "purpose"), "renew", answer->kind == JOURNEY_SIGN_IN);
	if (answer->reason == REASON_NEW_PASSWORD && answer->verdict != NEWPASSWORD_GOOD)
		values_set(values_group(values, "wrong"), "password",
		    fill_word(ex, values, "password", words[answer->verdict]));
}

static const char *given(const struct visit *visit, const char *name)
{
	for (size_t i = 0; i < visit->input.attribute_count; i++)
		if (strcmp(visit->input.attributes[i].name, name) == 0)
			return visit->input.attributes[i].value;
	return NULL;
}

static const char *autocomplete(const char *name)
{
	static const struct { const char *name, *token; } tokens[] = {
		{ "displayName", "name" }, { "givenName", "given-name" },
		{ "surname", "family-name" }, { "streetAddress", "street-address" },
		{ "city", "address-level2" }, { "state", "address-level1" },
		{ "postalCode", "postal-code" }, { "country", "country-name" },
		{ "jobTitle", "organization-title" },
	};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
		if (strcmp(tokens[i].name, name) == 0)
			return tokens[i].token;
	return NULL;
}

static void fill_attributes(struct exchange *ex, const struct visit *visit,
    struct values *values)
{
	const struct visit_answer *answer = &visit->answer;

	values_list(values, "inputs");
	for (size_t i = 0; answer->flow != NULL && i < answer->flow->attribute_count; i++) {
		const struct userflow_attribute *attribute = &answer->flow->attributes[i];
		struct values *input = values_item(values, "inputs");
		values_flag(input, "line", true);
		values_set(input, "id", text_print(ex->arena, "a-%zu", i));
		values_set(input, "name", attribute->name);
		values_set(input, "label", attribute->label);
		values_flag(input, "required", attribute->required);
		values_number(input, "max", (int64_t)attribute->most);
		values_set(input, "value", given(visit, attribute->name));
		values_set(input, "autocomplete", autocomplete(attribute->name));
		if (answer->reason == REASON_ATTRIBUTE && answer->attribute == attribute->name)
			values_set(input, "flaw", answer->why);
	}
}

/* The same customer would end here again, another may not. */
static bool denied_for_good(enum journey_reason reason)
{
	return reason == REASON_BLOCKED || reason == REASON_NO_METHOD ||
	    reason == REASON_METHOD_OFF || reason == REASON_GROUPS ||
	    reason == REASON_NOT_ASSIGNED;
}

static void fill_denied(struct exchange *ex, const struct visit *visit, struct values *values)
{
	const struct visit_answer *answer = &visit->answer;
	const char *reason = text_print(ex->arena, "denied.%s",
	    journey_reason_name(answer->reason));

	values_number(values, "wait_minutes", round_up(answer->wait, MINUTE));
	values_set(values, "title", fill_word(ex, values, reason, "title"));
	values_set(values, "message", fill_word(ex, values, reason, "text"));
	values_set(values, "advice", fill_word(ex, values, reason, "advice"));
	values_flag(values, "somebody_else", denied_for_good(answer->reason));
	values_flag(values, "restart", answer->restart != NULL);
	values_set(values, "journey", answer->restart);
}

void fill_answer(struct exchange *ex, const struct visit *visit, struct values *values)
{
	const struct visit_answer *answer = &visit->answer;

	if (answer->app != NULL)
		values_set(values, "app", answer->app->display_name);
	values_set(values, "journey", answer->journey);
	if (answer->ask == ASK_CODE)
		fill_code(ex, visit, values);
	if (answer->ask != ASK_DENIED)
		fill_reason(ex, answer, values);
	switch (answer->ask) {
	case ASK_SIGN_IN:
		fill_sign_in(visit, values);
		fill_wait(ex, answer, values);
		break;
	case ASK_ADDRESS:
		values_set(values, "email", answer->address);
		break;
	case ASK_SEND:
		values_set(values, "target", answer->mask);
		values_set(values, "back", "to-sign-in");
		break;
	case ASK_NEW_PASSWORD:
		fill_new_password(ex, visit, values);
		break;
	case ASK_ATTRIBUTES:
		fill_attributes(ex, visit, values);
		break;
	case ASK_ACCOUNT:
		fill_accounts(answer, values);
		break;
	case ASK_CONSENT:
		fill_consent(ex, visit, values);
		break;
	case ASK_RESET_DONE:
		values_flag(values, "restart", answer->restart != NULL);
		values_set(values, "journey", answer->restart);
		break;
	case ASK_LINKED:
		values_set(values, "target", answer->mask);
		values_set(values, "sign_out", text_print(ex->arena, "/%s/oauth2/v2.0/logout",
		    visit->turn.tenant->name));
		break;
	case ASK_DENIED:
		fill_denied(ex, visit, values);
		break;
	default:
		break;
	}
}
