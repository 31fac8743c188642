#!/bin/bash
# fuzz.sh [SECONDS]: fuzzes what reads configuration, command lines, disks and programs for this long in all; 60 seconds if not said.
# fuzz.sh FILE: reads one input again, with TARGETS=NAME.
#
# libFuzzer comes with Swift. The program runs in mkosi-sandbox with nothing but itself, the plugins and the corpus, so no
# input reaches the machine. TARGETS='commandline' chooses; FUZZ_KEEP=1 puts what was found and minimised into the corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
input=
if [ -f "${1:-}" ]; then input=$(readlink -f "$1"); fi
targets=(${TARGETS:-configuration commandline legacy gpt fat repart pe cpio filesystem})
scratch=$PWD/.build-fuzz
sandbox=
for stage in ${MKOSI_STAGE:-} .build/stage-testing .build/stage-debug .build/stage; do
    [ -n "$sandbox" ] || [ ! -x "$stage/bin/mkosi-sandbox" ] || sandbox=$stage/bin/mkosi-sandbox
done
[ -n "$sandbox" ] || { echo 'fuzz: please run make build first: the fuzzer runs in mkosi-sandbox' >&2; exit 1; }

# Coverage in every module; the linker is the one that comes with Swift, as libFuzzer's archive is beyond others.
# An old plan does not know files that mkosi has since it was made, as that is another package here.
rm -f "$scratch"/*.yaml
# Of a debug build only the modules that read input are optimized; each module is compiled at once, in half the time.
build=(swift build --package-path Tests/Fuzzing --scratch-path "$scratch")
"${build[@]}" --product Fuzzing -Xswiftc -sanitize=fuzzer -Xswiftc -parse-as-library \
    -Xswiftc -whole-module-optimization -Xswiftc -num-threads -Xswiftc 2
products=$("${build[@]}" --show-bin-path)
program=$scratch/mkosi-fuzz
swiftc -static-stdlib -use-ld=lld -sanitize=fuzzer -o "$program" \
    -Xlinker --whole-archive "$products/libFuzzing.a" -Xlinker --no-whole-archive \
    -l_FoundationCShims -l_FoundationCollections -lswiftSynchronization -lcrypt -lcrypto -larchive

# What the program and the one that names functions in a stack trace need to start.
symbolizer=$(dirname "$(command -v swiftc)")/llvm-symbolizer
mounts=(--ro-bind "$program" /mkosi-fuzz --ro-bind "$PWD/Plugins" /plugins --tmpfs /project --dir /tmp --proc /proc)
names() { ldd "$1" | sed -n 's/^.*[ \t]\(\/[^ ]*\) (0x.*$/\1/p'; }
for library in $( (names "$program"; [ ! -x "$symbolizer" ] || names "$symbolizer") | sort -u); do
    mounts+=(--ro-bind "$library" "$library")
done
if [ -x "$symbolizer" ]; then mounts+=(--ro-bind "$(readlink -f "$symbolizer")" /usr/bin/llvm-symbolizer); fi

# This is wall-clock time: on a busy host a fuzzer with low priority may stall for seconds, which is not a hang.
# Inputs that take long for their size are found by GrowthTests.
# fuzz TARGET ARGUMENTS...
fuzz() {
    local target=$1
    shift
    "$sandbox" "${mounts[@]}" --bind "$scratch/$target" /fuzz \
        --ro-bind "$PWD/Tests/Fuzzing/corpus/$target" /corpus --chdir /fuzz --unshare-net \
        --setenv FUZZ_TARGET "$target" ${FUZZ_DICTIONARY:+--setenv FUZZ_DICTIONARY 1} -- /mkosi-fuzz "$@"
}

if [ -n "$input" ]; then
    mkdir -p "$scratch/${targets[0]}"
    mounts+=(--ro-bind "$input" /input)
    fuzz "${targets[0]}" -timeout=20 /input
    exit
fi

status=0
for target in "${targets[@]}"; do
    directory=$scratch/$target
    rm -rf "$directory/small"
    mkdir -p "$directory/found" "$directory/crashes" "$directory/small"
    FUZZ_DICTIONARY=1 fuzz "$target" >"$directory/dictionary"
    if fuzz "$target" /fuzz/found /corpus -dict=/fuzz/dictionary -artifact_prefix=/fuzz/crashes/ \
        -max_total_time=$((seconds / ${#targets[@]})) -timeout=20 -rss_limit_mb=1024 -max_len=8192 -len_control=50 \
        -use_value_profile=1 -print_final_stats=1 >"$directory/log" 2>&1; then
        echo "fuzz: $target: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 inputs in \2 s/p' "$directory/log"), nothing found"
    else
        status=1
        grep -v -e '^# *[0-9]*[ \t]*\(NEW\|REDUCE\|pulse\|RELOAD\)' -e '# Uses:' "$directory/log" | tail -n 60
        echo "fuzz: $target: FOUND something; the input is in $directory/crashes, and TARGETS=$target Scripts/fuzz.sh FILE reads it again"
    fi
    if [ -n "${FUZZ_KEEP:-}" ]; then fuzz "$target" -merge=1 /fuzz/small /corpus /fuzz/found >>"$directory/log" 2>&1; fi
done
exit $status
