#include "base/fatal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static struct iovec part(const char *text)
{
	return (struct iovec){ .iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text) };
}

void fatal(const char *what)
{
	const struct iovec line[] = { part("sallyport: "), part(what),
		part("; the process ends here, and may be started again\n") };

	(void)!writev(STDERR_FILENO, line, sizeof(line) / sizeof(line[0]));
	abort();
}
