/* A backup into a file, made by the server itself: before it changes a store of an older format. */
#include "store/backup.h"

#include "base/arena.h"
#include "base/outfile.h"
#include "store/backup_head.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct filing {
	struct store_wait wait;
	struct outfile file;
	struct sp_id id;
	bool begun, last, wrote;
	int why;		/* errno */
};

static void filed(void *arg, enum sp_status status, const struct backup_part *part)
{
	struct filing *filing = arg;

	if (status == SP_OK && part != NULL) {
		filing->last = part->last;
		filing->wrote = part->last ?
		    outfile_over(&filing->file, part->block.data, part->block.size) :
		    outfile_write(&filing->file, part->block.data, part->block.size);
		filing->why = errno;
	}
	store_woken(&filing->wait, status);
}

/* Nobody is served yet, so that writing on the loop holds nobody up. */
static void file_part(struct loop *loop, void *arg)
{
	struct filing *filing = arg;
	bool ok = filing->begun ?
	    backup_next(filing->wait.store, loop, filing->id, filed, filing) :
	    backup_begin(filing->wait.store, loop, &filing->id, filed, filing);

	if (!ok)
		filed(filing, SP_UNAVAILABLE, NULL);
}

static bool file_step(struct filing *filing)
{
	filing->wrote = true;
	enum sp_status status = store_wait(&filing->wait, file_part);
	filing->begun = true;
	return status == SP_OK && filing->wrote;
}

static enum sp_status file_failed(struct filing *filing, const char *path, int why,
    struct sp_error *out_error)
{
	snprintf(out_error->text, sizeof(out_error->text), "%s: no backup: %s", path,
	    filing->wait.status == SP_OK ? strerror(why) : "the backends can't be read");
	outfile_drop(&filing->file);
	return SP_FAILED;
}

enum sp_status backup_to_file(struct store *store, const char *path, struct sp_error *out_error)
{
	char blank[BACKUP_HEAD];
	struct filing filing = { .wait = { .store = store, .status = SP_OK } };
	bool ok = outfile_open(&filing.file, path);

	memset(blank, ' ', sizeof(blank));
	ok = ok && outfile_write(&filing.file, blank, sizeof(blank));
	if (!ok)
		return file_failed(&filing, path, errno, out_error);
	while (ok && !filing.last)
		ok = file_step(&filing);
	if (!ok)
		return file_failed(&filing, path, filing.why, out_error);
	return outfile_keep(&filing.file) ? SP_OK :
	    file_failed(&filing, path, errno, out_error);
}
