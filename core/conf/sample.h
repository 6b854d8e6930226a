/*
 * sample.h - the conf file that documents itself
 *
 * Printed from the tables of keys, so that it can't say what isn't so. conf/sallyport.yaml
 * is this; a test compares.
 *
 * Threads  The main thread.
 */
#pragma once

#include <sallyport/plugin.h>
#include <stdio.h>

/* What there is in the folder of plugins. */
struct sample_plugin { const char *file, *name; const struct sp_key *keys; };

void sample_print(FILE *out, const struct sample_plugin *plugins, size_t count);
