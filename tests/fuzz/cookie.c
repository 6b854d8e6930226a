/* Cookies: of each name one or none (attack D2); what is set can't become two (requirement 193). */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/cookie.h"

/* How often a piece between ";" begins with NAME=. */
static size_t times(const char *header, const char *name)
{
	size_t count = 0, size = strlen(name);

	while (*header != '\0') {
		size_t end = strcspn(header, ";");
		while (end > 0 && (*header == ' ' || *header == '\t'))
			header++, end--;
		count += end > size && memcmp(header, name, size) == 0 && header[size] == '=';
		header += end + (header[end] == ';');
	}
	return count;
}

static void find(struct arena *arena, const char *header)
{
	static const char *const names[] = { "a", "sp-shop-8080", "__Host-sp-shop" };

	for (size_t i = 0; i < 3; i++) {
		bool doubled;
		const char *value = cookie_find(arena, header, names[i], &doubled);
		size_t count = times(header, names[i]);
		CHECK(doubled == (count > 1) && (value != NULL) == (count == 1));
		CHECK(value == NULL || strchr(value, ';') == NULL);
	}
}

/* The first line as name, the rest as value. */
static void set(struct arena *arena, const char *text, bool https)
{
	size_t name = strcspn(text, "\n");
	struct cookie cookie = { .name = text_part(arena, text, name),
		.value = text + name + (text[name] == '\n'), .max_age = 60,
		.site = (enum cookie_site)(name % 3) };
	const char *line = cookie_format(arena, &cookie, https);
	bool doubled;

	if (line == NULL)
		return;
	CHECK(text_ascii(line) && text_plain(line));
	size_t pair = strcspn(line, ";");
	CHECK(pair == strlen(cookie.name) + 1 + strlen(cookie.value));
	CHECK((strstr(line + pair, "; Secure") != NULL) == https);
	CHECK(https || strncmp(cookie.name, "__", 2) != 0 || cookie.name[2] == '\0' ||
	    (strncmp(cookie.name, "__Host-", 7) != 0 && strncmp(cookie.name, "__Secure-", 9) != 0));
	CHECK(strstr(line + pair, "; HttpOnly") != NULL && strstr(line + pair, "; Path=/;") != NULL);
	const char *back = cookie_find(arena, text_part(arena, line, pair), cookie.name, &doubled);
	CHECK(back != NULL && strcmp(back, cookie.value) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const char *text = text_part(&arena, (const char *)data, size);

	find(&arena, text);
	set(&arena, text, true);
	set(&arena, text, false);
	arena_done(&arena);
	return 0;
}
