#!/bin/bash
# Makes disks of the same finished tree with mkosi and with systemd-repart of Debian 13 in turn, with the same programs for
# file systems, and compares time, processor time, memory and bytes written. Ends with status 1 when a budget is missed by
# more than noise. Times of a busy host are unreliable: there the ratio of processor times is what to look at.
#
# RUNS=3 STAGE=... TREE=... TOOLS=... in the environment change what is measured; TREE and TOOLS are directories that are
# built by mkosi otherwise, from the network the first time.
set -euo pipefail
cd "$(dirname "$0")/.."
stage=${STAGE:-$PWD/.build/stage}
work=$PWD/.build/bench/disk
runs=${RUNS:-3}
seed=00112233-4455-6677-8899-aabbccddeeff
. Benchmarks/figures.sh

# tree NAME PACKAGE...: a directory with these packages of Debian 13, if it is not there yet.
tree() {
    local name=$1
    shift
    [ -d "$work/$name" ] && [ "$(cat "$work/$name.for" 2>/dev/null)" = "$*" ] && return
    echo "Building $name ..."
    measured '%e' "$name" "$stage/bin/mkosi" --directory '' --output-directory "$work" --output "$name" --force \
        --distribution debian --release trixie --format directory --bootable no --package "$(IFS=,; echo "$*")"
    echo "$*" >"$work/$name.for"
}

mkdir -p "$work/theirs"
tools=${TOOLS:-$work/tools}
[ -n "${TOOLS:-}" ] || tree tools systemd-repart e2fsprogs erofs-utils cryptsetup-bin
source=${TREE:-$work/tree}
[ -n "${TREE:-}" ] || tree tree linux-image-amd64 systemd systemd-sysv udev dbus apt bash login python3 git vim

# project KIND FILE LINE...: a project with definitions.
project() {
    local kind=$1
    shift
    rm -rf "$work/$kind"
    mkdir -p "$work/$kind/mkosi.repart"
    cat >"$work/$kind/mkosi.conf" <<END
[Distribution]
Distribution=custom
[Output]
Format=disk
Output=image
CompressOutput=no
Seed=$seed
[Content]
Bootable=no
BaseTrees=$source
SourceDateEpoch=1700000000
[Build]
Incremental=yes
CacheDirectory=$work/cache
ToolsTree=$tools
END
    printf secret >"$work/$kind/mkosi.passphrase"
    chmod 600 "$work/$kind/mkosi.passphrase"
    local file
    for file in "$@"; do
        printf '[Partition]\n%s\n' "${file#*:}" | tr ';' '\n' >"$work/$kind/mkosi.repart/${file%%:*}.conf"
    done
}
mkdir -p "$work/cache"
project ext4 '10-root:Type=root;Format=ext4;CopyFiles=/;Minimize=guess'
project verity '10-root:Type=root;Format=erofs;CopyFiles=/;Verity=data;VerityMatchKey=root;Minimize=best' \
    '20-hash:Type=root-verity;Verity=hash;VerityMatchKey=root;Minimize=best'
project luks '10-root:Type=root;Format=ext4;CopyFiles=/;Encrypt=key-file;Minimize=guess'

# Seconds, those of processors in user and kernel mode, kB of the largest process, and blocks of 512 bytes written.
# Blocks are those of pages that became dirty: with little memory the kernel writes an encrypted partition out before it is
# encrypted, and they are more.
format='%e %U %S %M %O'

ours() {
    rm -f "$work/$1/image.raw"
    measured "$format" "ours-$1" "$stage/bin/mkosi" --directory "$work/$1" --force build
}

theirs() {
    rm -rf "$work/theirs"
    mkdir "$work/theirs"
    # What it makes on the way is in the directory of the image, and not in memory.
    measured "$format" "theirs-$1" env SOURCE_DATE_EPOCH=1700000000 SYSTEMD_LOG_LEVEL=warning "$stage/bin/mkosi-sandbox" \
        --ro-bind "$tools" / --tmpfs /mnt --dev /dev --proc /proc --tmpfs /tmp --bind "$work/theirs" /var/tmp \
        --ro-bind "$source" /mnt/tree --ro-bind "$work/$1" /mnt/project --bind "$work/theirs" /mnt/out -- \
        systemd-repart --offline=yes --empty=create --size=auto --dry-run=no --seed=$seed --no-pager \
        --definitions=/mnt/project/mkosi.repart --root=/mnt/tree --key-file=/mnt/project/mkosi.passphrase \
        /mnt/out/image.raw
}

quotient() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# column NAME NUMBER: the median of a figure.
column() { cut -d ' ' -f "$2" "$work/$1.times" | median; }

echo "Disks of a tree of $(du -sm "$source" | cut -f 1) MB, $(id -un), median of $runs:"
line='%-8s %9s %9s %6s %9s %9s %6s %9s %9s %13s\n'
printf "$line" disk 'repart s' 'mkosi s' ratio 'repart' 'mkosi' ratio repart mkosi 'mkosi written'
printf "$line" '' '' '' '' 'CPU s' 'CPU s' '' MB MB '/ data'
for kind in ext4 verity luks; do
    # The tree of the project's layers is made once; that is not measured.
    ours "$kind"
    : >"$work/ours.times"
    : >"$work/theirs.times"
    for ((run = 0; run < runs; run++)); do
        for side in ours theirs; do
            "$side" "$kind"
            read -r seconds user kernel memory blocks <"$work/$side-$kind.time"
            awk -v a="$user" -v b="$kernel" "BEGIN { print \"$seconds\", a + b, \"$memory\", \"$blocks\" }" \
                >>"$work/$side.times"
        done
    done
    data=$(($(stat -c %b "$work/$kind/image.raw") * 512))
    [ "$kind" != verity ] || cmp "$work/verity/image.raw" "$work/theirs/image.raw" >/dev/null || echo '  (the bytes differ)'
    ratio=$(quotient "$(column ours 1)" "$(column theirs 1)")
    work_ratio=$(quotient "$(column ours 2)" "$(column theirs 2)")
    written=$(awk -v a="$(column ours 4)" -v b="$data" 'BEGIN { printf "%.2f", a * 512 / b }')
    memory=$(($(column ours 3) / 1024))
    theirmemory=$(($(column theirs 3) / 1024))
    printf "$line" "$kind" "$(column theirs 1)" "$(column ours 1)" "$ratio" "$(column theirs 2)" "$(column ours 2)" \
        "$work_ratio" "$theirmemory" "$memory" "$written"
    budget=0.33
    [ "$kind" != luks ] || budget=0.1
    verdict "$ratio" "$budget" 'the ratio of times'
    verdict "$written" 1.1 'what is written, by the data'
    verdict "$memory" 300 'the memory in MB'
    [ "$kind" != luks ] || verdict "$memory" $((theirmemory / 3)) 'the memory in MB'
done
exit $missed
