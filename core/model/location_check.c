/* location_check.c - named locations as documents: Graph's two shapes, and what is kept of them */
#include "model/location.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/shapes.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define GRAPH "#microsoft.graph."
#define IP_TYPE GRAPH "ipNamedLocation"
#define COUNTRY_TYPE GRAPH "countryNamedLocation"
#define RANGE_TEXT (INET6_ADDRSTRLEN + 4u)
#define COUNTRIES 250u	/* ISO 3166 has as many */

#define COMMON(graph) \
	{ .name = "@odata.type", .type = SHAPE_WORD, .must = true, .words = graph }, \
	{ .name = "id", .type = SHAPE_ID, .must = true }, \
	{ .name = "displayName", .type = SHAPE_TEXT, .must = true, .min = 1 }, \
	{ .name = "createdDateTime", .type = SHAPE_TIME }, \
	{ .name = "modifiedDateTime", .type = SHAPE_TIME }

static const struct shape ip_shape[] = {
	COMMON(IP_TYPE),
	{ .name = "isTrusted", .type = SHAPE_FLAG, .fallback = "false" },
	{ 0 },
};

#define COUNTRY(required) \
	{ .name = "countriesAndRegions", .type = SHAPE_TEXT, .list = true, .must = required, \
	    .min = 2, .max = 2, .most = COUNTRIES }, \
	{ .name = "countryLookupMethod", .type = SHAPE_WORD, \
	    .words = "clientIpAddress authenticatorAppGps", .fallback = "clientIpAddress" }, \
	{ .name = "includeUnknownCountriesAndRegions", .type = SHAPE_FLAG, .fallback = "false" }

static const struct shape country_shape[] = { COMMON(COUNTRY_TYPE), COUNTRY(true), { 0 } };

static const struct shape range_shape[] = {
	{ .name = "@odata.type", .type = SHAPE_WORD,
	    .words = GRAPH "iPv4CidrRange " GRAPH "iPv6CidrRange" },
	{ .name = "cidrAddress", .type = SHAPE_TEXT, .must = true, .max = RANGE_TEXT },
	{ 0 },
};

/* Of both, for shapes.h: nothing is checked by it. */
const struct shape location_shape[] = {
	COMMON(IP_TYPE " " COUNTRY_TYPE),
	{ .name = "isTrusted", .type = SHAPE_FLAG, .fallback = "false" },
	{ .name = "ipRanges", .type = SHAPE_OBJECT, .list = true, .members = range_shape,
	    .most = LOCATION_RANGES_MOST },
	COUNTRY(false),
	{ 0 },
};

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool range_address(const char *text, bool six, uint8_t out[16])
{
	if (six)
		return inet_pton(AF_INET6, text, out) == 1;
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + sizeof(mapped)) == 1;
}

/* False: no number from 0 to `most`. */
static bool range_bits(const char *text, unsigned most, unsigned *out_bits)
{
	unsigned bits = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 3 || text[digits] != '\0' || (digits > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < digits; i++)
		bits = bits * 10 + (unsigned)(text[i] - '0');
	*out_bits = bits;
	return bits <= most;
}

/* Bits behind the prefix are somebody's mistake: which of the two networks is meant? */
static bool range_clean(const struct location_range *range)
{
	unsigned whole = range->bits / 8, left = range->bits % 8;

	if (left != 0 && (range->address[whole] & (0xff >> left)) != 0)
		return false;
	for (unsigned i = whole + (left != 0); i < 16; i++)
		if (range->address[i] != 0)
			return false;
	return true;
}

const char *location_range(const char *text, struct location_range *out_range)
{
	struct location_range range = { .bits = 0 };
	size_t size = strcspn(text, "/");
	bool six = memchr(text, ':', size) != NULL;
	unsigned most = six ? 128 : 32, bits = most;
	char address[INET6_ADDRSTRLEN];

	if (size >= sizeof(address))
		return "not a network such as 203.0.113.0/24 or 2001:db8::/32";
	memcpy(address, text, size);
	address[size] = '\0';
	if (!range_address(address, six, range.address) ||
	    (text[size] == '/' && !range_bits(text + size + 1, most, &bits)))
		return "not a network such as 203.0.113.0/24 or 2001:db8::/32";
	if (bits == 0)
		return "is everywhere: that is All";
	if (six && memcmp(range.address, mapped, sizeof(mapped)) == 0)
		return "is an IPv4 network: write it as one";
	range.bits = (uint8_t)(bits + 128 - most);
	if (!range_clean(&range))
		return "has bits behind its prefix: which network is meant?";
	*out_range = range;
	return NULL;
}

static bool range_four(const struct location_range *range)
{
	return range->bits >= 96 && memcmp(range->address, mapped, sizeof(mapped)) == 0;
}

static void range_text(const struct location_range *range, char out[RANGE_TEXT])
{
	char address[INET6_ADDRSTRLEN];
	bool four = range_four(range);

	inet_ntop(four ? AF_INET : AF_INET6, range->address + (four ? sizeof(mapped) : 0), address,
	    sizeof(address));
	snprintf(out, RANGE_TEXT, "%s/%u", address, four ? range->bits - 96u : range->bits);
}

/* Of an element: a text, or Graph's object of which that is a member. NULL: neither. */
static const char *range_given(const json_t *one, const char **out_member)
{
	const char *name;
	json_t *value;

	*out_member = "";
	if (json_is_string(one))
		return json_string_value(one);
	*out_member = ".cidrAddress";
	json_object_foreach((json_t *)(uintptr_t)one, name, value)
		if (strcmp(name, "cidrAddress") != 0 && strcmp(name, "@odata.type") != 0)
			return NULL;
	return json_text(one, "cidrAddress", NULL);
}

/* Its own word for which family it is of, where it has one. */
static bool range_typed(const json_t *one, const struct location_range *range)
{
	const char *type = json_text(one, "@odata.type", NULL);

	return type == NULL || text_same(type + (type[0] == '#'), range_four(range) ?
	    "microsoft.graph.iPv4CidrRange" : "microsoft.graph.iPv6CidrRange");
}

static void ranges_add(json_t *ranges, json_t *seen, const json_t *one, size_t index,
    struct document_errors *errors)
{
	struct location_range range;
	char text[RANGE_TEXT];
	const char *member, *given = range_given(one, &member);
	const char *why = given == NULL ? "not an iPv4CidrRange or iPv6CidrRange with a cidrAddress" :
	    location_range(given, &range);

	if (why == NULL && !range_typed(one, &range)) {
		why = "is of the other family";
		member = ".@odata.type";
	}
	if (why != NULL) {
		document_wrong(errors, text_print(errors->arena, "ipRanges[%zu]%s", index,
		    given == NULL ? "" : member), "InvalidValue", "%s", why);
		return;
	}
	range_text(&range, text);
	if (json_object_get(seen, text) != NULL)
		return;
	json_object_set_new(seen, text, json_true());
	json_array_append_new(ranges, json_string(text));
}

static json_t *ranges_check(const json_t *given, struct document_errors *errors)
{
	json_t *ranges = json_array(), *seen = json_object(), *one;
	size_t index;

	if (!json_is_array(given) || json_array_size(given) == 0)
		document_wrong(errors, "ipRanges", "Required", "a location of networks lists some");
	else if (json_array_size(given) > LOCATION_RANGES_MOST)
		document_wrong(errors, "ipRanges", "TooMany", "more than %u", LOCATION_RANGES_MOST);
	else json_array_foreach(given, index, one)
		ranges_add(ranges, seen, one, index, errors);
	json_decref(seen);
	return ranges;
}

/* Networks have a walk of their own: a shape compares each element with all others. */
static json_t *check_networks(json_t *document, struct document_errors *errors)
{
	json_t *rest = json_copy(document);

	json_object_del(rest, "ipRanges");
	json_t *canonical = shape_check(ip_shape, rest, errors);
	json_object_set_new(canonical, "ipRanges",
	    ranges_check(json_object_get(document, "ipRanges"), errors));
	json_decref(rest);
	return canonical;
}

/* "de" and "DE" are one. */
static json_t *countries_upper(const json_t *given)
{
	json_t *list = json_array(), *one;
	size_t index;

	json_array_foreach(given, index, one) {
		const char *from = json_string_value(one);
		char text[3] = "";
		if (from == NULL || strlen(from) != 2) {
			json_array_append(list, one);
			continue;
		}
		for (size_t i = 0; i < 2; i++)
			text[i] = (char)(from[i] >= 'a' && from[i] <= 'z' ? from[i] - 32 : from[i]);
		json_array_append_new(list, json_stringn_nocheck(text, 2));
	}
	return list;
}

static json_t *check_countries(json_t *document, struct document_errors *errors)
{
	const json_t *given = json_object_get(document, "countriesAndRegions");
	json_t *one;
	size_t index;

	if (json_is_array(given))
		json_object_set_new(document, "countriesAndRegions", countries_upper(given));
	json_t *canonical = shape_check(country_shape, document, errors);
	json_array_foreach(json_object_get(canonical, "countriesAndRegions"), index, one)
		if (strspn(json_string_value(one), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
			document_wrong(errors, text_print(errors->arena,
			    "countriesAndRegions[%zu]", index), "InvalidValue",
			    "not a country's two letters, such as DE");
	if (text_same(json_text(canonical, "countryLookupMethod", NULL), "authenticatorAppGps"))
		document_wrong(errors, "countryLookupMethod", "NotSupported",
		    "authenticatorAppGps is not offered: clientIpAddress");
	return canonical;
}

static bool location_typed(const json_t *document, const char *type)
{
	const char *given = json_text(document, "@odata.type", NULL);

	return given != NULL && (strcmp(given, type) == 0 || strcmp(given, type + 1) == 0);
}

json_t *location_check(const json_t *document, struct document_errors *errors)
{
	size_t before = errors->count;
	bool countries = location_typed(document, COUNTRY_TYPE);
	json_t *typed;

	if (!countries && !location_typed(document, IP_TYPE)) {
		document_wrong(errors, "@odata.type", "Required", "a named location is either a "
		    IP_TYPE " or a " COUNTRY_TYPE);
		return NULL;
	}
	typed = json_copy((json_t *)(uintptr_t)document);
	json_object_set_new(typed, "@odata.type", json_string(countries ? COUNTRY_TYPE : IP_TYPE));
	json_t *canonical = (countries ? check_countries : check_networks)(typed, errors);
	json_decref(typed);
	return shape_end(canonical, before, errors);
}

static bool compile_ranges(struct arena *arena, const json_t *list, struct location *location)
{
	struct location_range *ranges = arena_alloc(arena,
	    (json_array_size(list) + 1) * sizeof(*ranges));
	json_t *one;
	size_t index;

	json_array_foreach(list, index, one) {
		const char *text = json_string_value(one);
		if (text == NULL || location_range(text, &ranges[index]) != NULL)
			return false;
	}
	location->ranges = ranges;
	location->range_count = json_array_size(list);
	return true;
}

static bool compile_countries(const json_t *list, struct location *location)
{
	json_t *one;
	size_t index;

	json_array_foreach(list, index, one) {
		const char *text = json_string_value(one);
		if (text == NULL || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
			return false;
		unsigned bit = (unsigned)(text[0] - 'A') * 26 + (unsigned)(text[1] - 'A');
		location->countries[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return true;
}

bool location_compile(struct arena *arena, const json_t *document, struct location *out_location)
{
	struct location location = {
		.trusted = json_flag(document, "isTrusted", false),
		.by_country = location_typed(document, COUNTRY_TYPE),
		.unknown = json_flag(document, "includeUnknownCountriesAndRegions", false),
	};

	if (!id_parse(json_text(document, "id", NULL), &location.id) ||
	    !compile_ranges(arena, json_object_get(document, "ipRanges"), &location) ||
	    !compile_countries(json_object_get(document, "countriesAndRegions"), &location))
		return false;
	location.display_name = text_copy(arena, json_text(document, "displayName", ""));
	*out_location = location;
	return true;
}

void location_show(json_t *document)
{
	json_t *list = json_object_get(document, "ipRanges");

	if (!location_typed(document, IP_TYPE))
		return;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (text == NULL)
			continue;
		json_t *range = json_object();
		json_object_set_new(range, "@odata.type", json_string(strchr(text, ':') != NULL ?
		    GRAPH "iPv6CidrRange" : GRAPH "iPv4CidrRange"));
		json_object_set_new(range, "cidrAddress", json_string(text));
		json_array_set_new(list, i, range);
	}
}
