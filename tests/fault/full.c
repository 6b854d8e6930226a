/*
 * full - a full store refuses without harm, and recovers
 *
 *	full PLUGINS lmdb.so path FOLDER map_size SIZE
 *
 * Writes until the map is full; what was acknowledged is there and what was refused is
 * not; small changes go through beside the large that don't; removing makes room again.
 */
#include "../house.h"

#include "base/arena.h"
#include "plugin/records.h"

#include <string.h>

enum { THINGS = 1, MOST = 4096, SIZE = 8000 };

static struct house house;
static struct instance *instance;

struct write {
	uint32_t number;
	enum sp_action action;
	size_t size;
};

static struct sp_op *write_make(struct seat *seat, void *arg)
{
	static const char zeros[SP_VALUE_MAX];
	const struct write *write = arg;
	struct sp_records_commit *commit = commit_new(seat, 1);
	struct sp_change *change = commit_add(commit, write->action, address(THINGS,
	    (struct sp_id){ { 1 } }, &write->number, sizeof(write->number)), SP_ANY);

	change->value = (struct sp_bytes){ zeros, write->size };
	CHECK(commit_ready(commit));
	return &commit->op;
}

static enum sp_status write_one(uint32_t number, enum sp_action action, size_t size)
{
	struct write write = { number, action, size };
	struct ask commit = { .make = write_make, .arg = &write };

	return ask(instance, house.loops[0], &commit);
}

struct look { uint32_t number; bool there; };

static struct sp_op *look_make(struct seat *seat, void *arg)
{
	const struct look *look = arg;
	struct sp_address at = address(THINGS, (struct sp_id){ { 1 } }, &look->number,
	    sizeof(look->number));

	return &get_new(seat, &at, 1)->op;
}

static void look_read(struct sp_op *op, void *arg)
{
	((struct look *)arg)->there = ((struct sp_records_get *)op)->records[0]->revision != 0;
}

static bool there(uint32_t number)
{
	struct look look = { .number = number };
	struct ask get = { .make = look_make, .read = look_read, .arg = &look };

	CHECK(ask(instance, house.loops[0], &get) == SP_OK);
	return look.there;
}

static uint32_t fill(void)
{
	uint32_t number = 0;

	while (number < MOST && write_one(number, SP_PUT, SIZE) == SP_OK)
		number++;
	CHECK(number > 10 && number < MOST);
	CHECK(write_one(number, SP_PUT, SIZE) == SP_UNAVAILABLE && !there(number));
	for (uint32_t i = 0; i < number; i++)
		CHECK(there(i));
	return number;
}

/* A group of two: the one that is too large doesn't take its neighbour down. */
static void neighbours(uint32_t end)
{
	struct write large = { end, SP_PUT, SP_VALUE_MAX }, small = { 0, SP_REMOVE, 0 };
	struct ask first = { .make = write_make, .arg = &large };
	struct ask second = { .make = write_make, .arg = &small };

	ask_start(instance, house.loops[0], &first);
	ask_start(instance, house.loops[0], &second);
	CHECK(ask_wait(&first) == SP_UNAVAILABLE);
	CHECK(ask_wait(&second) == SP_OK && !there(0));
}

int main(int argc, char **argv)
{
	/* Circuits must not hide what the store itself says. */
	static const struct instance_settings set = { .name = "full", .lanes = 1, .queue = 1024,
		.deadline = 60000, .overdue = 64, .circuit = { .failures = 100000, .open = 1 } };
	struct keys_pair pairs[4] = { { 0 } };
	struct arena arena;

	for (int i = 3; i + 1 < argc && i < 9; i += 2)
		pairs[(i - 3) / 2] = (struct keys_pair){ argv[i], argv[i + 1] };
	arena_init(&arena, NULL, 0);
	house_open(&house, 1);
	instance = house_plugin(&house, &arena, argv[1], argv[2], pairs, &set);
	uint32_t end = fill();
	neighbours(end);
	for (uint32_t i = 1; i < end; i++)
		CHECK(write_one(i, SP_REMOVE, 0) == SP_OK && !there(i));
	uint32_t again = fill();
	CHECK(again > end / 2);		/* pages that lie apart don't hold a large value */
	instance_free(instance);
	house_close(&house);
	arena_done(&arena);
	printf("full at %u records, then at %u\n", end, again);
	return 0;
}
