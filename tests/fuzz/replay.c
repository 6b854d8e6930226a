/* Runs a target on files, and on each of their beginnings. */
#include "fuzz.h"

#include <string.h>

#define SIZE_MOST ((size_t)65536)

static size_t replay_read(const char *path, uint8_t *data)
{
	FILE *file = fopen(path, "rbe");

	CHECK(file != NULL);
	size_t size = fread(data, 1, SIZE_MOST, file);
	fclose(file);
	return size;
}

/* From memory of its own, so that a step behind its end is seen. */
static void replay_part(const uint8_t *data, size_t size)
{
	uint8_t *part = malloc(size > 0 ? size : 1);

	CHECK(part != NULL);
	memcpy(part, data, size);
	LLVMFuzzerTestOneInput(part, size);
	free(part);
}

int main(int count, char **paths)
{
	uint8_t *data = malloc(SIZE_MOST);

	CHECK(data != NULL && count > 1);
	for (int i = 1; i < count; i++) {
		size_t size = replay_read(paths[i], data);
		for (size_t part = 0; part <= size; part++)
			replay_part(data, part);
	}
	free(data);
	return 0;
}
