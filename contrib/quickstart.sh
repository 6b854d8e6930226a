#!/bin/bash
# Builds Sallyport and runs it with a demo shop, for trying it on this machine.
set -euo pipefail

usage() {
	cat <<-'END'
	quickstart.sh - builds Sallyport and runs it with the Woodgrove Groceries shop

	  contrib/quickstart.sh [--state DIR] [--port-base N] [--once [-- OPTION...]]

	  --state DIR    folder of all that it keeps; ~/.local/state/sallyport-demo if not given
	  --port-base N  http on N, https on N+1, the shop on N+2; else 8080, 8443 and 8090
	  --once         plays the demo's story against the servers, then stops; what follows
	                 -- is for contrib/story/story.py
	  --build DIR    the build folder; build-quickstart if not given

	Missing Debian packages are installed (as root, or with sudo). Everything listens on
	127.0.0.1 alone. Ctrl-C stops it; the next start goes on with the same data. To begin
	anew, delete the state folder.

	Exit status: 0 stopped, or every step of the story held; 1 not; 2 not understood.
	END
}

source_dir=$(cd "$(dirname "$0")/.." && pwd)
state=${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/sallyport-demo
build=$source_dir/build-quickstart
http=8080 https=8443 shop=8090 once=no

refuse() {
	echo "quickstart.sh: $*; see --help" >&2
	exit 2
}

while (( $# > 0 )); do
	case $1 in
	--help | -h) usage; exit 0 ;;
	--once) once=yes; shift; continue ;;
	--) shift; break ;;
	--state | --port-base | --build) (( $# > 1 )) || refuse "$1 needs a value" ;;
	*) refuse "'$1' is not understood" ;;
	esac
	case $1 in
	--state) state=$2 ;;
	--build) build=$(realpath -m "$2") ;;
	--port-base)
		if ! [[ $2 =~ ^[0-9]{1,5}$ ]] || (( 10#$2 < 1 || 10#$2 > 65533 )); then
			refuse "--port-base must be a number from 1 to 65533, not '$2'"
		fi
		http=$(( 10#$2 )) https=$(( 10#$2 + 1 )) shop=$(( 10#$2 + 2 ))
		;;
	esac
	shift 2
done

# shellcheck source=contrib/packages.sh
source "$source_dir/contrib/packages.sh"

python=/usr/bin/python3	# Debian's own: its packages are what was installed
cli=$build/core/sallyport

now() { echo "${EPOCHREALTIME/[.,]/}"; }
since() { local us=$(( $(now) - $1 )); printf '%d.%02d s' $(( us / 1000000 )) $(( us % 1000000 / 10000 )); }

# An up-to-date build costs a glance of ninja.
build_all() {
	[[ -f $build/build.ninja ]] ||
		meson setup "$build" "$source_dir" --buildtype release -Dtests=false -Dwerror=false > /dev/null
	if ! ninja -C "$build" -n 2> /dev/null | grep -q 'no work to do'; then
		echo "Building in $build"
		ninja -C "$build"
	fi
}

# A certificate authority of this machine alone, and the server's certificate.
tls_make() {
	local tls=$state/tls
	if [[ -f $tls/server.pem ]] &&
		openssl x509 -in "$tls/server.pem" -noout -checkend $(( 30 * 86400 )) > /dev/null; then
		return
	fi
	echo "Making a local certificate authority and a certificate in $tls"
	rm -rf "$tls.new"
	mkdir "$tls.new"
	(
		cd "$tls.new"
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
			-keyout ca.key -out ca.pem -subj '/CN=Sallyport demo, local CA' \
			-addext 'basicConstraints=critical,CA:TRUE,pathlen:0' \
			-addext 'keyUsage=critical,keyCertSign'
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
			-keyout server.key -out server.csr -subj '/CN=localhost'
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 397 \
			-out server.pem -extfile <(printf '%s\n' \
			'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' 'extendedKeyUsage=serverAuth' \
			'keyUsage=critical,digitalSignature' 'basicConstraints=critical,CA:FALSE')
		rm server.csr
	) 2> "$tls.log" || { cat "$tls.log" >&2; return 1; }
	rm -rf "$tls.log" "$tls"
	mv "$tls.new" "$tls"
}

# Quotes are doubled inside YAML's single quotes.
yaml() { printf "'%s'" "${1//\'/\'\'}"; }

conf_make() {
	cat <<-END
	# Written by contrib/quickstart.sh at each start. All keys: sallyportd --print-conf
	server:
	  state: $(yaml "$state")
	  plugins: $(yaml "$build/plugins")
	  pages: $(yaml "$source_dir/conf")
	  users: main
	  records: main
	  policy: ca
	  mail: [spool]
	listen:
	  http:
	    address: 127.0.0.1:$http
	    surfaces: [pages, oidc, native, ops]
	  https:
	    address: 127.0.0.1:$https
	    base_url: https://127.0.0.1:$https
	    surfaces: [pages, oidc, native]
	    tls_certificate: $(yaml "$state/tls/server.pem")
	    tls_key: $(yaml "$state/tls/server.key")
	plugin:
	  main:
	    file: lmdb.so
	    path: $(yaml "$state/db")
	  ca:
	    file: conditional-access.so
	  spool:
	    file: spool.so
	    folder: $(yaml "$state/spool")
	END
}

# Else who has the ports would be taken for our servers: another quickstart, most likely.
ports_free() {
	local port
	for port in "$http" "$https" "$shop"; do
		if { exec 3<> "/dev/tcp/127.0.0.1/$port"; } 2> /dev/null; then
			exec 3>&-
			echo "127.0.0.1:$port is in use. Is the quickstart running already?" \
				"--port-base N takes other ports, --state DIR another folder." >&2
			return 1
		fi
	done
}

# On other ports: the running one's conf must not be written over.
folder_free() {
	if [[ -S $state/admin.sock ]] && "$cli" version --state "$state" > /dev/null 2>&1; then
		echo "A server runs on $state already. --state DIR takes another folder." >&2
		return 1
	fi
}

server_ready() {
	local line=''
	{
		exec 3<> "/dev/tcp/127.0.0.1/$http" || return 1
		printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n' "$http" >&3
		IFS= read -r line <&3
		exec 3>&-
	} 2> /dev/null
	[[ $line == 'HTTP/1.1 200'* ]]
}

shop_ready() { (exec 3<> "/dev/tcp/127.0.0.1/$shop") 2> /dev/null; }

# Until the command holds; not longer than 30 s, and not when the process has ended.
await() {
	local name=$1 pid=$2 check=$3 tries
	for (( tries = 0; tries < 3000; tries++ )); do
		kill -0 "$pid" 2> /dev/null || break
		"$check" && return
		sleep 0.01
	done
	echo "$name did not start. The end of its log:" >&2
	tail -n 5 "$state/$name.log" >&2
	return 1
}

# Ends what was started. A server that does not stop cleanly is a failure.
children=()
stop() {
	local status=$? child ended
	trap - EXIT INT TERM
	for child in "${children[@]}"; do
		kill "$child" 2> /dev/null || true
	done
	for child in "${children[@]}"; do
		ended=0
		wait "$child" || ended=$?
		if (( ended != 0 && ended != 143 )); then
			echo "A server ended with status $ended; see $state/*.log" >&2
			status=1
		fi
	done
	exit "$status"
}

# Once, and when the ports have changed: an app's addresses are part of the tenant.
seed() {
	if [[ -f $state/demo.json ]] &&
		grep -q "\"server\": \"http://127.0.0.1:$http\"" "$state/demo.json" &&
		grep -q "\"shop\": \"http://127.0.0.1:$shop\"" "$state/demo.json"; then
		return
	fi
	echo 'Seeding the tenant woodgrove'
	"$python" "$source_dir/contrib/woodgrove/demo.py" "$state" "$http" "$https" "$shop" \
		"$source_dir/conf/woodgrove.json"
	# The policies are off; what they would do to the Club is part of the demo: hence --yes.
	"$cli" apply -f "$state/tenant.json" --yes > "$state/apply.log" 2>&1 || {
		cat "$state/apply.log" >&2
		return 1
	}
	rm "$state/tenant.json"
	mv "$state/demo.json.new" "$state/demo.json"
}

begun=$(now)
ports_free
packages_install build demo
build_all
folder_free

umask 077
mkdir -p "$state"
state=$(cd "$state" && pwd)
chmod 700 "$state"
mkdir -p "$state/db" "$state/keys" "$state/spool"
export SALLYPORT_SOCKET=$state/admin.sock

# The shop comes first: Python takes as long to begin as all of the rest.
trap stop EXIT
if [[ $once == yes ]]; then trap 'exit 130' INT TERM; else trap 'exit 0' INT TERM; fi
"$python" "$source_dir/contrib/woodgrove/shop.py" --port "$shop" --spool "$state/spool" \
	--authority "http://127.0.0.1:$http/woodgrove/v2.0" 2>> "$state/shop.log" &
children+=($!)
tls_make
conf_make > "$state/sallyport.yaml"
start=$(now)
"$build/core/sallyportd" --conf "$state/sallyport.yaml" 2>> "$state/server.log" &
children+=($!)
await server "${children[1]}" server_ready
seed
await shop "${children[0]}" shop_ready

echo "Ready in $(since "$begun") (the servers in $(since "$start"))."
echo
cat "$state/welcome.txt"
echo "The tool:   export SALLYPORT_SOCKET='$SALLYPORT_SOCKET'"
echo "            alias sallyport='$cli'"
echo

if [[ $once == yes ]]; then
	"$python" "$source_dir/contrib/story/story.py" --state "$state" --cli "$cli" "$@"
	exit
fi
echo 'Ctrl-C stops it.'
wait -n "${children[@]}" || true
sleep 0.2	# Ctrl-C reaches everybody at once: ours may come last
echo "A server has stopped by itself; see $state/server.log and $state/shop.log" >&2
exit 1
