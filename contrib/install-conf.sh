#!/bin/sh
# For `meson install`: install-conf.sh SAMPLE FOLDER. The sample becomes the conf file where there
# is none; an operator's own is never written over.
set -eu

folder=${DESTDIR:-}$2
if [ -e "$folder/sallyport.yaml" ]; then
	echo "$folder/sallyport.yaml is there already and stays as it is"
elif [ -z "${MESON_INSTALL_DRY_RUN:-}" ]; then
	mkdir -p "$folder"
	cp "$1" "$folder/sallyport.yaml"
	chmod 644 "$folder/sallyport.yaml"
fi
