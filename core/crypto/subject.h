/*
 * subject.h - ids of customers that differ from sector to sector (OpenID Connect Core 8.1)
 *
 * A user's id is one block under a key made for the sector: the same for ever, another for each
 * sector, and read back by us alone. So nothing is stored, and two never become one.
 *
 * Threads  Any. Memory  None. Failing  Never.
 */
#pragma once

#include "crypto/hash.h"

struct sp_id subject_close(const struct hash_key *key, const char *sector, struct sp_id id);
struct sp_id subject_open(const struct hash_key *key, const char *sector, struct sp_id subject);
