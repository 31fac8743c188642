#!/bin/sh
# uninstall.sh DESTDIR PREFIX: removes exactly what install.sh put there; plugins of others stay.
set -eu
destination=$1$2
list=$destination/lib/mkosi/installed-files

if [ ! -e "$list" ]; then
    echo "uninstall: there is no mkosi below $destination" >&2
    exit 1
fi
files=$(cat "$list")
echo "$files" | while read -r file; do
    rm -f "$destination/$file"
done
# Directories go, the deepest first, unless they contain other files.
echo "$files" | while read -r file; do
    directory=$(dirname "$file")
    while [ "$directory" != . ]; do
        echo "$directory"
        directory=$(dirname "$directory")
    done
done | sort -r -u | while read -r directory; do
    rmdir "$destination/$directory" 2>/dev/null || true
done
