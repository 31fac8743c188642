#!/bin/bash
# Installs the same packages with mkosi and with each package manager alone in turn, from the same signed repository and with
# warm caches, into a tree; an archive is no part of it. Ends with status 1 when a budget is missed by more than noise.
#
# families.sh [dnf|zypper|pacman]...
# PAIRS=5 in the environment changes how often. The repositories have Debian's packages in the form of each family; the
# tests' converter makes them, so the first run needs the test program: make build CONFIG=debug.
set -euo pipefail
cd "$(dirname "$0")/.."
stage=$PWD/.build/stage
work=${WORK:-$PWD/.build/bench/families}
repositories=$work/repositories
pairs=${PAIRS:-5}
. Benchmarks/figures.sh
[ "$(id -u)" = 0 ] || { echo 'families: package managers install into trees as root only' >&2; exit 1; }
export SOURCE_DATE_EPOCH=1700000000

# A family NAME has three functions: NAME_settings prints the part [Distribution] of a project, NAME_sandbox DIRECTORY
# writes what its sandbox needs, and NAME_install TREE STATE PACKAGE... installs with the package manager alone, which checks
# signatures, and has /dev and /proc in the tree.

dnf_settings() {
    printf '%s\n' Distribution=fedora Release=43 "LocalMirror=file://$repositories/rpm"
}
dnf_sandbox() { rpm_key "$1" RPM-GPG-KEY-fedora-43-primary; }
dnf_install() {
    rpm_definition "$2"
    dnf --assumeyes --quiet --installroot="$1" --releasever=43 --setopt=reposdir="$2/repos.d" \
        --setopt=cachedir="$2/cache" --setopt=logdir="$2/log" --setopt=persistdir="$2/persist" \
        --setopt=install_weak_deps=0 --setopt=keepcache=1 install basesystem "${@:3}"
}

zypper_settings() {
    printf '%s\n' Distribution=opensuse Release=tumbleweed "LocalMirror=file://$repositories/rpm"
}
zypper_sandbox() { rpm_key "$1" RPM-GPG-KEY-openSUSE-Tumbleweed; }
zypper_install() {
    rpm_definition "$2"
    zypper --non-interactive --gpg-auto-import-keys --installroot "$1" --reposd-dir "$2/repos.d" \
        --cache-dir "$2/cache" --pkg-cache-dir "$2/packages" install --no-recommends filesystem "${@:3}"
}

pacman_settings() {
    printf '%s\n' Distribution=arch "Mirror=file://$repositories/pacman"
}
pacman_sandbox() {
    mkdir -p "$1/usr/share/pacman/keyrings"
    cp "$repositories/pacman/core/os/x86_64/KEY.gpg" "$1/usr/share/pacman/keyrings/archlinux.gpg"
}
pacman_install() {
    if [ ! -d "$2/gnupg" ]; then
        mkdir -m 700 "$2/gnupg"
        gpg --homedir "$2/gnupg" --quiet --batch --import "$repositories/pacman/core/os/x86_64/KEY.gpg"
    fi
    printf '%s\n' '[options]' 'Architecture = x86_64' 'SigLevel = Required TrustAll' \
        '[core]' "Server = file://$repositories/pacman/core/os/x86_64" >"$2/pacman.conf"
    mkdir -p "$1/var/lib/pacman"
    pacman --config "$2/pacman.conf" --root "$1" --dbpath "$1/var/lib/pacman" --cachedir "$2/cache" \
        --gpgdir "$2/gnupg" --logfile "$2/log/pacman" --noconfirm --noprogressbar -Sy filesystem "${@:3}"
    gpgconf --homedir "$2/gnupg" --kill all
}

rpm_key() {
    mkdir -p "$1/etc/pki/rpm-gpg"
    cp "$repositories/rpm/KEY.asc" "$1/etc/pki/rpm-gpg/$2"
}
rpm_definition() {
    mkdir -p "$1/repos.d"
    printf '%s\n' '[plain]' 'name=plain' "baseurl=file://$repositories/rpm" enabled=1 gpgcheck=1 repo_gpgcheck=0 \
        "gpgkey=file://$repositories/rpm/KEY.asc" >"$1/repos.d/plain.repo"
    printf '%s\n' '%_dbpath /usr/lib/sysimage/rpm' '%_netsharedpath /dev:/proc' >"$HOME/.rpmmacros"
}

# alone FAMILY TREE STATE PACKAGE...: the package manager alone; it runs in a mount namespace of its own.
alone() {
    umask 022
    export HOME=$3 ZYPP_LOGFILE=$3/log/zypp
    mkdir -p "$2/dev" "$3/log" "$3/cache"
    mkdir -m 0555 "$2/proc"
    mount -t tmpfs dev "$2/dev"
    mount -t proc proc "$2/proc"
    : >"$2/dev/null"
    mount --bind /dev/null "$2/dev/null"
    "$1_install" "${@:2}"
}
if [ "${1:-}" = --alone ]; then
    alone "${@:2}"
    exit
fi

build_alone() {
    rm -rf "$work/$family/alone"
    mkdir -p "$work/$family/alone"
    measured '%e' alone unshare --mount "$0" --alone "$family" "$work/$family/alone" "$work/$family/state" $packages
}

# The tree is there when the output is assembled: the time of that phase is no part of the comparison.
build_mkosi() {
    measured '%e' mkosi "$stage/bin/mkosi" --directory "$work/$family/project" --force --debug-timing build
    sed -n 's/^.*timing: assemble \([0-9.]*\)$/\1/p' "$work/mkosi.log" >"$work/assemble.time"
    paste "$work/mkosi.time" "$work/assemble.time" | awk '{ printf "%.2f\n", $1 - $2 }' >"$work/tree.time"
}

mkdir -p "$work"
if [ ! -f "$repositories/packages" ]; then
    echo 'Converting packages ...'
    rm -rf "$repositories"
    mkdir -p "$repositories"
    program=$PWD/.build/debug/mkosiPackageTests.xctest
    MKOSI_EXPORT_REPOSITORIES=$repositories "$program" --testing-library swift-testing \
        --filter RepositoryExportTests >"$work/export.log" || { tail -n 20 "$work/export.log" >&2; exit 1; }
fi
packages=$(cat "$repositories/packages")
families=${*:-dnf zypper pacman}
for family in $families; do
    command -v "$family" >/dev/null || { echo "$family: not on this machine"; continue; }
    rm -rf "${work:?}/$family"
    mkdir -p "$work/$family/project" "$work/$family/state" "$work/$family/workspace"
    "${family}_sandbox" "$work/$family/project/mkosi.sandbox"
    cat >"$work/$family/project/mkosi.conf" <<END
[Distribution]
$("${family}_settings")
[Output]
Format=directory
[Content]
Packages=$(echo $packages | tr ' ' ',')
CleanPackageMetadata=no
[Build]
PackageCacheDirectory=$work/$family/cache
WorkspaceDirectory=$work/$family/workspace
END
    # Once without a clock: both find their caches warm.
    build_mkosi
    build_alone
    echo "$family:"
    printf '  %-6s %10s %10s %8s\n' pair 'alone s' 'mkosi s' ratio
    : >"$work/alone.times"
    : >"$work/mkosi.times"
    : >"$work/phases"
    for pair in $(seq "$pairs"); do
        # Who comes first changes, so that neither always finds the caches as the other left them.
        if [ $((pair % 2)) = 1 ]; then build_alone; build_mkosi; else build_mkosi; build_alone; fi
        cat "$work/alone.time" >>"$work/alone.times"
        cat "$work/tree.time" >>"$work/mkosi.times"
        sed -n 's/^.*timing: \([a-z/-]*\) \([0-9.]*\)$/\1 \2/p' "$work/mkosi.log" >>"$work/phases"
        printf '  %-6s %10s %10s %8s\n' "$pair" "$(cat "$work/alone.time")" "$(cat "$work/tree.time")" \
            "$(paste "$work/alone.time" "$work/tree.time" | awk '{ printf "%.2f", $2 / $1 }')"
    done
    theirs=$(median <"$work/alone.times")
    ours=$(median <"$work/mkosi.times")
    budget=$(awk -v a="$theirs" 'BEGIN { printf "%.2f", a * 1.15 + 0.3 }')
    echo "  median: $family alone $theirs s, mkosi $ours s, budget $budget s"
    verdict "$ours" "$budget" "mkosi with $family"
    awk -v pairs="$pairs" '
        !($1 in sum) { order[++count] = $1 }
        { sum[$1] += $2 }
        END { for (i = 1; i <= count; i++) if (sum[order[i]] / pairs >= 0.03)
            printf "    %-24s %6.2f s\n", order[i], sum[order[i]] / pairs }' "$work/phases"
done
exit $missed
