/*
 * What the libraries free is wiped: our own memory is searched. A plain program, for
 * Criterion has OpenSSL in its own process before a test begins.
 */
#include "base/memory.h"
#include "house.h"

#include <fcntl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Kept changed by a mask, so that neither the program nor the search holds it. */
#define MASK 0x2a
static const char masked[] = "IKDKXSGOGEXS\x1d\x1bLXOO\x1d\x1bYOKXIB";
#define LENGTH (sizeof(masked) - 1)

static void reveal(volatile char *out)
{
	for (size_t i = 0; i < LENGTH; i++)
		out[i] = (char)(masked[i] ^ MASK);
}

static size_t found_in(const unsigned char *data, size_t size)
{
	size_t found = 0;

	for (size_t i = 0; i + LENGTH <= size; i++) {
		size_t j = 0;
		while (j < LENGTH && data[i + j] == (unsigned char)(masked[j] ^ MASK))
			j++;
		found += j == LENGTH;
	}
	return found;
}

static size_t found_at(int fd, size_t begin, size_t size)
{
	static unsigned char window[1 << 16];
	size_t found = 0;

	for (size_t at = 0; at < size; at += sizeof(window) - LENGTH + 1) {
		uintptr_t place = begin + at;
		if (place < (uintptr_t)window + sizeof(window) &&
		    place + sizeof(window) > (uintptr_t)window)
			continue;	/* the window itself holds what it saw before */
		size_t left = size - at;
		ssize_t got = pread(fd, window, left < sizeof(window) ? left : sizeof(window),
		    (off_t)place);
		if (got > 0)
			found += found_in(window, (size_t)got);
	}
	explicit_bzero(window, sizeof(window));
	return found;
}

/* How often the canary lies in writable memory. */
static size_t canaries(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	size_t begin, end, found = 0;
	char line[512], mode[8];

	while (fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%zx-%zx %7s", &begin, &end, mode) == 3 && mode[0] == 'r' &&
		    mode[1] == 'w' && end - begin < ((size_t)1 << 28))
			found += found_at(fd, begin, end - begin);
	fclose(maps);
	close(fd);
	return found;
}

/* req244; the control first: the plain allocator leaves it lying about. */
static void plain_free_leaves_it(void)
{
	char *volatile block = malloc(4096);	/* volatile: or clang leaves it all out */

	CHECK(canaries() == 0);
	reveal(block + 2048);
	CHECK(canaries() == 1);
	free(block);
	CHECK(canaries() == 1);
	block = malloc(4096);
	explicit_bzero(block, 4096);
	free(block);
}

static void json_is_wiped(size_t before)
{
	char canary[LENGTH + 1] = { 0 };

	reveal(canary);
	json_t *json = json_string(canary);
	explicit_bzero(canary, sizeof(canary));
	CHECK(canaries() > before);
	json_decref(json);
	CHECK(canaries() == before);
}

static void openssl_wipes_what_it_moves(size_t before)
{
	char *block = OPENSSL_malloc(64);

	reveal(block);
	block = OPENSSL_realloc(block, 100000);
	CHECK(canaries() == before + 1);	/* not where it was as well */
	OPENSSL_free(block);
	CHECK(canaries() == before);
}

static void resizes(void)
{
	char *block = memory_resize(NULL, 3);

	memcpy(block, "ab", 3);
	block = memory_resize(block, 100000);
	CHECK(strcmp(block, "ab") == 0);
	block = memory_resize(block, 3);
	CHECK(strcmp(block, "ab") == 0);
	CHECK(memory_resize(block, 0) == NULL);
	memory_free(NULL);
	memory_free(memory_new(0));
}

int main(void)
{
	CHECK(memory_open());
	plain_free_leaves_it();
	/* A sanitizer may still keep the control's block. */
	size_t before = canaries();
	json_is_wiped(before);
	openssl_wipes_what_it_moves(before);
	resizes();
	return 0;
}
