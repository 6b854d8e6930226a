/*
 * sallyportd - the server
 *
 * Says what it is asked on the command line, or makes the process safe and runs.
 */
#include "sallyportd.h"

#include "base/memory.h"
#include "conf/sample.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF_PATH "/etc/sallyport/sallyport.yaml"
#define EXIT_CONF 2	/* also: a command line that isn't understood */

static const char help[] =
"sallyportd - a customer-identity server: sign-up, sign-in, second doors by policy\n"
"\n"
"  sallyportd [--conf FILE]               runs, in the foreground, until SIGTERM or SIGINT\n"
"  sallyportd --check-conf [--conf FILE]  tells all that is wrong with FILE, and exits\n"
"  sallyportd --print-conf                prints a conf file that documents every key\n"
"  sallyportd --restore FILE [--replace]  makes the store what a backup says, and exits\n"
"  sallyportd --version | --help\n"
"\n"
"  --conf FILE       the conf file; " CONF_PATH " if not given\n"
"  --plugins FOLDER  with --print-conf: whose plugins are documented; else\n"
"                    " PLUGIN_DIR "\n"
"  --bench           allows password hashes that are too cheap, on loopback, with an empty\n"
"                    store: for measuring what isn't the hashing\n"
"  --trust-clock     takes the system's clock as it is, though a later time was seen: for once,\n"
"                    after a clock that was wrong has been set back\n"
"  --restore FILE    a file of `sallyport backup`; - reads standard input. The server must\n"
"                    be stopped and its key file in place; nothing is written before the\n"
"                    whole file has been checked. Everybody signs in again afterwards\n"
"  --replace         with --restore: what is in the store goes first, for good\n"
"\n"
"To begin:  sallyportd --print-conf > sallyport.yaml, look it over, then\n"
"           sallyportd --conf sallyport.yaml\n"
"\n"
"The server writes its log to stderr, one JSON object or text a line. SIGHUP reads the\n"
"conf file again: keys that it marks so are taken over, others are named as needing a\n"
"restart. Under systemd it says when it is ready (Type=notify). `sallyport` is the tool for\n"
"everything afterwards.\n"
"\n"
"Exit status: 0 fine; 1 could not start, the log says why; 2 the conf file or the command\n"
"line is wrong.\n";

struct command {
	const char *conf, *plugins, *restore;
	bool check, print, version, help, bench, trust_clock, replace;
};

static bool command_read(int argc, char **argv, struct command *command)
{
	static const struct option options[] = {
		{ "conf", required_argument, NULL, 'c' }, { "plugins", required_argument, NULL, 'p' },
		{ "check-conf", no_argument, NULL, 'C' }, { "print-conf", no_argument, NULL, 'P' },
		{ "version", no_argument, NULL, 'v' }, { "help", no_argument, NULL, 'h' },
		{ "bench", no_argument, NULL, 'b' },
		{ "trust-clock", no_argument, NULL, 't' },
		{ "restore", required_argument, NULL, 'r' },
		{ "replace", no_argument, NULL, 'R' }, { NULL, 0, NULL, 0 },
	};
	int option;

	*command = (struct command){ .conf = CONF_PATH, .plugins = PLUGIN_DIR };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c': command->conf = optarg; break;
		case 'p': command->plugins = optarg; break;
		case 'C': command->check = true; break;
		case 'P': command->print = true; break;
		case 'v': command->version = true; break;
		case 'h': command->help = true; break;
		case 'b': command->bench = true; break;
		case 't': command->trust_clock = true; break;
		case 'r': command->restore = optarg; break;
		case 'R': command->replace = true; break;
		default: return false;
		}
	}
	if (optind < argc)
		fprintf(stderr, "sallyportd: '%s' is not understood\n", argv[optind]);
	return optind == argc;
}

static int check_conf(const struct command *command)
{
	const struct conf_options options = {
		.bench = command->bench, .look_further = roster_look };
	struct roster *roster = NULL;
	struct reading *reading = reading_new(command->conf, &options, &roster, stderr);

	if (reading == NULL)
		return EXIT_CONF;
	printf("%s: fine\n", command->conf);
	roster_close(roster);
	reading_free(reading);
	return EXIT_SUCCESS;
}

static int print_conf(const struct command *command)
{
	struct arena arena;
	size_t count;

	arena_init(&arena, NULL, 0);
	const struct sample_plugin *plugins = roster_folder(command->plugins, &arena, &count);
	sample_print(stdout, plugins, count);
	arena_done(&arena);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* 0, 1 and 2 are open, so that no socket gets their numbers and a log line as a visitor. */
static bool process_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
	return fd >= 0;
}

/* No core with passcodes in it, no reading by others, no death by a closed socket or by a
 * limit on files. Signals are blocked before any thread is made: the main thread waits for them. */
static bool process_secure(void)
{
	const struct rlimit none = { 0, 0 };
	sigset_t signals;

	if (!process_descriptors() || setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0)
		return false;
	umask(077);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	return signal(SIGPIPE, SIG_IGN) != SIG_ERR && signal(SIGXFSZ, SIG_IGN) != SIG_ERR &&
	    sigprocmask(SIG_BLOCK, &signals, NULL) == 0;
}

static int serve(const struct command *command)
{
	struct server server = { .trust_clock = command->trust_clock, .options = {
	    .bench = command->bench, .look_further = roster_look } };
	int result = EXIT_FAILURE;

	if (!process_secure()) {
		fputs("sallyportd: /dev/null, core dumps or signals cannot be set as the server "
		    "needs them\n", stderr);
		return EXIT_FAILURE;
	}
	if (command->restore != NULL)
		return restore_command(command->conf, command->restore, command->replace);
	if (server_open(&server, command->conf))
		result = server_run(&server);
	else if (server.conf == NULL)
		result = EXIT_CONF;
	server_close(&server);
	return result;
}

int main(int argc, char **argv)
{
	struct command command;

	if (!memory_open()) {
		fputs("sallyportd: memory was in use before it could be set up; is a library "
		    "preloaded?\n", stderr);
		return EXIT_FAILURE;
	}
	if (!command_read(argc, argv, &command)) {
		fputs("Try: sallyportd --help\n", stderr);
		return EXIT_CONF;
	}
	if (command.help)
		fputs(help, stdout);
	else if (command.version)
		printf("sallyportd %s (plugin API %u.%u)\n", VERSION, SP_MAJOR, SP_MINOR);
	else if (command.print)
		return print_conf(&command);
	else
		return command.check ? check_conf(&command) : serve(&command);
	return EXIT_SUCCESS;
}
