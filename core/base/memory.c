#include "base/memory.h"

#include "base/fatal.h"

#include <event2/event.h>
#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void *memory_new(size_t size)
{
	void *fresh = malloc(size > 0 ? size : 1);

	if (fresh == NULL)
		fatal("out of memory");
	return fresh;
}

/* Never realloc(): it may move, and leaves what it moved from as it was. */
void *memory_resize(void *old, size_t size)
{
	if (size == 0) {
		memory_free(old);
		return NULL;
	}
	size_t had = old != NULL ? malloc_usable_size(old) : 0;
	if (had >= size && had / 2 <= size)
		return old;
	void *fresh = memory_new(size);
	if (old != NULL)
		memcpy(fresh, old, had < size ? had : size);
	memory_free(old);
	return fresh;
}

void memory_free(void *old)
{
	if (old == NULL)
		return;
	explicit_bzero(old, malloc_usable_size(old));
	free(old);
}

static void *openssl_new(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return memory_new(size);
}

static void *openssl_resize(void *old, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return memory_resize(old, size);
}

static void openssl_free(void *old, const char *file, int line)
{
	(void)file, (void)line;
	memory_free(old);
}

bool memory_open(void)
{
	if (CRYPTO_set_mem_functions(openssl_new, openssl_resize, openssl_free) != 1)
		return false;
	event_set_mem_functions(memory_new, memory_resize, memory_free);
	json_set_alloc_funcs(memory_new, memory_free);
	json_object_seed(0);
	return true;
}
