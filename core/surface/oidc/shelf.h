/*
 * shelf.h - public answers that are the same until the tenant changes
 *
 * Discovery and keys are asked for far more often than they change. Each loop keeps the text that
 * it made last for a tenant as it is and an address that it is known by; another revision of the
 * tenant is another answer.
 *
 * Threads  Each loop has its own.
 * Memory   At most SHELF_PLACES texts a loop, until shelves_free(). What shelf_find() gives is good
 *          until the next shelf_put() on that loop.
 */
#pragma once

#include "model/tenant.h"

struct exchange;
struct shelves;

#define SHELF_PLACES 64u	/* a power of two */

enum shelf_kind { SHELF_DISCOVERY = 1, SHELF_KEYS };

struct shelf_answer { const char *text, *tag; size_t size; };

struct shelves *shelves_new(unsigned loops);
void shelves_free(struct shelves *shelves);	/* accepts NULL */

/* NULL: not made yet, or made of an older tenant. */
const struct shelf_answer *shelf_find(const struct exchange *ex, const struct tenant *tenant,
    enum shelf_kind kind);
const struct shelf_answer *shelf_put(const struct exchange *ex, const struct tenant *tenant,
    enum shelf_kind kind, const char *text);
