#include "sallyportd.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MARK_EVERY 10000	/* ms */

static const char *mark_path(struct server *server, struct arena *arena)
{
	return text_print(arena, "%s/clock", server->conf->server.state);
}

/* A clock that was set back doesn't bring expired things to life again: time goes on from where
 * it was, until the clock has caught up. */
void mark_read(struct server *server)
{
	struct timespec now;
	struct arena arena;
	int64_t mark = 0;

	arena_init(&arena, NULL, 0);
	const char *path = mark_path(server, &arena);
	FILE *file = fopen(path, "re");
	if (file != NULL && fscanf(file, "%" SCNd64, &mark) != 1)
		log_line(SP_WARNING, "%s: holds no time; ignored", path);
	if (file != NULL)
		fclose(file);
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t behind = mark - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	if (behind > MARK_EVERY && server->trust_clock)
		log_line(SP_WARNING, "time goes back by %" PRId64 " s, since --trust-clock says so",
		    behind / 1000);
	else if (behind > MARK_EVERY)
		log_line(SP_WARNING, "the system's clock is %" PRId64 " s behind the last time that "
		    "was seen; until it has caught up time goes on from there (if that time was "
		    "wrong: start once with --trust-clock)", behind / 1000);
	if (mark > 0 && !server->trust_clock)
		clock_wall_floor(mark);
	arena_done(&arena);
}

void mark_write(struct server *server)
{
	int64_t now = clock_wall();
	struct arena arena;
	char text[32];

	if (now < server->mark + MARK_EVERY / 2 || server->conf->server.test_clock)
		return;
	server->mark = now;
	arena_init(&arena, NULL, 0);
	const char *path = mark_path(server, &arena);
	const char *fresh = text_print(&arena, "%s.new", path);
	int size = snprintf(text, sizeof(text), "%" PRId64 "\n", now);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write(fd, text, (size_t)size) == size;
	if (fd >= 0)
		close(fd);
	if (!written || rename(fresh, path) != 0)
		log_line(SP_WARNING, "%s: cannot be written: %s", path, strerror(errno));
	arena_done(&arena);
}
