#!/bin/bash
# Measures how long an image is made again for: a C program with Meson, compiled with packages that the image does not
# have, from a mirror on disk. One line each, with figure and budget; ends with status 1 when a budget is missed.
#
# RUNS=5 RELEASE=... STAGE=... in the environment change what is measured.
set -euo pipefail
cd "$(dirname "$0")/.."
stage=${STAGE:-$PWD/.build/stage}
work=$PWD/.build/bench/rebuild
runs=${RUNS:-5}
release=${RELEASE:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
packages=(apt systemd zlib1g)
tools=(gcc libc6-dev meson pkgconf zlib1g-dev)
# Small programs without additional dependencies, one for each run that adds a package.
additions=(less time tree hello pv)
. Benchmarks/figures.sh

# report NAME VALUE BUDGET [NOTE]: one line; a budget of - is none.
report() {
    local verdict=
    if [ "$3" != - ] && awk -v value="$2" -v budget="$3" 'BEGIN { exit !(value > budget) }'; then
        verdict=', MISSED'
        missed=1
    fi
    local budget="budget $(printf '%.2f' "${3/-/0}") s"
    [ "$3" != - ] || budget='no budget'
    printf '%-44s %7.2f s (%s%s)%s\n' "$1" "$2" "$budget" "${4:+: $4}" "$verdict"
}

# build [OPTION...]: the seconds that a build takes.
build() {
    local begin=${EPOCHREALTIME/[.,]/}
    if ! "$stage/bin/mkosi" --directory "$work/project" --force "$@" build >"$work/log" 2>&1 </dev/null; then
        echo 'bench: a build failed:' >&2
        tail -n 30 "$work/log" >&2
        exit 1
    fi
    awk -v us=$((${EPOCHREALTIME/[.,]/} - begin)) 'BEGIN { printf "%.3f\n", us / 1e6 }'
}

# configure [PACKAGE...]: the project, with further packages.
configure() {
    local list
    list=$(IFS=,; echo "${packages[*]}${*:+,$*}")
    cat >"$work/project/mkosi.conf" <<END
[Distribution]
Distribution=debian
Release=$release
Mirror=file://$work/mirror/debian

[Output]
Format=tar
CompressOutput=none

[Content]
Packages=$list
BuildPackages=$(IFS=,; echo "${tools[*]}")
SourceDateEpoch=1700000000

[Build]
Incremental=yes
CacheDirectory=$work/cache
PackageCacheDirectory=$work/packages
WorkspaceDirectory=$work/workspace
BuildDirectory=$work/build
BuildSources=$work/source
BuildSourcesEphemeral=yes
END
}

# source NUMBER: a file of the program with another line.
source_line() {
    cat >"$work/source/checksum.c" <<END
#include <string.h>
#include <zlib.h>
unsigned long checksum(const char *text) { return crc32($1, (const Bytef *)text, strlen(text)); }
END
}

write_project() {
    mkdir -p "$work"/{project,source,cache,packages,workspace,build}
    source_line 0
    local files="'main.c', 'checksum.c'" number
    for number in $(seq 30); do
        files+=", 'part$number.c'"
        cat >"$work/source/part$number.c" <<END
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
int part$number(int argument) { return printf("%d %s\n", argument * $number, zlibVersion()); }
END
    done
    cat >"$work/source/main.c" <<'END'
#include <stdio.h>
unsigned long checksum(const char *text);
int main(int count, char **words) { return printf("%08lx\n", checksum(count > 1 ? words[1] : "")) < 0; }
END
    cat >"$work/source/meson.build" <<END
project('again', 'c', version: '1.0')
program = executable('again', $files, dependencies: dependency('zlib'), install: true)
test('runs', program, args: 'word')
END
    # What the project's own build takes is measured where it runs.
    cat >"$work/project/mkosi.build.chroot" <<'END'
#!/bin/bash
set -e
begin=${EPOCHREALTIME/[.,]/}
[ -e "$BUILDDIR/build.ninja" ] || meson setup --prefix=/usr "$BUILDDIR" "$SRCDIR" >/dev/null
ninja -C "$BUILDDIR" >"$BUILDDIR/log" || { cat "$BUILDDIR/log"; exit 1; }
meson test -C "$BUILDDIR" >"$BUILDDIR/log" || { cat "$BUILDDIR/log"; exit 1; }
meson install --quiet --no-rebuild -C "$BUILDDIR"
echo $((${EPOCHREALTIME/[.,]/} - begin)) >"$BUILDDIR/.microseconds"
END
    chmod +x "$work/project/mkosi.build.chroot"
}

own_build() {
    awk '{ printf "%.3f\n", $1 / 1e6 }' "$work"/build/*/.microseconds
}

# The image without anything that was added, as a directory that packages can be installed in.
unpack_image() {
    rm -rf "$work/tree"
    mkdir "$work/tree"
    tar -C "$work/tree" -xf "$work/project/image.tar"
}

# install_alone PACKAGE: the seconds that apt takes for it, in a copy of the image, with the same indexes.
install_alone() {
    local begin name tree=$work/copy keyring=/usr/share/keyrings/debian-archive-keyring.gpg options=()
    rm -rf "$tree" "$work/apt"
    cp -a "$work/tree" "$tree"
    mkdir -p "$work/apt/cache/archives/partial" "$work/apt/log" "$tree/var/lib/apt"
    for name in "debian $release" "debian $release-updates" "debian-security $release-security"; do
        echo "deb [signed-by=$keyring] file://$work/mirror/$name main"
    done >"$work/apt/sources.list"
    for name in Dir::State="$tree/var/lib/apt" Dir::State::lists="$(echo "$work"/packages/metadata/*/lists)" \
        Dir::State::status="$tree/var/lib/dpkg/status" Dir::Cache="$work/apt/cache" Dir::Log="$work/apt/log" \
        Dir::Etc::sourcelist="$work/apt/sources.list" Dir::Etc::sourceparts=/dev/null Dir::Etc::parts=/dev/null \
        APT::Sandbox::User=root APT::Install-Recommends=false DPkg::Options::=--root="$tree" \
        DPkg::Options::=--force-unsafe-io DPkg::Use-Pty=false Debug::NoLocking=true; do
        options+=(-o "$name")
    done
    begin=${EPOCHREALTIME/[.,]/}
    DEBIAN_FRONTEND=noninteractive apt-get --yes "${options[@]}" install "$1" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
    awk -v us=$((${EPOCHREALTIME/[.,]/} - begin)) 'BEGIN { printf "%.3f\n", us / 1e6 }'
    rm -rf "$tree"
}

plus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a + b }'; }

rm -rf "$work"/{project,source,cache,workspace,build}
write_project
configure
wanted="$release ${packages[*]} ${tools[*]} ${additions[*]}"
if [ "$(cat "$work/mirror.for" 2>/dev/null)" != "$wanted" ]; then
    echo "Fetching a mirror of $release ..."
    # A new tree with a merged /usr is made with the small one of two packages.
    Benchmarks/mirror.sh "$work/mirror" "$release" usr-is-merged "${packages[@]}" "${tools[@]}" "${additions[@]}"
    echo "$wanted" >"$work/mirror.for"
fi

# Once without a clock, so that packages are in their cache; then everything else is forgotten.
build >/dev/null
rm -rf "$work"/{cache,build,project/image*}
mkdir "$work/build" "$work/cache"
echo "Building again, $release, $(id -un), median of $runs:"
value=$(build)
report 'first build' "$value" - "$(own_build) s of it by the project"
tar -tf "$work/project/image.tar" >"$work/list"
grep -q 'usr/bin/again$' "$work/list" || { echo 'bench: the program is not in the image' >&2; exit 1; }
if grep -q 'usr/bin/meson$' "$work/list"; then echo 'bench: the compiler is in the image' >&2; exit 1; fi
unpack_image

for ((run = 0; run < runs; run++)); do build; done >"$work/times"
report 'nothing changed' "$(median <"$work/times")" 0.3

for ((run = 0; run < runs; run++)); do
    echo "# comment $run" >>"$work/project/mkosi.conf"
    build
done >"$work/times"
report 'a comment changed in the configuration' "$(median <"$work/times")" 0.3
echo '# the last comment' >>"$work/project/mkosi.conf"
build --debug-timing >/dev/null
if ran=$(sed -n 's/^.*timing: \([a-z/-]*\) .*$/\1/p' "$work/log" | grep -E '^(install|prepare|build|postinst|assemble)'); then
    echo "  MISSED: steps ran although only a comment changed:" $ran
    missed=1
fi

# What is over the project's own time, run by run: both vary together.
: >"$work/own"
for ((run = 1; run <= runs; run++)); do
    source_line "$run"
    value=$(build)
    own=$(own_build)
    echo "$own" >>"$work/own"
    awk -v a="$value" -v b="$own" 'BEGIN { printf "%.3f %.3f\n", a - b, a }'
done >"$work/times"
own=$(median <"$work/own")
report 'one source line changed' "$(plus "$(cut -d ' ' -f 1 "$work/times" | median)" "$own")" "$(plus "$own" 1)" \
    "$(printf '%.2f' "$own") s by itself, and 1 s"

: >"$work/own"
for ((run = 0; run < runs && run < ${#additions[@]}; run++)); do
    own=$(install_alone "${additions[run]}")
    echo "$own" >>"$work/own"
    # One more each time: what was added before stays, as it does in a project.
    configure "${additions[@]:0:run + 1}"
    value=$(build)
    tar -tf "$work/project/image.tar" >"$work/list"
    grep -q "usr/bin/${additions[run]}\$" "$work/list" ||
        { echo "bench: ${additions[run]} is not in the image" >&2; exit 1; }
    awk -v a="$value" -v b="$own" 'BEGIN { printf "%.3f %.3f\n", a - b, a }'
done >"$work/times"
own=$(median <"$work/own")
report 'one package added' "$(plus "$(cut -d ' ' -f 1 "$work/times" | median)" "$own")" "$(plus "$own" 1.5)" \
    "$(printf '%.2f' "$own") s by apt alone, and 1.5 s"
exit $missed
