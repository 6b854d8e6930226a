/*
 * backchannel.h - how a logout token gets to an app: a form posted to its address
 *
 * Threads  The loop of the errand. Memory  Its own, until the app has answered.
 */
#pragma once

#include "store/farewells.h"

/* For store.set.post; `outbound` is a struct outbound. */
void backchannel_post(void *outbound, struct loop *loop, const struct farewells_post *post);
