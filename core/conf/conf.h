/*
 * conf.h - the conf file, typed and checked
 *
 * One YAML file with the sections server, listen, plugin and lane. Each key of core is a row
 * of a table (conf/table.c); a plugin's keys are a table of its own, so its section is kept
 * as it stands until the plugin is loaded (plugin/roster.h).
 *
 * Threads  The main thread.
 * Memory   Everything is the arena's; a conf that was read is never changed.
 * Failing  All errors are collected, with line and column; warnings beside them.
 */
#pragma once

#include "conf/errors.h"
#include "conf/tree.h"

#include <sallyport/plugin.h>

struct arena;

/* Surfaces, as bits; in the order of the table's choices. */
enum conf_surface {
	CONF_PAGES = 1 << 0, CONF_OIDC = 1 << 1, CONF_NATIVE = 1 << 2, CONF_ADMIN = 1 << 3,
	CONF_OPS = 1 << 4,
};

struct conf_network { bool v6; unsigned char address[16]; unsigned bits; };

struct conf_server {
	const char *state;
	int64_t workers;		/* 0: one for each core */
	const char *plugins;		/* never empty here */
	const char *users, *records, *policy;
	const char *const *mail;	/* ends with NULL, not empty */
	const char *pages;		/* holds pages/, mail/, text/; never empty here */
	const char *mail_from;		/* of tenants that have none of their own */
	const char *admin_socket;	/* never empty here */
	const char *admin_group;
	int64_t log_level;		/* enum sp_level */
	int64_t log_format;		/* enum log_format */
	bool mask_addresses;
	const char *const *trusted_proxies;
	const char *const *outbound_allow;
	const char *outbound_ca;
	const char *country_database;	/* path, or "" */
	bool test_clock, plaintext_codes;
	int64_t password_memory;	/* bytes */
	int64_t password_passes;
	int64_t connections, connections_per_source;
	int64_t idle_deadline, head_deadline, body_deadline, reply_deadline, drain_deadline;

	/* Made of the above. */
	const struct conf_network *proxies;
	size_t proxy_count;
};

struct conf_listen {
	const char *name;
	struct place at;
	const char *address;		/* "127.0.0.1:8080", "[::1]:8080" */
	const char *base_url;		/* never empty here; no slash at its end */
	const char *const *surface_names;
	const char *tls_certificate, *tls_key;	/* paths, or "" */
	bool proxy_protocol, allow_private;

	const char *host;		/* an IP address */
	uint16_t port;
	bool loopback, wildcard, secure;	/* secure: the base_url is https */
	unsigned surfaces;		/* enum conf_surface */
};

/* Core's own keys of a plugin section; the rest is the plugin's. */
struct conf_plugin {
	const char *name;
	struct place at;
	const struct tree *map;
	const char *file;
	int64_t lanes;			/* 0: as many as are good for the plugin */
	int64_t queue, deadline, overdue, circuit_failures, circuit_open;
};

enum conf_lane_name { CONF_LANE_HASH, CONF_LANE_WORK, CONF_LANES };

struct conf_lane { int64_t threads, queue; };	/* threads 0: one for each core */

struct conf {
	const char *path;
	struct conf_server server;
	size_t listen_count, plugin_count;
	struct conf_listen *listens;	/* in order of the file */
	struct conf_plugin *plugins;
	struct conf_lane lanes[CONF_LANES];
	bool weak_passwords;		/* below the floor: only for --bench, with an empty store */
	const struct tree *tree;	/* places, for checks that come later */
};

struct conf_options {
	bool bench;
	/* Looks for more that is wrong in a file that is wrong already, so that all is told at
	 * once; what could not be read is NULL or zero. NULL: nobody does. */
	void (*look_further)(const struct conf *conf, struct errors *errors);
};

/* SP_FAILED: `errors` says why. It is begun here. */
enum sp_status conf_read(const char *path, const struct conf_options *options,
    struct arena *arena, struct conf *out_conf, struct errors *errors)
    __attribute__((warn_unused_result));

const struct conf_plugin *conf_plugin(const struct conf *conf, const char *name);
bool conf_loopback(const struct conf *conf);	/* every listener is */

/* Where `server.KEY` is set, or the place of the section. */
struct place conf_place(const struct conf *conf, const char *section, const char *key);
