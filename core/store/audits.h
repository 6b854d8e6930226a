/*
 * audits.h - who changed what: JSON, newest last
 *
 * In the same batch as the change that it tells of.
 *
 * Threads  A loop. Memory  audits_read() gives a new reference, the caller's.
 */
#pragma once

#include "base/json.h"

#include <sallyport/records.h>

/* `tenant` zero: of the server. */
struct audit { struct sp_id tenant, id; /* ordered */ int64_t until; /* 0: kept */ };

struct sp_address audits_at(struct sp_id tenant, struct sp_id id);
struct sp_address audits_all(struct sp_id tenant);	/* list_new(); set `backwards` */
bool audits_put(struct sp_records_commit *commit, const struct audit *audit,
    const json_t *json) __attribute__((warn_unused_result));
json_t *audits_read(const struct sp_record *record);
