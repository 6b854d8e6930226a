/*
 * table.h - core's own conf keys, one row each
 *
 * Threads  Constants.
 */
#pragma once

#include <sallyport/plugin.h>

extern const struct sp_key table_server[], table_listen[], table_plugin[], table_lane[];
extern const char *const table_lanes[];		/* names, by enum conf_lane_name */

/* The floor for password hashes: SEMANTICS 8. */
#define TABLE_MEMORY_FLOOR (INT64_C(19) << 20)
#define TABLE_PASSES_FLOOR INT64_C(2)
