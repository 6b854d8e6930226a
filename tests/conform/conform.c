#include "conform.h"

#include "plugin/instance.h"

#include <string.h>

static void conform_instance(struct conform *conform)
{
	const struct instance_settings set = { .name = "conform", INSTANCE_DEFAULTS,
		.lanes = conform->lanes };

	conform->instance = house_plugin(&conform->house, &conform->arena, conform->folder,
	    conform->file, conform->pairs, &set);
}

/* A second end, or an operation queued that it did not have: see op.c. */
static void conform_end(struct conform *conform)
{
	CHECK(atomic_load(&conform->instance->misuses) == 0);
	instance_free(conform->instance);
}

void conform_open(struct conform *conform, const char *folder, const char *file,
    char *const *words, int count)
{
	CHECK(count % 2 == 0 && count <= 32);
	*conform = (struct conform){ .folder = folder, .file = file, .lanes = 1 };
	for (int i = 0, pair = 0; i < count; i += 2) {
		if (strcmp(words[i], "lanes") == 0) {
			conform->lanes = (unsigned)strtoul(words[i + 1], NULL, 10);
			continue;
		}
		conform->pairs[pair++] = (struct keys_pair){ words[i], words[i + 1] };
	}
	arena_init(&conform->arena, NULL, 0);
	house_open(&conform->house, 2);
	conform_instance(conform);
}

void conform_close(struct conform *conform)
{
	conform_end(conform);
	house_close(&conform->house);
	arena_done(&conform->arena);
}

struct loop *conform_loop(const struct conform *conform, unsigned index)
{
	return conform->house.loops[index % conform->house.count];
}
