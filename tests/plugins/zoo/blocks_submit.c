/* Waits for a slow disk on the loop. */
#include "zoo.h"

#include <time.h>

static void get(struct sp_records_get *op)
{
	nanosleep(&(struct timespec){ .tv_nsec = 60000000 }, NULL);
	records_get(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = get, .list = records_list,
    .commit = records_commit);
