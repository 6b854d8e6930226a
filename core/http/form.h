/*
 * form.h - application/x-www-form-urlencoded, strictly
 *
 * Threads  The exchange's loop.
 * Memory   Names and values are copied into the arena.
 * Failing  At most 64 fields; a bad %, a zero byte, broken UTF-8, an empty name are refused
 *          and the error names the place, never the value.
 */
#pragma once

#include <sallyport/plugin.h>

struct arena;
struct exchange;

#define FORM_FIELDS_MAX 64u

struct form_field { const char *name, *value; };

struct form {
	const struct form_field *fields;	/* in the order they came, doubles kept */
	size_t count;
};

bool form_parse(struct arena *arena, struct sp_bytes bytes, struct form *out_form,
    struct sp_error *out_error) __attribute__((warn_unused_result));

/* The body, which must be of the right type; and the query. */
bool form_body(struct exchange *ex, struct form *out_form, struct sp_error *out_error)
    __attribute__((warn_unused_result));
bool form_query(struct exchange *ex, struct form *out_form, struct sp_error *out_error)
    __attribute__((warn_unused_result));

/* NULL: absent, or there more than once, which is no answer either. */
const char *form_get(const struct form *form, const char *name);
bool form_repeated(const struct form *form, const char *name);
/* All of that name, separated by spaces; NULL: absent. For what may come more than once. */
char *form_all(struct arena *arena, const struct form *form, const char *name);
/* The first name that comes twice; NULL: none does. OAuth refuses all (RFC 6749 3.1). */
const char *form_any_repeated(const struct form *form);
