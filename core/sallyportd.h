/*
 * sallyportd.h - the server as a whole
 *
 *	server_open -> server_run -> server_close
 *
 * server_open() makes loops, lanes and plugins from the conf; server_assemble() puts the rest
 * on top: store, flows, surfaces, listeners. Below it nobody knows of HTTP, above it nobody
 * knows of signals.
 *
 * Threads  All of it on the main thread, which otherwise waits for signals.
 * Memory   The conf and the one before live until the end: what was made from an old one may
 *          still point to it.
 * Failing  Words go to the log, or to stderr before it runs.
 */
#pragma once

#include "base/arena.h"
#include "conf/conf.h"
#include "plugin/roster.h"

#include <sys/queue.h>

struct lane;
struct loop;
struct assembly;

#define SERVER_LOOPS_MAX 256u

/* One reading of the conf file, with its memory. */
struct reading {
	SLIST_ENTRY(reading) link;
	struct arena arena;
	struct conf conf;
};

struct server {
	struct conf_options options;
	const struct conf *conf;	/* of now */
	SLIST_HEAD(, reading) readings;	/* newest first */
	unsigned loop_count;
	struct loop *loops[SERVER_LOOPS_MAX];
	struct lane *lanes[CONF_LANES];
	struct roster *roster;
	bool mail_due;			/* a reload's mail plugins could not be opened */
	bool trust_clock;		/* time seen by an earlier life doesn't count */
	int64_t mark;			/* when the wall clock was last written down */
	struct assembly *assembly;	/* sallyportd_assemble.c: its own affair */
};

/* sallyportd_server.c */
bool server_base(struct server *server, const char *path);	/* loops, lanes and plugins alone */
bool server_open(struct server *server, const char *path);
int server_run(struct server *server);		/* until a signal; the exit status */
void server_close(struct server *server);

/* NULL: all errors have been told, on `out` or (NULL) in the log. With `out_roster` not NULL
 * plugins are loaded as well. */
struct reading *reading_new(const char *path, const struct conf_options *options,
    struct roster **out_roster, FILE *out);
void reading_free(struct reading *reading);

/* sallyportd_restore.c: the process's exit status. */
int restore_command(const char *conf, const char *file, bool replace);

/*
 * sallyportd_assemble.c: whatever stands on loops, lanes and plugins. The roster's binding is
 * roster_binding(server->roster); the hash lane is fair, job.source is the visitor's.
 */
struct store_setup;
/* What a store of this server is made with; the key folder is made. */
enum sp_status server_store_setup(struct server *server, struct arena *arena,
    struct store_setup *out_setup, struct sp_error *out_error);
enum sp_status server_assemble(struct server *server, struct sp_error *out_error);

/* After server->conf is the new one: limits, proxies, certificates, pages, also those whose
 * files alone have changed. What can't be taken over is logged and stays as it was. */
void server_reassemble(struct server *server);

void server_drain(struct server *server, int64_t ms);	/* no new visitors; waits for the rest */
/* Also after a failed assembly. False: some of it is still being used. */
bool server_disassemble(struct server *server);

/* sallyportd_first.c: the tenant of administrators, and the way in for the first of them. */
struct face;
void first_begin(const struct face *face);

/* sallyportd_notify.c: systemd, if it listens. "READY=1" */
void notify(const char *state);

/* sallyportd_files.c: so many connections leave descriptors for everything else; `most` if they do.
 * Raises this process's limit as far as it may. */
unsigned files_allow(int64_t most);

/* sallyportd_mark.c: the wall clock's high-water mark, in the state folder. */
void mark_read(struct server *server);
void mark_write(struct server *server);
