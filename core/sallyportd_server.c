#include "sallyportd.h"

#include "base/log.h"
#include "base/text.h"
#include "conf/change.h"
#include "loop/lane.h"
#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK 10		/* seconds between two looks at the clock */

struct reading *reading_new(const char *path, const struct conf_options *options,
    struct roster **out_roster, FILE *out)
{
	struct reading *reading = must_calloc(1, sizeof(*reading));
	struct errors errors;

	arena_init(&reading->arena, NULL, 0);
	enum sp_status status = conf_read(path, options, &reading->arena, &reading->conf, &errors);
	if (status == SP_OK && out_roster != NULL)
		status = roster_load(&reading->conf, out_roster, &errors);
	if (out != NULL)
		errors_print(&errors, out);
	else
		errors_log(&errors);
	if (status == SP_OK)
		return reading;
	reading_free(reading);
	return NULL;
}

void reading_free(struct reading *reading)
{
	arena_done(&reading->arena);
	free(reading);
}

static void apply_log(const struct conf *conf)
{
	log_set_level((enum sp_level)conf->server.log_level);
	log_set_format((enum log_format)conf->server.log_format);
	log_set_mask(conf->server.mask_addresses);
}

/* Keys and the admin socket live there: nobody else may look in, but for the group. */
static bool state_open(const struct conf *conf)
{
	const char *path = conf->server.state;
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		log_line(SP_ERROR, "server.state: %s: cannot be made: %s", path, strerror(errno));
		return false;
	}
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 0027) != 0) {
		log_line(SP_ERROR, "server.state: %s: must be a folder of this user's, with mode "
		    "0700 (or 0710 for admin_group)", path);
		return false;
	}
	return true;
}

static unsigned cores(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 ? (unsigned)count : 1;
}

static void loops_open(struct server *server)
{
	int64_t workers = server->conf->server.workers;
	unsigned count = workers > 0 ? (unsigned)workers : cores();

	if (count > SERVER_LOOPS_MAX)
		count = SERVER_LOOPS_MAX;
	for (; server->loop_count < count; server->loop_count++) {
		server->loops[server->loop_count] = loop_new(server->loop_count);
		loop_start(server->loops[server->loop_count]);
	}
}

static void lanes_open(struct server *server)
{
	for (size_t i = 0; i < CONF_LANES; i++) {
		const struct conf_lane *lane = &server->conf->lanes[i];
		unsigned threads = lane->threads > 0 ? (unsigned)lane->threads : cores();
		server->lanes[i] = i == CONF_LANE_HASH ?
		    lane_new_fair(threads, (size_t)lane->queue) :
		    lane_new(threads, (size_t)lane->queue);
	}
}

bool server_base(struct server *server, const char *path)
{
	struct sp_error error = { "" };
	struct reading *reading = reading_new(path, &server->options, &server->roster, stderr);

	if (reading == NULL)
		return false;
	SLIST_INSERT_HEAD(&server->readings, reading, link);
	server->conf = &reading->conf;
	apply_log(server->conf);
	if (!state_open(server->conf))
		return false;
	log_start();
	mark_read(server);
	loops_open(server);
	lanes_open(server);
	if (roster_open(server->roster, server->conf, server->loops, server->loop_count,
	    &error) == SP_OK)
		return true;
	log_line(SP_ERROR, "%s", error.text);
	return false;
}

bool server_open(struct server *server, const char *path)
{
	struct sp_error error = { "" };

	if (!server_base(server, path))
		return false;
	if (server_assemble(server, &error) == SP_OK)
		return true;
	log_line(SP_ERROR, "%s", error.text);
	return false;
}

/* SIGHUP. */

/* What cannot be opened is tried again with the next SIGHUP, though the file says the same: the
 * cause may be elsewhere. */
static void apply_mail(struct server *server, const struct conf *conf)
{
	struct errors errors;
	struct arena arena;

	arena_init(&arena, NULL, 0);
	errors_begin(&errors, &arena, conf->path);
	server->mail_due = roster_replace_mail(server->roster, conf, &errors) != SP_OK;
	if (server->mail_due)
		log_line(SP_ERROR, "reload: the mail plugins stay as they were");
	else
		log_line(SP_INFO, "reload: the mail plugins are those of the conf file");
	errors_log(&errors);
	arena_done(&arena);
}

static bool concerns_mail(const struct change *change)
{
	return change->reloadable && (strncmp(change->name, "plugin.", 7) == 0 ||
	    strcmp(change->name, "server.mail") == 0);
}

static void server_reload(struct server *server)
{
	const struct conf *old = server->conf;
	struct reading *reading = reading_new(old->path, &server->options, NULL, NULL);
	bool mail = server->mail_due;

	if (reading == NULL) {
		log_line(SP_ERROR, "reload: the conf file is not right; nothing has changed");
		return;
	}
	SLIST_INSERT_HEAD(&server->readings, reading, link);
	server->conf = &reading->conf;
	const struct change *change = change_list(old, server->conf, &reading->arena);
	if (change == NULL)
		log_line(SP_INFO, "reload: the conf file says the same");
	for (; change != NULL; change = change->next) {
		mail |= concerns_mail(change);
		log_line(change->reloadable ? SP_INFO : SP_WARNING, "reload: %s has changed%s",
		    change->name, change->reloadable ? "" : ", which needs a restart");
	}
	apply_log(server->conf);
	if (mail)
		apply_mail(server, server->conf);
	server_reassemble(server);
}

/* All threads were started with these blocked. */
static void signals_of(sigset_t *out_signals)
{
	sigemptyset(out_signals);
	sigaddset(out_signals, SIGTERM);
	sigaddset(out_signals, SIGINT);
	sigaddset(out_signals, SIGHUP);
}

int server_run(struct server *server)
{
	const struct timespec tick = { .tv_sec = TICK };
	int signal = 0;
	sigset_t signals;

	signals_of(&signals);
	log_line(SP_INFO, "ready: %u loops", server->loop_count);
	notify("READY=1");
	while (signal != SIGTERM && signal != SIGINT) {
		signal = sigtimedwait(&signals, NULL, &tick);
		if (signal == SIGHUP) {
			notify("RELOADING=1");
			server_reload(server);
			notify("READY=1");
		}
		mark_write(server);
	}
	log_line(SP_INFO, "stopping");
	notify("STOPPING=1");
	server_drain(server, server->conf->server.drain_deadline);
	return EXIT_SUCCESS;
}

void server_close(struct server *server)
{
	struct reading *reading;

	if (!server_disassemble(server)) {
		/* As after a crash: what is half done is resumed at the next start. */
		log_line(SP_ERROR, "stopping: work that has not ended is left to the next start");
		log_stop();
		_exit(EXIT_FAILURE);
	}
	roster_close(server->roster);
	for (size_t i = 0; i < CONF_LANES; i++)
		lane_free(server->lanes[i]);
	for (; server->loop_count > 0; server->loop_count--) {
		loop_stop(server->loops[server->loop_count - 1]);
		loop_free(server->loops[server->loop_count - 1]);
	}
	log_stop();
	while ((reading = SLIST_FIRST(&server->readings)) != NULL) {
		SLIST_REMOVE_HEAD(&server->readings, link);
		reading_free(reading);
	}
}
