/*
 * phc.h - password verifiers as text: $name$a=1,b=2$salt$hash
 *
 * Strict: the numbers in the given order and range, base64 without padding, nothing
 * behind the hash.
 *
 * Threads  Any. Memory  In the arena. Failing  False: no verifier of that kind.
 */
#pragma once

#include <sallyport/plugin.h>

#define PHC_TEXT_MAX 512u

struct arena;

struct phc_number {
	const char *name;
	uint32_t min, max;
	uint32_t fallback;	/* where it is left out; 0: it must be there */
	uint32_t value;		/* found */
};

struct phc {
	const char *head;	/* "$scrypt$" */
	struct phc_number number[3];
	size_t count;
	struct sp_bytes salt, hash;	/* found: 4 to 64 and 16 to 64 bytes */
};

bool phc_parse(struct arena *arena, const char *text, struct phc *phc);
