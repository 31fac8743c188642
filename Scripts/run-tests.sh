#!/bin/sh
# run-tests.sh NAME LIMIT UNIT JOBS PATTERN: runs the tests whose names match PATTERN, JOBS processes in parallel.
#
# Names are TARGET.SUITE/TEST, as `swift test list` prints them; PATTERN is a regular expression over them. UNIT is target
# or suite: all tests of one run in the same process. Tests mostly wait for programs that they have started, and the test
# library waits with one thread per processor, so there is work for more processes than processors.
#
# No test is left out: the units come from the list of the tests themselves, and it is an error if another number of tests
# has run than the list has. Logs are in .build/test-logs/NAME, the numbers of passed and failed tests in
# .build/test-logs/NAME.count. Exit status: 0, 1 if a test failed, 2 if no test matches.
set -u
cd "$(dirname "$0")/.."
export NO_COLOR=1

# Runs the tests of one unit, then prints one line about them, and what failed.
if [ "$1" = --unit ]; then
    program=$2 logs=$3 pattern=$4 unit=$5
    # Files in memory: with thousands made and removed in seconds, ext4 takes longer to find a free inode than the tests to
    # use it. Those that build images need more room.
    case $unit in
        *IntegrationTests* | *ImageTests*) ;;
        *)
            free=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)
            # Tests write programs there and run them.
            if [ "${free:-0}" -ge 4000000 ] && ! grep -q ' /dev/shm [^ ]* [^ ]*noexec' /proc/mounts; then
                export TMPDIR=/dev/shm
            fi
            ;;
    esac
    name() { echo "$1" | sed 's/[.()]/\\&/g'; }
    skip="^(?!$(name "$unit")(?:[./]|$))"
    while read -r apart; do
        case $apart in "$unit".*) skip="$skip|^$(name "$apart")(?:[./]|$)" ;; esac
    done <"$logs/units"
    log=$logs/$unit.log
    start=$(date +%s)
    "$program" --testing-library swift-testing --filter "$pattern" --skip "$skip" \
        >"$log" 2>&1 </dev/null
    ended=$?
    passed=$(grep -c '^✔ Test .* passed after [0-9.]* seconds' "$log")
    passed=$((passed - $(grep -c '^✔ Test run with ' "$log")))
    failed=$(grep '^✘ Test .* failed after [0-9.]* seconds' "$log" | grep -v -c '^✘ Test run with ')
    [ "$ended" = 0 ] || [ "$failed" != 0 ] || failed=1
    run=$(sed -n 's/^[^ ]* Test run with \([0-9]*\) tests\{0,1\} .*/\1/p' "$log")
    # The processor time of the tests and of what they started, in the second line: minutes and seconds of user and system.
    times >"$logs/$unit.times"
    processor=$(awk 'NR == 2 { gsub("[ms]", " "); print int($1 * 60 + $2 + $3 * 60 + $4 + 0.5) }' "$logs/$unit.times")
    echo "$passed $failed ${run:-0}" >"$logs/$unit.count"
    # Whole reports, one after another: what failed with its details, and the end of the log where the process crashed.
    flock "$logs" sh -c '
        [ "$2" = 0 ] || awk "/^✘/ { shown = 1 } /^(◇|✔)/ { shown = 0 } shown" "$1"
        [ "$4" -le 1 ] || tail -n 60 "$1"
        echo "$3"
        [ "$4" = 0 ] || echo "The tests ended with exit status $4; see $1"
    ' report "$log" "$failed" "$unit: $passed passed, $failed failed ($(($(date +%s) - start)) s, $processor s of processor time)" "$ended"
    exit 0
fi

name=$1 limit=$2 unit=$3 jobs=$4 pattern=$5
logs=.build/test-logs/$name
rm -rf "$logs" "$logs.count"
mkdir -p "$logs"
case ${MKOSI_STAGE:-} in
    *-testing) program=.build/testing/release/mkosiPackageTests.xctest ;;
    *) program=$(swift build --show-bin-path)/mkosiPackageTests.xctest ;;
esac

"$program" --testing-library swift-testing --list-tests 2>/dev/null </dev/null | grep -P -e "$pattern" >"$logs/tests"
if ! [ -s "$logs/tests" ]; then
    echo "run-tests: no test matches '$pattern'; 'swift test list' prints their names" >&2
    exit 2
fi
case $unit in
    target) awk -F / 'FNR == NR { apart[$1]; next } !($1 in apart) { sub(/\..*/, "") } { print $1 }' Tests/longest "$logs/tests" ;;
    suite) sed 's,/.*,,' "$logs/tests" ;;
esac | sort -u >"$logs/units"

# Where python3 is a script that looks for the interpreter, as that of pyenv, each plugin in Python would start twenty programs.
PATH=$(python3 -c 'import os, sys; print(os.path.dirname(sys.executable))'):$PATH
export PATH

# Those that take longest first, so that none of them is left over when all others are done.
{ grep -x -F -f "$logs/units" Tests/longest; grep -v -x -F -f Tests/longest "$logs/units"; } |
    timeout --kill-after=30 "$limit" xargs -P "$jobs" -I UNIT "$0" --unit "$program" "$logs" "$pattern" UNIT
ended=$?

passed=0 failed=0 run=0
while read -r unit; do
    if read -r good bad all <"$logs/$unit.count"; then
        passed=$((passed + good)) failed=$((failed + bad)) run=$((run + all))
    else
        echo "$unit: the tests did not end within $limit seconds; see $logs/$unit.log"
        failed=$((failed + 1))
    fi
done <"$logs/units" 2>/dev/null
expected=$(wc -l <"$logs/tests")
if [ "$failed" = 0 ] && { [ "$ended" != 0 ] || [ "$run" != "$expected" ]; }; then
    echo "run-tests: $run of $expected tests have run"
    failed=1
fi
# What was not tested here, and why: a program that is missing is seen.
cat "$logs"/*.log | sed -n 's/^➜ Test .* skipped\(: "\(.*\)"\)\{0,1\}\.\{0,1\}$/\2/p' | sed 's/^$/no reason given/' | sort | uniq -c |
    while read -r number reason; do echo "skipped $number: $reason"; done
echo "$passed $failed" >"$logs.count"
[ "$failed" = 0 ]
