/*
 * pages.h - the pages surface: forms of a journey, the page of a stored one, the style sheet
 *
 * Threads  The exchange's loop. Memory  Its arena.
 * Failing  A page that says what to do next, never a bare status.
 */
#pragma once

#include "http/router.h"

extern const struct route pages_routes[];

/* A form of ours, sent from a page of ours: Origin and Sec-Fetch-Site (SEMANTICS 2.2; req 217). */
bool pages_same_origin(struct exchange *ex);
