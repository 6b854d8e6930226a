#include "model/location.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/policy.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX
#define WORDS ((LOCATIONS_MOST + 63) / 64)

/* One network of one location. `around` is the smallest that holds it, itself excepted. */
struct entry {
	struct location_range range;
	uint8_t location;	/* its place among the ids */
	uint32_t around;
};

struct locations {
	size_t count, entry_count;
	const struct location *const *all;	/* sorted by id */
	const struct entry *entries;		/* by address, the greater network first */
	bool by_country;
};

_Static_assert(LOCATIONS_MOST <= UINT8_MAX, "an entry names its location in a byte");

static int location_order(const void *a, const void *b)
{
	const struct location *const *x = a, *const *y = b;

	return id_compare(&(*x)->id, &(*y)->id);
}

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = memcmp(x->range.address, y->range.address, sizeof(x->range.address));

	return order != 0 ? order : (int)x->range.bits - (int)y->range.bits;
}

static bool range_holds(const struct location_range *range, const uint8_t address[16])
{
	unsigned whole = range->bits / 8, left = range->bits % 8;

	return memcmp(range->address, address, whole) == 0 && (left == 0 ||
	    ((range->address[whole] ^ address[whole]) >> (8 - left)) == 0);
}

/* The last one and all around it are a stack: whoever holds this one is in it. */
static void entries_nest(struct entry *entries, size_t count)
{
	uint32_t around = NOWHERE;

	for (uint32_t i = 0; i < count; i++) {
		while (around != NOWHERE &&
		    !range_holds(&entries[around].range, entries[i].range.address))
			around = entries[around].around;
		entries[i].around = around;
		around = i;
	}
}

static void locations_list(struct arena *arena, struct locations *locations)
{
	size_t room = 0, count = 0;

	for (size_t i = 0; i < locations->count; i++)
		room += locations->all[i]->range_count;
	struct entry *entries = arena_alloc(arena, (room + 1) * sizeof(*entries));
	for (size_t i = 0; i < locations->count; i++)
		for (size_t j = 0; j < locations->all[i]->range_count; j++)
			entries[count++] = (struct entry){ locations->all[i]->ranges[j],
				(uint8_t)i, NOWHERE };
	qsort(entries, count, sizeof(*entries), entry_order);
	entries_nest(entries, count);
	locations->entries = entries;
	locations->entry_count = count;
}

const struct locations *locations_new(struct arena *arena, const struct location *all,
    size_t count)
{
	struct locations *locations = arena_alloc(arena, sizeof(*locations));
	const struct location **sorted = arena_alloc(arena, (count + 1) * sizeof(*sorted));

	if (count > LOCATIONS_MOST)
		count = LOCATIONS_MOST;
	for (size_t i = 0; i < count; i++) {
		sorted[i] = &all[i];
		locations->by_country = locations->by_country || all[i].by_country;
	}
	qsort(sorted, count, sizeof(*sorted), location_order);
	locations->count = count;
	locations->all = sorted;
	locations_list(arena, locations);
	return locations;
}

bool locations_by_country(const struct locations *locations)
{
	return locations != NULL && locations->by_country;
}

/* The last that doesn't begin after the address; NOWHERE: all do. */
static uint32_t entries_before(const struct locations *locations, const uint8_t address[16])
{
	size_t low = 0, high = locations->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(locations->entries[middle].range.address, address, 16) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? (uint32_t)(low - 1) : NOWHERE;
}

/* An IPv6 network that is wide enough to hold all of IPv4 says nothing of it. */
static bool range_kin(const struct location_range *range, const uint8_t address[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return range->bits >= 96 || memcmp(address, mapped, sizeof(mapped)) != 0;
}

static void mark_networks(const struct locations *locations, const uint8_t address[16],
    uint64_t *found)
{
	uint32_t at = entries_before(locations, address);

	for (; at != NOWHERE; at = locations->entries[at].around) {
		const struct entry *entry = &locations->entries[at];
		if (range_holds(&entry->range, address) && range_kin(&entry->range, address))
			found[entry->location / 64] |= UINT64_C(1) << entry->location % 64;
	}
}

static bool country_held(const struct location *location, const char country[3])
{
	if (!location->by_country)
		return false;
	if (country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z')
		return location->unknown;
	unsigned bit = (unsigned)(country[0] - 'A') * 26 + (unsigned)(country[1] - 'A');
	return (location->countries[bit / 64] >> bit % 64 & 1) != 0;
}

struct sp_ids locations_at(struct arena *arena, const struct locations *locations,
    const struct location_place *place)
{
	uint64_t found[WORDS] = { 0 };
	bool trusted = false;
	size_t count = 0;

	if (locations == NULL || locations->count == 0)
		return (struct sp_ids){ 0 };
	if (place->known)
		mark_networks(locations, place->address, found);
	struct sp_id *ids = arena_alloc(arena, (locations->count + 1) * sizeof(*ids));
	for (size_t i = 0; i < locations->count; i++) {
		const struct location *location = locations->all[i];
		if ((found[i / 64] >> i % 64 & 1) == 0 && !country_held(location, place->country))
			continue;
		ids[count++] = location->id;
		trusted = trusted || location->trusted;
	}
	if (trusted)
		ids[count++] = policy_trusted;
	return (struct sp_ids){ id_sort(ids, count), ids };
}
