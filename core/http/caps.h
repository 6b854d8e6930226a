/*
 * caps.h - how many connections there are, in all and from each source
 *
 * Private. Threads  Any: touched when a connection comes or goes, never for a request.
 * Failing  caps_take() is false when a cap is reached, and nothing was counted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct caps;

struct caps *caps_new(void);
void caps_free(struct caps *caps);

bool caps_take(struct caps *caps, unsigned most);
unsigned caps_total(const struct caps *caps);
void caps_give(struct caps *caps);
bool caps_take_source(struct caps *caps, uint64_t key, unsigned most);
void caps_give_source(struct caps *caps, uint64_t key);
