/* sallyport_progress.c - that something is going on, where it takes long */
#include "sallyport.h"

#include "base/clock.h"

#include <unistd.h>

enum { TERMINAL_MS = 200, LINE_MS = 5000 };

void progress_step(struct progress *progress, size_t done)
{
	bool terminal = isatty(STDERR_FILENO);
	int64_t now = clock_loop();

	if (progress->last == 0)
		progress->last = now;
	if (now - progress->last < (terminal ? TERMINAL_MS : LINE_MS))
		return;
	progress->last = now;
	progress->shown = terminal;
	fprintf(stderr, "%s%s %zu/%zu%s", terminal ? "\r" : "", progress->word, done,
	    progress->total, terminal ? "" : "\n");
}

void progress_end(const struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
