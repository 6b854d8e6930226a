/*
 * settings.h - the numbers of a tenant
 *
 * One table row for each: name in the document, default, min, max, unit, help. A value
 * outside its range is refused, never clamped. SEMANTICS names the paragraphs.
 *
 * Threads  Any; pure. Memory  A struct settings is plain data, part of a snapshot.
 */
#pragma once

#include "base/json.h"

struct document_errors;

struct settings {
	int64_t passcode_digits, passcode_lifetime, passcode_tries;	/* 1.1, 1.2 */
	int64_t resend_after, resend_limit;
	int64_t mfa_run, mfa_day, mfa_pause_most;	/* 1.3: wrong codes after a right password */
	int64_t unproven_day;				/* wrong codes to an unproven address */
	int64_t password_run, password_pause_most;
	int64_t pause_first;
	int64_t mfa_sends, mfa_sends_window;
	int64_t unproven_sends, unproven_sends_window, unproven_sends_day;
	int64_t source_sends, source_passwords, source_unknown;	/* an hour, 10 min, an hour */
	int64_t tenant_sends;				/* a minute */
	int64_t journey_lifetime, session_idle, session_persistent;
	int64_t code_lifetime, access_token_lifetime, id_token_lifetime;
	int64_t refresh_idle, refresh_lifetime, refresh_spa, refresh_repeat;
	int64_t password_least;				/* code points */
	int64_t password_floor;				/* 3.1: of backends that verify */
	int64_t signin_retention;
	int64_t deleted_lifetime;			/* of applications and policies */
	int64_t audit_retention, audit_most;		/* 8 */
	int64_t signing_key_lifetime;
	bool proof_counts_as_mfa;			/* 3.3 */
	bool code_in_subject;
	int64_t pushed_lifetime, device_lifetime;	/* RFC 9126, RFC 8628 */
	bool pushed_only;				/* of all applications */
};

struct settings_row {
	const char *name;	/* "passcodeLifetime"; durations: seconds in documents, ms here */
	size_t offset;
	bool flag, duration;
	int64_t fallback, min, max;	/* as in the document */
	const char *help;
};

extern const struct settings_row settings_rows[];	/* ends with a NULL name */

void settings_default(struct settings *out_settings);
/* `json` is an object or NULL; unknown names and values out of range are told. */
bool settings_parse(const json_t *json, struct settings *out_settings,
    struct document_errors *errors);
/* All of them, as in a document; a new reference. */
json_t *settings_json(const struct settings *settings);
