/*
 * encode.h - bytes as text, and back
 *
 * Threads  Any.
 * Memory   Results are in the arena and end with a zero byte that is not counted.
 * Failing  Decoders are strict: one spelling for each value (no padding in base64url,
 *          no stray bits, no white space). False leaves the outputs untouched.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;

char *encode_base64url(struct arena *arena, const void *data, size_t size);
char *encode_base64(struct arena *arena, const void *data, size_t size);	/* padded */
char *encode_hex(struct arena *arena, const void *data, size_t size);	/* lower case */
bool decode_base64url(struct arena *arena, const char *text, void **out_data, size_t *out_size);
bool decode_base64(struct arena *arena, const char *text, void **out_data, size_t *out_size);

/* application/x-www-form-urlencoded, and a value in a query. */
char *encode_url(struct arena *arena, const char *text);
/* "+" is a space; false on a broken % or %00. */
bool decode_url(struct arena *arena, const char *text, size_t size, char **out_text);
