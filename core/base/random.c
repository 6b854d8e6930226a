#include "base/random.h"

#include "base/fatal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void random_fill(void *out, size_t size)
{
	unsigned char *at = out;

	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			fatal("the kernel gives no random bytes");
		at += got;
		size -= (size_t)got;
	}
}

uint32_t random_below(uint32_t bound)
{
	if (bound == 0)
		abort();
	/* 2^32 is no multiple of the bound: the first few values would come once too often. */
	uint32_t unfair = (uint32_t)-bound % bound, value;
	do
		random_fill(&value, sizeof(value));
	while (value < unfair);
	return value % bound;
}

void random_digits(char *out, size_t digits)
{
	for (size_t i = 0; i < digits; i++)
		out[i] = (char)('0' + random_below(10));
	out[digits] = '\0';
}
