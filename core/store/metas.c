#include "store/metas.h"

#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"

#define FORMAT 1u
#define FORMAT_FUTURE 1000u

static const struct sp_id server;

struct sp_address metas_at(void)
{
	return kinds_at(KIND_META, server, "store", 5);
}

struct sp_address metas_ring_at(void)
{
	return kinds_at(KIND_RING, server, "ring", 4);
}

struct sp_address metas_restore_at(void)
{
	return kinds_at(KIND_META, server, "restore", 7);
}

void metas_put(struct sp_records_commit *commit, const struct meta *meta, uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_number(&pack, meta->format);
	pack_number(&pack, meta->epoch);
	pack_signed(&pack, meta->created);
	(void)kinds_put(commit, metas_at(), pack_end(&pack), 0, expect);
}

/* The store's format comes first in every version of this record, so that a newer store can be
 * told from a broken one. */
bool metas_read(const struct sp_record *record, struct meta *out_meta)
{
	struct meta meta = { 0 };
	struct unpack unpack;

	if (record->revision == 0)
		return false;
	unpack_begin(&unpack, NULL, record->value, FORMAT_FUTURE);
	meta.format = unpack_number(&unpack);
	meta.epoch = unpack_number(&unpack);
	meta.created = unpack_signed(&unpack);
	if (unpack.wrong || (unpack.format == FORMAT && !unpack_ok(&unpack)))
		return false;
	*out_meta = meta;
	return true;
}

/* Nodes. */

struct sp_address nodes_at(struct sp_id id)
{
	return kinds_at_id(KIND_NODE, server, id);
}

struct sp_address nodes_all(void)
{
	return kinds_at(KIND_NODE, server, NULL, 0);
}

bool nodes_put(struct sp_records_commit *commit, const struct node *node, int64_t until)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_text(&pack, node->name);
	pack_signed(&pack, node->started);
	pack_signed(&pack, node->seen);
	return kinds_put(commit, nodes_at(node->id), pack_end(&pack), until, SP_ANY);
}

bool nodes_read(struct arena *arena, const struct sp_record *record, struct node *out_node)
{
	struct node node = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &node.id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	node.name = unpack_text(&unpack);
	node.started = unpack_signed(&unpack);
	node.seen = unpack_signed(&unpack);
	if (!unpack_ok(&unpack))
		return false;
	*out_node = node;
	return true;
}
