/*
 * churn.c - records that come and expire, for as long as a server runs
 *
 * Each commit puts a hundred that live for ten seconds, a second after the last one: half in the
 * order of time, as journeys are, half scattered, as counters are. Beside them are records
 * that last. Nothing that lives may go, whatever a backend reclaims.
 */
#include "conform.h"

#include "loop/loop.h"
#include "plugin/op.h"
#include "plugin/records.h"

#include <string.h>

enum { LASTING = 12, ORDERED = 13, SCATTERED = 14, EACH = 100, LASTS = 1000 };
enum { LIFE = 10000, STEP = 1000, MINUTE = 60000 };

static uint32_t scatter(uint32_t number)
{
	return number * UINT32_C(2654435761);
}

struct name { uint16_t kind; uint32_t number; uint8_t key[20]; };

/* The address points into the name. */
static struct sp_address name_at(struct name *name)
{
	for (size_t i = 0; i < 4; i++)
		name->key[i] = (uint8_t)(name->number >> (24 - 8 * i));
	return address(name->kind, (struct sp_id){ { 1 } }, name->key, sizeof(name->key));
}

static struct sp_change *churn_add(struct sp_records_commit *commit, enum sp_action action,
    uint16_t kind, uint32_t number)
{
	struct name name = { .kind = kind, .number = number };

	return commit_add(commit, action, name_at(&name), SP_ABSENT);
}

static struct sp_op *lasting_make(struct seat *seat, void *arg)
{
	struct sp_records_commit *commit = commit_new(seat, LASTS);

	for (uint32_t i = 0; i < LASTS; i++) {
		struct sp_change *change = churn_add(commit, SP_PUT, LASTING, i);
		change->value = (struct sp_bytes){ "stays", 5 };
		change->expires = i % 2 == 0 ? 0 : *(const int64_t *)arg;
	}
	CHECK(commit_ready(commit));
	return &commit->op;
}

struct round { uint32_t number; int64_t now; };

static struct sp_op *round_make(struct seat *seat, void *arg)
{
	static const char zeros[300];
	const struct round *round = arg;
	struct sp_records_commit *commit = commit_new(seat, EACH);

	for (uint32_t i = 0; i < EACH / 2; i++) {
		uint32_t number = round->number * EACH + i;
		struct sp_change *put = churn_add(commit, SP_PUT, ORDERED, number);
		struct sp_change *add = churn_add(commit, SP_ADD, SCATTERED, scatter(number));
		put->value = (struct sp_bytes){ zeros, sizeof(zeros) };
		put->expires = round->now + LIFE;
		add->delta = add->limit = 1;
		add->window = LIFE;
	}
	CHECK(commit_ready(commit));
	return &commit->op;
}

struct look { struct name name; bool there; };

static struct sp_op *look_make(struct seat *seat, void *arg)
{
	struct sp_address at = name_at(&((struct look *)arg)->name);

	return &get_new(seat, &at, 1)->op;
}

static void look_read(struct sp_op *op, void *arg)
{
	((struct look *)arg)->there = ((struct sp_records_get *)op)->records[0]->revision != 0;
}

static bool there(struct conform *conform, uint16_t kind, uint32_t number, int64_t now)
{
	struct look look = { .name = { .kind = kind, .number = number } };
	struct ask get = { .make = look_make, .read = look_read, .arg = &look, .now = now };

	CHECK(ask(conform->instance, conform_loop(conform, 1), &get) == SP_OK);
	return look.there;
}

/* The round that has just ended, and the one whose records expire at this moment: absent now,
 * but there for an operation that has waited since before. */
static void churn_look(struct conform *conform, const struct round *round)
{
	uint32_t last = round->number * EACH + EACH / 2 - 1;
	uint32_t old = last - LIFE / STEP * EACH;

	CHECK(there(conform, ORDERED, last, round->now));
	CHECK(there(conform, SCATTERED, scatter(last), round->now));
	if (round->number < LIFE / STEP)
		return;
	CHECK(!there(conform, ORDERED, old, round->now));
	CHECK(!there(conform, SCATTERED, scatter(old), round->now));
	CHECK(there(conform, ORDERED, old, round->now - 1));
	CHECK(there(conform, SCATTERED, scatter(old), round->now - 1));
}

void conform_churn(struct conform *conform, unsigned rounds)
{
	int64_t end = CONFORM_NOON + (int64_t)rounds * STEP + MINUTE;
	struct ask lasting = { .make = lasting_make, .arg = &end, .now = CONFORM_NOON };

	CHECK(ask(conform->instance, conform_loop(conform, 0), &lasting) == SP_OK);
	for (unsigned i = 0; i < rounds; i++) {
		struct round round = { i, CONFORM_NOON + (int64_t)i * STEP };
		struct ask put = { .make = round_make, .arg = &round, .now = round.now };
		CHECK(ask(conform->instance, conform_loop(conform, 0), &put) == SP_OK);
		churn_look(conform, &round);
	}
	for (uint32_t i = 0; i < LASTS; i++) {
		CHECK(there(conform, LASTING, i, end - 1));
		CHECK(there(conform, LASTING, i, end) == (i % 2 == 0));
	}
}
