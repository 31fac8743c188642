#!/bin/sh
# Builds the example image with the staged release and says how to enter it.
set -eu
cd "$(dirname "$0")/.."
output=$PWD/.build/image
mkosi=$PWD/.build/stage/bin/mkosi
mkdir -p "$output"

start=$(date +%s)
"$mkosi" --directory Examples/images/minimal --output-directory "$output" --force build
end=$(date +%s)

tree=$output/minimal
release=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$tree/usr/lib/os-release")
echo
echo "Image:  $tree ($release)"
echo "Size:   $(du -sm "$tree" 2>/dev/null | cut -f 1) MB"
echo "Time:   $((end - start)) s"
if [ "$(id -u)" = 0 ]; then
    echo "Enter:  chroot $tree /bin/bash -l"
else
    echo "Enter:  $PWD/.build/stage/bin/mkosi-sandbox --become-root --bind $tree / --dev /dev --proc /proc -- /bin/bash -l"
fi
