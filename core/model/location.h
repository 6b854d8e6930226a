/*
 * location.h - named locations: networks and countries that policies are about
 *
 * Documents (document.h) as Graph has them, told apart by "@odata.type": an ipNamedLocation lists
 * networks, which may be trusted; a countryNamedLocation lists countries, and may stand for the
 * addresses of which nobody knows the country. Networks are taken as Graph's objects or as plain
 * texts ("203.0.113.0/24") and kept as texts, so that 2,000 fit a record; location_show() makes
 * objects of them again.
 *
 *	locations_at(arena, tenant->locations, &place)	-> ids for sp_facts.locations
 *
 * All networks of a tenant are one sorted list: two of them are either apart, or one lies in the
 * other, so the last that begins before an address and those around it are all that can hold it.
 * A look costs the logarithm of 390,000 and the depth of what is nested there.
 *
 * Threads  Any; pure. Memory  The arena given.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

struct arena;
struct document_errors;

#define LOCATIONS_MOST 195u		/* of a tenant */
#define LOCATION_RANGES_MOST 2000u	/* of one */
#define LOCATION_COUNTRIES 11u		/* words of 64: a bit for each of AA to ZZ */

/* `bits` of sixteen bytes: an IPv4 network is mapped, and has 96 or more. */
struct location_range { uint8_t address[16]; uint8_t bits; };

struct location {
	struct sp_id id;
	const char *display_name;
	bool trusted;
	bool by_country;
	bool unknown;		/* countries: also where nobody knows which */
	size_t range_count;
	const struct location_range *ranges;
	uint64_t countries[LOCATION_COUNTRIES];
};

/* See document.h. */
json_t *location_check(const json_t *document, struct document_errors *errors);
bool location_compile(struct arena *arena, const json_t *document, struct location *out_location);
/* In place, of a copy: as Graph shows it. Of other documents nothing is touched. */
void location_show(json_t *document);

/* "192.0.2.7", "2001:db8::/32"; a text without a prefix is one address. NULL: it is one; else what
 * is wrong with it. */
const char *location_range(const char *text, struct location_range *out_range);

/* What is known of where a customer is. */
struct location_place {
	bool known;		/* the address is */
	uint8_t address[16];	/* IPv4 mapped into IPv6 */
	char country[3];	/* two capital letters; empty: nobody knows */
};

struct locations;
/* Those of a tenant, in any order. */
const struct locations *locations_new(struct arena *arena, const struct location *all,
    size_t count);
/* Those that hold the place, and policy_trusted if one of them is. `locations` NULL: none. */
struct sp_ids locations_at(struct arena *arena, const struct locations *locations,
    const struct location_place *place);
bool locations_by_country(const struct locations *locations);	/* is a country asked for? */
