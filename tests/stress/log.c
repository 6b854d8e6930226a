/*
 * log - the ring under many threads, and a reader that doesn't read (req242)
 *
 * A plain program for the sanitizers. Every line comes out whole and once, or is counted;
 * nobody waits for the reader.
 */
#include "../house.h"

#include "base/log.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, LINES = 4000 };

static char pad[1500];

static void *talk(void *arg)
{
	char number[16];

	for (unsigned i = 0; i < LINES; i++) {
		snprintf(number, sizeof(number), "%u", i);
		LOG_EVENT(SP_INFO, "test", { "who", arg }, { "n", number }, { "pad", pad });
	}
	return NULL;
}

static void talk_all(void)
{
	static const char *const names[THREADS] = { "a", "b", "c", "d" };
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, talk, (void *)(uintptr_t)names[i]) == 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* Counts lines; each must be whole, and each thread's in order. */
static unsigned count(FILE *file, unsigned *out_told)
{
	static char line[LOG_LINE_MAX];
	unsigned lines = 0, next[THREADS] = { 0 };

	*out_told = 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned n;
		char who, *at = strstr(line, "\"who\":\"");
		char *told = strstr(line, "\"message\":\"");
		CHECK(line[0] == '{' && strcmp(line + strlen(line) - 3, "\"}\n") == 0);
		if (told != NULL && sscanf(told, "\"message\":\"%u lines", &n) == 1) {
			*out_told += n;
			continue;
		}
		CHECK(at != NULL && sscanf(at, "\"who\":\"%c\",\"n\":\"%u\"", &who, &n) == 2);
		CHECK(n >= next[who - 'a']);
		next[who - 'a'] = n + 1;
		lines++;
	}
	return lines;
}

static void writes_each_line_or_counts_it(void)
{
	FILE *file = tmpfile();
	unsigned told;

	CHECK(file != NULL);
	log_to_fd(fileno(file));
	log_start();
	talk_all();
	log_stop();
	rewind(file);
	unsigned lines = count(file, &told);
	CHECK(lines + log_dropped() == THREADS * LINES && told == log_dropped());
	fclose(file);
}

/* A pipe that nobody reads until all have spoken: the talkers are not held up. */
static void never_waits(void)
{
	uint64_t before = log_dropped();
	int ends[2];
	unsigned told;

	CHECK(pipe(ends) == 0);
	log_to_fd(ends[1]);
	log_start();
	talk_all();
	CHECK(log_dropped() > before);
	FILE *file = fdopen(ends[0], "r");
	pid_t pid = fork();
	if (pid == 0) {		/* reads while the parent stops its writer */
		close(ends[1]);
		unsigned lines = count(file, &told);
		_exit(lines > 0 && lines + told == THREADS * LINES ? 0 : 1);
	}
	log_stop();
	close(ends[1]);
	CHECK(log_dropped() > before);
	int status;
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	fclose(file);
}

int main(void)
{
	memset(pad, 'x', sizeof(pad) - 1);
	writes_each_line_or_counts_it();
	never_waits();
	return 0;
}
