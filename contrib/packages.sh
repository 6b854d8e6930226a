# shellcheck shell=bash
# To be sourced: packages_install SECTION... installs what of contrib/packages.txt is missing.

packages_of() {
	local want=" $* " section='' line
	while IFS= read -r line; do
		line=${line%%#*}
		line=${line//[[:space:]]/}
		case $line in
		'') ;;
		\[*\]) section=${line:1:-1} ;;
		*) [[ $want == *" $section "* ]] && printf '%s\n' "$line" ;;
		esac
	done < "$(dirname "${BASH_SOURCE[0]}")/packages.txt"
	return 0
}

packages_install() {
	local wanted missing=() root=() have package
	mapfile -t wanted < <(packages_of "$@")
	have=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "${wanted[@]}" 2> /dev/null || true)"
	for package in "${wanted[@]}"; do
		[[ $have == *" $package:installed "* ]] || missing+=("$package")
	done
	(( ${#missing[@]} > 0 )) || return 0
	echo "Installing Debian packages: ${missing[*]}"
	if (( EUID != 0 )); then
		command -v sudo > /dev/null || {
			echo "These need root, and there is no sudo. As root: apt-get install ${missing[*]}" >&2
			return 1
		}
		root=(sudo)
	fi
	"${root[@]}" apt-get -qq update
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		--no-install-recommends install "${missing[@]}" > /dev/null
}
