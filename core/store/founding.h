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

/* `out_name`: what it is called, if it was this call that made it; else NULL. */
enum sp_status founding_system(struct store *store, const char **out_name,
    struct sp_error *out_error) __attribute__((warn_unused_result));

/* One that an earlier version made gets what this one builds in. It calls this itself. */
enum sp_status founding_renew(struct store *store) __attribute__((warn_unused_result));

/* A sign-in link for the first administrator, in the arena: "id.secret" (links.h). NULL: it could
 * not be written. */
struct arena;
char *founding_link(struct store *store, struct arena *arena);
