/*
 * fill.h - the values of each page (the table is conf/pages/README.md)
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 */
#pragma once

#include "flow/visit.h"
#include "http/request.h"

struct values;

void fill_answer(struct exchange *ex, const struct visit *visit, struct values *values);
