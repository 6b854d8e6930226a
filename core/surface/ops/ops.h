/*
 * ops.h - for those who run it: is it alive, is it ready, how is it doing
 *
 * Threads  The exchange's loop.
 */
#pragma once

#include "http/router.h"

extern const struct route ops_routes[];
