#include "model/settings.h"

#include "base/text.h"
#include "model/document.h"

#include <stdio.h>
#include <string.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

#define COUNT(text, member, fallback, min, max, help) \
	{ text, offsetof(struct settings, member), false, false, fallback, min, max, help }
#define SPAN(text, member, fallback, min, max, help) \
	{ text, offsetof(struct settings, member), false, true, fallback, min, max, help }
#define FLAG(text, member, fallback, help) \
	{ text, offsetof(struct settings, member), true, false, fallback, 0, 1, help }

const struct settings_row settings_rows[] = {
	COUNT("passcodeDigits", passcode_digits, 8, 6, 10, "digits of a one-time passcode"),
	SPAN("passcodeLifetime", passcode_lifetime, 10 * MINUTE, MINUTE, 30 * MINUTE,
	    "how long a passcode is good for"),
	COUNT("passcodeTries", passcode_tries, 5, 1, 10, "tries at one challenge, resends included"),
	SPAN("passcodeResendAfter", resend_after, MINUTE, 15, 10 * MINUTE,
	    "wait before another code may be sent"),
	COUNT("passcodeResends", resend_limit, 5, 0, 10, "resends of one challenge"),
	COUNT("mfaWrongInARow", mfa_run, 10, 3, 100,
	    "wrong second-door codes of an account before a pause"),
	COUNT("mfaWrongADay", mfa_day, 50, 10, 500, "wrong second-door codes of an account a day"),
	SPAN("mfaPauseMost", mfa_pause_most, HOUR, MINUTE, DAY, "longest pause of the second door"),
	COUNT("unprovenWrongADay", unproven_day, 30, 5, 500,
	    "wrong codes of an address a day: sign-up, reset, code-first sign-in"),
	COUNT("passwordWrongInARow", password_run, 10, 3, 100,
	    "wrong passwords of an account before a pause; known browsers count apart"),
	SPAN("passwordPauseMost", password_pause_most, 15 * MINUTE, MINUTE, DAY,
	    "longest pause after wrong passwords"),
	SPAN("pauseFirst", pause_first, MINUTE, 10, HOUR, "the first pause; each next one doubles"),
	COUNT("mfaSends", mfa_sends, 10, 1, 100, "second-door codes sent to an account in a window"),
	SPAN("mfaSendsWindow", mfa_sends_window, 10 * MINUTE, MINUTE, DAY, "that window"),
	COUNT("unprovenSends", unproven_sends, 3, 1, 100,
	    "codes sent to an address, known or not, in a window"),
	SPAN("unprovenSendsWindow", unproven_sends_window, 15 * MINUTE, MINUTE, DAY, "that window"),
	COUNT("unprovenSendsADay", unproven_sends_day, 10, 1, 200, "codes sent to an address a day"),
	COUNT("sourceSendsAnHour", source_sends, 30, 1, 100000, "codes sent for one source an hour"),
	COUNT("sourcePasswords", source_passwords, 20, 1, 100000,
	    "wrong passwords of one source in ten minutes"),
	COUNT("sourceUnknownAnHour", source_unknown, 20, 1, 100000,
	    "unknown addresses told to one source an hour"),
	COUNT("tenantSendsAMinute", tenant_sends, 1000, 1, 1000000,
	    "codes sent for all a minute; for strangers three quarters of it"),
	SPAN("journeyLifetime", journey_lifetime, 30 * MINUTE, 5 * MINUTE, 2 * HOUR,
	    "how long a sign-in may take"),
	SPAN("sessionIdle", session_idle, DAY, 5 * MINUTE, 30 * DAY,
	    "a session without use ends after this"),
	SPAN("sessionPersistent", session_persistent, 90 * DAY, HOUR, 365 * DAY,
	    "the same with \"stay signed in\""),
	SPAN("codeLifetime", code_lifetime, MINUTE, 10, 10 * MINUTE, "of an authorization code"),
	SPAN("accessTokenLifetime", access_token_lifetime, 10 * MINUTE, MINUTE, DAY,
	    "of an access token"),
	SPAN("idTokenLifetime", id_token_lifetime, HOUR, 5 * MINUTE, DAY, "of an ID token"),
	SPAN("refreshTokenIdle", refresh_idle, 90 * DAY, HOUR, 365 * DAY,
	    "a refresh token without use ends after this"),
	SPAN("refreshTokenLifetime", refresh_lifetime, 180 * DAY, HOUR, 730 * DAY,
	    "from the sign-in on, however often it is used"),
	SPAN("refreshTokenSpa", refresh_spa, DAY, 5 * MINUTE, 90 * DAY,
	    "the same for applications in the browser"),
	SPAN("refreshTokenRepeat", refresh_repeat, 30, 30, 90 * DAY,
	    "how long a lost answer can be asked for again, if nobody has used it: longer spares "
	    "customers with bad networks a sign-in, and hides a thief as long"),
	COUNT("passwordLeast", password_least, 8, 8, 64, "characters of a new password"),
	SPAN("passwordFloor", password_floor, 1, 0, 30,
	    "no sooner is a password told as wrong where the users backend verifies it itself"),
	SPAN("signInRetention", signin_retention, 30 * DAY, DAY, 730 * DAY,
	    "how long sign-ins stay in the log"),
	SPAN("deletedItemLifetime", deleted_lifetime, 30 * DAY, DAY, 90 * DAY,
	    "how long a deleted application or policy can be restored"),
	SPAN("auditRetention", audit_retention, 30 * DAY, DAY, 3650 * DAY,
	    "how long changes stay in the audit"),
	COUNT("auditEntries", audit_most, 1000000, 1000, 100000000,
	    "changes in the audit; beyond them the oldest go"),
	SPAN("signingKeyLifetime", signing_key_lifetime, 90 * DAY, 7 * DAY, 3650 * DAY,
	    "after this the next key signs; it is published a day before"),
	FLAG("signUpProofCountsAsMfa", proof_counts_as_mfa, 1,
	    "proving the address at sign-up is the second door of that sign-up"),
	FLAG("codeInSubject", code_in_subject, 0, "mails show the code in their subject"),
	SPAN("pushedRequestLifetime", pushed_lifetime, 90, 5, 10 * MINUTE,
	    "how long a pushed authorization request can be used"),
	SPAN("deviceCodeLifetime", device_lifetime, 10 * MINUTE, MINUTE, 10 * MINUTE,
	    "how long a sign-in on another device may take"),
	FLAG("requirePushedAuthorizationRequests", pushed_only, 0,
	    "applications push their authorization requests, or are refused"),
	{ NULL, 0, false, false, 0, 0, 0, NULL },
};

/* `value` as in the document. */
static void settings_set(struct settings *settings, const struct settings_row *row, int64_t value)
{
	char *at = (char *)settings + row->offset;

	if (row->flag)
		*(bool *)at = value != 0;
	else
		*(int64_t *)(void *)at = row->duration ? value * 1000 : value;
}

void settings_default(struct settings *out_settings)
{
	*out_settings = (struct settings){ 0 };
	for (const struct settings_row *row = settings_rows; row->name != NULL; row++)
		settings_set(out_settings, row, row->fallback);
}

static bool settings_member(const struct settings_row *row, const json_t *value,
    struct settings *settings, struct document_errors *errors)
{
	char path[64];

	snprintf(path, sizeof(path), "settings.%s", row->name);
	if (row->flag && json_is_boolean(value)) {
		settings_set(settings, row, json_is_true(value));
		return true;
	}
	if (row->flag || !json_is_integer(value)) {
		document_wrong(errors, path, "InvalidType", "%s%s", row->flag ?
		    "not true or false" : "not a whole number", row->duration ? " of seconds" : "");
		return false;
	}
	int64_t number = json_integer_value(value);
	if (number >= row->min && number <= row->max) {
		settings_set(settings, row, number);
		return true;
	}
	document_wrong(errors, path, "OutOfRange", "not in %lld to %lld%s", (long long)row->min,
	    (long long)row->max, row->duration ? " seconds" : "");
	return false;
}

static const struct settings_row *settings_find(const char *name)
{
	for (const struct settings_row *row = settings_rows; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

bool settings_parse(const json_t *json, struct settings *out_settings,
    struct document_errors *errors)
{
	struct settings settings;
	const char *name;
	json_t *value;
	bool good = json == NULL || json_is_object(json);

	settings_default(&settings);
	if (!good)
		document_wrong(errors, "settings", "InvalidType", "not an object");
	json_object_foreach((json_t *)(uintptr_t)json, name, value) {
		const struct settings_row *row = settings_find(name);
		if (row == NULL && strstr(name, "@odata.") == NULL) {
			document_wrong(errors, "settings", "UnknownProperty", "no setting \"%.64s\"",
			    text_plain(name) && strlen(name) <= 64 ? name : "?");
			good = false;
		} else if (row != NULL && !json_is_null(value)) {
			good = settings_member(row, value, &settings, errors) && good;
		}
	}
	if (good)
		*out_settings = settings;
	return good;
}

json_t *settings_json(const struct settings *settings)
{
	json_t *json = json_object();

	for (const struct settings_row *row = settings_rows; row->name != NULL; row++) {
		const char *at = (const char *)settings + row->offset;
		int64_t value = row->flag ? 0 : *(const int64_t *)(const void *)at;
		json_object_set_new(json, row->name, row->flag ?
		    json_boolean(*(const bool *)at) :
		    json_integer(row->duration ? value / 1000 : value));
	}
	return json;
}
