#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait collectives: every operation on 1, 2, 3 and 7 ranks, with all types and operations; a wrong value in
# each is reported with operation, size, rank and element; the columns of the styles; plot; bad input.
#     test_collectives.sh [PART...]
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
: "${HOOKED_PLAIT:?names the plait in which things go wrong}"
# All repetitions are made, however slow the machine is.
export PLAIT_LIMIT=3600 PLAIT_WARMUP=2
operations=(bcast reduce allreduce gather scatter allgather alltoall barrier scan)

# lines_of OPERATION: the lines of the table below its heading.
lines_of() {
    awk -v name="$1" '/^# [a-z]/ { inside = $2 == name || $2 == name "," } !/^#/ && inside' "$WORK/out"
}
# Nine columns, times in order, ranks that exist.
table_is_sound() {
    awk -v ranks="$1" '
        /^#/ { next }
        { lines++ }
        NF != 9 || $2 < 1 || $3 > $4 + 0.001 || $4 > $5 + 0.001 || $6 > $7 || $7 > $8 || $9 < 0 || $9 >= ranks { exit 1 }
        END { exit !lines }' "$WORK/out"
}

works() {
    local ranks counts='1 2 3 7' operation type op
    is_open_mpi || counts='1 2 3' # MPICH's ranks never give up their core
    for ranks in $counts; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" collectives --sizes 0,1,4,20,100000 --repeat 3 --warmup 1 --root $((ranks - 1)) --json all.json
        assert "the table is sound" table_is_sound "$ranks"
        for operation in bcast gather scatter allgather alltoall; do
            assert "$operation has all sizes" [ "$(lines_of "$operation" | awk '{ printf "%s ", $1 }')" = '0 1 4 20 100000 ' ]
        done
        for operation in reduce allreduce scan; do
            assert "$operation has multiples of 4" [ "$(lines_of "$operation" | awk '{ printf "%s ", $1 }')" = '0 4 20 100000 ' ]
        done
        assert "barrier has one line" [ "$(lines_of barrier | awk '{ print $1, $2 }')" = '0 3' ]
        check_report all.json
    done
    for type in int float double; do
        for op in sum min max; do
            expect_ok 3 -- "$PLAIT" collectives reduce,allreduce scan --type "$type" --op "$op" --sizes 8,40,64K --repeat 2 --warmup 1
            assert "three operations of $type" [ "$(grep -c "^# [a-z]*, $op of $type" "$WORK/out")" -eq 3 ]
            assert "with three sizes" [ "$(grep -vc '^#' "$WORK/out")" -eq 9 ]
        done
    done
    # In the order of the help, each once.
    expect_ok 2 -- "$PLAIT" collectives scan,bcast bcast --sizes 8 --repeat 2
    assert "bcast and scan" [ "$(sed -n 's/^# \([a-z]*\), .*/\1/p' "$WORK/out" | paste -sd ' ')" = 'bcast scan' ]
    expect_ok 2 -- "$PLAIT" collectives bcast --sizes 8 --repeat 5000 --warmup 1 --limit 1e-9 --no-verify
    assert "the time limit leaves one repetition" [ "$(lines_of bcast | awk '{ print $2 }')" = 1 ]
    expect_ok 2 -- "$PLAIT" collectives barrier --repeat 7 --limit 100
    assert "--repeat repetitions" [ "$(lines_of barrier | awk '{ print $2 }')" = 7 ]
}

is_wrong() {
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "the line matches /$1/" has_line "$1"
}

# hooked HOOK ARGUMENT...: three ranks.
hooked() {
    local hook=$1
    shift
    new_sandbox
    run_ranks 3 env CHECK_HOOK="$hook" "$HOOKED_PLAIT" collectives "$@" --repeat 12 --json none.json
    assert "there is no report" [ ! -e "$SANDBOX/none.json" ]
}

wrong_values() {
    local operation
    for operation in bcast scatter; do
        hooked "collective $operation 1 first" "$operation" --sizes 24
        is_wrong "rank 1 on host .*: $operation of 24 bytes is wrong: element 0 from rank 0 on rank 1 is .*, it should be "
        hooked "collective $operation 2 last" "$operation" --sizes 4K
        is_wrong "$operation of 4096 bytes is wrong: element 4095 from rank 0 on rank 2 is "
    done
    for operation in allgather alltoall; do
        hooked "collective $operation 0 first" "$operation" --sizes 1:8
        is_wrong "$operation of 1 bytes is wrong: element 0 from rank 0 on rank 0 is "
        hooked "collective $operation 1 last" "$operation" --sizes 5
        is_wrong "$operation of 5 bytes is wrong: element 4 from rank 2 on rank 1 is "
    done
    hooked 'collective gather 0 last' gather --sizes 16
    is_wrong 'gather of 16 bytes is wrong: element 15 from rank 2 on rank 0 is '
    hooked 'collective gather 1 last' gather --sizes 16 --root 1
    is_wrong 'element 15 from rank 2 on rank 1 is '
    hooked 'collective reduce 0 last' reduce --sizes 16
    is_wrong 'reduce of 16 bytes is wrong: element 3 on rank 0 is .*, it should be [0-9]*: '
    hooked 'collective reduce 2 first' reduce --sizes 16 --type int --root 2
    is_wrong 'reduce of 16 bytes is wrong: element 0 on rank 2 is '
    hooked 'collective allreduce 2 first' allreduce --sizes 64 --type double --op max
    is_wrong 'allreduce of 64 bytes is wrong: element 0 on rank 2 is '
    hooked 'collective scan 1 last' scan --sizes 64 --type double
    is_wrong 'scan of 64 bytes is wrong: element 7 on rank 1 is '
    hooked idle barrier
    is_wrong 'barrier is wrong: rank [012] left before rank [012] had come: '
    # A value that is never written is not right by chance.
    hooked idle bcast --sizes 1
    is_wrong 'rank 1 on host .*: bcast of 1 bytes is wrong: element 0 from rank 0 on rank 1 is '
    for operation in reduce allreduce gather scatter allgather alltoall scan; do
        hooked idle "$operation" --sizes 4
        is_wrong "$operation of 4 bytes is wrong: element 0 .*on rank 0 is "
    done
    hooked 'worn 2' scan --sizes 64
    is_wrong 'scan of 64 bytes is wrong: element 0 on rank 2 is '
    # Unused hooks, and what is not verified, harm nobody.
    expect_ok 3 -- env CHECK_HOOK='collective bcast 1 first' "$HOOKED_PLAIT" collectives bcast --sizes 24 --repeat 2 --no-verify
    expect_ok 3 -- env CHECK_HOOK=none "$HOOKED_PLAIT" collectives --sizes 24 --repeat 2
}

# Which text stands where is that of the programs' own tables.
styles() {
    expect_ok 2 -- "$PLAIT" collectives allreduce barrier --sizes 4:1M --repeat 2
    assert "a terminal has 80 columns" awk 'length > 80 { exit 1 }' "$WORK/out"
    assert "lines of nine columns" [ "$(grep -cE '^ +(4|1048576|0) +2( +[0-9]+(\.[0-9]+)?){6} +[01]$' "$WORK/out")" -eq 3 ]

    expect_ok 2 -- "$PLAIT" collectives allreduce barrier --sizes 4:16 --repeat 2 --style osu
    assert "the columns of OSU" [ "$(grep -cx '# Size       Avg Latency(us)   Min Latency(us)   Max Latency(us)  Iterations' "$WORK/out")" -eq 1 ]
    assert "and of its barrier" [ "$(grep -cx '# Avg Latency(us)   Min Latency(us)   Max Latency(us)  Iterations' "$WORK/out")" -eq 1 ]
    assert "lines of a size" [ "$(grep -cxE '(4|8|16) {1,28}[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +2' "$WORK/out")" -eq 3 ]
    assert "a line of the barrier" [ "$(grep -cxE ' +[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +2' "$WORK/out")" -eq 1 ]
    # shellcheck disable=SC2016  # columns of awk
    assert "average, minimum, maximum" awk '/^[0-9]/ && ($3 > $2 || $2 > $4) { exit 1 }' "$WORK/out"

    expect_ok 2 -- "$PLAIT" collectives allreduce barrier --sizes 4:16 --repeat 2 --style imb
    assert "two benchmarks" [ "$(grep -cxE '# Benchmarking (Allreduce|Barrier)' "$WORK/out")" -eq 2 ]
    assert "of two processes" [ "$(grep -c '^# #processes = 2' "$WORK/out")" -eq 2 ]
    assert "the columns of IMB" [ "$(grep -cx '       #bytes #repetitions  t_min\[usec\]  t_max\[usec\]  t_avg\[usec\]' "$WORK/out")" -eq 1 ]
    assert "and of its barrier" [ "$(grep -cx ' #repetitions  t_min\[usec\]  t_max\[usec\]  t_avg\[usec\]' "$WORK/out")" -eq 1 ]
    assert "lines of a size" [ "$(grep -cE '^ +(4|8|16) +2 +[0-9.]+ +[0-9.]+ +[0-9.]+$' "$WORK/out")" -eq 3 ]
    # shellcheck disable=SC2016  # columns of awk
    assert "minimum, maximum, average" awk 'NF == 5 && !/#/ && ($3 > $5 || $5 > $4) { exit 1 }' "$WORK/out"

    expect_ok 3 -- "$PLAIT" collectives --sizes 4:16 --repeat 2 --style csv
    assert "one header" [ "$(grep -c ^operation, "$WORK/out")" -eq 1 ]
    assert "12 fields in each line" awk -F , 'NF != 12 { exit 1 }' "$WORK/out"
    assert "each operation with each size" [ "$(wc -l <"$WORK/out")" -eq $((1 + 8 * 3 + 1)) ]
    assert "in order" [ "$(cut -d, -f1 "$WORK/out" | uniq | tail -n +2 | paste -sd ' ')" = "${operations[*]}" ]
}

plot() {
    new_sandbox
    expect_ok 3 -- "$PLAIT" collectives bcast,reduce,barrier --sizes 2:16 --repeat 2 --plot plots
    assert "the data has two columns for each" [ "$(head -n 1 "$SANDBOX/plots/collectives_latency.csv")" = \
        bytes,bcast_p50_usec,bcast_p99_usec,reduce_p50_usec,reduce_p99_usec,barrier_p50_usec,barrier_p99_usec ]
    assert "a line for each size" [ "$(cut -d, -f1 "$SANDBOX/plots/collectives_latency.csv" | paste -sd ' ')" = 'bytes 2 4 8 16' ]
    assert "no number where there is none" [ "$(sed -n 2p "$SANDBOX/plots/collectives_latency.csv" | cut -d, -f4,5)" = nan,nan ]
    assert "barrier is the same everywhere" [ "$(tail -n +2 "$SANDBOX/plots/collectives_latency.csv" | cut -d, -f6,7 | sort -u | wc -l)" -eq 1 ]
    assert "the medians of the table" [ "$(lines_of bcast | awk '{ print $6 }' | paste -sd ' ')" = \
        "$(tail -n +2 "$SANDBOX/plots/collectives_latency.csv" | cut -d, -f2 | paste -sd ' ')" ]
    if command -v gnuplot >/dev/null; then
        assert "PNG" [ "$(head -c 4 "$SANDBOX/plots/collectives_latency.png" | tail -c 3)" = PNG ]
        assert "PDF" [ "$(head -c 4 "$SANDBOX/plots/collectives_latency.pdf")" = %PDF ]
        assert "SVG" grep -q '</svg>' "$SANDBOX/plots/collectives_latency.svg"
    fi
    # What cannot be on a logarithmic axis, or is one point alone, is no reason to fail.
    expect_ok 1 -- "$PLAIT" collectives bcast --sizes 0,8 --repeat 2 --plot plots
    expect_ok 1 -- "$PLAIT" collectives barrier --repeat 2 --plot plots
    expect_ok 1 -- "$PLAIT" collectives scan --sizes 0 --repeat 2 --plot plots
}

memory() {
    new_sandbox
    RANKS_LIST=3 expect_error 'alltoall: messages of 1073741824 bytes need 27648 MiB on this node, which has 1 MiB free: ' 2 -- \
        env CHECK_HOOK=poor "$HOOKED_PLAIT" collectives alltoall --sizes 1G
    RANKS_LIST=3 expect_error 'the messages and times need [0-9]* MiB on this node' 2 -- \
        env CHECK_HOOK=poor "$HOOKED_PLAIT" collectives barrier --repeat 1e6
    expect_ok 3 -- env CHECK_HOOK=poor "$HOOKED_PLAIT" collectives --sizes 1K --repeat 2 --warmup 1
}

bad_input() {
    local value
    new_sandbox
    RANKS_LIST=3
    expect_error "no operation 'allreduc' \(did you mean allreduce\?\)" 2 -- "$PLAIT" collectives bcast,allreduc
    expect_error "no operation 'frobnicate': plait collectives --help" 2 -- "$PLAIT" collectives frobnicate
    expect_error "no operation ''" 2 -- "$PLAIT" collectives bcast,
    expect_error "no operation 'Bcast' \(did you mean bcast" 2 -- "$PLAIT" collectives Bcast
    expect_error 'root: there is no rank 3 among ' 2 -- "$PLAIT" collectives --root 3
    expect_error 'root is for bcast, reduce, gather and scatter' 2 -- "$PLAIT" collectives alltoall --root 0
    expect_error 'op is for reduce, allreduce and scan' 2 -- "$PLAIT" collectives bcast --op min
    expect_error 'type is for reduce, allreduce and scan' 2 -- "$PLAIT" collectives bcast --type int
    expect_error 'sizes is for all operations but barrier' 2 -- "$PLAIT" collectives barrier --sizes 8
    expect_error 'scan of double has no message in --sizes 1:4: give multiples of 8 bytes' 2 -- \
        "$PLAIT" collectives scan --type double --sizes 1:4
    expect_error 'absent' 2 -- "$PLAIT" collectives --plot absent/plots
    expect_error 'absent' 2 -- "$PLAIT" collectives --json absent/a.json
    expect_error 'one file' 2 -- "$PLAIT" collectives --plot . --json collectives_latency.csv
    RANKS_LIST=1
    for value in '' ',' '1,' 2:1 1,1 1x 1K2 2G -1 1:2:3; do
        expect_error '--sizes' 2 -- "$PLAIT" collectives --sizes "$value"
    done
    for value in 0 -1 1e8 x; do expect_error '--repeat' 2 -- "$PLAIT" collectives --repeat "$value"; done
    for value in 0 -1 1e8; do expect_error '--warmup' 2 -- "$PLAIT" collectives --warmup "$value"; done
    for value in 0 -1 nan 1e9; do expect_error '--limit' 2 -- "$PLAIT" collectives --limit "$value"; done
    for value in -1 1e10 x; do expect_error '--root' 2 -- "$PLAIT" collectives --root "$value"; done
    for value in byte prod ''; do
        expect_error '--type' 2 -- "$PLAIT" collectives --type "$value"
        expect_error '--op' 2 -- "$PLAIT" collectives --op "$value"
        expect_error '--style' 2 -- "$PLAIT" collectives --style "$value"
    done
    # A setting for those runs that have a use for it is no mistake.
    expect_ok 1 -- env PLAIT_ROOT=0 PLAIT_TYPE=int PLAIT_SIZES=8 "$PLAIT" collectives barrier --repeat 2
}

[ $# -gt 0 ] || set -- works bad_input wrong_values styles plot memory
for part in "$@"; do "$part"; done
finish
