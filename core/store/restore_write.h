/*
 * restore_write.h - many changes at once from the main thread: for restore.c alone
 *
 * Threads  The main thread, loops running; blocks. Failing  The first status that isn't OK.
 */
#pragma once

#include "store/store.h"

#include <sallyport/users.h>

#define RESTORE_VOLLEY 256u	/* users in one group commit */
#define RESTORE_BATCH 2000u	/* records in one commit */

struct restore_user { struct sp_id tenant; struct sp_user user; };

struct sp_records_commit;
struct sp_op *restore_ready(struct sp_records_commit *commit);	/* sorted, to be asked */
enum sp_status restore_put_records(struct store *store, const struct sp_record *records,
    size_t count);
enum sp_status restore_put_users(struct store *store, const struct restore_user *users,
    size_t count);

/* All that is there, but for the mark; also of `tenants`, which the records may not name. */
enum sp_status restore_wipe(struct store *store, const struct sp_id *tenants, size_t count);
/* Does one of these tenants have a user? */
enum sp_status restore_peopled(struct store *store, const struct sp_id *tenants, size_t count,
    bool *out_peopled);
