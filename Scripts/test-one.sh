#!/bin/sh
# test-one.sh FILTER: builds the programs and tests as far as needed, and runs the tests whose names match FILTER.
#
# CONFIG=testing in the environment takes optimized programs, which take longer to build and less to run.
#
# FILTER is a regular expression over TARGET.SUITE/TEST, as `swift test list` prints them; targets run in parallel.
set -u
cd "$(dirname "$0")/.."
filter=${1:-}
if [ -z "$filter" ]; then
    echo 'test-one: FILTER= names a test, suite or target: make test-one FILTER=ManualTests' >&2
    exit 1
fi

configuration=${CONFIG:-debug}
Scripts/build.sh "$configuration" || exit 1
MKOSI_STAGE=$PWD/.build/stage-$configuration
export MKOSI_STAGE

Scripts/run-tests.sh one 3600 target "$(nproc)" "$filter" && status=0 || status=$?
[ "$status" = 2 ] || awk '{ print $1 " passed, " $2 " failed" }' .build/test-logs/one.count
exit "$status"
