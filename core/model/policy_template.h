/*
 * policy_template.h - policies that are ready to be made, as conditionalAccessTemplate of Graph
 *
 * Each begins report-only: it is looked at before it asks anybody for anything.
 *
 * Threads  Any; pure. Memory  New references.
 */
#pragma once

#include "base/json.h"

/* [{"id", "name", "description", "scenarios", "details"}], `details` a policy's body. */
json_t *policy_templates(void);
/* NULL: there is none of this id. Any case. */
json_t *policy_template(const char *id);
