/*
 * roster.h - the plugins of one server: loaded, checked, opened, bound
 *
 *	roster_load -> roster_open -> [roster_replace_mail]* -> roster_close
 *
 * Threads  The main thread, loops running; roster_describe(), roster_metrics() and
 *          roster_ready() from any.
 * Memory   Each instance keeps its own settings, so that a conf may go when it has been
 *          opened. roster_close() comes after whoever makes operations.
 * Failing  roster_load() adds all errors with their places in the conf file; the others say
 *          why in words and leave things as they were.
 */
#pragma once

#include "conf/conf.h"
#include "conf/sample.h"
#include "plugin/binding.h"

struct loop;
struct metric_text;
struct roster;

/* Loads the files that the conf names, fills their conf structs, checks that each role is
 * bound to a plugin that offers it. Opens nothing: enough for --check-conf. */
enum sp_status roster_load(const struct conf *conf, struct roster **out_roster,
    struct errors *errors) __attribute__((warn_unused_result));

/* For struct conf_options: what plugins find wrong with their sections. Binds no role. */
void roster_look(const struct conf *conf, struct errors *errors);

enum sp_status roster_open(struct roster *roster, const struct conf *conf,
    struct loop *const *loops, unsigned loop_count, struct sp_error *out_error)
    __attribute__((warn_unused_result));
void roster_close(struct roster *roster);	/* accepts NULL, and one that wasn't opened */

struct binding *roster_binding(struct roster *roster);

/* The mail plugins of `conf` take the place of those of now. Those of before end what they
 * have begun; what they had queued is UNAVAILABLE and goes to their successors. A failure to
 * open or bind one leaves all as it was. */
enum sp_status roster_replace_mail(struct roster *roster, const struct conf *conf,
    struct errors *errors) __attribute__((warn_unused_result));

/* An instance that may have operations begun; what isn't ready is named, for /readyz. Mail
 * doesn't count. NULL: all are. */
const char *roster_unready(struct roster *roster, struct arena *arena);

/* One instance, for `sallyport plugin list`. */
struct roster_plugin {
	const char *name, *file, *kind;	/* "main", "lmdb.so", "lmdb" */
	const char *roles;		/* that it offers: "users records" */
	const char *bound;		/* that it fills */
	unsigned api_major, api_minor;
	const struct sp_key *keys;
	bool ready;
};
struct roster_plugin *roster_describe(struct roster *roster, struct arena *arena,
    size_t *out_count);

/* Calls, failures, late and refused operations of each instance, and its lane. */
void roster_metrics(struct roster *roster, struct metric_text *text);

/* Every plugin in a folder, by file name, for the sample. What isn't one is left out. */
struct sample_plugin *roster_folder(const char *folder, struct arena *arena, size_t *out_count);
