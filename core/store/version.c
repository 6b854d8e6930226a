#include "store/version.h"

#include "base/fatal.h"
#include "crypto/jwk.h"

#include <stdlib.h>
#include <string.h>

struct version *version_new(unsigned loops)
{
	size_t size = sizeof(struct version) + loops * sizeof(struct hold);
	size_t room = (size + 63) / 64 * 64;
	struct version *version = aligned_alloc(64, room);

	if (version == NULL)
		fatal("out of memory");
	memset(version, 0, room);
	arena_init(&version->arena, NULL, 0);
	atomic_init(&version->loops, loops);
	return version;
}

struct version *version_of(const struct tenant *tenant)
{
	return (struct version *)(uintptr_t)tenant;
}

static void version_done(void *arg)
{
	struct version *version = arg;

	for (size_t i = 0; i < version->tenant.key_count; i++)
		jwk_free(version->keys[i]);
	for (size_t i = 0; i < version->tenant.app_count; i++)
		for (size_t j = 0; j < version->tenant.apps[i]->key_count; j++)
			jwk_free(version->tenant.apps[i]->keys[j].jwk);
	arena_done(&version->arena);
	free(version);
}

/* The rows must outlive the engine's set, which is freed on its lane. */
void version_free(struct version *version)
{
	if (version->set.engine != NULL)
		policy_free_set(&version->set, version_done, version);
	else
		version_done(version);
}

static void version_drop(struct version *version)
{
	if (atomic_fetch_sub(&version->loops, 1) == 1)
		version_free(version);
}

void version_hold(struct version *version, unsigned loop)
{
	version->holds[loop].count++;
}

void version_release(struct version *version, unsigned loop)
{
	struct hold *hold = &version->holds[loop];

	if (--hold->count == 0 && hold->retired)
		version_drop(version);
}

void version_retire(struct version *version, unsigned loop)
{
	struct hold *hold = &version->holds[loop];

	hold->retired = true;
	if (hold->count == 0)
		version_drop(version);
}
