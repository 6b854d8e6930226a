/* Sealed values, the key ring, the key file. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/text.h"
#include "crypto/ring.h"
#include "crypto/seal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena;
static struct ring *ring;
static struct seal how;

static void begin(void)
{
	ring = ring_new(1000);
	how = (struct seal){ ring, "test", { "tenant", 6 } };
}

static void end(void)
{
	ring_free(ring);
	arena_done(&arena);
}

TestSuite(seal, .init = begin, .fini = end);

static bool same(struct secret a, const char *text)
{
	return a.size == strlen(text) && memcmp(a.data, text, a.size) == 0;
}

Test(seal, comes_back)
{
	static const char *const rows[] = { "", "x", "a value of more than one block of AES" };
	struct secret plain;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sp_bytes sealed = seal(&arena, &how, secret_text(rows[i]));
		cr_assert_eq(sealed.size, strlen(rows[i]) + SEAL_OVERHEAD);
		cr_assert(unseal(&arena, &how, sealed, &plain) && same(plain, rows[i]));
		char *text = seal_text(&arena, &how, secret_text(rows[i]));
		cr_assert(unseal_text(&arena, &how, text, &plain) && same(plain, rows[i]));
	}
}

/* req243: no two values share salt, key or ciphertext. */
Test(seal, req243_equal_values_are_sealed_apart)
{
	unsigned char seen[200][16];

	for (size_t i = 0; i < COUNT(seen); i++) {
		struct sp_bytes sealed = seal(&arena, &how, secret_text("same"));
		memcpy(seen[i], (const char *)sealed.data + 9, 16);
		for (size_t j = 0; j < i; j++)
			cr_assert(memcmp(seen[i], seen[j], 16) != 0);
		cr_assert_null(memmem(sealed.data, sealed.size, "same", 4));
	}
}

Test(seal, is_for_one_purpose_and_place)
{
	struct secret plain = { 0 };
	struct sp_bytes sealed = seal(&arena, &how, secret_text("x"));
	struct ring *other = ring_new(1000);
	const struct seal wrong[] = {
		{ ring, "tes", { "tenant", 6 } }, { ring, "test", { "tenans", 6 } },
		{ ring, "test", { "tenan", 5 } }, { ring, "test", { NULL, 0 } },
		{ ring, "testt", { "enant", 5 } }, { other, "test", { "tenant", 6 } },
	};

	for (size_t i = 0; i < COUNT(wrong); i++)
		cr_assert(!unseal(&arena, &wrong[i], sealed, &plain), "%zu", i);
	cr_assert_null(plain.data);
	ring_free(other);
}

Test(seal, tampered_anywhere_is_refused)
{
	struct secret plain = { 0 };
	struct sp_bytes sealed = seal(&arena, &how, secret_text("a sealed value"));
	unsigned char *data = arena_copy(&arena, sealed.data, sealed.size);

	for (size_t bit = 0; bit < sealed.size * 8; bit++) {
		data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		cr_assert(!unseal(&arena, &how, (struct sp_bytes){ data, sealed.size }, &plain));
		data[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	for (size_t size = 0; size < sealed.size; size++) {
		void *part = arena_copy(&arena, data, size);
		cr_assert(!unseal(&arena, &how, (struct sp_bytes){ part, size }, &plain));
	}
	unsigned char *longer = arena_alloc(&arena, sealed.size + 1);
	memcpy(longer, data, sealed.size);
	cr_assert(!unseal(&arena, &how, (struct sp_bytes){ longer, sealed.size + 1 }, &plain));
	cr_assert(!unseal_text(&arena, &how, NULL, &plain));
	cr_assert(!unseal_text(&arena, &how, "", &plain));
	cr_assert(!unseal_text(&arena, &how, "not base64!", &plain));
	cr_assert_null(plain.data);
}

Test(seal, req243_rotation_keeps_old_values_and_hash_keys)
{
	struct sp_bytes old = seal(&arena, &how, secret_text("x"));
	struct ring *turned = ring_rotate(ring, 2000), *shed = ring_shed(turned);
	struct seal by_turned = { turned, how.purpose, how.associated };
	struct seal by_shed = { shed, how.purpose, how.associated };
	struct hash_key before, after;
	struct secret plain;

	cr_assert_eq(ring_count(turned), 2);
	cr_assert_eq(ring_newest(turned)->made, 2000);
	cr_assert(unseal(&arena, &by_turned, old, &plain) && same(plain, "x"));
	cr_assert(seal_old(turned, old) && !seal_old(ring, old));
	struct sp_bytes fresh = seal(&arena, &by_turned, plain);
	cr_assert(!seal_old(turned, fresh));
	cr_assert(!unseal(&arena, &how, fresh, &plain));	/* the old ring lacks the key */
	cr_assert(unseal(&arena, &by_shed, fresh, &plain));
	cr_assert(!unseal(&arena, &by_shed, old, &plain));
	ring_hash_key(ring, "bearer", &before);
	ring_hash_key(shed, "bearer", &after);
	cr_assert_arr_eq(&before, &after, sizeof(before));
	ring_hash_key(ring, "code", &after);
	cr_assert(memcmp(&before, &after, sizeof(before)) != 0);
	ring_free(turned);
	ring_free(shed);
}

Test(seal, ring_has_an_end)
{
	struct ring *turned = ring_rotate(ring, 1);

	while (ring_count(turned) < RING_MAX) {
		struct ring *next = ring_rotate(turned, 1);
		ring_free(turned);
		turned = next;
	}
	cr_assert_null(ring_rotate(turned, 1));
	ring_free(turned);
	ring_free(NULL);
}

static struct keyfile key_of(unsigned char byte)
{
	struct keyfile keyfile;
	unsigned char key[KEYFILE_SIZE];

	memset(key, byte, sizeof(key));
	keyfile_set(&keyfile, key);
	return keyfile;
}

Test(seal, req243_ring_is_wrapped_by_the_key_file)
{
	struct keyfile keyfile = key_of(1), other = key_of(2);
	struct sp_bytes sealed = seal(&arena, &how, secret_text("x"));
	struct ring *turned = ring_rotate(ring, 2000), *back = NULL;
	struct sp_bytes wrapped = ring_wrap(&arena, turned, &keyfile);
	struct sp_error error = { "" };
	struct secret plain;

	cr_assert(ring_unwrap(wrapped, &keyfile, &back, &error));
	struct seal by_back = { back, how.purpose, how.associated };
	cr_assert(unseal(&arena, &by_back, sealed, &plain));
	cr_assert_eq(ring_count(back), 2);
	cr_assert_eq(ring_newest(back)->made, 2000);
	ring_free(back);
	back = NULL;
	cr_assert(!ring_unwrap(wrapped, &other, &back, &error));
	/* Both ids, by sha256 of 32 bytes of 1 and of 2. */
	cr_assert_str_eq(error.text, "the key ring wants the key file 72cd6e8422c407fb, "
	    "and this one is 75877bb41d393b5f");
	cr_assert_null(back);
	ring_free(turned);
}

Test(seal, ring_tampered_with_is_refused)
{
	struct keyfile keyfile = key_of(1);
	struct sp_bytes wrapped = ring_wrap(&arena, ring, &keyfile);
	unsigned char *data = arena_copy(&arena, wrapped.data, wrapped.size);
	struct ring *back = NULL;
	struct sp_error error;

	for (size_t i = 0; i < wrapped.size; i++) {
		error.text[0] = '\0';
		data[i] ^= 0x40;
		cr_assert(!ring_unwrap((struct sp_bytes){ data, wrapped.size }, &keyfile, &back,
		    &error));
		cr_assert(strstr(error.text, i >= 1 && i < 9 ? "wants the key file" : "damaged"));
		data[i] ^= 0x40;
		cr_assert(!ring_unwrap((struct sp_bytes){ data, i }, &keyfile, &back, &error));
	}
	cr_assert_null(back);
}

/* A folder for key files. */
static char folder[] = "/tmp/sallyport-key-XXXXXX";

static char *path_of(const char *name)
{
	return text_print(&arena, "%s/%s", folder, name);
}

static void folder_begin(void)
{
	strcpy(folder, "/tmp/sallyport-key-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

static void folder_end(void)
{
	static const char *const names[] = { "key", "link", "pipe", "short" };

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	cr_assert_eq(rmdir(folder), 0, "something else is left");
	arena_done(&arena);
}

TestSuite(keyfile, .init = folder_begin, .fini = folder_end);

Test(keyfile, req243_is_made_once_and_read)
{
	struct keyfile made, read;
	struct sp_error error = { "" };
	struct stat st;

	cr_assert_eq(keyfile_read(path_of("key"), &read, &error), KEYFILE_ABSENT);
	cr_assert(keyfile_make(path_of("key"), &made, &error), "%s", error.text);
	cr_assert(stat(path_of("key"), &st) == 0 && (st.st_mode & 07777) == 0600);
	cr_assert_eq(keyfile_read(path_of("key"), &read, &error), KEYFILE_READ, "%s", error.text);
	cr_assert_arr_eq(&read, &made, sizeof(read));
	cr_assert(!keyfile_make(path_of("key"), &made, &error));
	cr_assert_not_null(strstr(error.text, path_of("key")));
	cr_assert_not_null(strstr(error.text, "File exists"));
	cr_assert_eq(keyfile_read(path_of("key"), &read, &error), KEYFILE_READ);
	cr_assert_arr_eq(&read, &made, sizeof(read));
	keyfile_done(&read);
	keyfile_done(&made);
	cr_assert_eq(made.key[0] | made.key[31], 0);
}

static void refused(const char *name, const char *why)
{
	struct keyfile read = { { 7 }, { 7 } };
	struct sp_error error = { "" };

	cr_assert_eq(keyfile_read(path_of(name), &read, &error), KEYFILE_REFUSED, "%s", name);
	cr_assert_not_null(strstr(error.text, path_of(name)), "%s", error.text);
	cr_assert_not_null(strstr(error.text, why), "%s", error.text);
	cr_assert(read.key[0] == 7 && read.id[0] == 7);
}

Test(keyfile, req244_open_to_others_or_odd_is_refused)
{
	static const mode_t modes[] = { 0640, 0604, 0660, 0666, 0601, 0610 };
	struct keyfile keyfile;
	struct sp_error error;

	cr_assert(keyfile_make(path_of("key"), &keyfile, &error));
	for (size_t i = 0; i < COUNT(modes); i++) {
		chmod(path_of("key"), modes[i]);
		refused("key", "chmod it to 0600");
	}
	chmod(path_of("key"), 0400);
	cr_assert_eq(keyfile_read(path_of("key"), &keyfile, &error), KEYFILE_READ);
	cr_assert_eq(symlink(path_of("key"), path_of("link")), 0);
	refused("link", "symbolic link");
	cr_assert_eq(mkfifo(path_of("pipe"), 0600), 0);
	refused("pipe", "no regular file");
	int fd = open(path_of("short"), O_WRONLY | O_CREAT, 0600);
	cr_assert_eq(write(fd, "0123456789abcdef0123456789abcdef\n", 33), 33);
	refused("short", "32 bytes");
	cr_assert_eq(ftruncate(fd, 31), 0);
	refused("short", "32 bytes");
	close(fd);
	refused("", "no regular file");
	if (geteuid() == 0) {
		cr_assert_eq(chown(path_of("key"), 1, 1), 0);
		refused("key", "another user");
	}
}

Test(keyfile, cannot_be_made_where_there_is_no_folder)
{
	struct keyfile keyfile;
	struct sp_error error;

	cr_assert(!keyfile_make(path_of("none/key"), &keyfile, &error));
	cr_assert_not_null(strstr(error.text, "No such file"), "%s", error.text);
}
