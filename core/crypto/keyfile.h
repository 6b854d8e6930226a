/*
 * keyfile.h - the file that opens all the others
 *
 * 32 random bytes that wrap the key ring and are never in the store or a backup. The
 * file must be regular, ours, and closed to everybody else: otherwise no start
 * (requirements 243, 244). Its id is the beginning of its hash and no secret.
 *
 * Threads  Any; blocks. At start-up and in the CLI.
 * Memory   The caller wipes what he got: keyfile_done().
 * Failing  `out_error` names the path and what to do.
 */
#pragma once

#include <sallyport/plugin.h>

#define KEYFILE_SIZE 32u
#define KEYFILE_ID 8u

struct keyfile { unsigned char key[KEYFILE_SIZE], id[KEYFILE_ID]; };

enum keyfile_status {
	KEYFILE_REFUSED = 0,
	KEYFILE_READ,
	KEYFILE_ABSENT,		/* there is no such file; `out_error` says so */
};

enum keyfile_status keyfile_read(const char *path, struct keyfile *out_keyfile,
    struct sp_error *out_error);

/* Makes a new one, whole and on disk when it returns true; never replaces a file. Only
 * for a store that has no ring yet. */
bool keyfile_make(const char *path, struct keyfile *out_keyfile, struct sp_error *out_error);

/* One that came from elsewhere, by keyfile_set(), put where it belongs in the same way. */
bool keyfile_keep(const char *path, const struct keyfile *keyfile, struct sp_error *out_error);

/* From bytes that come from elsewhere, such as `keys import`. */
void keyfile_set(struct keyfile *keyfile, const unsigned char key[KEYFILE_SIZE]);
void keyfile_done(struct keyfile *keyfile);
