#!/bin/sh
# How frozen-x86_64.so was made, from this folder alone. Not run by any build: it stays as it is.
set -eu
cd "$(dirname "$0")"
cc -shared -fPIC -Os -std=gnu17 -fvisibility=hidden -fno-strict-aliasing -fno-asynchronous-unwind-tables -I. \
	-Wl,-z,noseparate-code -Wl,-z,relro -s -o "${1:-frozen-x86_64.so}" ./*.c
