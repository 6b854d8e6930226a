/* What stands in a block. */
#include "store/backup_work.h"

static void put_address(struct backup_turn *turn, enum backup_entry entry,
    const struct sp_address *at)
{
	turn->entries++;
	pack_number(&turn->pack, entry);
	pack_number(&turn->pack, at->kind);
	pack_id(&turn->pack, at->scope);
	pack_bytes(&turn->pack, at->key.data, at->key.size);
}

void backup_put_record(struct backup_turn *turn, const struct sp_record *record)
{
	put_address(turn, BACKUP_RECORD, &record->at);
	pack_bytes(&turn->pack, record->value.data, record->value.size);
	pack_signed(&turn->pack, record->expires);
	turn->backup->head.records++;
}

void backup_put_changes(struct backup_turn *turn)
{
	turn->entries++;
	pack_number(&turn->pack, BACKUP_CHANGES);
}

void backup_put_no_record(struct backup_turn *turn, const struct sp_address *at)
{
	put_address(turn, BACKUP_NO_RECORD, at);
}

void backup_put_no_user(struct backup_turn *turn, struct sp_id tenant, struct sp_id user)
{
	turn->entries++;
	pack_number(&turn->pack, BACKUP_NO_USER);
	pack_id(&turn->pack, tenant);
	pack_id(&turn->pack, user);
}

void backup_put_user(struct backup_turn *turn, struct sp_id tenant, const struct sp_user *user)
{
	struct pack *pack = &turn->pack;

	turn->entries++;
	pack_number(pack, BACKUP_USER);
	pack_id(pack, tenant);
	pack_id(pack, user->id);
	pack_number(pack, user->enabled);
	pack_number(pack, user->identifier_count);
	for (size_t i = 0; i < user->identifier_count; i++)
		pack_text(pack, user->identifiers[i]);
	pack_number(pack, user->attribute_count);
	for (size_t i = 0; i < user->attribute_count; i++) {
		pack_text(pack, user->attributes[i]->name);
		pack_text(pack, user->attributes[i]->value);
	}
	pack_text(pack, user->verifier);
	turn->backup->head.users++;
}
