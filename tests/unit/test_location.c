/* Named locations: Graph's two shapes, and which of them hold an address. */
#include "documents.h"

#include "base/pack.h"
#include "model/origin.h"
#include "model/policy.h"

#include <arpa/inet.h>

TestSuite(location, .init = begin, .fini = end);

#define IP(more) "{'@odata.type':'#microsoft.graph.ipNamedLocation','id':'" A "'," \
	"'displayName':'Office'," more "}"
#define COUNTRY(more) "{'@odata.type':'microsoft.graph.countryNamedLocation','id':'" B "'," \
	"'displayName':'Near'," more "}"
#define RANGES(text) IP("'ipRanges':[" text "]")

static const struct { const char *document, *wrong; } rules[] = {
	{ "{}", "@odata.type=Required" },
	{ "{'@odata.type':'#microsoft.graph.namedLocation'}", "@odata.type=Required" },
	{ RANGES("'192.0.2.0/24','2001:db8::/32','10.0.0.1','::1','0.0.0.0/1','fc00::/7'"), "" },
	{ RANGES(""), "ipRanges=Required" },
	{ IP("'isTrusted':true"), "ipRanges=Required" },
	{ IP("'ipRanges':['10.0.0.0/8'],'isTrusted':'yes','countriesAndRegions':[]"),
	    "countriesAndRegions=UnknownProperty isTrusted=InvalidType" },
	{ RANGES("'192.0.2.0/33'"), "ipRanges[0]=InvalidValue" },
	{ RANGES("{'cidrAddress':'192.0.2.0/24'},{'cidrAddress':'192.0.2.0/-1'}"),
	    "ipRanges[1].cidrAddress=InvalidValue" },
	{ RANGES("{'cidrAddress':'192.0.2.0/24','upper':'192.0.2.9'}"), "ipRanges[0]=InvalidValue" },
	{ RANGES("7"), "ipRanges[0]=InvalidValue" },
	{ RANGES("{'@odata.type':'#microsoft.graph.iPv4CidrRange','cidrAddress':'2001:db8::/32'}"),
	    "ipRanges[0].@odata.type=InvalidValue" },
	{ COUNTRY("'countriesAndRegions':['DE','at']"), "" },
	{ COUNTRY("'countriesAndRegions':[]"), "countriesAndRegions=Required" },
	{ COUNTRY("'countriesAndRegions':['D1','DEU']"), "countriesAndRegions[1]=TooLong "
	    "countriesAndRegions[0]=InvalidValue" },
	{ COUNTRY("'countriesAndRegions':['DE'],'countryLookupMethod':'authenticatorAppGps'"),
	    "countryLookupMethod=NotSupported" },
	{ COUNTRY("'countriesAndRegions':['DE'],'ipRanges':[]"), "ipRanges=UnknownProperty" },
};

Test(location, req228_graphs_two_shapes)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		expect(DOCUMENT_LOCATION, rules[i].document, rules[i].wrong);
}

Test(location, networks_are_kept_as_texts_and_shown_as_graph_has_them)
{
	same(DOCUMENT_LOCATION, RANGES("'192.0.2.7','2001:DB8:0::/32','192.0.2.7/32',"
	    "{'@odata.type':'#microsoft.graph.iPv4CidrRange','cidrAddress':'10.0.0.0/8'}"),
	    "{'@odata.type':'#microsoft.graph.ipNamedLocation','id':'" A "','displayName':'Office',"
	    "'createdDateTime':null,'modifiedDateTime':null,'isTrusted':false,"
	    "'ipRanges':['192.0.2.7/32','2001:db8::/32','10.0.0.0/8']}");
	same(DOCUMENT_LOCATION, COUNTRY("'countriesAndRegions':['de','DE','AT']"),
	    "{'@odata.type':'#microsoft.graph.countryNamedLocation','id':'" B "','displayName':"
	    "'Near',"
	    "'createdDateTime':null,'modifiedDateTime':null,'countriesAndRegions':['DE','AT'],"
	    "'countryLookupMethod':'clientIpAddress','includeUnknownCountriesAndRegions':false}");
	json_t *shown = check(DOCUMENT_LOCATION, RANGES("'10.0.0.0/8','2001:db8::/32'"));
	location_show(shown);
	json_t *ranges = json_object_get(shown, "ipRanges"), *again;
	cr_assert_str_eq(json_write(&arena, ranges), "[{\"@odata.type\":\"#microsoft.graph."
	    "iPv4CidrRange\",\"cidrAddress\":\"10.0.0.0/8\"},{\"@odata.type\":\"#microsoft.graph."
	    "iPv6CidrRange\",\"cidrAddress\":\"2001:db8::/32\"}]");
	again = document_row(DOCUMENT_LOCATION)->check(shown, &errors);
	cr_assert(again != NULL, "what is shown is taken back");
	json_decref(again);
	json_decref(shown);
}

static const struct { const char *text, *why; } networks[] = {
	{ "192.0.2.0/24", NULL }, { "192.0.2.1", NULL }, { "2001:db8::1/128", NULL },
	{ "0.0.0.0/0", "everywhere" }, { "::/0", "everywhere" }, { "192.0.2.1/24", "bits behind" },
	{ "2001:db8::1/64", "bits behind" }, { "::ffff:192.0.2.0/120", "write it as one" },
	{ "192.0.2.0/024", "not a network" }, { "192.0.2.0/", "not a network" },
	{ "192.0.2/24", "not a network" }, { "", "not a network" }, { "/8", "not a network" },
	{ "192.0.2.0/24 ", "not a network" }, { "2001:db8::/129", "not a network" },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/64", "not a network" },
};

Test(location, networks_are_written_in_one_way)
{
	for (size_t i = 0; i < COUNT(networks); i++) {
		struct location_range range;
		const char *why = location_range(networks[i].text, &range);
		cr_assert((why == NULL) == (networks[i].why == NULL) &&
		    (why == NULL || strstr(why, networks[i].why) != NULL), "%s: %s",
		    networks[i].text, why);
	}
}

static struct location_place at(const char *address, const char *country)
{
	struct location_place place = { .known = address != NULL };
	struct location_range range;

	if (address != NULL) {
		cr_assert(location_range(address, &range) == NULL);
		memcpy(place.address, range.address, sizeof(place.address));
	}
	memcpy(place.country, country, strlen(country));
	return place;
}

static struct location compiled(const char *text)
{
	json_t *canonical = check(DOCUMENT_LOCATION, text);
	struct location location;

	cr_assert(canonical != NULL && location_compile(&arena, canonical, &location));
	json_decref(canonical);
	return location;
}

#define OFFICE "aaaaaaaa-0000-4000-8000-000000000001"
#define DESK "aaaaaaaa-0000-4000-8000-000000000002"
#define SIX "0aaaaaaa-0000-4000-8000-000000000003"
#define NEAR "aaaaaaaa-0000-4000-8000-000000000004"
#define SEA "aaaaaaaa-0000-4000-8000-000000000005"

static const char *const all[] = {
	"{'@odata.type':'#microsoft.graph.ipNamedLocation','id':'" OFFICE "','displayName':'o',"
	    "'isTrusted':true,'ipRanges':['10.0.0.0/8','10.1.0.0/16','10.1.2.0/24','192.0.2.0/24']}",
	"{'@odata.type':'#microsoft.graph.ipNamedLocation','id':'" DESK "','displayName':'d',"
	    "'ipRanges':['10.1.2.3','10.1.0.0/16','255.255.255.255','2001:db8:1::/48']}",
	"{'@odata.type':'#microsoft.graph.ipNamedLocation','id':'" SIX "','displayName':'6',"
	    "'ipRanges':['::/1','2001:db8::/32']}",
	"{'@odata.type':'#microsoft.graph.countryNamedLocation','id':'" NEAR "','displayName':'n',"
	    "'countriesAndRegions':['DE','AT','AA','ZZ']}",
	"{'@odata.type':'#microsoft.graph.countryNamedLocation','id':'" SEA "','displayName':'s',"
	    "'countriesAndRegions':['GB'],'includeUnknownCountriesAndRegions':true}",
};

static const struct { const char *address, *country, *where; } places[] = {
	{ "10.1.2.3", "DE", "T o d n" }, { "10.1.2.4", "DE", "T o d n" },
	{ "10.1.3.3", "AT", "T o d n" },
	{ "10.2.0.0", "FR", "T o" }, { "9.255.255.255", "FR", "" }, { "11.0.0.0", "FR", "" },
	{ "192.0.2.255", "", "T o s" }, { "192.0.3.0", "", "s" }, { "255.255.255.255", "GB", "d s" },
	{ "255.255.255.254", "GB", "s" }, { "0.0.0.0", "AA", "n" }, { "1.1.1.1", "ZZ", "n" },
	{ "2001:db8:1::7", "DE", "6 d n" }, { "2001:db8:2::7", "DE", "6 n" }, { "::1", "", "6 s" },
	{ "ffff::", "FR", "" }, { NULL, "", "s" }, { NULL, "DE", "n" },
};

static const char *where(const struct location *locations, struct sp_ids ids)
{
	const char *text = "";

	for (size_t i = 0; i < ids.count; i++) {
		const char *name = id_equal(ids.sorted[i], policy_trusted) ? "T" : "?";
		cr_assert(i == 0 || id_compare(&ids.sorted[i - 1], &ids.sorted[i]) < 0);
		for (size_t j = 0; j < COUNT(all); j++)
			if (id_equal(locations[j].id, ids.sorted[i]))
				name = locations[j].display_name;
		text = text_print(&arena, "%s%s%s", text, i > 0 ? " " : "", name);
	}
	return text;
}

/* Networks in networks, at both ends of an address space, IPv4 apart from IPv6. */
Test(location, an_address_is_in_each_that_holds_it)
{
	struct location locations[COUNT(all)];

	for (size_t i = 0; i < COUNT(all); i++)
		locations[i] = compiled(all[i]);
	const struct locations *index = locations_new(&arena, locations, COUNT(all));
	for (size_t i = 0; i < COUNT(places); i++) {
		struct location_place place = at(places[i].address, places[i].country);
		const char *found = where(locations, locations_at(&arena, index, &place));
		cr_assert_str_eq(found, places[i].where, "%s: %s", places[i].address, found);
	}
	struct location_place nowhere = { 0 };
	cr_assert_eq(locations_at(&arena, NULL, &nowhere).count, 0);
	cr_assert_eq(locations_at(&arena, locations_new(&arena, NULL, 0), &nowhere).count, 0);
}

static uint32_t roll(void)
{
	static uint64_t seed = 7;

	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33);
}

/* Within 4,096 addresses. */
static struct location_range some_network(void)
{
	unsigned bits = 16 + roll() % 17;
	uint32_t net = (roll() & 0xfff) & (uint32_t)(UINT64_C(0xffffffff) << (32 - bits));

	return (struct location_range){ .bits = (uint8_t)(96 + bits), .address = { [10] = 0xff,
		[11] = 0xff, [14] = (uint8_t)(net >> 8), [15] = (uint8_t)net } };
}

static bool plainly(const struct location *location, const uint8_t address[16])
{
	for (size_t i = 0; i < location->range_count; i++) {
		unsigned bit = 0;
		while (bit < location->ranges[i].bits && ((location->ranges[i].address[bit / 8] ^
		    address[bit / 8]) >> (7 - bit % 8) & 1) == 0)
			bit++;
		if (bit == location->ranges[i].bits)
			return true;
	}
	return false;
}

/* Of many networks in a small space, so that they nest and repeat: as one by one. */
Test(location, the_list_of_all_says_what_each_says_alone)
{
	enum { LOCATIONS = 40, RANGES_EACH = 50, LOOKS = 4000 };
	struct location *locations = arena_alloc(&arena, LOCATIONS * sizeof(*locations));
	struct location_place place = { .known = true, .address = { [10] = 0xff, [11] = 0xff } };

	for (size_t i = 0; i < LOCATIONS; i++) {
		struct location_range *ranges = arena_alloc(&arena,
		    RANGES_EACH * sizeof(*ranges));
		for (size_t j = 0; j < RANGES_EACH; j++)
			ranges[j] = some_network();
		locations[i] = (struct location){ .id = id_random(), .range_count = RANGES_EACH,
			.ranges = ranges };
	}
	const struct locations *index = locations_new(&arena, locations, LOCATIONS);
	for (size_t look = 0; look < LOOKS; look++) {
		place.address[14] = (uint8_t)(roll() & 0xf);
		place.address[15] = (uint8_t)roll();
		struct sp_ids found = locations_at(&arena, index, &place);
		for (size_t i = 0; i < LOCATIONS; i++)
			cr_assert_eq(id_among(found.sorted, found.count, locations[i].id),
			    plainly(&locations[i], place.address));
	}
}

static const struct { const char *hint, *agent; uint32_t platform; } agents[] = {
	{ NULL, NULL, 0 }, { NULL, "", 0 }, { NULL, "curl/8.5", 0 },
	{ NULL, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", SP_WINDOWS },
	{ NULL, "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft)", SP_WINDOWS_PHONE },
	{ NULL, "Mozilla/5.0 (Linux; Android 10; K)", SP_ANDROID },
	{ NULL, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", SP_IOS },
	{ NULL, "Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X)", SP_IOS },
	{ NULL, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", SP_MACOS },
	{ NULL, "Mozilla/5.0 (X11; Linux x86_64; rv:133.0)", SP_LINUX },
	{ "\"Android\"", "Mozilla/5.0 (X11; Linux x86_64)", SP_ANDROID },
	{ "\"macOS\"", NULL, SP_MACOS }, { "\"iOS\"", NULL, SP_IOS },
	{ "\"Chrome OS\"", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", 0 },
	{ "\"Unknown\"", "Mozilla/5.0 (X11; Linux x86_64)", SP_LINUX },
	{ "Windows", "Mozilla/5.0 (X11; Linux x86_64)", SP_LINUX },
};

Test(location, a_platform_is_what_the_browser_says)
{
	for (size_t i = 0; i < COUNT(agents); i++)
		cr_assert_eq(origin_platform(agents[i].hint, agents[i].agent), agents[i].platform,
		    "%s, %s", agents[i].hint, agents[i].agent);
}

Test(location, an_origin_comes_back_as_it_was)
{
	struct origin origins[] = { { 0 }, { .platform = SP_IOS }, { .platform = SP_LINUX,
		.known = true, .address = { [0] = 0x20, [15] = 7 } } }, back;

	for (size_t i = 0; i < COUNT(origins); i++) {
		struct pack pack;
		struct unpack unpack;
		pack_begin(&pack, &arena, 1);
		origin_pack(&pack, &origins[i]);
		unpack_begin(&unpack, &arena, pack_end(&pack), 1);
		origin_unpack(&unpack, &back);
		cr_assert(unpack_ok(&unpack) && back.platform == origins[i].platform &&
		    back.known == origins[i].known &&
		    memcmp(back.address, origins[i].address, sizeof(back.address)) == 0);
	}
}
