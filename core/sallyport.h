/*
 * sallyport.h - the operator's tool: a client of the admin API, and of nothing else (DESIGN 6)
 *
 *	command line -> a row of the table -> requests over the Unix socket -> a table, or JSON
 *
 * One row of sallyport_commands.c is one command: words, arguments, options, help, an example, a
 * mistake and its answer, and the function. Whatever the server says is escaped before it is
 * printed (requirement 241).
 *
 * Threads  One; crew_run() has many, each with a struct cli of its own.
 * Memory   `cli->arena` lives until the command ends; loops over many things take one of their
 *          own for each turn.
 * Failing  Functions return what the process will exit with, having told why on stderr. Only
 *          here, as everywhere in a shell, is zero the good one.
 */
#pragma once

#include "base/json.h"

#include <stddef.h>
#include <stdio.h>

struct arena;
struct cli;

enum cli_exit { CLI_FINE = 0, CLI_REFUSED, CLI_USAGE, CLI_CONFIRM, CLI_UNREACHABLE };

/* Bits of command.options, and rows of sallyport_options.c. */
enum cli_option {
	OPTION_FILE = 1, OPTION_DRY_RUN = 2, OPTION_PRUNE = 4, OPTION_YES = 8,
	OPTION_PASSWORD_FILE = 16, OPTION_NAME = 32, OPTION_TOP = 64, OPTION_ALL = 128,
	OPTION_FOLLOW = 256, OPTION_DELIVERED = 512, OPTION_CONF = 1024,
	OPTION_PASSPHRASE_FILE = 1 << 15,
	OPTION_FIRST = 1 << 20, OPTION_ROLE = 1 << 22, OPTION_EXPIRES = 1 << 23,
	OPTION_USER = 1 << 24, OPTION_TO = 1 << 25 /* --app */, OPTION_SINCE = 1 << 26,
	OPTION_FAILED = 1 << 17, OPTION_KNOWN = 1 << 18,
	OPTION_EVERYWHERE = 1 << 16,	/* every command takes it */
	OPTION_QUESTION = 1 << 27,	/* those of `what-if` */
	OPTION_DRAFT = 1 << 28, OPTION_DAYS = 1 << 29,
	OPTION_APP = 1 << 21,		/* those of `app add` */
};

struct options {
	const char *socket, *state, *tenant;
	const char *file, *password_file, *name, *top, *delivered, *conf;
	const char *passphrase_file, *role, *expires;
	const char *user, *app, *platform, *client, *address, *country, *context, *draft, *days;
	const char *web, *spa, *native, *signed_out, *scope, *calls, *flow;
	const char *since, *known;
	bool failed;
	bool json, help, version, dry_run, prune, yes, all, follow, secret, first;
};

struct command {
	const char *words;	/* "policy set-state" */
	const char *arguments;	/* "POLICY STATE" */
	size_t least, most;	/* of them */
	unsigned options;
	bool tenant;		/* it works in one: it is known before `run` */
	const char *summary;	/* a line in the list of all */
	const char *help;	/* sentences */
	const char *example, *wrong, *answer;	/* a mistake and what is said to it */
	enum cli_exit (*run)(struct cli *cli);
	int which;		/* for a function that many rows share */
};

#define CLI_ARGUMENTS 40u

/* What was read, so that errors can name its lines; text NULL: nothing was. */
struct document_text { const char *name, *text; size_t size; };

struct cli {
	struct arena *arena;
	const struct command *command;
	struct options options;
	unsigned taken;				/* enum cli_option, of those given */
	const char *words[CLI_ARGUMENTS];	/* what stood there and is no option */
	const char **arguments;			/* behind the command's words */
	size_t count;				/* of arguments */
	const char *socket;
	const char *tenant;			/* sent with each request; NULL: none */
	struct call *call;
	struct document_text document;
};

/* sallyport_commands.c: ends with NULL words. */
extern const struct command commands[];

/* sallyport_options.c */
enum cli_exit options_read(struct cli *cli, int argc, char **argv);
/* Those given are the command's. */
enum cli_exit options_fit(const struct cli *cli);
/* --expires in days, up to `most`, or the fallback. */
enum cli_exit options_days(struct cli *cli, long fallback, long most, long *out_days);
/* --top, or the fallback. */
enum cli_exit options_top(struct cli *cli, long fallback, long *out_number);
void options_print(FILE *out, unsigned options);	/* those of the bits */

/* sallyport_help.c */
void help_all(FILE *out);
void help_group(FILE *out, const char *word);		/* "policy" */
void help_command(FILE *out, const struct command *command);
bool help_word(const char *word);			/* begins a command? */
enum cli_exit help_unknown(struct cli *cli);		/* names the nearest */
/* How many letters to change, at most 63 looked at. */
size_t help_distance(const char *a, const char *b);

/* sallyport_say.c: to people. */
enum cli_exit say(enum cli_exit exit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));	/* "sallyport: ..." on stderr; returns exit */
void say_only(const char *format, ...) __attribute__((format(printf, 1, 2)));	/* told already */
void say_warning(const char *text);
/* Control characters and what turns a text around as \u001b; the same text if there are none. */
const char *say_safe(struct arena *arena, const char *text);
void say_json(struct cli *cli, const json_t *json);	/* on stdout */
void say_line(struct cli *cli, const char *text);	/* on stdout, escaped */
bool say_coloured(FILE *out);
/* A yes at the terminal; without one `--yes`, or CLI_CONFIRM. */
enum cli_exit say_confirm(struct cli *cli, const char *question);

/* sallyport_secret.c: never from the command line, where others could read it. */
/* The first line of a file, or of standard input for "-"; `word` is "password". */
enum cli_exit secret_line(struct cli *cli, const char *path, const char *word,
    const char **out_secret);
/* From the terminal, unseen; `twice`, so that it is what was meant. */
enum cli_exit secret_ask(struct cli *cli, const char *prompt, bool twice, const char **out_secret);

/* sallyport_report.c: --json is one value on stdout, whatever comes of it; any thread. */
struct answer;
void report_begin(const struct command *command);
void report_error(enum cli_exit exit, const char *text);	/* by say() */
void report_refusal(const struct answer *answer, const char *where);
void report_printed(void);				/* by say_json() */
void report_page(struct cli *cli, const json_t *body, bool more);	/* of a list; more follow */
void report_end(struct cli *cli, enum cli_exit exit);	/* the error, if nothing was printed */
/* Something is done: a line for people; else the server's answer, or {command, id, message} when
 * it had none. `body` and `id` may be NULL. */
void report_done(struct cli *cli, const json_t *body, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* sallyport_call.c: one request at a time, over one connection. */
struct answer { long status; json_t *body; };	/* body NULL: none; whoever asks lets go of it */
void call_end(struct cli *cli);
/* Any answer will do: CLI_UNREACHABLE or CLI_FINE. `path` is below /v1.0. */
enum cli_exit call_ask(struct cli *cli, const char *method, const char *path, const json_t *body,
    struct answer *out_answer);
/* A refusal is told: then CLI_REFUSED. `out_body` may be NULL. */
enum cli_exit call_must(struct cli *cli, const char *method, const char *path,
    const json_t *body, json_t **out_body);
/* What is no JSON, such as a block of a backup: true and its bytes and headers; a refusal is told. */
struct call_bytes { struct arena *arena; const char *data; size_t size, entries; bool head; };
enum cli_exit call_raw(struct cli *cli, const char *method, const char *path,
    struct call_bytes *out_bytes);
/* The path of the next page, or NULL. */
const char *call_next(struct cli *cli, const json_t *page);
const char *call_link(struct cli *cli, const json_t *page, const char *name);
/* The same, told with where in the document; no body. */
enum cli_exit call_at(struct cli *cli, const char *method, const char *path, const json_t *body,
    const char *where);
/* "FILE:12: " or "". */
const char *call_where(struct cli *cli, const char *path);
/* Tells a refusal, each detail; `where` before it or "". */
enum cli_exit call_refused(struct cli *cli, const struct answer *answer, const char *where);

/* sallyport_table.c: columns as wide as their widest, measured as terminals do. */
struct column {
	const char *heading;
	const char *path;	/* "status.errorCode" of a row */
	const char *(*show)(struct arena *arena, const json_t *row);	/* instead of path */
};
enum { TABLE_COLUMNS = 10 };
struct table {
	const struct column *columns;	/* ends with a NULL heading */
	size_t widths[TABLE_COLUMNS];	/* grow from one printing to the next */
	bool headed;
};
void table_print(struct table *table, const json_t *rows);
/* A list of the server's, all its pages, as a table or as JSON. */
enum cli_exit table_get(struct cli *cli, const char *path, const struct column *columns);
/* One object: a line for each member, nested ones by their path. */
void table_object(struct cli *cli, const json_t *object);
/* A member by path as text for people: yes, no, "a, b". */
const char *table_text(struct arena *arena, const json_t *object, const char *path);

/* sallyport_progress.c: "users 1200/100000" on stderr, once it takes long. */
struct progress { const char *word; size_t total; int64_t last; bool shown; };
void progress_step(struct progress *progress, size_t done);
void progress_end(const struct progress *progress);

/* sallyport_crew.c: `work` once for each number below `count`, many at once, in no order; each call
 * has an arena of its own, and each hand a connection. Ends early when no server answers. */
struct crew_task {
	const char *word;	/* of the progress shown: "users" */
	size_t count;
	enum cli_exit (*work)(struct cli *cli, void *arg, size_t index);
	void *arg;
};
enum cli_exit crew_run(const struct cli *cli, const struct crew_task *task);	/* the worst */

/* sallyport_place.c: the line of "users[3].mail" in a well-formed JSON text; 0: unknown. */
size_t place_line(const char *text, size_t size, const char *path);

/* sallyport_find.c */
enum cli_exit find_tenant(struct cli *cli);		/* sets cli->tenant */
/* The one of that id or name below `path`, a new reference; kind is "policy". */
enum cli_exit find_one(struct cli *cli, const char *kind, const char *path, const char *name,
    json_t **out_found);

/* sallyport_documents.c: one row for each kind that is kept as a document. */
enum documents_kind {
	DOCUMENTS_TENANT, DOCUMENTS_APP, DOCUMENTS_FLOW, DOCUMENTS_POLICY, DOCUMENTS_METHOD,
	DOCUMENTS_GROUP, DOCUMENTS_CONTEXT, DOCUMENTS_LOCATION,
};
enum cli_exit documents_list(struct cli *cli);
enum cli_exit documents_get(struct cli *cli);
enum cli_exit documents_find(struct cli *cli, enum documents_kind kind, const char *name,
    json_t **out_found);
enum cli_exit documents_state(struct cli *cli);
enum cli_exit documents_export(struct cli *cli);

/* sallyport_apps.c */
enum cli_exit apps_add(struct cli *cli);

/* sallyport_credentials.c */
enum credentials_kind { CREDENTIALS_SECRETS, CREDENTIALS_KEYS };
enum cli_exit credentials_add_secret(struct cli *cli);
enum cli_exit credentials_add_key(struct cli *cli);
enum cli_exit credentials_list(struct cli *cli);
enum cli_exit credentials_remove(struct cli *cli);

/* sallyport_consents.c */
enum cli_exit consents_list(struct cli *cli);
enum cli_exit consents_revoke(struct cli *cli);

/* sallyport_apis.c */
enum apis_action { APIS_GRANT, APIS_WITHDRAW };
enum cli_exit apis_publish(struct cli *cli);
enum cli_exit apis_grant(struct cli *cli);

/* sallyport_members.c */
enum members_action { MEMBERS_ADD, MEMBERS_REMOVE };
enum cli_exit members_change(struct cli *cli);
enum cli_exit members_read(struct cli *cli, json_t *group);	/* into its "members" */

/* sallyport_apply.c, sallyport_people.c, sallyport_people_check.c */
enum cli_exit apply_run(struct cli *cli);
/* A JSON object in a file, or of standard input for "-": it becomes cli->document. */
enum cli_exit apply_read(struct cli *cli, const char *path, json_t **out_document);

enum people_act { PEOPLE_SAME = 0, PEOPLE_ADD, PEOPLE_CHANGE, PEOPLE_WRONG };
struct people {
	const json_t *users;		/* the document's */
	size_t count, added, changed, same, wrong;
	unsigned char *acts;		/* enum people_act, one for each */
	bool new_tenant;		/* it has no users yet */
	json_t **tales;			/* of each user: what differs, as texts */
	json_t *told;			/* the first of them, in the document's order */
	size_t lines;			/* how many there are */
};
/* What is wrong with the list in itself: each told. */
enum cli_exit people_check(struct cli *cli, const json_t *users);
/* Finds out what is to be done with each. */
enum cli_exit people_plan(struct cli *cli, struct people *people);
/* Does it; what was wrong is told, and the others are done all the same. */
enum cli_exit people_apply(struct cli *cli, struct people *people);

/* sallyport_users.c: a customer is named by id or address. */
enum cli_exit users_get(struct cli *cli, const char *who, json_t **out_user);
const char *users_address(struct arena *arena, const json_t *user);
enum cli_exit users_list(struct cli *cli);
enum cli_exit users_add(struct cli *cli);
enum cli_exit users_show(struct cli *cli);
enum cli_exit users_act(struct cli *cli);	/* disable, enable, unlock, reset, delete, revoke */
enum users_action {
	USERS_DISABLE, USERS_ENABLE, USERS_UNLOCK, USERS_RESET, USERS_DELETE, USERS_ERASE,
	USERS_REVOKE,
};

/* sallyport_admins.c */
enum cli_exit admins_link(struct cli *cli);
enum cli_exit admins_add(struct cli *cli);
enum cli_exit admins_list(struct cli *cli);
enum cli_exit admins_remove(struct cli *cli);
enum cli_exit tokens_create(struct cli *cli);
enum cli_exit tokens_list(struct cli *cli);
enum cli_exit tokens_revoke(struct cli *cli);

/* sallyport_backup.c */
enum cli_exit backup_run(struct cli *cli);

/* sallyport_init.c: asks no server. */
enum cli_exit init_run(struct cli *cli);

/* sallyport_keys.c: the key file, which no server gives away; asks none. */
enum cli_exit keys_export(struct cli *cli);
enum cli_exit keys_import(struct cli *cli);

/* sallyport_check.c: asks no server; runs the program that loads the plugin. */
enum cli_exit check_run(struct cli *cli);

/* sallyport_doctor.c */
enum cli_exit doctor_run(struct cli *cli);

/* sallyport_lint.c */
enum cli_exit lint_run(struct cli *cli);

/* sallyport_whatif.c */
enum cli_exit whatif_run(struct cli *cli);
/* Of --draft: one policy, or those of a document of apply's; into that member, if it is given. */
enum cli_exit whatif_drafts(struct cli *cli, json_t *body, const char *member);

/* sallyport_backtest.c */
enum cli_exit backtest_run(struct cli *cli);

/* sallyport_logs.c: conditions of a $filter, joined by "and". */
struct logs_filter { const char *text; };
void logs_where(struct cli *cli, struct logs_filter *filter, const char *term);
enum cli_exit logs_since(struct cli *cli, struct logs_filter *filter, const char *property);
enum cli_exit logs_user(struct cli *cli, const char **out_id);	/* of --user */
const char *logs_path(struct cli *cli, const char *path, const struct logs_filter *filter,
    long top);
/* As table_get(), until there are `top` rows. */
enum cli_exit logs_get(struct cli *cli, const char *path, const struct column *columns, long top);

/* sallyport_audit.c */
enum cli_exit audit_list(struct cli *cli);
enum cli_exit audit_verify(struct cli *cli);

/* sallyport_signins.c, sallyport_service.c */
enum cli_exit signins_run(struct cli *cli);
enum cli_exit signups_run(struct cli *cli);
enum cli_exit service_keys_rotate(struct cli *cli);
enum cli_exit service_mail_queue(struct cli *cli);
enum cli_exit service_mail_retry(struct cli *cli);
enum cli_exit service_mail_test(struct cli *cli);
enum cli_exit service_plugins(struct cli *cli);
enum cli_exit service_version(struct cli *cli);
