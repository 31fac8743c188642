#!/bin/bash
# Builds the same image with mmdebstrap and with mkosi in turn, from the same mirror on disk, and compares; then measures
# how fast the programs start. Ends with status 1 when a budget is missed by more than noise.
#
# PAIRS=5 RUNS=20 PACKAGES='...' RELEASE=... in the environment change what is measured.
set -euo pipefail
cd "$(dirname "$0")/.."
stage=$PWD/.build/stage
work=$PWD/.build/bench
pairs=${PAIRS:-5}
runs=${RUNS:-20}
packages=${PACKAGES:-systemd systemd-sysv udev dbus apt bash login perl-base iproute2 util-linux}
release=${RELEASE:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
. Benchmarks/figures.sh

# timed NAME COMMAND...: the wall time in seconds and the memory of the largest process in kB, in $work/NAME.time.
timed() { measured '%e %M' "$@"; }

mkdir -p "$work/project" "$work/out" "$work/cache"
export SOURCE_DATE_EPOCH=1700000000
# configure [MIRROR]: the project, which takes its packages from this mirror or from where the plugin would.
configure() {
    cat >"$work/project/mkosi.conf" <<END
[Distribution]
Distribution=debian
Release=$release
${1:+Mirror=$1}

[Output]
Format=tar
CompressOutput=none
Output=image

[Content]
Packages=$(echo $packages | tr ' ' ',')

[Build]
PackageCacheDirectory=$work/cache
END
}

build_mkosi() {
    timed mkosi "$stage/bin/mkosi" --directory "$work/project" --output-directory "$work/out/mkosi" \
        --force --debug-timing build
}

mode=unshare
[ "$(id -u)" != 0 ] || mode=root
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
include=$(echo $packages | tr ' ' ',')

# What /usr is merged into, first, as mkosi's plugin has it: else a package that mkosi does not need comes along.
merge='set -e
for name in bin sbin lib $([ ! -d /lib64 ] || echo lib64); do
    mkdir -p "$1/usr/$name"
    ln -s "usr/$name" "$1/$name"
done'

# All packages are named, so nothing is left to choose, and one run of dpkg installs them: the fastest way it has.
build_mmdebstrap() {
    rm -f "$work/out/mmdebstrap.tar"
    timed mmdebstrap mmdebstrap --mode=$mode --variant=custom --format=tar \
        --setup-hook="$merge" --hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount --include="$include" \
        "$release" "$work/out/mmdebstrap.tar" \
        "deb [signed-by=$keyring] file://$work/mirror/debian $release main" \
        "deb [signed-by=$keyring] file://$work/mirror/debian $release-updates main" \
        "deb [signed-by=$keyring] file://$work/mirror/debian-security $release-security main"
}

installed() {
    tar --extract --to-stdout --file "$1" ./var/lib/dpkg/status 2>/dev/null ||
        tar --extract --to-stdout --file "$1" var/lib/dpkg/status
}

list() {
    installed "$1" | awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' | sort
}

list_mkosi() {
    archive=$(find "$work/out/mkosi" -name '*.tar' -type f | head -n 1)
    list "$archive" >"$work/mkosi.list"
    include=$(cut -d ' ' -f 1 "$work/mkosi.list" | paste -s -d ,)
}

# Once from the network: what mkosi installs goes into the mirror, and mmdebstrap requests exactly that.
rm -rf "$work/out/mkosi"
wanted="$release $packages"
if [ "$(cat "$work/mirror.for" 2>/dev/null)" != "$wanted" ]; then
    echo "Fetching the packages and a mirror of $release ..."
    configure
    build_mkosi
    list_mkosi
    # Names of packages are words.
    # shellcheck disable=SC2046
    Benchmarks/mirror.sh "$work/mirror" "$release" $(cut -d ' ' -f 1 "$work/mkosi.list")
    echo "$wanted" >"$work/mirror.for"
fi
configure "file://$work/mirror/debian"

# Once without a clock: both find their caches warm.
build_mkosi
list_mkosi
build_mmdebstrap
list "$work/out/mmdebstrap.tar" >"$work/mmdebstrap.list"
if ! diff "$work/mmdebstrap.list" "$work/mkosi.list" >"$work/list.diff"; then
    echo 'The package lists differ (< mmdebstrap, > mkosi):'
    cat "$work/list.diff"
    missed=1
fi
echo "Image: $release, $(wc -l <"$work/mkosi.list") packages, uncompressed tar," \
    "$(du -m "$archive" | cut -f 1) MB by mkosi, $(du -m "$work/out/mmdebstrap.tar" | cut -f 1) MB by mmdebstrap"
echo "Mirror: signed indexes and packages on disk, the same for both; user: $(id -un) (mmdebstrap --mode=$mode)"
echo

printf '%-6s %12s %12s %8s\n' pair 'mmdebstrap s' 'mkosi s' ratio
: >"$work/ratios"
: >"$work/phases"
: >"$work/memory"
for pair in $(seq "$pairs"); do
    # Who comes first changes, so that neither always finds the caches as the other left them.
    if [ $((pair % 2)) = 1 ]; then build_mmdebstrap; build_mkosi; else build_mkosi; build_mmdebstrap; fi
    read -r theirs theirmemory <"$work/mmdebstrap.time"
    read -r ours memory <"$work/mkosi.time"
    ratio=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')
    echo "$ratio" >>"$work/ratios"
    echo "$memory" >>"$work/memory"
    sed -n 's/^.*timing: \([a-z/-]*\) \([0-9.]*\)$/\1 \2/p' "$work/mkosi.log" >>"$work/phases"
    printf '%-6s %12s %12s %8s\n' "$pair" "$theirs" "$ours" "$ratio"
done
ratio=$(median <"$work/ratios")
echo "Median ratio: $ratio (budget 0.75)"
verdict "$ratio" 0.75 'the ratio'
echo
echo 'mkosi by phase, mean of the pairs:'
awk -v pairs="$pairs" '
    !($1 in sum) { order[++count] = $1 }
    { sum[$1] += $2 }
    END { for (i = 1; i <= count; i++) printf "  %-18s %6.2f s\n", order[i], sum[order[i]] / pairs }' "$work/phases"
memory=$(sort -n "$work/memory" | tail -n 1)
echo "Peak memory of the largest process: $((memory / 1024)) MB (budget 400); of mmdebstrap: $((theirmemory / 1024)) MB"
verdict $((memory / 1024)) 400 'the memory in MB'
echo

# started BUDGET NAME COMMAND...: the median time of a run in ms, and its budget.
started() {
    local budget=$1 name=$2 begin i value
    shift 2
    for ((i = 0; i < runs; i++)); do
        begin=${EPOCHREALTIME/[.,]/}
        "$@" >/dev/null 2>&1 </dev/null || { echo "bench: $name failed" >&2; exit 1; }
        echo $((${EPOCHREALTIME/[.,]/} - begin))
    done >"$work/starts"
    value=$(median <"$work/starts" | awk '{ printf "%.1f", $1 / 1000 }')
    printf '%-28s %6s ms (budget %s ms)\n' "$name" "$value" "$budget"
    verdict "$value" "$budget" "$name"
}
echo "Start-up, median of $runs:"
rm -rf "$work/fleet"
Benchmarks/project.sh "$work/fleet" debian "$release"
cd "$work/fleet"
started 40 'summary, 20 subimages' "$stage/bin/mkosi" summary --json
cd "$work/project"
started 25 'mkosi summary' "$stage/bin/mkosi" summary
started 15 'mkosi --help' "$stage/bin/mkosi" --help
started 10 'mkosi-sandbox -- true' "$stage/bin/mkosi-sandbox" --bind / / -- true
exit $missed
