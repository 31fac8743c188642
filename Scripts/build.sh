#!/bin/sh
# build.sh CONFIG: builds all products and stages them in the installed layout.
set -eu
cd "$(dirname "$0")/.."
configuration=$1

case $configuration in
    release) stage=.build/stage ;;
    debug) stage=.build/stage-debug ;;
    *) echo "build: CONFIG is release or debug, not $configuration" >&2; exit 1 ;;
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
# The debug build is for the tests, so it builds them too: one plan, one build.
# A target that imports what it does not declare would depend on the order of the build.
set -- --configuration "$configuration" --explicit-target-dependency-import-check error
[ "$configuration" = release ] || set -- "$@" --build-tests
{ swift build "$@" 2>&1 && echo ok >"$log"; } | quiet
[ "$(cat "$log")" = ok ] || exit 1

Scripts/stage.sh "$(swift build --configuration "$configuration" --show-bin-path)" "$stage" "$digest"
