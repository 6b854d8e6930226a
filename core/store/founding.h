/*
 * founding.h - the tenant of administrators is made, where it isn't there yet
 *
 * At the first start, and at the first one of a server that knows of it, with a store from before:
 * tenant, documents and signing key are one batch, so there is no half of it (model/system.h).
 * It signs with ES256 alone, of which a key is made in no time.
 *
 * Threads  The main thread, loops running, after store_open().
 * Failing  Words in `out_error`; nothing was written. Another node that makes it at the same
 *          moment is no failure.
 */
#pragma once

#include <sallyport/plugin.h>

struct store;

enum sp_status founding_system(struct store *store, struct sp_error *out_error)
    __attribute__((warn_unused_result));
