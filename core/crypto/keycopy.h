/*
 * keycopy.h - a key file for the safe: sealed by a passphrase, as a text that can be printed
 *
 *	sallyport key file 1
 *	{"keyFile":"9f86d081884c7d65","memory":262144,"passes":3,"salt":"...","sealed":"..."}
 *	4355... (SHA-256 of the line above: damage is told from a wrong passphrase)
 *
 * Argon2id makes the passphrase into a key, AES-256-GCM (box.h) seals; the cost is in the text and
 * bound to it. SEMANTICS 8: `keys export`.
 *
 * Threads  Any; takes a second and 256 MiB, so: the CLI.
 * Memory   Results are in the arena, which wipes.
 * Failing  keycopy_open() says which of the two is wrong, passphrase or text.
 */
#pragma once

#include "base/secret.h"
#include "crypto/keyfile.h"

#define KEYCOPY_MAX ((size_t)4096)

struct arena;

struct keycopy_cost { uint32_t memory, passes; };	/* memory in KiB */
#define KEYCOPY_COST ((struct keycopy_cost){ .memory = 262144, .passes = 3 })

char *keycopy_seal(struct arena *arena, const struct keyfile *keyfile, struct secret passphrase,
    struct keycopy_cost cost);
/* Wiped by keyfile_done(). */
bool keycopy_open(struct arena *arena, const char *text, struct secret passphrase,
    struct keyfile *out_keyfile, struct sp_error *out_error);
