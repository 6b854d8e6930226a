#!/bin/sh
# Runs a program with a fresh folder of its own at the end: run-folder.sh PROGRAM [args]...
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$@" "$folder"
