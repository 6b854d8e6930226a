/*
 * json.h - JSON as this house takes it
 *
 * jansson, with what it leaves open closed: duplicate members, depth over 32, NUL,
 * trailing rubbish are refused; errors name line and column.
 *
 * Threads  A json_t never leaves the turn that parsed it, nor its thread.
 * Memory   jansson's own counting; json_decref() what json_read() gave.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <sallyport/plugin.h>

struct arena;

#define JSON_DEPTH 32

/* NULL: `out_error` says what and where ("line 3, column 7: ..."). Requirement 227. */
json_t *json_read(const char *text, size_t size, struct sp_error *out_error);
/* Members in the order they were set, no spaces. */
char *json_write(struct arena *arena, const json_t *json);
char *json_write_pretty(struct arena *arena, const json_t *json);

/* Members by type; the fallback where absent or null; a wrong type counts as absent: a
 * document's own checks come first. Texts live as long as the json. */
const char *json_text(const json_t *object, const char *name, const char *fallback);
bool json_flag(const json_t *object, const char *name, bool fallback);
int64_t json_number(const json_t *object, const char *name, int64_t fallback);
