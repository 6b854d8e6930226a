#include <criterion/criterion.h>

#include "base/arena.h"
#include "http/peer.h"
#include "http/proxy.h"
#include "http/target.h"

#include <string.h>

Test(peer, reads_what_proxies_write)
{
	static const struct { const char *text, *peer; } rows[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7:80", "192.0.2.7" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:DB8::1", "2001:db8::1" },
		{ "[2001:db8::1]", "2001:db8::1" },
		{ "[2001:db8::1]:443", "2001:db8::1" },
		{ "", NULL }, { "unknown", NULL }, { "192.0.2", NULL }, { "192.0.2.7:", NULL },
		{ "192.0.2.7:x", NULL }, { "192.0.2.7:123456", NULL }, { "[192.0.2.7]", NULL },
		{ "[2001:db8::1", NULL }, { "[2001:db8::1]x", NULL }, { "192.0.2.256", NULL },
		{ "0300.0.2.7", NULL }, { "fe80::1%eth0", NULL },
		{ "2001:db8:0000:0000:0000:0000:0000:0001:0002:0003:0004:0005:0006", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer peer = { 0 };

		cr_expect_eq(peer_parse(rows[i].text, strlen(rows[i].text), &peer),
		    rows[i].peer != NULL, "%s", rows[i].text);
		cr_expect_str_eq(peer.text, rows[i].peer != NULL ? rows[i].peer : "");
	}
}

static uint64_t key(const char *text)
{
	struct peer peer = { 0 };

	cr_assert(peer_parse(text, strlen(text), &peer));
	return peer.key;
}

Test(peer, is_an_address_or_a_64)
{
	cr_expect_neq(key("192.0.2.7"), key("192.0.2.8"));
	cr_expect_eq(key("192.0.2.7"), key("::ffff:192.0.2.7"));
	cr_expect_eq(key("2001:db8::1"), key("2001:db8::ffff:1"));
	cr_expect_neq(key("2001:db8::1"), key("2001:db8:0:1::1"));
}

Test(peer, belongs_to_networks)
{
	static const struct { const char *network, *peer; bool valid, within; } rows[] = {
		{ "10.0.0.0/8", "10.255.0.1", true, true },
		{ "10.0.0.0/8", "11.0.0.1", true, false },
		{ "10.0.0.0/9", "10.127.0.1", true, true },
		{ "10.0.0.0/9", "10.128.0.1", true, false },
		{ "10.0.0.1", "10.0.0.1", true, true },
		{ "10.0.0.1", "10.0.0.2", true, false },
		{ "0.0.0.0/0", "1.2.3.4", true, true },
		{ "0.0.0.0/0", "2001:db8::1", true, false },
		{ "::/0", "1.2.3.4", true, true },
		{ "2001:db8::/33", "2001:db8:7fff::", true, true },
		{ "2001:db8::/33", "2001:db8:8000::", true, false },
		{ "10.0.0.0/33", "10.0.0.1", false, false },
		{ "2001:db8::/129", "10.0.0.1", false, false },
		{ "10.0.0.0/", "10.0.0.1", false, false },
		{ "10.0.0.0/-1", "10.0.0.1", false, false },
		{ "10.0.0.0/8x", "10.0.0.1", false, false },
		{ "proxy", "10.0.0.1", false, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer_network network;
		struct peer peer;

		cr_expect_eq(peer_network_parse(rows[i].network, &network), rows[i].valid, "%s",
		    rows[i].network);
		cr_assert(peer_parse(rows[i].peer, strlen(rows[i].peer), &peer));
		if (rows[i].valid)
			cr_expect_eq(peer_among(&network, 1, &peer), rows[i].within, "%s %s",
			    rows[i].network, rows[i].peer);
	}
}

/* attackF2, attackE8 */
Test(target, takes_and_refuses)
{
	static const struct { const char *text, *path, *query; size_t count; } rows[] = {
		{ "/", "/", "", 0 }, { "/a", "/a", "", 1 }, { "/a/", "/a/", "", 1 },
		{ "/a/b?c=/../d", "/a/b", "c=/../d", 2 }, { "/a%20b", "/a%20b", "", 1 },
		{ "/?", "/", "", 0 }, { "http://h/a", "/a", "", 1 }, { "http://h", "/", "", 0 },
		{ "http://h?a", "/", "a", 0 }, { "/a..b/...", "/a..b/...", "", 2 },
		{ "", NULL, NULL, 0 }, { "a", NULL, NULL, 0 }, { "//a", NULL, NULL, 0 },
		{ "/a//b", NULL, NULL, 0 }, { "/..", NULL, NULL, 0 }, { "/a/.", NULL, NULL, 0 },
		{ "/%2e%2e", NULL, NULL, 0 }, { "/.%2E", NULL, NULL, 0 },
		{ "/%2f", NULL, NULL, 0 },
		{ "/a%5cb", NULL, NULL, 0 }, { "/a\\b", NULL, NULL, 0 }, { "/%00", NULL, NULL, 0 },
		{ "/%0a", NULL, NULL, 0 }, { "/%7f", NULL, NULL, 0 }, { "/%", NULL, NULL, 0 },
		{ "/%4", NULL, NULL, 0 }, { "/%4g", NULL, NULL, 0 }, { "/%ff", NULL, NULL, 0 },
		{ "/a#b", NULL, NULL, 0 }, { "/a b", NULL, NULL, 0 },
		{ "/\xc3\xa9", NULL, NULL, 0 },
		{ "http:////a", "//a", NULL, 0 },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target target = { 0 };
		bool fits = target_parse(&arena, rows[i].text, &target);

		cr_expect_eq(fits, rows[i].query != NULL, "%s", rows[i].text);
		if (!fits || rows[i].query == NULL)
			continue;
		cr_expect_str_eq(target.path, rows[i].path);
		cr_expect_str_eq(target.query, rows[i].query);
		cr_expect_eq(target.segments.count, rows[i].count, "%s", rows[i].text);
	}
	arena_done(&arena);
}

/* attackB7 */
Test(target, compares_authorities)
{
	static const struct { const char *url, *authority; bool same; } rows[] = {
		{ "https://id.test", "id.test", true }, { "https://id.test", "ID.TEST:443", true },
		{ "https://id.test:443", "id.test", true },
		{ "https://id.test", "id.test:80", false },
		{ "http://id.test", "id.test:80", true }, { "http://[::1]:8080", "[::1]:8080", true },
		{ "https://id.test", "id.test.", false }, { "https://id.test", "xid.test", false },
		{ "https://id.test", ":443", false }, { "https://id.test:8443", "id.test", false },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct origin origin;

		cr_assert(origin_parse(&arena, rows[i].url, &origin), "%s", rows[i].url);
		cr_expect_eq(origin_is(&arena, &origin, rows[i].authority), rows[i].same, "%s %s",
		    rows[i].url, rows[i].authority);
	}
	arena_done(&arena);
}

/* req226 */
Test(proxy, reads_version_2)
{
	static const unsigned char good[28] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\x09";
	unsigned char bad[28];
	struct peer peer = { 0 };

	cr_expect_eq(proxy_size(good), 28);
	cr_expect(proxy_source(good, 28, &peer));
	cr_expect_str_eq(peer.text, "192.0.2.9");
	cr_expect(!proxy_source(good, 27, &peer));
	for (size_t i = 0; i < 12; i++) {
		memcpy(bad, good, sizeof(bad));
		bad[i] ^= 1;
		cr_expect_eq(proxy_size(bad), 0, "byte %zu", i);
	}
	memcpy(bad, good, sizeof(bad));
	bad[12] = 0x22;
	cr_expect_eq(proxy_size(bad), 0);
	bad[12] = 0x21, bad[14] = 0xff;
	cr_expect_eq(proxy_size(bad), 0);
}
