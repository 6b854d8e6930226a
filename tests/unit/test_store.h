/*
 * test_store.h - what tests of records begin with
 *
 * A seat that nobody answers on: enough to compose a commit and to look at what is in it.
 */
#pragma once

#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "crypto/ring.h"
#include "loop/loop.h"
#include "plugin/instance.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct instance *instance;
static struct seat *seat;
static struct store store;
static struct sp_id tenant, id, other;

static void begin(void)
{
	instance = must_calloc(1, sizeof(*instance) + sizeof(struct seat));
	seat = &instance->seats[0];
	seat->instance = instance;
	seat->loop = loop_new(0);
	STAILQ_INIT(&seat->rested);
	arena_init(&arena, NULL, 0);
	store.ring = ring_new(1000);
	store.set.lease = 60000;
	ring_hash_key(store.ring, "records", &store.hash);
	tenant = id_random();
	id = id_ordered(1000);
	other = id_random();
	store.node = other;
}

static void end(void)
{
	arena_done(&arena);
	op_pool_done(seat);
	loop_free(seat->loop);
	ring_free(store.ring);
	free(instance);
}

static struct sp_record record_of(const struct sp_change *change)
{
	return (struct sp_record){ .at = change->at, .value = change->value, .revision = 7,
		.expires = change->expires };
}
