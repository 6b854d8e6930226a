/*
 * devices.h - sign-ins that devices without a browser have begun (RFC 8628)
 *
 * A record's key is a keyed hash of the code that a person types, so that the record does not tell
 * it; the device holds a bearer value of that id. Whoever decides expects the record as he has read
 * it: of two, one does. It ends by its expiry, whatever became of it.
 *
 * Threads  A loop. Memory  The arena.
 * Failing  What can't be read is told as false. A write that is too large says false.
 */
#pragma once

#include <sallyport/records.h>

struct arena;
struct store;

#define DEVICES_LETTERS 8u	/* of twenty: 34.5 bits (requirement 104) */

enum device_state { DEVICE_DECLINED = 0, DEVICE_WAITING, DEVICE_ALLOWED };

struct device {
	struct sp_id id;
	uint8_t hash[32];	/* of the device's bearer value */
	enum device_state state;
	const char *client_id, *scope, *resources, *issuer;
	const char *source;	/* where it was begun, as far as it may be told */
	int64_t asked, expires;
	int64_t interval;	/* ms between two questions; grows with each hasty one */
	const char *code;	/* sealed; DEVICE_ALLOWED: what it is redeemed for */
};

/* Eight letters, none of which is taken for another or makes a word. */
char *devices_letters(struct arena *arena);
/* As typed: case, spaces and dashes don't count. False: it is no such code. */
bool devices_id(const struct store *store, struct sp_id tenant, const char *typed,
    struct sp_id *out_id);

struct sp_address devices_at(struct sp_id tenant, struct sp_id id);
bool devices_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct device *device, uint64_t expect) __attribute__((warn_unused_result));
bool devices_read(struct arena *arena, const struct sp_record *record,
    struct device *out_device);
