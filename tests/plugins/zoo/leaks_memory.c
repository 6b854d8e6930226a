/* Keeps a note of each get. */
#include "zoo.h"

#include <stdlib.h>
#include <string.h>

static void *volatile last;

static void get(struct sp_records_get *op)
{
	last = malloc(100);
	if (last != NULL)
		memset(last, 1, 100);
	records_get(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = get, .list = records_list,
    .commit = records_commit);
