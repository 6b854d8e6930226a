#!/bin/bash
# Installs the clients of package.json, exactly those of the lock file, outside the tree: once for each lock file.
# Prints the folder; with --where it only does that.
set -euo pipefail

cd "$(dirname "$0")"
lock=$(sha256sum package-lock.json)
folder=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/sallyport-tests/clients-${lock:0:12}

if [[ ${1:-} != --where && ! -d $folder ]]; then
	mkdir -p "${folder%/*}"
	new=$(mktemp -d "$folder.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cp package.json package-lock.json .npmrc "$new"
	(cd "$new" && npm ci --ignore-scripts --no-audit --no-fund >&2)
	mv -T "$new" "$folder"
	trap - EXIT
fi
echo "$folder"
