#include "store/restore_file.h"

#include "crypto/keyfile.h"
#include "crypto/ring.h"
#include "crypto/seal.h"
#include "plugin/users.h"
#include "store/kinds.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool wrong(struct sp_error *out_error, const char *text)
{
	snprintf(out_error->text, sizeof(out_error->text), "%s", text);
	return false;
}

/* All of it; false: an end, or a disk that can't be read. */
static bool read_all(int fd, void *data, size_t size)
{
	char *at = data;

	while (size > 0) {
		ssize_t got = read(fd, at, size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

/* The head. */

static bool file_unlock(struct restore_file *file, const char *key_file,
    struct sp_error *out_error)
{
	struct keyfile keyfile;
	struct sp_error why;
	enum keyfile_status found = keyfile_read(key_file, &keyfile, &why);

	if (found != KEYFILE_READ) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "the backup wants the key file %s: %.200s", file->head.key_file, why.text);
		return false;
	}
	bool ok = ring_unwrap(file->head.ring, &keyfile, &file->ring, &why);
	keyfile_done(&keyfile);
	if (!ok)
		snprintf(out_error->text, sizeof(out_error->text), "the backup's %.200s", why.text);
	return ok;
}

bool restore_file_open(struct restore_file *file, int fd, const char *key_file,
    struct sp_error *out_error)
{
	char bytes[BACKUP_HEAD];

	*file = (struct restore_file){ .fd = fd };
	arena_init(&file->arena, NULL, 0);
	arena_init(&file->block, NULL, 0);
	if (lseek(fd, 0, SEEK_SET) != 0)
		return wrong(out_error, "a file is wanted, which can be read twice; no pipe");
	if (!read_all(fd, bytes, sizeof(bytes)))
		return wrong(out_error, "this is no backup of Sallyport's, or the beginning of one");
	if (!backup_head_read(&file->arena, bytes, &file->head, out_error) ||
	    !file_unlock(file, key_file, out_error))
		return false;
	if (!backup_head_proven(&file->arena, &file->head, file->ring))
		return wrong(out_error, "the backup has been changed: its beginning is not what "
		    "the server wrote");
	if (file->head.store_format > STORE_FORMAT)
		return wrong(out_error, "the backup is of a newer server's store");
	return true;
}

void restore_file_done(struct restore_file *file)
{
	ring_free(file->ring);
	arena_done(&file->block);
	arena_done(&file->arena);
}

bool restore_file_rewind(struct restore_file *file, struct sp_error *out_error)
{
	if (lseek(file->fd, BACKUP_HEAD, SEEK_SET) != BACKUP_HEAD)
		return wrong(out_error, "the backup can't be read");
	crypto_hash_sha256_init(&file->hash);
	file->blocks = file->bytes = file->number = 0;
	file->again = false;
	file->unpack = (struct unpack){ 0 };
	return true;
}

/* Blocks. */

static bool block_read(struct restore_file *file, struct sp_bytes *out_sealed)
{
	unsigned char length[4];
	size_t size = 0;

	if (!read_all(file->fd, length, sizeof(length)))
		return false;
	for (size_t i = 0; i < sizeof(length); i++)
		size = size << 8 | length[i];
	if (size == 0 || size > BACKUP_BLOCK_MAX)
		return false;
	unsigned char *data = arena_alloc(&file->block, size);
	if (!read_all(file->fd, data, size))
		return false;
	crypto_hash_sha256_update(&file->hash, length, sizeof(length));
	crypto_hash_sha256_update(&file->hash, data, size);
	file->bytes += sizeof(length) + size;
	*out_sealed = (struct sp_bytes){ data, size };
	return true;
}

static bool block_next(struct restore_file *file, struct sp_error *out_error)
{
	struct backup_bound bound = { file->head.id, file->blocks };
	struct seal how = { file->ring, BACKUP_PURPOSE, { &bound, sizeof(bound) } };
	struct sp_bytes sealed;
	struct secret plain;

	arena_done(&file->block);
	if (!block_read(file, &sealed))
		return wrong(out_error, "the backup is cut short");
	if (!unseal(&file->block, &how, sealed, &plain)) {
		snprintf(out_error->text, sizeof(out_error->text), "the backup has been changed, or "
		    "its disk is failing: block %llu of %llu does not open",
		    (unsigned long long)file->blocks + 1, (unsigned long long)file->head.blocks);
		return false;
	}
	file->blocks++;
	unpack_begin(&file->unpack, &file->block, (struct sp_bytes){ plain.data, plain.size },
	    BACKUP_FORMAT);
	return true;
}

static bool file_ends(struct restore_file *file, struct sp_error *out_error)
{
	unsigned char hash[HASH_SIZE];
	char more;

	crypto_hash_sha256_final(&file->hash, hash);
	if (read(file->fd, &more, 1) != 0)
		return wrong(out_error, "the backup has been changed: something stands behind its "
		    "end");
	if (file->bytes != file->head.bytes ||
	    memcmp(hash, file->head.hash, sizeof(hash)) != 0)
		return wrong(out_error, "the backup has been changed: its checksum is another");
	return true;
}

/* Entries. */

static void take_address(struct unpack *unpack, struct sp_address *at)
{
	at->kind = (uint16_t)unpack_number(unpack);
	at->scope = unpack_id(unpack);
	at->key = unpack_bytes(unpack);
}

static void take_user(struct restore_file *file, struct sp_user *user)
{
	struct unpack *unpack = &file->unpack;

	user->enabled = unpack_number(unpack) != 0;
	user->identifier_count = unpack_number(unpack);
	if (user->identifier_count > SP_IDENTIFIERS_MAX)
		unpack->wrong = true;
	size_t count = unpack->wrong ? 0 : user->identifier_count;
	const char **identifiers = arena_alloc(&file->block, (count + 1) * sizeof(*identifiers));
	for (size_t i = 0; i < count; i++)
		identifiers[i] = unpack_text(unpack);
	user->identifiers = identifiers;
	user->attribute_count = unpack_number(unpack);
	if (user->attribute_count > SP_ATTRIBUTES_MAX)
		unpack->wrong = true;
	count = unpack->wrong ? 0 : user->attribute_count;
	struct sp_attribute *attributes =
	    arena_alloc(&file->block, (count + 1) * sizeof(*attributes));
	const struct sp_attribute **list =
	    arena_alloc(&file->block, (count + 1) * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		attributes[i].name = unpack_text(unpack);
		attributes[i].value = unpack_text(unpack);
		list[i] = &attributes[i];
	}
	user->attributes = list;
	user->verifier = unpack_text(unpack);
}

static bool entry_fits(const struct restore_entry *entry)
{
	switch (entry->what) {
	case BACKUP_RECORD:
		return kinds_row(entry->at.kind) != NULL && entry->at.key.size > 0 &&
		    entry->at.key.size <= SP_KEY_MAX && entry->value.size <= SP_VALUE_MAX;
	case BACKUP_USER:
		return users_fits(&entry->user);
	default:
		return true;
	}
}

static bool entry_take(struct restore_file *file, struct restore_entry *entry)
{
	struct unpack *unpack = &file->unpack;

	entry->what = (enum backup_entry)unpack_number(unpack);
	file->number++;
	switch (entry->what) {
	case BACKUP_RECORD:
	case BACKUP_NO_RECORD:
		take_address(unpack, &entry->at);
		if (entry->what == BACKUP_NO_RECORD)
			break;
		entry->value = unpack_bytes(unpack);
		entry->expires = unpack_signed(unpack);
		break;
	case BACKUP_USER:
	case BACKUP_NO_USER:
		entry->tenant = unpack_id(unpack);
		entry->user.id = unpack_id(unpack);
		if (entry->what == BACKUP_USER)
			take_user(file, &entry->user);
		break;
	case BACKUP_CHANGES:
		file->again = true;
		break;
	default:
		return false;
	}
	return !unpack->wrong && entry_fits(entry);
}

enum restore_found restore_file_next(struct restore_file *file, struct restore_entry *out_entry,
    struct sp_error *out_error)
{
	struct restore_entry entry = { 0 };

	if (file->unpack.at == NULL || !unpack_more(&file->unpack)) {
		if (file->unpack.at != NULL) {
			file->unpack = (struct unpack){ 0 };
			return RESTORE_BLOCK_ENDS;
		}
		if (file->blocks == file->head.blocks)
			return file_ends(file, out_error) ? RESTORE_ENDS : RESTORE_FAILED;
		if (!block_next(file, out_error))
			return RESTORE_FAILED;
	}
	if (!entry_take(file, &entry)) {
		snprintf(out_error->text, sizeof(out_error->text), "the backup's entry %llu is none "
		    "that this server knows: a newer one has made it",
		    (unsigned long long)file->number);
		return RESTORE_FAILED;
	}
	*out_entry = entry;
	return RESTORE_ENTRY;
}
