#!/bin/bash
# What several images of a project cost: ten subimages over one base compared with one image, and independent images built
# in parallel compared with sequentially. Ends with status 1 when a budget is missed by more than noise.
#
# subimages.sh [tiny] [debian]: the tiny distribution of the examples, whose images mostly wait for their own scripts, and
# Debian from a mirror on disk (RELEASE=bookworm). STAGE=... measures another build of mkosi.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
stage=${STAGE:-$PWD/.build/stage}
work=${WORK:-$PWD/.build/bench-subimages}
release=${RELEASE:-bookworm}
packages=${PACKAGES:-apt bash login perl-base usr-is-merged util-linux}
. Benchmarks/figures.sh

# timed NAME OPTION...: builds; the wall time in seconds is in $seconds, that of processors in $work_seconds, which other
# users of the machine cannot change much, and what mkosi says in $work/NAME.log.
timed() {
    local name=$1
    shift
    measured '%e %U %S' "$name" "$stage/bin/mkosi" --directory "$work/project" --debug-timing "$@"
    read -r seconds user kernel <"$work/$name.time"
    work_seconds=$(awk -v user="$user" -v kernel="$kernel" 'BEGIN { printf "%.2f", user + kernel }')
}

# compare WHAT: ten images have been built by `timed`; now everything but their outputs is there. What it costs to make
# those again is their own assembly.
compare() {
    local ten=$seconds ten_work=$work_seconds
    rm -rf "$work/out"
    timed own --jobs 1 -f
    echo "  $1: $ten s, one alone: $one s, their own assembly: $seconds s;" \
        "of processors: $ten_work s, $one_work s, $work_seconds s"
    # One image of the tiny distribution takes half a second, most of it to start programs: there is nothing to share.
    [ "$what" = tiny ] || verdict "$ten_work" "$(awk -v one="$one_work" -v own="$work_seconds" 'BEGIN { print 1.5 * one + own }')" "$1"
}

# project NAME... -- LINE...: a main image without an output, and subimages with these lines in their [Content].
project() {
    rm -rf "$work/project" "$work/out" "$work/store"
    mkdir -p "$work/project/mkosi.images" "$work/out" "$work/store"
    cat >"$work/project/mkosi.conf" <<END
$distribution
[Output]
Format=none
OutputDirectory=$work/out
[Content]
SourceDateEpoch=1700000000
[Build]
Incremental=yes
CacheDirectory=$work/store
PackageCacheDirectory=$work/cache
END
    while [ "$1" != -- ]; do names="${names:-} $1"; shift; done
    shift
    for name in $names; do
        mkdir -p "$work/project/mkosi.images/$name"
        printf '[Output]\nFormat=tar\nCompressOutput=none\n[Content]\n%s\n' "$1" \
            >"$work/project/mkosi.images/$name/mkosi.conf"
        if [ -n "${2:-}" ]; then
            printf '#!/bin/sh\n%s\n' "$2" >"$work/project/mkosi.images/$name/mkosi.postinst"
            chmod 755 "$work/project/mkosi.images/$name/mkosi.postinst"
        fi
        mkdir -p "$work/project/mkosi.images/$name/mkosi.extra/etc"
        echo "$name" >"$work/project/mkosi.images/$name/mkosi.extra/etc/name"
    done
    unset names
}

# measure NAME PACKAGES INDEPENDENT SCRIPT: both comparisons for one distribution.
measure() {
    local words=$2 script=$4 one one_work sum=0 parallel ratio
    ten_names='i0 i1 i2 i3 i4 i5 i6 i7 i8 i9'
    echo "$1:"
    # Packages are in the cache from now on; each project starts without layers.
    project warm -- "Packages=$words"
    timed warm --jobs 1 -f

    project one -- "Packages=$words"
    timed one --jobs 1 -f
    one=$seconds one_work=$work_seconds
    # shellcheck disable=SC2086
    project $ten_names -- "Packages=$words"
    timed ten --jobs 1 -f
    compare 'ten images with the same packages'

    # shellcheck disable=SC2086
    project $ten_names -- 'BaseTrees=%O/base'
    mkdir "$work/project/mkosi.images/base"
    printf '[Output]\nFormat=directory\n[Content]\nPackages=%s\nCleanPackageMetadata=no\n' "$words" \
        >"$work/project/mkosi.images/base/mkosi.conf"
    for name in $ten_names; do
        printf '[Config]\nDependencies=base\n' >>"$work/project/mkosi.images/$name/mkosi.conf"
    done
    timed base --jobs 1 -f
    compare 'ten images over a base tree, with the base'

    # shellcheck disable=SC2086
    for name in $3; do
        project "$name" -- "Packages=$words" "$script"
        timed alone --jobs 1 -f --incremental=no
        sum=$(awk -v sum="$sum" -v more="$seconds" 'BEGIN { print sum + more }')
    done
    # shellcheck disable=SC2086
    project $3 -- "Packages=$words" "$script"
    timed parallel --jobs 2 -f --incremental=no
    parallel=$seconds
    ratio=$(awk -v a="$parallel" -v b="$sum" 'BEGIN { printf "%.2f", a / b }')
    echo "  independent images with two jobs: $parallel s, the sum of each alone: $sum s, ratio $ratio"
    verdict "$ratio" 0.6 'the ratio'
}

mkdir -p "$work/home"
export HOME=$work/home
for what in "${@:-tiny}"; do
    case $what in
    tiny)
        export MKOSI_PLUGIN_PATH=$root/Examples/plugins/python:$stage/lib/mkosi/plugins
        [ -d "$work/tiny" ] || python3 Tests/Fixtures/tiny-repository.py "$work/tiny" >/dev/null
        distribution="[Distribution]
Distribution=tiny-python
Mirror=file://$work/tiny"
        measure 'The tiny distribution, scripts that wait for a second' hello 'a b c d' 'sleep 1'
        ;;
    debian)
        unset MKOSI_PLUGIN_PATH
        if [ "$(cat "$work/mirror.for" 2>/dev/null)" != "$release $packages" ]; then
            # Names of packages are words.
            # shellcheck disable=SC2086
            Benchmarks/mirror.sh "$work/mirror" "$release" $packages
            echo "$release $packages" >"$work/mirror.for"
        fi
        distribution="[Distribution]
Distribution=debian
Release=$release
Mirror=file://$work/mirror/debian"
        measure "Debian $release" "$(echo "$packages" | tr ' ' ',')" 'a b c d' ''
        ;;
    *)
        echo "bench: there is no distribution $what" >&2
        exit 2
        ;;
    esac
done
exit $missed
