#!/bin/bash
# Installs what the tests need, builds, runs all of them: the last line says "N passed, N failed".
set -euo pipefail

usage() {
	cat <<-'END'
	run.sh - all tests of Sallyport, on Debian 12

	  tests/run.sh [--quick]

	  --quick  without the sanitizers' build and the quickstart

	Missing Debian packages are installed (as root, or with sudo). Builds are in build-test
	(gcc), build-test-asan (clang, AddressSanitizer and UndefinedBehaviorSanitizer) and
	build-quickstart. A test's log is shown when it fails. Screenshots of the pages are left
	in build-test/screenshots.

	Exit status: 0 all passed; 1 one failed, or could not be built; 2 not understood.
	END
}

quick=no
case ${1:-} in
'') ;;
--help | -h) usage; exit 0 ;;
--quick) quick=yes ;;
*) echo "run.sh: '$1' is not understood; see --help" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
# shellcheck source=contrib/packages.sh
source contrib/packages.sh

passed=0 failed=0 begun=$SECONDS
scratch=$(mktemp -d)
finish() {
	rm -rf "$scratch"
	echo "$passed passed, $failed failed"
	(( failed == 0 && passed > 0 )) || exit 1
}
trap finish EXIT

say() { printf '\n== %s (%d:%02d)\n' "$*" $(( (SECONDS - begun) / 60 )) $(( (SECONDS - begun) % 60 )); }

# Something that must work before any test can: if it doesn't, that is a failure by itself.
must() {
	"$@" && return
	echo "FAILED: $*"
	failed=$(( failed + 1 ))
	exit 1
}

# Debian's own Python comes first: its packages are what was installed.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin

# Builds and tests one folder: check_build DIR COMPILER WITHOUT-SUITES [meson options].
check_build() {
	local build=$1 compiler=$2 without=$3 counted suite leave=()
	shift 3
	say "building $build with $compiler"
	[[ -f $build/build.ninja ]] || must env CC="$compiler" meson setup "$build" "$@" > /dev/null
	must ninja -C "$build" --quiet
	say "testing $build"
	rm -f "$build/meson-logs/testlog.json"
	for suite in $without; do
		leave+=(--no-suite "$suite")
	done
	# One more than there are processors: most tests wait for a server half of their time.
	meson test -C "$build" --no-rebuild --print-errorlogs "${leave[@]}" \
		--num-processes $(( $(nproc) + 1 )) || true
	counted=$(/usr/bin/python3 tests/count.py "$build/meson-logs/testlog.json") || true
	passed=$(( passed + ${counted%% *} )) failed=$(( failed + ${counted##* } ))
}

# Criterion reports a leak and calls the test passed: its programs run again, with their reports
# in files, and a file is a failure.
check_leaks() {
	local build=$1 test
	say 'leaks of the unit tests'
	for test in "$build"/tests/unit/test-*; do
		if [[ -f $test && -x $test ]]; then
			printf '%s\0' "$test"
		fi
	done | PLUGINS=$PWD/$build/plugins SOURCE=$PWD ASAN_OPTIONS=detect_leaks=1:log_path=$scratch/leak \
		xargs -0 -n 1 -P $(( $(nproc) + 1 )) sh -c '"$0" > /dev/null 2>&1 || true'
	if compgen -G "$scratch/leak*" > /dev/null; then
		cat "$scratch"/leak*
		failed=$(( failed + 1 ))
	else
		passed=$(( passed + 1 ))
	fi
}

# What a newcomer does: the steps of the story are counted each.
check_quickstart() {
	say 'the quickstart, and its story'
	local base=$(( 40000 + $$ % 4000 * 4 )) status=0 counted
	contrib/quickstart.sh --once --state "$scratch/state" --port-base "$base" -- \
		--result "$scratch/result" || status=$?
	counted=$(/usr/bin/python3 -c 'import json, sys
result = json.load(open(sys.argv[1])); print(result["passed"], len(result["failed"]))' \
		"$scratch/result" 2> /dev/null) || counted='0 1'
	[[ $status == 0 || ${counted##* } != 0 ]] || counted="${counted%% *} 1"
	[[ $status == 0 ]] || tail -n 50 "$scratch"/state/*.log || true
	passed=$(( passed + ${counted%% *} )) failed=$(( failed + ${counted##* } ))
}

# Other people's clients: where CI is true their test fails without them, elsewhere it says that it was skipped.
install_clients() {
	if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
		packages_install clients
	fi
	tests/clients/install.sh
}

say 'packages'
must packages_install build demo test
install_clients || echo 'The clients of tests/clients could not be installed.'
# What looks for races and wild memory runs with sanitizers, and so does what needs one build only,
# unless those are left out.
check_build build-test gcc "$([[ $quick == no ]] && echo stress checked)"
if [[ $quick == no ]]; then
	check_quickstart
	export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
	# Not again: Chromium, the story, broken plugins, and the tool's longest walks.
	check_build build-test-asan clang plain -Db_sanitize=address,undefined -Db_lundef=false
	check_leaks build-test-asan
fi
say 'done'
