#include "store/links.h"

#include "base/id.h"
#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"

#include <string.h>

#define FORMAT 1u
#define PURPOSE "sign-in link"

struct link links_new(const struct ring *ring, struct sp_id user, int64_t now,
    struct bearer *out_bearer)
{
	struct link link = { .id = id_ordered(now), .user = user,
		.expires = now + LINKS_LIFETIME };

	*out_bearer = bearer_new(link.id);
	bearer_close(out_bearer, ring, PURPOSE, link.hash);
	return link;
}

bool links_fits(const struct link *link, const struct ring *ring, const struct bearer *bearer)
{
	return bearer_opens(bearer, ring, PURPOSE, link->hash);
}

struct sp_address links_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_LINK, tenant, id);
}

void links_put(struct sp_records_commit *commit, struct sp_id tenant, const struct link *link)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, link->user);
	pack_number(&pack, link->epoch);
	pack_bytes(&pack, link->hash, sizeof(link->hash));
	(void)kinds_put(commit, links_at(tenant, link->id), pack_end(&pack), link->expires,
	    SP_ABSENT);
}

void links_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect)
{
	kinds_remove(commit, links_at(tenant, id), expect);
}

bool links_read(const struct sp_record *record, struct link *out_link)
{
	struct link link = { .expires = record->expires };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &link.id))
		return false;
	unpack_begin(&unpack, NULL, record->value, FORMAT);
	link.user = unpack_id(&unpack);
	link.epoch = unpack_number(&unpack);
	struct sp_bytes hash = unpack_bytes(&unpack);
	if (!unpack_ok(&unpack) || hash.size != sizeof(link.hash))
		return false;
	memcpy(link.hash, hash.data, hash.size);
	*out_link = link;
	return true;
}
