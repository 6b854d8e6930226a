/*
 * userflow.h - how customers of some apps sign up and in
 *
 * One flow serves many apps; an app is in at most one. An app in none lets known customers sign
 * in, by password, and nobody sign up (SEMANTICS 3.2).
 *
 * Threads  Any; pure. Memory  The snapshot's arena.
 */
#pragma once

#include "base/json.h"

struct arena;
struct document_errors;

enum local_method { METHOD_PASSWORD = 0, METHOD_OTP };	/* EmailPassword-, EmailOtpSignup-OAUTH */

struct userflow_attribute {
	const char *name, *label;	/* "displayName", "Display name" */
	const char *pattern;		/* POSIX extended expression, or NULL; of bytes */
	bool required;
	size_t most;			/* characters */
};

struct userflow {
	struct sp_id id;
	const char *display_name;
	enum local_method method;
	bool sign_up;			/* isSignUpAllowed */
	size_t app_count;
	const struct sp_id *apps;	/* sorted */
	size_t attribute_count;
	const struct userflow_attribute *attributes;
};

/* See document.h. */
json_t *userflow_check(const json_t *document, struct document_errors *errors);
bool userflow_compile(struct arena *arena, const json_t *document, struct userflow *out_flow);

/* An app that both serve: it may be in one flow only. */
bool userflow_shares(const struct userflow *a, const struct userflow *b, struct sp_id *out_app);

/* NULL: fits; else why not, in words for the customer. Empty and not required fits. */
const char *userflow_refuses(const struct userflow_attribute *attribute, const char *value);
