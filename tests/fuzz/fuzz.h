/*
 * fuzz.h - what every fuzz target has
 *
 * One input, any bytes; a property that does not hold ends the program. libFuzzer
 * calls it when built so (meson.build says how), otherwise replay.c does, with the
 * files of the corpus.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(x) do { if (!(x)) { \
	fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
