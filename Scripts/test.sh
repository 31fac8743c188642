#!/bin/sh
# Runs all tests, the fast ones first, and ends with one line with the result.
#
# With MKOSI_SOAK=1 tests run their slow matrices too (see Tests/TestSupport/Soak.swift).
# Targets whose names end in IntegrationTests or ImageTests, and suites of the first kind, build or install; all others take seconds.
set -u
cd "$(dirname "$0")/.."
logs=.build/test-logs
slow='(\w+(Integration|Image)Tests\.|\w+\.\w+IntegrationTests([./]|$))'
processors=$(nproc)
mkdir -p "$logs"
exec </dev/null
rm -f "$logs/count"

# How long suites may take, and fuzzing takes, in seconds.
fast_limit=600 integration_limit=2400 fuzz_time=60
[ "${MKOSI_SOAK:-}" != 1 ] || { fast_limit=3600 integration_limit=14400 fuzz_time=600; }

# The last line, and the status.
finish() {
    echo "$passed passed, $failed failed" | tee "$logs/count"
    [ "$failed" = 0 ] && [ "$status" = 0 ]
    exit
}

passed=0
failed=0
status=0

# Runs one set of tests and adds up their numbers: NAME LIMIT UNIT JOBS PATTERN (see run-tests.sh).
suite() {
    echo "== $1 tests"
    Scripts/run-tests.sh "$@" || status=1
    if read -r good bad <"$logs/$1.count"; then
        passed=$((passed + good))
        failed=$((failed + bad))
    else
        failed=$((failed + 1))
    fi
}

# One build for all tests: optimized programs, as users have them, beside tests that are not optimized.
echo '== build'
if ! Scripts/build.sh testing; then
    failed=$((failed + 1))
    finish
fi
MKOSI_STAGE=$PWD/.build/stage-testing
export MKOSI_STAGE
suite fast "$fast_limit" target $((3 * processors)) "^(?!$slow)"

echo "== $fuzz_time seconds of fuzzing"
if timeout --kill-after=30 $((fuzz_time + 840)) Scripts/fuzz.sh "$fuzz_time" >"$logs/fuzz.log" 2>&1; then
    passed=$((passed + 1))
    grep '^fuzz: ' "$logs/fuzz.log"
else
    failed=$((failed + 1))
    tail -n 60 "$logs/fuzz.log"
fi

suite integration "$integration_limit" suite $((processors + 1)) "^$slow"

if [ "$status" != 0 ] || [ "$failed" != 0 ]; then
    echo 'Failed:'
    cat "$logs"/fast/*.log "$logs"/integration/*.log | grep '✘ Test .* \(failed after\|recorded an issue\)' |
        grep -v '✘ Test run with' | sort -u
fi
finish
