#include "conf/table.h"

#include "conf/conf.h"

#define SERVER(member, kind) .name = #member, .type = kind, \
	.offset = offsetof(struct conf_server, member)
#define LISTEN(member, kind) .name = #member, .type = kind, \
	.offset = offsetof(struct conf_listen, member)
#define PLUGIN(member, kind) .name = #member, .type = kind, \
	.offset = offsetof(struct conf_plugin, member)
#define LANE(member, kind) .name = #member, .type = kind, \
	.offset = offsetof(struct conf_lane, member)

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

const struct sp_key table_server[] = {
	{ SERVER(state, SP_PATH), .fallback = NULL,
	  .help = "Folder of keys, the admin socket and what else must outlive a restart." },
	{ SERVER(workers, SP_NUMBER), .fallback = "0", .min = 0, .max = 256,
	  .help = "Event loops, each on a thread; 0: one for each core." },
	{ SERVER(plugins, SP_PATH), .fallback = "",
	  .help = "Folder that plugins are loaded from; empty: the one that was built in." },
	{ SERVER(users, SP_TEXT), .fallback = "main",
	  .help = "Plugin that stores the customers." },
	{ SERVER(records, SP_TEXT), .fallback = "main",
	  .help = "Plugin that stores the server's own state." },
	{ SERVER(policy, SP_TEXT), .fallback = "ca",
	  .help = "Plugin that decides who must pass a second door." },
	{ SERVER(mail, SP_LIST), .reloadable = true,
	  .help = "Plugins that send mail, in the order in which they are tried." },
	{ SERVER(pages, SP_PATH), .fallback = "", .reloadable = true,
	  .help = "Folder with pages, mail and text that replaces the built-in one." },
	{ SERVER(mail_from, SP_TEXT), .fallback = "sallyport@localhost.localdomain",
	  .reloadable = true, .help = "Address that mails come from; a tenant may have its own." },
	{ SERVER(admin_socket, SP_PATH), .fallback = "",
	  .help = "Unix socket of the admin API; empty: admin.sock in the state folder." },
	{ SERVER(admin_group, SP_TEXT), .fallback = "",
	  .help = "Group whose members may use the socket, beside root and the server's user." },
	{ SERVER(log_level, SP_CHOICE), .fallback = "info", .reloadable = true,
	  .choices = "error warning info debug", .help = "The least important lines to log." },
	{ SERVER(log_format, SP_CHOICE), .fallback = "json", .choices = "json text",
	  .reloadable = true, .help = "How lines are written to stderr." },
	{ SERVER(mask_addresses, SP_BOOL), .fallback = "yes", .reloadable = true,
	  .help = "Whether the log masks mail addresses and shortens IP addresses." },
	{ SERVER(trusted_proxies, SP_LIST), .fallback = "", .reloadable = true,
	  .help = "Networks whose X-Forwarded-For and PROXY v2 are believed, as 10.0.0.0/8." },
	{ SERVER(outbound_allow, SP_LIST), .fallback = "",
	  .help = "Networks that apps may be called in beside the public internet, as 10.1.0.0/16." },
	{ SERVER(outbound_ca, SP_PATH), .fallback = "",
	  .help = "PEM file with authorities that apps' certificates may come from, beside the "
	    "system's." },
	{ SERVER(country_database, SP_PATH), .fallback = "",
	  .help = "File of MaxMind's format (mmdb) that knows which country an address is in; empty: "
	    "nobody does." },
	{ SERVER(test_clock, SP_BOOL), .fallback = "no",
	  .help = "Lets the socket move the clocks; only if every listener is on loopback." },
	{ SERVER(plaintext_codes, SP_BOOL), .fallback = "no",
	  .help = "Allows passcodes in files (spool.so) with a listener beyond loopback." },
	{ SERVER(password_memory, SP_SIZE), .fallback = "19M", .min = 8 << 10, .max = 256 << 20,
	  .help = "Memory of one password hash; below 19M only with --bench." },
	{ SERVER(password_passes, SP_NUMBER), .fallback = "2", .min = 1, .max = 64,
	  .help = "Passes of one password hash; below 2 only with --bench." },
	{ SERVER(connections, SP_NUMBER), .fallback = "10000", .min = 16, .max = 1000000,
	  .reloadable = true, .help = "Open connections in all; then who has asked nothing for "
	    "longest gives way." },
	{ SERVER(connections_per_source, SP_NUMBER), .fallback = "100", .min = 1, .max = 1000000,
	  .reloadable = true, .help = "Open connections of one IPv4 address or IPv6 /64." },
	{ SERVER(idle_deadline, SP_DURATION), .fallback = "60s", .min = SECOND,
	  .max = 60 * MINUTE, .reloadable = true,
	  .help = "How long a connection may wait for its next request." },
	{ SERVER(head_deadline, SP_DURATION), .fallback = "10s", .min = SECOND,
	  .max = 5 * MINUTE, .reloadable = true,
	  .help = "How long the head of a request, or a TLS handshake, may take in all." },
	{ SERVER(body_deadline, SP_DURATION), .fallback = "30s", .min = SECOND,
	  .max = 60 * MINUTE, .reloadable = true,
	  .help = "How long the body of a request may take in all." },
	{ SERVER(reply_deadline, SP_DURATION), .fallback = "60s", .min = SECOND,
	  .max = 60 * MINUTE, .reloadable = true,
	  .help = "How long the visitor may take to read a reply." },
	{ SERVER(drain_deadline, SP_DURATION), .fallback = "10s", .min = 0, .max = 10 * MINUTE,
	  .reloadable = true, .help = "How long a stopping server waits for open requests." },
	{ 0 },
};

const struct sp_key table_listen[] = {
	{ LISTEN(address, SP_TEXT),
	  .help = "IP address and port; 0.0.0.0 or [::] for all addresses." },
	{ LISTEN(base_url, SP_TEXT), .fallback = "",
	  .help = "What visitors' URLs begin with, https beyond loopback; empty: the address." },
	{ .name = "surfaces", .type = SP_LIST,
	  .offset = offsetof(struct conf_listen, surface_names),
	  .choices = "pages oidc native admin ops",
	  .help = "What is served here; admin and ops belong on a listener of their own." },
	{ LISTEN(tls_certificate, SP_PATH), .fallback = "", .reloadable = true,
	  .help = "PEM file of the certificate and its chain." },
	{ LISTEN(tls_key, SP_PATH), .fallback = "", .reloadable = true,
	  .help = "PEM file of its private key, which only its owner may read." },
	{ LISTEN(proxy_protocol, SP_BOOL), .fallback = "no",
	  .help = "Whether trusted proxies begin each connection here with PROXY v2." },
	{ LISTEN(allow_private, SP_BOOL), .fallback = "no",
	  .help = "Allows admin and ops beside the others beyond loopback." },
	{ 0 },
};

const struct sp_key table_plugin[] = {
	{ PLUGIN(file, SP_TEXT), .help = "Name of the plugin's file in the folder of plugins." },
	{ PLUGIN(lanes, SP_NUMBER), .fallback = "0", .min = 0, .max = 64,
	  .help = "Threads for what blocks; 0: as many as the plugin can stand, up to 4." },
	{ PLUGIN(queue, SP_NUMBER), .fallback = "1024", .min = 1, .max = 65536,
	  .help = "Operations that may wait for a thread." },
	{ PLUGIN(deadline, SP_DURATION), .fallback = "5s", .min = 50, .max = 10 * MINUTE,
	  .help = "How long an operation may take." },
	{ PLUGIN(overdue, SP_NUMBER), .fallback = "64", .min = 1, .max = 65536,
	  .help = "Operations past their deadline until no more are begun." },
	{ PLUGIN(circuit_failures, SP_NUMBER), .fallback = "5", .min = 1, .max = 1000,
	  .help = "Failures in a row until the plugin is left alone for a while." },
	{ PLUGIN(circuit_open, SP_DURATION), .fallback = "5s", .min = 100, .max = 10 * MINUTE,
	  .help = "How long it is left alone." },
	{ 0 },
};

const struct sp_key table_lane[] = {
	{ LANE(threads, SP_NUMBER), .fallback = "0", .min = 0, .max = 256,
	  .help = "Threads; 0: one for each core." },
	{ LANE(queue, SP_NUMBER), .fallback = "512", .min = 1, .max = 65536,
	  .help = "Jobs that may wait; beyond it visitors are asked to come again." },
	{ 0 },
};

const char *const table_lanes[] = {
	[CONF_LANE_HASH] = "hash",
	[CONF_LANE_WORK] = "work",
};
