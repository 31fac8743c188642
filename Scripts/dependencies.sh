#!/bin/sh
# Installs the Debian packages that are missing; does nothing, quickly, when all are there.
#
# A word of the lists is a package, or several joined by "|" of which the first is installed if none is there.
set -eu

# Headers and libraries that the sources link, and what Swift itself calls to link.
build='gcc libstdc++-12-dev|libstdc++-14-dev libc6-dev binutils make libffi-dev libarchive-dev libcurl4-openssl-dev|libcurl4-gnutls-dev libssl-dev
    libcrypt-dev zlib1g-dev'
# What a build of an image runs on the host.
image='apt dpkg gpgv debian-archive-keyring ca-certificates uidmap e2fsprogs erofs-utils squashfs-tools'
# Additional programs for the tests and the benchmark.
tests='mmdebstrap zstd xz-utils bzip2 lz4 tar libarchive-tools cpio acl attr libcap2-bin util-linux mount passwd procps python3 perl curl gnupg pacman-package-manager
    qemu-system-x86 ovmf swtpm systemd-boot-efi grub-common sbsigntool softhsm2 libengine-pkcs11-openssl dosfstools mtools cryptsetup-bin openssl btrfs-progs xfsprogs f2fs-tools fdisk gdisk g++ time locales bash bash-completion zsh fish python3-jsonschema
    rpm dnf zypper skopeo umoci git patch tmux systemd-container systemd-journal-remote'

if ! command -v swift >/dev/null; then
    echo 'deps: Swift 6.2 or later has to be in PATH: https://www.swift.org/install says how it gets there.' >&2
    exit 1
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "deps: this is not a Debian; please see to it that there is what these packages have: $build $image $tests" >&2
    exit 0
fi

# What starts the virtual machines of the tests is made for one architecture only.
if [ "$(dpkg --print-architecture)" = amd64 ]; then tests="$tests grub-pc-bin grub-efi-amd64-bin"; fi

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for word in $build $image $tests; do
    first=${word%%|*}
    found=
    for package in $(echo "$word" | tr '|' ' '); do
        if installed "$package"; then found=yes; fi
    done
    [ -n "$found" ] || missing="$missing $first"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "deps: as root, please run: apt-get install$missing" >&2
        exit 1
    fi
    sudo=sudo
fi

# Package names are words: the lists are split on purpose.
# shellcheck disable=SC2086
add() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@" $missing
}

echo "deps: installing$missing"
# Old package lists are good enough as long as apt finds every package with them.
if ! add --simulate >/dev/null 2>&1; then
    $sudo apt-get update --quiet
    add </dev/null
elif ! add </dev/null; then
    $sudo apt-get update --quiet
    add </dev/null
fi
