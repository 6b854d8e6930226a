/* The real spool.so, alone, with a host of the test's own: no core, no loop. SEMANTICS 8. */
#include <criterion/criterion.h>

#include "plugin/load.h"

#include <sallyport/mail.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t noon = 1800000000000;
static enum sp_status ended;
static bool wanted;

static void fake_done(struct sp_op *op, enum sp_status status)
{
	(void)op;
	ended = status;
}

static void fake_work(struct sp_op *op, sp_work_fn *fn)
{
	fake_done(op, fn(op));
}

static bool fake_wanted(const struct sp_op *op)
{
	(void)op;
	return wanted;
}

static void fake_log(const struct sp_host *host, enum sp_level level, const char *text)
{
	(void)host, (void)level, (void)text;
}

static const struct sp_host fake = { .api = SP_API, .log = fake_log, .work = fake_work,
	.done = fake_done, .wanted = fake_wanted };

struct desk {
	char folder[32];
	struct { const char *folder; } conf;
	const struct sp_plugin *plugin;
	struct sp_error error;
	void *self;
};

static enum sp_status desk_open(struct desk *desk)
{
	return desk->plugin->open(&fake, &desk->conf, &desk->self, &desk->error);
}

static void desk_init(struct desk *desk)
{
	*desk = (struct desk){ .folder = "/tmp/spool-XXXXXX" };
	desk->conf.folder = mkdtemp(desk->folder);
	wanted = true;
	cr_assert_eq(plugin_load(getenv("PLUGINS"), "spool.so", &desk->plugin, &desk->error), SP_OK,
	    "%s", desk->error.text);
}

static enum sp_status desk_send(struct desk *desk, const char *text, int64_t now, int64_t expires)
{
	struct sp_mail_send send = { .op = { .host = &fake, .self = desk->self, .now = now },
		.mime = { text, strlen(text) }, .expires = expires };

	ended = SP_FAILED;
	desk->plugin->mail->send(&send);
	return ended;
}

/* What `ls` shows: the first word of each message, in the order of names. */
static const char *desk_list(const struct desk *desk)
{
	static char seen[256];
	struct dirent **entries;
	int count = scandir(desk->folder, &entries, NULL, alphasort);
	char text[64];

	seen[0] = '\0';
	for (int i = 0; i < count; i++) {
		int folder = open(desk->folder, O_RDONLY);
		int fd = openat(folder, entries[i]->d_name, O_RDONLY);
		struct stat at;
		cr_assert_eq(fstat(fd, &at), 0);
		ssize_t size = S_ISREG(at.st_mode) ? read(fd, text, sizeof(text) - 1) : 0;
		if (S_ISREG(at.st_mode)) {
			cr_assert_eq(at.st_mode & 07777, 0600);
			cr_assert_not_null(strstr(entries[i]->d_name, ".eml"));
		}
		strncat(seen, text, size > 0 ? (size_t)size : 0);
		close(fd);
		close(folder);
		free(entries[i]);
	}
	free(entries);
	return seen;
}

static void desk_clear(struct desk *desk)
{
	char command[64];

	desk->plugin->close(desk->self);
	snprintf(command, sizeof(command), "rm -r %s", desk->folder);
	cr_assert_eq(system(command), 0);
}

Test(spool, writes_files_of_its_own_in_the_order_of_sending)
{
	struct desk desk;

	desk_init(&desk);
	cr_assert_eq(desk_open(&desk), SP_OK, "%s", desk.error.text);
	cr_assert_str_eq(desk_list(&desk), "");
	cr_assert_eq(desk_send(&desk, "b", noon + 5, 0), SP_OK);
	cr_assert_eq(desk_send(&desk, "c", noon + 5, noon + 600000), SP_OK);
	cr_assert_eq(desk_send(&desk, "a", noon, 0), SP_OK);
	cr_assert_str_eq(desk_list(&desk), "abc");
	desk_clear(&desk);
}

Test(spool, deletes_what_has_expired)
{
	struct desk desk;

	desk_init(&desk);
	cr_assert_eq(desk_open(&desk), SP_OK);
	cr_assert_eq(desk_send(&desk, "a", noon, noon + 5000), SP_OK);
	cr_assert_eq(desk_send(&desk, "b", noon, noon + 9000), SP_OK);
	cr_assert_eq(desk_send(&desk, "c", noon + 4999, 0), SP_OK);
	cr_assert_str_eq(desk_list(&desk), "abc");
	cr_assert_eq(desk_send(&desk, "d", noon + 6000, 0), SP_OK);
	cr_assert_str_eq(desk_list(&desk), "bcd");
	/* Also what a former life has left, and the halves of a crash. */
	desk.plugin->close(desk.self);
	int folder = open(desk.folder, O_RDONLY);
	close(openat(folder, ".1700000000000-1.part", O_WRONLY | O_CREAT, 0600));
	cr_assert_eq(desk_open(&desk), SP_OK);
	cr_assert_neq(faccessat(folder, ".1700000000000-1.part", F_OK, 0), 0);
	close(folder);
	cr_assert_eq(desk_send(&desk, "e", noon + 9000, 0), SP_OK);
	cr_assert_str_eq(desk_list(&desk), "cde");
	desk_clear(&desk);
}

Test(spool, sends_nothing_late)
{
	struct desk desk;

	desk_init(&desk);
	cr_assert_eq(desk_open(&desk), SP_OK);
	cr_assert_eq(desk_send(&desk, "a", noon, noon), SP_UNAVAILABLE);
	wanted = false;
	cr_assert_eq(desk_send(&desk, "a", noon, 0), SP_UNAVAILABLE);
	cr_assert_str_eq(desk_list(&desk), "");
	desk_clear(&desk);
}

Test(spool, refuses_a_folder_that_others_can_look_into)
{
	struct desk desk;

	desk_init(&desk);
	chmod(desk.folder, 0750);
	cr_assert_eq(desk_open(&desk), SP_FAILED);
	cr_assert_not_null(strstr(desk.error.text, "0700"), "%s", desk.error.text);
	rmdir(desk.folder);
	cr_assert_eq(desk_open(&desk), SP_FAILED);
	cr_assert_not_null(strstr(desk.error.text, "No such file"), "%s", desk.error.text);
}

Test(spool, says_so_when_it_cannot_write)
{
	struct desk desk;

	desk_init(&desk);
	cr_assert_eq(desk_open(&desk), SP_OK);
	rmdir(desk.folder);
	cr_assert_eq(desk_send(&desk, "a", noon, 0), SP_UNAVAILABLE);
	desk.plugin->close(desk.self);
}
