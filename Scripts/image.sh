#!/bin/sh
# Builds the example disk with the staged release and says how to boot it.
set -eu
cd "$(dirname "$0")/.."
output=$PWD/.build/image
mkosi=$PWD/.build/stage/bin/mkosi
project=Examples/images/bootable
mkdir -p "$output"

start=$(date +%s)
"$mkosi" --directory "$project" --output-directory "$output" --force build
end=$(date +%s)

image=$output/bootable.raw
echo
echo "Image:  $image"
echo "Size:   $(du -m "$image" | cut -f 1) MB, $(du -m --apparent-size "$image" | cut -f 1) MB with holes"
echo "Time:   $((end - start)) s"
echo "Boot:   $mkosi --directory $PWD/$project --output-directory $output vm"
