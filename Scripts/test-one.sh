#!/bin/sh
# test-one.sh FILTER: builds the programs and tests as far as needed, and runs the tests whose names match FILTER.
#
# FILTER is a regular expression over TARGET.SUITE/TEST, as `swift test --filter` has it.
set -u
cd "$(dirname "$0")/.."
filter=${1:-}
if [ -z "$filter" ]; then
    echo 'test-one: FILTER= names a test, suite or target: make test-one FILTER=ManualTests' >&2
    exit 1
fi

Scripts/build.sh debug || exit 1
MKOSI_STAGE=$PWD/.build/stage-debug
export MKOSI_STAGE

mkdir -p .build/test-logs
log=.build/test-logs/one.log
{ swift test --skip-build --disable-xctest --filter "$filter" 2>&1 </dev/null; echo $? >"$log.status"; } |
    tee "$log" | grep -v -e '^◇' -e '^↳'
if ! grep -q -E '^[✔✘] Test ' "$log" || grep -q 'Test run with 0 tests' "$log"; then
    echo "test-one: no test matches '$filter'; 'swift test list' prints their names" >&2
    exit 1
fi
exit "$(cat "$log.status")"
