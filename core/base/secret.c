#include "base/secret.h"

#include <sodium.h>
#include <string.h>

struct secret secret_text(const char *text)
{
	if (text == NULL)
		return (struct secret){ 0 };
	return (struct secret){ (const unsigned char *)text, strlen(text) };
}

bool secret_equal(struct secret a, struct secret b)
{
	return a.size == b.size && a.size > 0 && sodium_memcmp(a.data, b.data, a.size) == 0;
}
