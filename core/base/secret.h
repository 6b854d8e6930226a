/*
 * secret.h - bytes that must not be seen
 *
 * A type of its own, so that no log or print function accepts it by accident. The
 * bytes belong to whoever made them: an arena, which wipes, or a static buffer.
 *
 * Threads  Any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct secret { const unsigned char *data; size_t size; };

struct secret secret_text(const char *text);	/* without its end; NULL: empty */

/* In a time that depends on the sizes alone. Two empty ones differ: nothing is no proof. */
bool secret_equal(struct secret a, struct secret b);
