/*
 * roster - mail plugins are replaced while mail is sent
 *
 *	roster PLUGINS FOLDER
 *
 * A plain program for the sanitizers. Two loops send without a pause, one thread scrapes the
 * metrics, the main thread replaces the mail plugins: every message ends once, as sent or as
 * UNAVAILABLE, and what was asked for and what the spool holds agree.
 */
#include "../house.h"

#include "base/arena.h"
#include "base/metric.h"
#include "base/text.h"
#include "loop/loop.h"
#include "plugin/mail.h"
#include "plugin/op.h"
#include "plugin/roster.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOPS = 2, EACH = 400, REPLACED = 25 };

static const char *plugins, *folder;
static struct house house;
static struct roster *roster;
static atomic_uint sent, unavailable;
static atomic_bool over;

struct talker { struct loop *loop; struct task task; unsigned left; sem_t done; };

static void talk(struct task *task);

static void talked(struct talker *talker, enum sp_status status)
{
	CHECK(status == SP_OK || status == SP_UNAVAILABLE);
	atomic_fetch_add(status == SP_OK ? &sent : &unavailable, 1);
	if (--talker->left == 0)
		sem_post(&talker->done);
	else
		loop_later(talker->loop, &talker->task);
}

static void heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	(void)answer;
	talked(arg, status);
}

static void talk(struct task *task)
{
	static const struct mail_message message = { .message_id = "1", .from = "s@b.example",
		.to = "a@b.example", .headers = "To: a@b.example\r\n", .text = "hi\n",
		.mime = { "To: a@b.example\r\n\r\nhi\r\n", 23 } };
	struct talker *talker =
	    (struct talker *)(void *)((char *)task - offsetof(struct talker, task));
	struct seat *seat =
	    binding_seat(roster_binding(roster), BINDING_MAIL, 0, talker->loop);
	struct sp_op *op = &mail_send(seat, &message)->op;
	enum sp_status status;

	if (!op_call(op, heard, talker))
		return;
	op_answer(op, &status);
	op_free(op);
	talked(talker, status);
}

static void *scrape(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		struct metric_text text;
		struct arena arena;
		size_t count;
		arena_init(&arena, NULL, 0);
		metric_begin(&text, &arena);
		roster_metrics(roster, &text);
		CHECK(strstr(text.data, "sallyport_plugin_lane_queued{plugin=\"relay\"}") != NULL);
		CHECK(roster_describe(roster, &arena, &count) != NULL && count == 3);
		CHECK(roster_unready(roster, &arena) == NULL);
		arena_done(&arena);
	}
	return NULL;
}

static void conf_make(const char *path, struct arena *arena, struct conf *conf, unsigned round)
{
	FILE *file = fopen(path, "w");
	struct errors errors;

	fprintf(file, "server: {state: %s, plugins: %s, mail: [relay]}\n"
	    "listen: {p: {address: '127.0.0.1:80', surfaces: [pages]}}\n"
	    "plugin: {main: {file: memory.so}, ca: {file: conditional-access.so}, "
	    "relay: {file: spool.so, folder: %s/mail, queue: %u}}\n", folder, plugins, folder,
	    2 + round % 3);
	fclose(file);
	const struct conf_options options = { .bench = false };
	if (conf_read(path, &options, arena, conf, &errors) != SP_OK)
		errors_print(&errors, stderr);
	CHECK(errors.count == 0);
}

static void replace_all(const char *path)
{
	for (unsigned round = 0; round < REPLACED; round++) {
		struct arena arena;
		struct errors errors;
		struct conf conf;
		arena_init(&arena, NULL, 0);
		conf_make(path, &arena, &conf, round);
		errors_begin(&errors, &arena, path);
		CHECK(roster_replace_mail(roster, &conf, &errors) == SP_OK);
		arena_done(&arena);	/* the instances don't need it */
	}
}

static unsigned spooled(const char *path)
{
	DIR *dir = opendir(path);
	unsigned count = 0;

	for (struct dirent *file; (file = readdir(dir)) != NULL;)
		count += strstr(file->d_name, ".eml") != NULL;
	closedir(dir);
	return count;
}

static void begin(const char *path, struct arena *arena)
{
	struct sp_error error = { "" };
	struct errors errors;
	struct conf conf;

	conf_make(path, arena, &conf, 0);
	errors_begin(&errors, arena, path);
	if (roster_load(&conf, &roster, &errors) != SP_OK)
		errors_print(&errors, stderr);
	CHECK(errors.count == 0);
	CHECK(roster_open(roster, &conf, house.loops, LOOPS, &error) == SP_OK);
}

int main(int argc, char **argv)
{
	static struct talker talkers[LOOPS];
	struct arena arena;
	pthread_t scraper;

	CHECK(argc == 3);
	plugins = argv[1];
	folder = argv[2];
	arena_init(&arena, NULL, 0);
	const char *mail = text_print(&arena, "%s/mail", folder);
	const char *path = text_print(&arena, "%s/conf.yaml", folder);
	umask(077);
	CHECK(mkdir(mail, 0700) == 0);
	house_open(&house, LOOPS);
	begin(path, &arena);
	for (unsigned i = 0; i < LOOPS; i++) {
		talkers[i] = (struct talker){ .loop = house.loops[i], .task.run = talk,
			.left = EACH };
		sem_init(&talkers[i].done, 0, 0);
		loop_post(house.loops[i], &talkers[i].task);
	}
	CHECK(pthread_create(&scraper, NULL, scrape, NULL) == 0);
	replace_all(path);
	for (unsigned i = 0; i < LOOPS; i++)
		while (sem_wait(&talkers[i].done) != 0)
			continue;
	atomic_store(&over, true);
	pthread_join(scraper, NULL);
	roster_close(roster);
	house_close(&house);
	fprintf(stderr, "%u sent, %u unavailable, %u there\n", sent, unavailable, spooled(mail));
	CHECK(sent + unavailable == LOOPS * EACH && sent > 0 && spooled(mail) == sent);
	arena_done(&arena);
	return 0;
}
