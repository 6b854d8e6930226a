#include "base/countries.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <sallyport/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MOST (INT64_C(1) << 30)

struct countries { MMDB_s database; };

static bool copy_all(int from, int to, off_t size)
{
	while (size > 0) {
		ssize_t sent = sendfile(to, from, NULL, (size_t)size);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		size -= sent;
	}
	return true;
}

/* A copy that nobody else can write to or cut short; -1: `out_error` says why. */
static int copy_of(const char *path, struct sp_error *out_error)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), to = -1;
	const char *why = NULL;
	struct stat about;

	if (from < 0 || fstat(from, &about) != 0)
		why = strerror(errno);
	else if (!S_ISREG(about.st_mode) || about.st_size > SIZE_MOST)
		why = "is no file, or larger than a gibibyte";
	else if ((to = memfd_create("countries", MFD_CLOEXEC)) < 0 ||
	    !copy_all(from, to, about.st_size))
		why = "cannot be copied into memory";
	if (why != NULL)
		snprintf(out_error->text, sizeof(out_error->text), "%.200s: %s", path, why);
	if (why != NULL && to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	return why == NULL ? to : -1;
}

struct countries *countries_open(const char *path, struct sp_error *out_error)
{
	int copy = copy_of(path, out_error);
	struct countries *countries;
	char name[64];

	if (copy < 0)
		return NULL;
	countries = must_calloc(1, sizeof(*countries));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
	int status = MMDB_open(name, MMDB_MODE_MMAP, &countries->database);
	close(copy);
	if (status == MMDB_SUCCESS)
		return countries;
	snprintf(out_error->text, sizeof(out_error->text), "%.200s: %s", path,
	    MMDB_strerror(status));
	free(countries);
	return NULL;
}

void countries_close(struct countries *countries)
{
	if (countries != NULL)
		MMDB_close(&countries->database);
	free(countries);
}

static MMDB_lookup_result_s look(const struct countries *countries, const uint8_t address[16],
    int *out_status)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	bool is_four = memcmp(address, mapped, sizeof(mapped)) == 0;

	memcpy(&four.sin_addr, address + sizeof(mapped), 4);
	memcpy(&six.sin6_addr, address, 16);
	return MMDB_lookup_sockaddr(&countries->database, is_four ?
	    (const struct sockaddr *)&four : (const struct sockaddr *)&six, out_status);
}

static bool country_of(MMDB_entry_s *entry, const char *member, char out_country[3])
{
	MMDB_entry_data_s data;

	if (MMDB_get_value(entry, &data, member, "iso_code", NULL) != MMDB_SUCCESS ||
	    !data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size != 2)
		return false;
	memcpy(out_country, data.utf8_string, 2);
	out_country[2] = '\0';
	return true;
}

/* Where somebody is; failing that, where his network is registered. */
bool countries_find(const struct countries *countries, const uint8_t address[16],
    char out_country[3])
{
	int status = MMDB_SUCCESS;
	MMDB_lookup_result_s found = look(countries, address, &status);

	return status == MMDB_SUCCESS && found.found_entry &&
	    (country_of(&found.entry, "country", out_country) ||
	    country_of(&found.entry, "registered_country", out_country));
}
