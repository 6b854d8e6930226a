/* sallyport_backup.c - what the server keeps, into a file, while it goes on */
#include "sallyport.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/outfile.h"
#include "base/text.h"
#include "store/backup_head.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { TELL_MS = 500 };

struct saving {
	struct cli *cli;
	const char *path, *id;
	struct outfile file;
	size_t entries;
	uint64_t bytes;
	int64_t told;
	bool shown;
};

static enum cli_exit unwritten(struct saving *saving)
{
	struct cli *cli = saving->cli;
	enum cli_exit exit = say(CLI_REFUSED, "%s: %s", say_safe(cli->arena, saving->path),
	    errno == EEXIST ? "is there already; a backup replaces no file" : strerror(errno));

	outfile_drop(&saving->file);
	return exit;
}

static void tell(struct saving *saving)
{
	int64_t now = clock_loop();

	if (!isatty(STDERR_FILENO) || now - saving->told < TELL_MS)
		return;
	saving->told = now;
	saving->shown = true;
	fprintf(stderr, "\r%zu entries, %llu KiB", saving->entries,
	    (unsigned long long)(saving->bytes >> 10));
}

/* One block; *out_last: it was the head, and all is in the file. */
static enum cli_exit save_next(struct saving *saving, bool *out_last)
{
	struct cli *cli = saving->cli;
	struct arena arena;
	struct call_bytes bytes = { .arena = &arena };

	arena_init(&arena, NULL, 0);
	enum cli_exit exit = call_raw(cli, "POST", text_print(&arena, "/backups/%s/next",
	    saving->id), &bytes);
	bool ok = exit == CLI_FINE && (bytes.head ?
	    outfile_over(&saving->file, bytes.data, bytes.size) :
	    outfile_write(&saving->file, bytes.data, bytes.size));
	if (ok) {
		*out_last = bytes.head;
		saving->entries = bytes.entries;
		saving->bytes += bytes.head ? 0 : bytes.size;
		tell(saving);
	} else if (exit == CLI_FINE) {
		exit = unwritten(saving);
	} else {
		outfile_drop(&saving->file);
	}
	arena_done(&arena);
	return exit;
}

static enum cli_exit save(struct saving *saving)
{
	enum cli_exit exit = CLI_FINE;
	bool last = false;

	while (exit == CLI_FINE && !last)
		exit = save_next(saving, &last);
	if (saving->shown)
		fputs("\r\033[K", stderr);
	if (exit == CLI_FINE && !outfile_keep(&saving->file))
		exit = unwritten(saving);
	return exit;
}

/* So that the server needn't wait for us; what went wrong has been told. */
static void forget(const struct saving *saving)
{
	struct cli *cli = saving->cli;
	struct answer answer;

	if (call_ask(cli, "DELETE", text_print(cli->arena, "/backups/%s", saving->id), NULL,
	    &answer) == CLI_FINE)
		json_decref(answer.body);
}

enum cli_exit backup_run(struct cli *cli)
{
	struct saving saving = { .cli = cli, .path = cli->arguments[0] };
	char blank[BACKUP_HEAD];
	json_t *body;

	memset(blank, ' ', sizeof(blank));
	if (!outfile_open(&saving.file, saving.path) ||
	    !outfile_write(&saving.file, blank, sizeof(blank)))
		return unwritten(&saving);
	enum cli_exit exit = call_must(cli, "POST", "/backups", NULL, &body);
	if (exit != CLI_FINE) {
		outfile_drop(&saving.file);
		return exit;
	}
	saving.id = text_copy(cli->arena, say_safe(cli->arena, json_text(body, "id", "")));
	json_decref(body);
	exit = save(&saving);
	if (exit == CLI_FINE)
		report_done(cli, NULL, saving.id, "%s: %zu entries, %llu KiB. The key file is not in "
		    "it: keep a copy apart, by `sallyport keys export`.",
		    say_safe(cli->arena, saving.path), saving.entries,
		    (unsigned long long)((saving.bytes + BACKUP_HEAD) >> 10));
	else if (exit == CLI_REFUSED)
		forget(&saving);
	return exit;
}
