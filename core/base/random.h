/*
 * random.h - unpredictable bytes and numbers, from the kernel
 *
 * Threads  Any. Failing  Never: a machine without entropy ends the program.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

void random_fill(void *out, size_t size);
uint32_t random_below(uint32_t bound);	/* without bias; bound > 0 */

/* `digits` decimal digits and an end: a passcode. Requirement 129. */
void random_digits(char *out, size_t digits);
