/*
 * context.h - an authentication context: a name, "c1" to "c99", that applications ask for and
 * policies are about
 *
 * A document (document.h) as Graph has it. What it says of itself is for operators; `isAvailable`
 * says whether applications may ask for it. One that is not offered, or that nobody has described,
 * is never in a token, so that a step-up which nobody set up doesn't look like one that was passed.
 *
 * Threads  Any; pure.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

struct document_errors;

/* See document.h. */
json_t *context_check(const json_t *document, struct document_errors *errors);
/* Adds it to those that may be asked for, if it is one. */
bool context_compile(const json_t *document, struct sp_contexts *contexts);
