/* Conf files: each is taken, or told with places that are in it and texts fit for a terminal; what
 * is taken is within its limits. Requirement 246 ff. */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"

static unsigned lines(const uint8_t *data, size_t size)
{
	unsigned count = 2;	/* what is missing may be told behind the last */

	for (size_t i = 0; i < size; i++)
		count += data[i] == '\n' || data[i] == '\r';
	return count;
}

static void check_errors(const struct error *error, unsigned last)
{
	for (; error != NULL; error = error->next) {
		CHECK(error->at.line <= 3 * last && !text_empty(error->text));
		CHECK(text_plain(error->text));
	}
}

static void check(const struct conf *conf)
{
	CHECK(conf->listen_count > 0 && conf->plugin_count > 0);
	for (size_t i = 0; i < conf->listen_count; i++) {
		const struct conf_listen *listen = &conf->listens[i];
		CHECK(listen->surfaces != 0 && !text_empty(listen->host));
		CHECK(strncmp(listen->base_url, "http", 4) == 0 && text_ascii(listen->base_url));
		CHECK(listen->loopback || listen->secure);
		CHECK(!conf->server.test_clock || listen->loopback);
	}
	CHECK(conf_plugin(conf, conf->server.users) != NULL);
	CHECK(conf_plugin(conf, conf->server.records) != NULL);
	CHECK(conf_plugin(conf, conf->server.policy) != NULL);
	CHECK(conf->server.mail[0] != NULL);
	CHECK(conf->server.state[0] == '/' && conf->server.workers >= 0);
}

static void read_path(const char *path, unsigned last)
{
	static const struct conf_options options;
	struct arena arena = { 0 };
	struct errors errors;
	struct conf conf;

	enum sp_status status = conf_read(path, &options, &arena, &conf, &errors);
	CHECK((status == SP_OK) == (errors.count == 0));
	check_errors(errors.first, last);
	check_errors(errors.first_warning, last);
	if (status == SP_OK)
		check(&conf);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int file = -1;
	char path[32];

	if (file < 0) {
		file = memfd_create("conf", MFD_CLOEXEC);
		CHECK(file >= 0 && fchmod(file, 0600) == 0);
	}
	CHECK(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	read_path(path, lines(data, size));
	return 0;
}
