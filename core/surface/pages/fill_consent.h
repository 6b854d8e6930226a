/*
 * fill_consent.h - what the page says that asks for an app of somebody else
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 */
#pragma once

#include "flow/visit.h"
#include "http/request.h"

struct values;

void fill_consent(struct exchange *ex, const struct visit *visit, struct values *values);
