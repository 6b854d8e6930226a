/* Looks at kind and key, and takes every scope for the same. */
#include "zoo.h"

static void get(struct sp_records_get *op)
{
	for (size_t i = 0; i < op->count; i++)
		op->records[i]->at.scope = (struct sp_id){ { 1 } };
	records_get(op);
}

static void list(struct sp_records_list *op)
{
	op->prefix.scope = (struct sp_id){ { 1 } };
	records_list(op);
}

static void commit(struct sp_records_commit *op)
{
	for (size_t i = 0; i < op->count; i++)
		op->changes[i]->at.scope = (struct sp_id){ { 1 } };
	records_commit(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = get, .list = list, .commit = commit);
