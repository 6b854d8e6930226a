/*
 * countries.h - which country an address is in, by a file of MaxMind's format
 *
 * The file (GeoLite2-Country.mmdb, DB-IP's country lite and their like) is copied into memory when
 * it is opened: whoever writes a new one over it while we look doesn't end the server.
 *
 * Threads  Opened and closed on the main thread; countries_find() on any, many at once.
 * Memory   As large as the file. Failing  Opening says why; an address that the file doesn't know
 *          is false.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct countries;
struct sp_error;

/* NULL: `out_error` says why. */
struct countries *countries_open(const char *path, struct sp_error *out_error);
void countries_close(struct countries *countries);	/* accepts NULL */

/* `address`: IPv4 mapped into IPv6. Two capital letters and an end. */
bool countries_find(const struct countries *countries, const uint8_t address[16],
    char out_country[3]);
