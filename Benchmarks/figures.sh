# What the benchmarks share; each sources it and sets $work, the directory that it works in.

# Tolerance before a budget is considered missed, in percent.
noise=10
missed=0

# verdict VALUE BUDGET NAME: says so when the budget is missed by more than noise.
verdict() {
    awk -v value="$1" -v budget="$2" -v noise=$noise 'BEGIN { exit !(value > budget * (1 + noise / 100)) }' || return 0
    echo "  MISSED: $3 is $1, the budget is $2"
    missed=1
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'
}

# measured FORMAT NAME COMMAND...: what time(1) says, in $work/NAME.time, and what the command says, in $work/NAME.log.
measured() {
    local format=$1 name=$2
    shift 2
    if ! /usr/bin/time -f "$format" -o "$work/$name.time" "$@" >"$work/$name.log" 2>&1 </dev/null; then
        echo "bench: $name failed:" >&2
        tail -n 20 "$work/$name.log" >&2
        exit 1
    fi
}
