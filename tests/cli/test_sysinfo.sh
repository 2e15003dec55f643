#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait sysinfo on one node and on made-up ones: tables, vectors, totals, report; what it may not do to the process.
# What is read of other machines is in unit/test_sysinfo.c.
#     test_sysinfo.sh PART
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# says REGEX: a line of standard output.
says() {
    grep -qE -- "$1" "$WORK/out"
}
fits() {
    [ "$(awk 'length > 80' "$WORK/out" | wc -l)" -eq 0 ]
}
# value KEYS FILE: of the report; KEYS in Python's words.
value() {
    "$python" -c "import json; print(json.load(open('$SANDBOX/$2'))$1)"
}

part_tables() {
    local ranks
    for ranks in 1 3; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" sysinfo --json sysinfo.json
        assert "every line fits on 80 columns" fits
        for label in node processor cores caches instructions path memory system program MPI governor \
            'control groups' network GPUs energy now; do
            assert "there is a row $label" says "^$label  *[^ ]"
        done
        assert "one node is one table" [ "$(grep -c '^processor ' "$WORK/out")" -eq 1 ]
        assert "threads that are online are counted" says "^cores .*[ (]$(getconf _NPROCESSORS_ONLN) threads?[, ]"
        assert "the fastest path is chosen" says "^path  *$("$LIST_PATHS" | tail -n 1), of $("$LIST_PATHS" | paste -sd , | sed 's/,/, /g')\$"
        check_report sysinfo.json
        assert "the report has one node" [ "$(value "['result']['totals']['nodes']" sysinfo.json)" -eq 1 ]
        assert "with its ranks" [ "$(value "['result']['nodes'][0]['ranks']" sysinfo.json)" -eq "$ranks" ]
    done
}

part_vectors() {
    local threads
    threads=$(getconf _NPROCESSORS_ONLN)
    for option in -v --vector; do
        expect_ok 1 -- "$PLAIT" sysinfo "$option"
        assert "a vector and nothing else" [ "$(wc -l <"$WORK/out")" -eq 1 ]
        assert "of one node" says '^S\(1, [0-9]+, [0-9.]+, [0-9.]+\)  # [^ ]+'
        assert "its product are the threads" "$python" -c "
v = eval(open('$WORK/out').read()[1:].split(')')[0] + ')')
assert abs(v[0] * v[1] * v[2] * v[3] - $threads) < 0.01 * $threads, v"
    done
    for option in -t --totals; do
        expect_ok 1 -- "$PLAIT" sysinfo "$option"
        assert "totals and nothing else" [ "$(wc -l <"$WORK/out")" -eq 1 ]
        assert "with all threads" says "^\(1, [0-9]+, [0-9]+, $threads\)  # [^ ]+"
    done
    expect_ok 3 -- "$PLAIT" sysinfo -v -t --csv
    assert "ranks of one node are one node" says '^S\(1, '
    assert "both are printed" says '^\(1, '
    assert "timers come after them" says '^# csv,total,ok,'
    expect_ok 1 -- env PLAIT_VECTOR=yes "$PLAIT" sysinfo
    assert "the environment asks for vectors" says '^S\(1, '
    expect_error "--vector: given twice" 2 -- "$PLAIT" sysinfo -v --vector
    expect_error "unknown option '-x'" 2 -- "$PLAIT" sysinfo -x
    expect_error "unknown option '-vt'" 2 -- "$PLAIT" sysinfo -vt
    expect_error "unexpected argument 'red'" 2 -- "$PLAIT" sysinfo red
    expect_error "--vector: takes no value" 2 -- "$PLAIT" sysinfo --vector=1
    expect_error "cannot" 2 -- "$PLAIT" sysinfo --json missing/report.json
    # A disk that is full.
    if [ -c /dev/full ]; then
        run_ranks 1 sh -c "exec '$PLAIT' sysinfo >/dev/full"
        assert "what is lost is a failure" [ "$status" -eq 1 ]
        assert "in one line" [ "$(error_lines)" -eq 1 ]
    fi
}

# Several nodes, of one machine here: the first rank of each looks.
part_nodes() {
    if ! is_open_mpi; then
        echo "only Open MPI's launcher makes nodes of one machine"
        exit 77
    fi
    new_sandbox
    run_ranks 1 "$here/../cluster/fake_nodes.sh" 3 -np 3 --map-by node "$PLAIT" sysinfo --json sysinfo.json
    assert "status is 0" [ "$status" -eq 0 ]
    assert "three nodes are counted" says '^all  *3 nodes, '
    assert "that they share a machine is said" says '^note  *3 of 3 nodes share a kernel'
    assert "every line fits on 80 columns" fits
    check_report sysinfo.json
    assert "the report has three nodes" [ "$(value "['result']['totals']['nodes']" sysinfo.json)" -eq 3 ]
    assert "in the order of their ranks" [ "$(value "['result']['nodes'][2]['rank']" sysinfo.json)" -eq 2 ]
    run_ranks 1 "$here/../cluster/fake_nodes.sh" 3 -np 3 --map-by node "$PLAIT" sysinfo -v -t
    assert "equal nodes are one vector" says '^S\(3, '
    assert "and their totals" says '^\(3, '
}

# The process is what it was before: hwloc starts no drivers, moves it to no other CPU, and takes no signal.
part_drivers() {
    local first
    first=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
    expect_ok 1 -- taskset -c "$first" "$PLAIT" sysinfo --json sysinfo.json
    assert "the affinity is that of the start" [ "$(value "['result']['nodes'][0]['topology']['usable_threads']" sysinfo.json)" -eq 1 ]
    assert "and no more than it had" [ "$(value "['placement'][0]['visible_cores']" sysinfo.json)" -eq 1 ]
    if [ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ]; then
        assert "which is said" says '^usable  *1 thread on 1 core'
    fi
    # What the loader of the C library has loaded.
    run_ranks 1 env -u HWLOC_COMPONENTS LD_DEBUG=files LD_DEBUG_OUTPUT="$WORK/loaded" "$PLAIT" sysinfo
    assert "status is 0" [ "$status" -eq 0 ]
    assert "the loader says what it loads" grep -q 'libmpi' "$WORK"/loaded.*
    assert "no driver of OpenCL is loaded" [ "$(cat "$WORK"/loaded.* | grep -cE 'lib(pocl|LLVM)')" -eq 0 ]
}

# Cores of two hardware threads, made up: hello counts both, and ranks that are bound to threads of one core while
# the launcher has others are warned (unit/test_placement.c has more).
part_threads() {
    if ! taskset -c 0,1 true 2>/dev/null; then
        echo "needs CPUs 0 and 1"
        exit 77
    fi
    local cpu root=$WORK/machine/sys/devices/system/cpu
    mkdir -p "$root/smt"
    echo 1 >"$root/smt/active"
    echo 0-3 >"$root/online"
    for cpu in 0 1 2 3; do
        mkdir -p "$root/cpu$cpu/topology"
        echo $((cpu / 2 * 2))-$((cpu / 2 * 2 + 1)) >"$root/cpu$cpu/topology/core_cpus_list"
    done
    by_rank "exec taskset -c 0 '$HOOKED_PLAIT' hello --threads 1" "exec taskset -c 1 '$HOOKED_PLAIT' hello --threads 1"
    expect_ok 2 -- env CHECK_HOOK="threads $WORK/machine" "$WORK/by_rank"
    assert "hello says of which cores" says '^rank 1 of 2 on .* 1 of [0-9]+ hardware threads? on 1 of 2 cores visible'
    if [ "$(nproc)" -gt 2 ]; then # else the launcher has no other CPUs to give
        assert "what is wrong is said" grep -qE 'warning: host [^ ]+: 2 ranks are bound to hardware threads of 1 core, of 2 that there are: ' "$WORK/err"
    fi
    echo 0 >"$root/smt/active"
    expect_ok 2 -- env CHECK_HOOK="threads $WORK/machine" "$WORK/by_rank"
    assert "threads that are switched off are none" says '^rank 1 of 2 on .* 1 of [0-9]+ cores? visible( \(|,) *[^h]'
    assert "and nothing is wrong" [ "$(grep -c 'hardware threads' "$WORK/err")" -eq 0 ]
}

"part_$1"
finish
