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

/* device.c: a person answers for a device (RFC 8628). */
void pages_device(struct exchange *ex);
void pages_device_post(struct exchange *ex);
void pages_device_confirm(struct exchange *ex);
void pages_device_decide(struct exchange *ex);
