/*
 * ops.h - for those who run it: is it alive, is it ready, how is it doing
 *
 * Threads  The exchange's loop. Memory  Its arena.
 * Failing  An answer with a status: 503 while something that must be there isn't.
 */
#pragma once

#include "http/router.h"

extern const struct route ops_routes[];
