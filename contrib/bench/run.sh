#!/bin/sh
# Builds a release and measures it beside the machine's own limits: run.sh [--help | options]
# What others lose in a flood of wrong passwords: run.sh flood [--help | options]
# What comes out, and how to read it: README.md.
set -eu
source=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=${BENCH_BUILD:-$source/build-bench}
case " $* " in
*" --help "* | *" -h "*) ;;
*)
	if [ ! -f "$build/build.ninja" ]; then
		meson setup "$build" "$source" --buildtype=release >&2
	fi
	ninja -C "$build" core/sallyportd plugins/lmdb.so plugins/conditional-access.so bench >&2
	;;
esac
program=bench.py
if [ "${1:-}" = flood ]; then
	program=flood.py
	shift
fi
exec /usr/bin/python3 "$source/contrib/bench/$program" --build "$build" --source "$source" "$@"
