/*
 * sallyportd_files.c - file descriptors: enough for all connections, and for all else as well
 *
 * When a flood of connections has taken the last one, nothing can be opened any more: no mail, no
 * store, no certificate at a reload. So connections never get all of them.
 */
#include "sallyportd.h"

#include "base/log.h"

#include <sys/resource.h>

enum { OTHERS = 256, LEAST = 16 };	/* plugins, listeners, mails on their way; of connections */

static void files_raise(struct rlimit *limit, rlim_t want)
{
	struct rlimit wanted = { want < limit->rlim_max ? want : limit->rlim_max, limit->rlim_max };

	if (limit->rlim_cur < wanted.rlim_cur && setrlimit(RLIMIT_NOFILE, &wanted) == 0)
		*limit = wanted;
}

unsigned files_allow(int64_t most)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return (unsigned)most;
	files_raise(&limit, (rlim_t)most + OTHERS);
	if (limit.rlim_cur >= (rlim_t)most + OTHERS)
		return (unsigned)most;
	unsigned fits = limit.rlim_cur < OTHERS + LEAST ? LEAST :
	    (unsigned)limit.rlim_cur - OTHERS;
	log_line(SP_WARNING, "server.connections is %lld, but this process may open no more than "
	    "%llu files: %u connections then (ulimit -n, or LimitNOFILE of the unit)",
	    (long long)most, (unsigned long long)limit.rlim_cur, fits);
	return fits;
}
