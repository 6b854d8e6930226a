/*
 * storehouse.h - a store over real plugins, for a test
 *
 * Three loops; records and users in the plugin named on the command line, policies in
 * conditional-access, two postmen. A crash is a store that is closed before the next step, and
 * opened again over the same backends.
 */
#pragma once

#include "../house.h"

#include "../plugins/postman.h"
#include "base/arena.h"
#include "base/id.h"
#include "loop/loop.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/store.h"

#include <string.h>

enum { LOOPS = 3 };

extern struct house house;
extern struct store *store;		/* this node's */
extern struct postman postmen[2];
extern struct sp_id tenant;		/* once snapshots() has made it */

void storehouse_open(int argc, char **argv);
void storehouse_close(void);

enum sp_status node_open(const char *name, const char *key_file, struct store **out_store,
    struct sp_error *out_error);
void crash(void);			/* this node dies and starts again */
const char *key_file(void);

/* One commit, composed on loop 0. */
typedef void fill_fn(struct sp_records_commit *commit, void *arg);
enum sp_status commit(fill_fn *fill, void *arg);
/* One record; `read` gets it. */
void read_one(struct sp_address at, void (*read)(const struct sp_record *record, void *arg),
    void *arg);
size_t count_of(struct sp_address prefix);

/* Waits until it is so; the program stops when that takes 30 s. */
void until(bool (*so)(void *arg), void *arg, const char *what);
#define UNTIL(so, arg) until(so, arg, #so)

/* The tests. */
void opening(void);
void snapshots(void);
void outboxes(void);
void intents(void);
void migrating(void);
void counters(void);
void founding(void);
