/*
 * optional.h - claims that an application asks for in its document: optionalClaims
 *
 * One row for each that there is. `scope`: without it granted nobody's data is told, whatever the
 * document says (requirement 75; SEMANTICS 6). Those that every token says anyway may be asked for
 * as well, since documents of the original do.
 *
 * Threads  Any; pure.
 */
#pragma once

#include "model/shape.h"

enum optional_kind {
	OPTIONAL_ALWAYS = 0,	/* is there */
	OPTIONAL_ATTRIBUTE,	/* of the customer */
	OPTIONAL_EMAIL,		/* with email_verified */
	OPTIONAL_USERNAME,
};

struct optional_row {
	const char *name;
	enum optional_kind kind;
	const char *scope, *attribute;
};

#define OPTIONAL_MOST 32u	/* rows: bits of a set */
extern const struct optional_row optional_rows[];	/* ends with a zero row */
extern const struct shape optional_shape[];

void optional_check(const json_t *canonical, struct document_errors *errors);
/* Bits by place of the row. `token`: "idToken", "accessToken". */
uint32_t optional_set(const json_t *document, const char *token);
