/*
 * sallyportd --restore FILE
 *
 * The server's affair and not the tool's: with no server there is no admin API to ask, and what a
 * backup goes into is only known to conf, plugins and key file.
 */
#include "sallyportd.h"

#include "base/text.h"
#include "conf/owner.h"
#include "store/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define EXIT_CONF 2

static int tell(const char *text)
{
	fprintf(stderr, "sallyportd: %s\n", text);
	return EXIT_FAILURE;
}

/* Opened by whoever runs this, before he becomes the server's user: the file may be root's. */
static int file_open(const char *path)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		fprintf(stderr, "sallyportd: %s: %s\n", path, fd < 0 ? strerror(errno) :
		    "is no regular file");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static bool user_become(const char *conf)
{
	const char *name, *state;
	struct arena arena;

	arena_init(&arena, NULL, 0);
	enum owner_result result = owner_become(&arena, conf, &name, &state);
	if (result == OWNER_FAILED)
		fprintf(stderr, "sallyportd: cannot become %s, the server's user: %s\n", name,
		    strerror(errno));
	arena_done(&arena);
	return result != OWNER_FAILED;
}

/* Somebody listens at the socket that a server of this conf has. */
static bool socket_answers(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(at.sun_path, path, sizeof(at.sun_path) - 1);
	bool answers = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	if (fd >= 0)
		close(fd);
	return answers;
}

/* 0: the conf file is fine, and no server of it runs. */
static int conf_look(const char *conf)
{
	const struct conf_options options = { .bench = false };
	struct reading *reading = reading_new(conf, &options, NULL, stderr);

	if (reading == NULL)
		return EXIT_CONF;
	const char *path = reading->conf.server.admin_socket;
	bool runs = socket_answers(path);
	if (runs)
		fprintf(stderr, "sallyportd: a server answers at %s; stop it first\n", path);
	reading_free(reading);
	return runs ? EXIT_FAILURE : 0;
}

static void progress(uint64_t done, uint64_t total)
{
	if (isatty(STDERR_FILENO) && (done % 16 == 0 || done == total))
		fprintf(stderr, "\r%llu of %llu blocks%s", (unsigned long long)done,
		    (unsigned long long)total, done == total ? "\n" : "");
}

/* With backends of its own, opened for this and closed again. */
static bool with_base(const char *conf, struct restore *restore,
    enum sp_status (*run)(struct restore *restore, struct sp_error *out_error),
    struct sp_error *out_error)
{
	struct server server = { .options = { .bench = false } };
	struct store_setup setup;
	struct arena arena;
	bool ok = false;

	arena_init(&arena, NULL, 0);
	snprintf(out_error->text, sizeof(out_error->text), "not restored, see above");
	if (server_base(&server, conf)) {
		restore->store = &setup;
		ok = server_store_setup(&server, &arena, &setup, out_error) == SP_OK &&
		    run(restore, out_error) == SP_OK;
	}
	server_close(&server);
	arena_done(&arena);
	return ok;
}

static enum sp_status run_kept(struct restore *restore, struct sp_error *out_error)
{
	return restore_kept(restore, out_error);
}

int restore_command(const char *conf, const char *path, bool replace)
{
	struct restore restore = { .replace = replace, .progress = progress };
	struct sp_error error = { "" };
	struct arena arena;

	restore.fd = file_open(path);
	if (restore.fd < 0 || !user_become(conf))
		return EXIT_CONF;
	int wrong = conf_look(conf);
	if (wrong != 0)
		return wrong;
	bool ok = with_base(conf, &restore, restore_run, &error) &&
	    with_base(conf, &restore, run_kept, &error);
	close(restore.fd);
	if (!ok)
		return tell(error.text);
	arena_init(&arena, NULL, 0);
	printf("restored: %llu customers and %llu other records, as of %s\n"
	    "Everybody signs in again. Start the server: systemctl start sallyport\n",
	    (unsigned long long)restore.users, (unsigned long long)restore.records,
	    text_time(&arena, restore.created));
	arena_done(&arena);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
