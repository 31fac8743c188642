#!/bin/sh
# build.sh CONFIG: builds all products and stages them in the installed layout.
#
# CONFIG is release, debug (with the tests) or testing: the tests, with programs that are optimized as those of a release.
set -eu
cd "$(dirname "$0")/.."
configuration=$1

case $configuration in
    release) stage=.build/stage ;;
    debug) stage=.build/stage-debug ;;
    testing) stage=.build/stage-testing ;;
    *) echo "build: CONFIG is release, debug or testing, not $configuration" >&2; exit 1 ;;
esac

if ! command -v swift >/dev/null; then
    echo 'build: Swift 6.2 or later has to be in PATH: https://www.swift.org/install says how it gets there.' >&2
    exit 1
fi

# The linker warns about a call inside Swift's own static Foundation; nothing can be done about it here.
quiet() {
    grep -v -e 'createTemporaryFile.*warning: the use of .mktemp. is dangerous' -e '^$' || true
}

# Taken before the compiler reads them, so that a file edited during the build makes the stage outdated.
digest=$(Scripts/source-digest.sh)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
case $configuration in
    # One plan, one build. Tests see what modules keep to themselves; a directory of its own, as other flags build all anew.
    testing) set -- --configuration release --scratch-path .build/testing ;;
    *) set -- --configuration "$configuration" ;;
esac
products=$(swift build "$@" --show-bin-path)
case $configuration in
    testing) set -- "$@" --build-tests -Xswiftc -enable-testing ;;
    debug) set -- "$@" --build-tests ;;
esac
# A target that imports what it does not declare would depend on the order of the build.
set -- "$@" --explicit-target-dependency-import-check error
{ swift build "$@" 2>&1 && echo ok >"$log"; } | quiet
[ "$(cat "$log")" = ok ] || exit 1

Scripts/stage.sh "$products" "$stage" "$digest"
