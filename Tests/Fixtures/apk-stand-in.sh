#!/bin/sh
# Takes the place of apk(8) in tests, which no Debian release has: it installs all packages of the repositories that it is
# given, in the order of their indexes, and keeps the database as apk does. It chooses nothing, so what is installed shows
# what the plugin has chosen.
set -eu

root= arch= repositories= initdb= action=
while [ $# -gt 0 ]; do
    case $1 in
    --root) root=$2; shift ;;
    --arch) arch=$2; shift ;;
    --repositories-file) repositories=$2; shift ;;
    --keys-dir) shift ;;
    --initdb) initdb=yes ;;
    --no-progress | --no-network | --no-cache | --allow-untrusted | --upgrade | --rdepends) ;;
    -*) echo "ERROR: unknown option $1" >&2; exit 1 ;;
    *) [ -n "$action" ] || { action=$1; shift; continue; }; break ;;
    esac
    shift
done

database=$root/lib/apk/db
case $action in
add)
    [ -n "$initdb" ] || [ -e "$database/installed" ] || { echo "ERROR: there is no database" >&2; exit 1; }
    mkdir -p "$database" "$root/etc/apk" "$root/var/log"
    : >"$database/lock"
    echo logged >"$root/var/log/apk.log"
    while read -r repository; do
        tar -xzOf "$repository/$arch/APKINDEX.tar.gz" APKINDEX | sed -n 's/^[PVA]://p' | while read -r name; do
            read -r version
            read -r own
            package=$repository/$own/$name-$version.apk
            echo "(1/1) Installing $name ($version)"
            tar -xzf "$package" -C "$root" --exclude='.[A-Z]*' --exclude='.p*' --ignore-zeros 2>/dev/null
            {
                tar -xzOf "$repository/$arch/APKINDEX.tar.gz" APKINDEX |
                    awk -v name="P:$name" 'BEGIN { RS = ""; FS = "\n" } { for (i = 1; i <= NF; i++) if ($i == name) print }'
                tar -tzf "$package" --ignore-zeros 2>/dev/null | grep -v -e '^\.' -e '/$' | while read -r file; do
                    echo "F:${file%/*}"
                    echo "R:${file##*/}"
                done
                echo
            } >>"$database/installed"
        done
    done <"$repositories"
    for name in "$@"; do echo "$name" >>"$root/etc/apk/world"; done
    ;;
*) echo "ERROR: this stands in for apk add alone" >&2; exit 1 ;;
esac
