#include "storehouse.h"

#include "loop/lane.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct house house;
struct store *store;
struct postman postmen[2];
struct sp_id tenant;

static struct arena arena;
static struct instance *backend, *policy, *mail[2];
static struct binding *binding;
static struct lane *work_lane, *hash_lane;
static char folder[] = "/tmp/sallyport-store-XXXXXX";
static char key_path[64];

static struct instance *postman_open(const char *plugins, unsigned number)
{
	struct instance_settings set = { INSTANCE_DEFAULTS };
	char where[32];
	struct keys_pair pairs[] = { { "postman", where }, { NULL, NULL } };

	set.name = number == 0 ? "post" : "post2";
	set.lanes = 2;
	set.circuit.failures = 1000000;
	set.deadline = 100000;		/* longer than a lease: a test ends that */
	snprintf(where, sizeof(where), "%lld", (long long)(intptr_t)&postmen[number]);
	atomic_store(&postmen[number].answer, SP_OK);
	return house_plugin(&house, &arena, plugins, "postman.so", pairs, &set);
}

void storehouse_open(int argc, char **argv)
{
	struct instance_settings set = { INSTANCE_DEFAULTS, .name = "backend" };
	struct keys_pair pairs[8] = { { NULL, NULL } };

	CHECK(argc >= 3 && getenv("TEST_PLUGINS") != NULL);
	for (int i = 3; i + 1 < argc && i < 16; i += 2)
		pairs[(i - 3) / 2] = (struct keys_pair){ argv[i], argv[i + 1] };
	CHECK(mkdtemp(folder) != NULL);
	snprintf(key_path, sizeof(key_path), "%s/store.key", folder);
	house_open(&house, LOOPS);
	backend = house_plugin(&house, &arena, argv[1], argv[2], pairs, &set);
	set.name = "policy";
	policy = house_plugin(&house, &arena, argv[1], "conditional-access.so",
	    &pairs[7], &set);
	for (unsigned i = 0; i < 2; i++)
		mail[i] = postman_open(getenv("TEST_PLUGINS"), i);
	struct binding_set roles = { .users = backend, .records = backend, .policy = policy,
		.mail = { mail[0], mail[1] }, .mail_count = 2 };
	binding = binding_new(&roles, house.loops, house.count);
	work_lane = lane_new(2, 64);
	hash_lane = lane_new(1, 64);
}

void storehouse_close(void)
{
	store_close(store);
	lane_free(work_lane);
	lane_free(hash_lane);
	instance_free(mail[0]);
	instance_free(mail[1]);
	instance_free(policy);
	instance_free(backend);
	house_close(&house);
	binding_free(binding);
	arena_done(&arena);
	unlink(key_path);
	snprintf(key_path, sizeof(key_path), "%s/other.key", folder);
	unlink(key_path);
	rmdir(folder);
}

const char *key_file(void)
{
	return key_path;
}

enum sp_status node_open(const char *name, const char *file, struct store **out_store,
    struct sp_error *out_error)
{
	struct store_setup setup = { .binding = binding, .loops = house.loops,
		.loop_count = house.count, .work_lane = work_lane, .hash_lane = hash_lane,
		.key_file = file, .node_name = name };

	return store_open(&setup, out_store, out_error);
}

void crash(void)
{
	struct sp_error error = { "" };

	store_close(store);
	if (node_open("a", key_path, &store, &error) != SP_OK)
		fprintf(stderr, "%s\n", error.text);
	CHECK(store != NULL);
}

/* Asking. */

struct filling { fill_fn *fill; void *arg; };

static struct sp_op *filling_make(struct seat *seat, void *arg)
{
	struct filling *filling = arg;
	struct sp_records_commit *commit = commit_new(seat, 64);

	filling->fill(commit, filling->arg);
	CHECK(commit_ready(commit));
	return &commit->op;
}

enum sp_status commit(fill_fn *fill, void *arg)
{
	struct filling filling = { fill, arg };
	struct store_ask ask = { BINDING_RECORDS, filling_make, NULL, &filling };

	return store_ask(store, &ask);
}

struct reading {
	struct sp_address at;
	void (*read)(const struct sp_record *record, void *arg);
	void *arg;
	size_t count;
};

static struct sp_op *reading_make(struct seat *seat, void *arg)
{
	return &get_new(seat, &((struct reading *)arg)->at, 1)->op;
}

static void reading_got(struct sp_op *answer, void *arg)
{
	struct reading *reading = arg;

	reading->read(((struct sp_records_get *)answer)->records[0], reading->arg);
}

void read_one(struct sp_address at, void (*read)(const struct sp_record *record, void *arg),
    void *arg)
{
	struct reading reading = { at, read, arg, 0 };
	struct store_ask ask = { BINDING_RECORDS, reading_make, reading_got, &reading };

	CHECK(store_ask(store, &ask) == SP_OK);
}

static struct sp_op *count_make(struct seat *seat, void *arg)
{
	return &list_new(seat, ((struct reading *)arg)->at, SP_LIST_MAX)->op;
}

static void count_got(struct sp_op *answer, void *arg)
{
	((struct reading *)arg)->count = ((struct sp_records_list *)answer)->count;
}

size_t count_of(struct sp_address prefix)
{
	struct reading reading = { prefix, NULL, NULL, 0 };
	struct store_ask ask = { BINDING_RECORDS, count_make, count_got, &reading };

	CHECK(store_ask(store, &ask) == SP_OK);
	return reading.count;
}

static int64_t real_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void until(bool (*so)(void *arg), void *arg, const char *what)
{
	int64_t end = real_ms() + 30000;

	while (!so(arg)) {
		if (real_ms() > end)
			fprintf(stderr, "never so: %s\n", what);
		CHECK(real_ms() <= end);
		sched_yield();
	}
}
