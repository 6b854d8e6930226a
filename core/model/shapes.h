/*
 * shapes.h - the shape of each kind of document, and what it says as JSON Schema
 *
 * Threads  Any; pure. Memory  Tables live for ever; schemas are new references.
 */
#pragma once

#include "model/shape.h"

extern const struct shape app_shape[], context_shape[], flow_shape[], group_shape[],
    location_shape[], method_shape[], policy_shape[], tenant_shape[];

/* NULL: it has none. */
const struct shape *shapes_of(enum document_kind kind);

/* {"type": "object", ...}, as of 2020-12. It says what the server's own check would, as far as a
 * schema can: rules between properties it can't tell. What must be there is the caller's to name, as
 * some of it the server gives. */
json_t *shapes_schema(const struct shape *members);
/* What a document of this kind must bring to be created, a new array. */
json_t *shapes_required(const struct shape *members);
