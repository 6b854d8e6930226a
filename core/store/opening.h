/*
 * opening.h - a store is opened with its key file, or made
 *
 * A new store gets a new ring; a new key file, if there is none. A store that there is wants the
 * key file that wrapped its ring, and a format that this server knows.
 *
 * Threads  The main thread. Memory  What it makes belongs to the store.
 * Failing  In words: which file, which key, which format.
 */
#pragma once

#include <sallyport/plugin.h>

struct store;

/* Sets ring, hash and epoch. */
enum sp_status opening_ring(struct store *store, struct sp_error *out_error);
