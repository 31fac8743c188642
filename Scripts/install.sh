#!/bin/sh
# install.sh DESTDIR PREFIX: copies the stage, stripped, and notes every file so that it can be removed again.
set -eu
cd "$(dirname "$0")/.."
destination=$1$2
stage=${MKOSI_STAGE:-.build/stage}
list=lib/mkosi/installed-files

case $2 in
    /*) ;;
    *) echo "install: PREFIX has to be an absolute path, not '$2'" >&2; exit 1 ;;
esac

# A finished build is installed as it is, so that this needs neither the compiler nor a writable checkout.
if [ -n "${MKOSI_STAGE:-}" ]; then
    : # Tests install the stage that they test.
elif [ "$(cat $stage/.complete 2>/dev/null)" != "$(Scripts/source-digest.sh)" ]; then
    Scripts/build.sh release
fi

umask 022
mkdir -p "$destination/lib/mkosi"
new=$(mktemp "$destination/$list.XXXXXX")
trap 'rm -f "$new"' EXIT
(cd "$stage" && find . -type f ! -name .complete | sed 's,^\./,,' | sort) >"$new"
echo "$list" >>"$new"

# What an earlier version put here and this one no longer has.
if [ -e "$destination/$list" ]; then
    grep -v -x -F -f "$new" "$destination/$list" | while read -r file; do
        rm -f "$destination/$file"
    done
fi

grep -v -x -F "$list" "$new" | while read -r file; do
    mkdir -p "$destination/$(dirname "$file")"
    mode=0644
    [ ! -x "$stage/$file" ] || mode=0755
    # A running program keeps its old file: the new one takes its name in one step.
    install -m "$mode" "$stage/$file" "$destination/$file.new"
    case $file in
        bin/* | *.so | lib/mkosi/libexec/* | lib/mkosi/plugins/*)
            # Scripts and resources are no objects; strip(1) says so and leaves them alone.
            strip --strip-unneeded "$destination/$file.new" 2>/dev/null || true
            ;;
    esac
    mv -f "$destination/$file.new" "$destination/$file"
done
chmod 0644 "$new"
mv -f "$new" "$destination/$list"
trap - EXIT
echo "Installed below $destination: $(du -sk "$destination/lib/mkosi" "$destination/bin/mkosi" \
    "$destination/bin/mkosi-sandbox" | awk '{ sum += $1 } END { printf "%.1f MB", sum / 1000 }')"
