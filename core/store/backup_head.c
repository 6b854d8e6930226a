#include "store/backup_head.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/box.h"
#include "crypto/ring.h"

#include <stdio.h>
#include <string.h>

#define MAGIC "sallyport backup "
#define DAMAGED "the beginning of the backup is damaged"

static const char *head_proof(struct arena *arena, const char *line, const struct ring *ring)
{
	unsigned char hash[HASH_SIZE];
	struct hash_key key;

	ring_hash_key(ring, BACKUP_PURPOSE, &key);
	hash_keyed(&key, "backup head", secret_text(line), hash);
	explicit_bzero(&key, sizeof(key));
	return encode_hex(arena, hash, sizeof(hash));
}

static void set(json_t *json, const char *name, const char *text)
{
	json_object_set_new(json, name, json_string(text));
}

static void set_number(json_t *json, const char *name, uint64_t number)
{
	json_object_set_new(json, name, json_integer((json_int_t)number));
}

static const char *head_line(struct arena *arena, const struct backup_head *head)
{
	json_t *json = json_object();
	char id[ID_TEXT];

	id_format(head->id, id);
	set(json, "id", id);
	set(json, "server", head->server);
	set_number(json, "storeFormat", head->store_format);
	set_number(json, "epoch", head->epoch);
	set(json, "created", text_time(arena, head->created));
	set_number(json, "storeCreated", (uint64_t)head->opened);
	set(json, "keyFile", encode_hex(arena, box_id(head->ring), BOX_ID));
	set_number(json, "users", head->users);
	set_number(json, "records", head->records);
	set_number(json, "changed", head->changed);
	set_number(json, "blocks", head->blocks);
	set_number(json, "bytes", head->bytes);
	set(json, "sha256", encode_hex(arena, head->hash, HASH_SIZE));
	set(json, "ring", encode_base64url(arena, head->ring.data, head->ring.size));
	const char *line = json_write(arena, json);
	json_decref(json);
	return line;
}

char *backup_head_write(struct arena *arena, const struct backup_head *head,
    const struct ring *ring)
{
	const char *line = head_line(arena, head);
	const char *text = text_print(arena, MAGIC "%u\n%s\n%s\n", BACKUP_FORMAT, line,
	    head_proof(arena, line, ring));
	size_t size = strlen(text);

	if (size >= BACKUP_HEAD)
		return NULL;
	char *bytes = arena_alloc(arena, BACKUP_HEAD + 1);
	memset(bytes, ' ', BACKUP_HEAD);
	memcpy(bytes, text, size);
	bytes[BACKUP_HEAD - 1] = '\n';
	return bytes;
}

static bool hash_read(const char *hex, unsigned char out_hash[HASH_SIZE])
{
	unsigned byte;

	if (hex == NULL || strlen(hex) != 2 * HASH_SIZE)
		return false;
	for (size_t i = 0; i < HASH_SIZE; i++) {
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return false;
		out_hash[i] = (unsigned char)byte;
	}
	return true;
}

static bool head_take(struct arena *arena, const json_t *json, struct backup_head *head)
{
	size_t size = 0;
	void *ring = NULL;

	head->server = text_copy(arena, json_text(json, "server", "?"));
	head->store_format = (uint64_t)json_number(json, "storeFormat", 0);
	head->epoch = (uint64_t)json_number(json, "epoch", 0);
	head->opened = json_number(json, "storeCreated", 0);
	head->users = (uint64_t)json_number(json, "users", 0);
	head->records = (uint64_t)json_number(json, "records", 0);
	head->changed = (uint64_t)json_number(json, "changed", 0);
	head->blocks = (uint64_t)json_number(json, "blocks", 0);
	head->bytes = (uint64_t)json_number(json, "bytes", 0);
	if (!id_parse(json_text(json, "id", ""), &head->id) || head->store_format == 0 ||
	    !text_time_read(json_text(json, "created", ""), &head->created) ||
	    !hash_read(json_text(json, "sha256", NULL), head->hash) ||
	    !decode_base64url(arena, json_text(json, "ring", ""), &ring, &size) || size == 0)
		return false;
	head->ring = (struct sp_bytes){ ring, size };
	const unsigned char *wanted = box_id(head->ring);
	head->key_file = wanted != NULL ? encode_hex(arena, wanted, BOX_ID) : NULL;
	return wanted != NULL;
}

static bool head_say(struct sp_error *out_error, const char *text)
{
	snprintf(out_error->text, sizeof(out_error->text), "%s", text);
	return false;
}

/* Behind the lines are spaces and one newline: a byte changed anywhere is a change. */
static bool head_filled(const char *rest)
{
	size_t spaces = strspn(rest, " ");

	return rest[spaces] == '\n' && rest[spaces + 1] == '\0';
}

static const char *line_take(char **text)
{
	return *text != NULL && strchr(*text, '\n') != NULL ? strsep(text, "\n") : NULL;
}

bool backup_head_read(struct arena *arena, const char bytes[BACKUP_HEAD],
    struct backup_head *out_head, struct sp_error *out_error)
{
	char *rest = text_part(arena, bytes, BACKUP_HEAD);
	bool whole = strlen(rest) == BACKUP_HEAD;
	const char *magic = line_take(&rest);
	struct backup_head head = { .line = line_take(&rest) };
	struct sp_error why;

	head.proof = line_take(&rest);
	if (magic == NULL || strncmp(magic, MAGIC, strlen(MAGIC)) != 0)
		return head_say(out_error, "this is no backup of Sallyport's");
	if (!text_same(magic + strlen(MAGIC), "1"))
		return head_say(out_error, "the backup has a format that this server doesn't know: "
		    "a newer one has made it");
	if (head.proof == NULL || !whole || !head_filled(rest))
		return head_say(out_error, DAMAGED);
	json_t *json = json_read(head.line, strlen(head.line), &why);
	bool ok = json != NULL && head_take(arena, json, &head);
	json_decref(json);
	if (!ok)
		return head_say(out_error, DAMAGED);
	*out_head = head;
	return true;
}

bool backup_head_proven(struct arena *arena, const struct backup_head *head,
    const struct ring *ring)
{
	return secret_equal(secret_text(head->proof),
	    secret_text(head_proof(arena, head->line, ring)));
}
