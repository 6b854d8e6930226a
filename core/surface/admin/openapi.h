/*
 * openapi.h - what OpenAPI is told of the operations that are about no kind of document
 *
 * Threads  Any; tables live for ever.
 */
#pragma once

#include "model/shape.h"

struct openapi_row {
	const char *name;	/* of the route: "POST /users" */
	const char *summary;
	const struct shape *body;	/* NULL: any object, or none */
	unsigned status;		/* when all goes well; 0: as the method says */
};

extern const struct openapi_row openapi_rows[];		/* ends with a NULL name */
