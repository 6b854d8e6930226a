/* language.c - which catalogue a reader gets */
#include "text/catalogue.h"

#include <string.h>
#include <strings.h>

#define RANGES_MAX 32
#define TAG_SIZE 35u	/* RFC 5646 4.4.1 */

/* RFC 4647 3.4: the tag, then the tag without its last part, and so on. */
static const struct catalogue *lookup(const struct catalogues *catalogues, const char *tag,
    size_t size)
{
	while (size > 0 && size <= TAG_SIZE) {
		for (size_t i = 0; i < catalogues->count; i++) {
			const char *have = catalogue_language(catalogues->languages[i]);
			if (strlen(have) == size && strncasecmp(have, tag, size) == 0)
				return catalogues->languages[i];
		}
		while (size > 0 && tag[size - 1] != '-')
			size--;
		size -= size > 0;
		/* A single letter says what kind of part comes next: it goes with it. */
		if (size >= 2 && tag[size - 2] == '-')
			size -= 2;
	}
	return NULL;
}

/* Words in the order of liking. */
static const struct catalogue *choose_listed(const struct catalogues *catalogues, const char *words)
{
	const struct catalogue *found = NULL;

	for (unsigned n = 0; found == NULL && *words != '\0' && n < RANGES_MAX; n++) {
		size_t size = strcspn(words, " ");
		found = lookup(catalogues, words, size);
		words += size + strspn(words + size, " ");
	}
	return found;
}

/* ";q=0.7" as 700; 1000 without; 0 for what is no weight. RFC 9110 12.4.2. */
static unsigned weight(const char *at, const char *end)
{
	unsigned value = 0, unit = 1000;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == end)
		return 1000;
	if (*at != ';')
		return 0;
	for (at++; at < end && (*at == ' ' || *at == '\t'); at++)
		;
	if (end - at < 3 || (at[0] != 'q' && at[0] != 'Q') || at[1] != '=')
		return 0;
	for (at += 2; at < end && unit > 0; at++) {
		if (*at == '.')
			continue;
		if (*at < '0' || *at > '9')
			break;
		value += (unsigned)(*at - '0') * unit;
		unit /= 10;
	}
	return value > 1000 ? 1000 : value;
}

/* The heaviest range that names one there is; of equals the first. */
static const struct catalogue *choose_weighed(const struct catalogues *catalogues,
    const char *ranges)
{
	const struct catalogue *best = NULL;
	unsigned heaviest = 0;

	for (unsigned n = 0; *ranges != '\0' && n < RANGES_MAX; n++) {
		ranges += strspn(ranges, " \t,");
		size_t all = strcspn(ranges, ","), tag = strcspn(ranges, " \t;,");
		unsigned heavy = weight(ranges + tag, ranges + all);
		const struct catalogue *found = tag == 1 && *ranges == '*' ? catalogues->fallback
		    : lookup(catalogues, ranges, tag);
		if (found != NULL && heavy > heaviest) {
			best = found;
			heaviest = heavy;
		}
		ranges += all;
	}
	return best;
}

const struct catalogue *catalogue_choose(const struct catalogues *catalogues,
    const char *ui_locales, const char *cookie, const char *accept_language)
{
	const struct catalogue *found = NULL;

	if (ui_locales != NULL)
		found = choose_listed(catalogues, ui_locales);
	if (found == NULL && cookie != NULL)
		found = lookup(catalogues, cookie, strlen(cookie));
	if (found == NULL && accept_language != NULL)
		found = choose_weighed(catalogues, accept_language);
	return found == NULL ? catalogues->fallback : found;
}
