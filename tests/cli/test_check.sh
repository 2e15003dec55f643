#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait check: every operation works on 1, 2, 3 and 7 ranks; a wrong value, a failing call and a stuck rank
# are reported by name; what cannot run here says how to fix it; the data that are shown; bad input.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
: "${HOOKED_PLAIT:?names the plait in which things go wrong}"
golden=$here/../golden

# row NAME RESULT [NOTE]: the table has this line for the operation; the note is a regular expression.
row() {
    grep -qE -e "^$1 +$2 .*${3:-}" "$WORK/out"
}
rows() {
    grep -c -e "^[a-z-]*  *$1 " "$WORK/out" || true
}
no_file_is_left() {
    [ -z "$(ls -A "$SANDBOX")" ]
}
names() {
    "$PLAIT" check --list | awk '!/--large/ { print $1 }'
}
operations=25

works() {
    local ranks counts='1 2 3 7' smallest=8
    if ! is_open_mpi; then
        # MPICH's ranks never give up their core: seven on two would take a minute. And MPICH 4.0.2
        # misplaces windows that are not a multiple of 16 bytes, which put and get detect.
        counts='1 2 3' smallest=16
    fi
    assert "the list has all operations" [ "$("$PLAIT" check --list | wc -l)" -eq $((operations + 2)) ]
    for ranks in $counts; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" check --repeat 3
        assert "a line for each operation" [ "$(wc -l <"$WORK/out")" -eq $((operations + 1)) ]
        if [ "$ranks" -eq 1 ]; then
            # Without a launcher there is no rank to send to, and nothing starts workers.
            assert "what needs two ranks says so" \
                [ "$(grep -c 'unavailable .* needs 2 ranks: mpirun -np 2 plait check$' "$WORK/out")" -eq 5 ]
            if is_open_mpi; then
                assert "spawn says what it needs" row spawn unavailable 'no launcher .*: mpirun -np 1 '
            else
                assert "spawn says what it needs" row spawn unavailable 'without its mpiexec, .*: use another MPI$'
            fi
            assert "all else works" [ "$(rows ok)" -eq $((operations - 6)) ]
        elif is_open_mpi; then
            assert "everything works" [ "$(rows ok)" -eq "$operations" ]
        else
            # Debian's MPICH returns an error for a spawn.
            assert "everything but spawn works" [ "$(grep -v '^spawn' "$WORK/out" | grep -cw ok)" -eq $((operations - 1)) ]
        fi
        if [ "$ranks" -eq 7 ]; then
            assert "pairs leave one rank out" row pingpong ok ' 6$'
        fi
        assert "no file is left" no_file_is_left
    done
    # Buffers of all sizes, and a message that is not sent at once.
    expect_ok 3 -- "$PLAIT" check --repeat 1 --size "$smallest"
    expect_ok 3 -- "$PLAIT" check --repeat 1 --size 1000001 --only \
        send-buffer,isend,alltoall,put,get,write-blocks,allgather,scan-gatherv
    assert "only these" [ "$(rows ok)" -eq 8 ]
    expect_ok 4 -- "$PLAIT" check --repeat 1 --only cartesian
    assert "a grid of two by two" row cartesian ok
    new_sandbox
    expect_ok 3 -- "$PLAIT" check --repeat 2 --json check.json
    if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
        assert "the report is right" /usr/bin/python3 - "$here/../../docs/report.schema.json" \
            "$SANDBOX/check.json" "$operations" <<'EOP'
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:3])
jsonschema.validate(report, schema)
entries = report["result"]["operations"]
assert len(entries) == int(sys.argv[3])
assert all((e["result"] == "ok") == (e["median_seconds"] is not None) for e in entries), entries
EOP
    fi
    expect_ok 2 -- env PLAIT_CSV=yes "$PLAIT" check --repeat 2 --only reduce,spawn
    assert "a timer for each operation, once" [ "$(grep -c '^# csv,reduce,ok,\|^# csv,spawn,\|^# csv,total,' "$WORK/out")" -eq 3 ]
    expect_ok 2 -- env CHECK_HOOK=poor "$HOOKED_PLAIT" check --only send-large,write-large
    assert "memory is looked at before" [ "$(grep -c 'unavailable .*needs 4\.0 GiB of memory on host' "$WORK/out")" -eq 2 ]
    no_directory full 'the file needs [1-9][0-9]*\.[0-9] KiB, this directory has [0-9.]+ KiB left: run in another directory'
    no_directory closed 'cannot create a file in this directory \(Read-only file system\): run in another one'
    no_directory unshared 'the directory of rank 0 is not here: run in a directory that all hosts share'
    small_files
    if is_open_mpi; then unavailable_in_open_mpi; fi
}

# Blocks, and windows that ranks share in a file, may not be larger than a file. One rank of three would fail, or
# none, while the others wait.
small_files() {
    new_sandbox
    run_ranks 3 bash -c 'ulimit -f 9000; exec "$@"' - "$PLAIT" check --repeat 1 --size 4000000 \
        --only put,get,fetch-and-add,write-blocks
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    assert "windows need a larger file" [ "$(grep -cE '^(put|get) +unavailable .*needs a file of 117[0-9]{2} KiB, and files may have 9000 KiB only: raise the limit \(ulimit -f\)$' "$WORK/out")" -eq 2 ]
    assert "a counter does not" row fetch-and-add ok
    assert "blocks do" row write-blocks unavailable 'needs a file of 11719 KiB, and files may have 9000 KiB only: '
    assert "no file is left" no_file_is_left
    one_rank_fails 'unwritten 1' 'rank 1, MPI_File_write_at_all: '
    one_rank_fails 'unsynced 2' 'rank 2, MPI_File_sync: '
}

# one_rank_fails HOOK REGEX: the other ranks do not wait for it.
one_rank_fails() {
    new_sandbox
    run_ranks 3 env CHECK_HOOK="$1" "$HOOKED_PLAIT" check --only write-blocks,allreduce --repeat 2
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "the call is named" row write-blocks failed "$2"
    assert "what follows works" row allreduce ok
    assert "no file is left" no_file_is_left
}

# no_directory HOOK REGEX: no place for a file is not the fault of MPI.
no_directory() {
    new_sandbox
    expect_ok 2 -- env CHECK_HOOK="$1" "$HOOKED_PLAIT" check --only write-blocks --repeat 2
    assert "no place for a file" row write-blocks unavailable "$2"
    assert "no file is left" no_file_is_left
}

# on_two_slots ARGUMENT...: a launcher that counts its slots.
on_two_slots() {
    run_ranks 1 env -u OMPI_MCA_rmaps_base_oversubscribe -u PRTE_MCA_rmaps_default_mapping_policy \
        "$MPIEXEC" -host localhost:2 -n 2 "$@"
}

# What Open MPI cannot do is found before it crashes or hangs, and the fix that is named works.
unavailable_in_open_mpi() {
    run_ranks 1 env -u OMPI_MCA_hwloc_base_binding_policy -u PRTE_MCA_hwloc_default_binding_policy "$MPIEXEC" \
        -host localhost:8 -n 1 --map-by "slot:PE=$(nproc)" "$PLAIT" check --only spawn
    assert "workers need no core of their own" row spawn ok
    local nodes=("$here/../cluster/fake_nodes.sh" 3 -np 3 --map-by node)
    if is_prrte; then
        on_two_slots "$PLAIT" check --only spawn
        assert "workers need no slot of their own" row spawn ok
        run_ranks 1 "${nodes[@]}" "$PLAIT" check --repeat 2
        assert "status is 0, not $status" [ "$status" -eq 0 ]
        assert "all works between nodes" [ "$(rows ok)" -eq "$operations" ]
        return
    fi
    on_two_slots "$PLAIT" check --only spawn
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    assert "no slot is free" row spawn unavailable '0 free slots: give mpirun --oversubscribe or more slots$'
    on_two_slots --oversubscribe "$PLAIT" check --only spawn
    assert "the fix that is named works" row spawn ok
    echo 'rank 0=localhost slot=0' >"$SANDBOX/ranks"
    run_ranks 1 "$MPIEXEC" -n 1 --rankfile ranks "$PLAIT" check --only spawn
    assert "a rank file has no place for workers" row spawn unavailable 'the rank file has no place .*: start plait without --rankfile$'
    rm "$SANDBOX/ranks"
    run_ranks 1 "${nodes[@]}" "$PLAIT" check --repeat 2
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    assert "one-sided messages between nodes are unavailable" \
        [ "$(grep -c 'unavailable .*MPI_Win_allocate: .*: mpirun -mca osc pt2pt,sm$' "$WORK/out")" -eq 3 ]
    assert "all else works between nodes" [ "$(rows ok)" -eq $((operations - 3)) ]
    run_ranks 1 "${nodes[@]}" -mca osc pt2pt,sm "$PLAIT" check --repeat 2 --only put,get,fetch-and-add
    assert "the fix that is named works" [ "$(rows ok)" -eq 3 ]
    run_ranks 1 env OMPI_MCA_osc=pt2pt,sm "${nodes[@]}" "$PLAIT" check --repeat 2 --only put,get,fetch-and-add
    assert "so does the variable" [ "$(rows ok)" -eq 3 ]
}

# hooked HOOK ARGUMENT...: on three ranks, one error line and status 1.
hooked() {
    local hook=$1
    shift
    new_sandbox
    run_ranks 3 env CHECK_HOOK="$hook" "$HOOKED_PLAIT" check "$@"
    # MPICH's launcher prints the signal by which it ends the others, if it is quick. mpirun of Open MPI 5.0.7
    # ends with 0 after one in ten of the jobs that have spawned, and after none of the others (of 40 each).
    if is_prrte && grep -q '^spawn ' "$WORK/out"; then
        assert "status is 1 or lost, not $status" [ "$status" -le 1 ]
    elif is_open_mpi || [ "$status" -ne 9 ]; then
        assert "status is 1, not $status" [ "$status" -eq 1 ]
    fi
    assert "one line is an error, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "no file is left" no_file_is_left
}

# One wrong value on one rank, in every operation that brings that rank something.
wrong_values() {
    local hook name rank spared
    if is_open_mpi; then spared=''; else spared='spawn '; fi
    expect_ok 3 -- "$HOOKED_PLAIT" check --repeat 1
    for hook in '0 first' '0 last'; do
        hooked "wrong $hook" --repeat 2
        for name in $(names); do
            case "pingpong $spared" in *"$name "*) continue ;; esac # pingpong brings rank 0 a text
            # Of two equal tickets the check cannot know which one is wrong, and any rank may have the other one.
            if [ "$name" = fetch-and-add ]; then rank='[0-2]'; else rank=0; fi
            assert "$name is wrong" row "$name" wrong " rank $rank, value [0-9]+: expected -?[0-9]+, got -?[0-9]+\$"
        done
    done
    assert "the line names the first" has_line 'send-object is wrong: rank 0, value 0: expected 1, got 0, and'
    hooked 'wrong 1 last' --repeat 2 --json check.json --csv
    assert "timers say what is wrong" grep -q '^# csv,bcast-array,wrong,' "$WORK/out"
    for name in $(names); do
        case $name in
        gather-* | reduce | scan-gatherv | spawn) assert "$name brings rank 1 nothing" row "$name" '(ok|unavailable)' ;;
        *) assert "$name is wrong" row "$name" wrong ' rank 1, value [0-9]+: expected -?[0-9]+, got -?[0-9]+$' ;;
        esac
    done
    hooked 'wrong 0 text' --repeat 2
    assert "four operations have a text" [ "$(rows wrong)" -eq 4 ]
    for name in send-object send-packed bcast-object pingpong; do
        assert "the text of $name is wrong" row "$name" wrong " rank 0, text: expected '.*', got '.*'$"
    done
    # A call that fails is named, and the run continues.
    hooked 'fail' --repeat 2
    assert "the call is named" row alltoall failed 'rank 0, MPI_Alltoall: '
    assert "that of a file too" row write-blocks failed 'rank 0, MPI_File_open: '
    assert "two have failed" [ "$(rows failed)" -eq 2 ]
    assert "the line names the first" has_line 'alltoall failed: rank 0, MPI_Alltoall: .* and 1 more operation'
}

# A rank that does not come, one that stays, and rank 0 itself. The limit is long, so that no rank is late
# because the machine is busy; the cases are tests of their own, which wait side by side.
late_rank() {
    hooked 'late gather-rows 2' --only bcast-array,gather-rows --timeout 15
    assert "the late rank is named" has_line '^plait: gather-rows timed out after 15 s: rank 2 on host [^,]* did not arrive'
    assert "what was done before is printed" row bcast-array ok
}
stuck_rank() {
    hooked 'stuck gather-rows 2' --only gather-rows --timeout 15
    assert "rank 0 waits in a call, rank 2 is stuck" has_line \
        'gather-rows timed out after 15 s: rank 0 on host [^,]* \(in MPI_Gather\), rank 2 on host [^,]* did not arrive'
}
stuck_file() {
    hooked 'stuck write-blocks 1' --only write-blocks --timeout 15
    assert "rank 1 is stuck" has_line 'write-blocks timed out after .* rank 1 on host .* did not arrive'
}
# A run that is ended from outside leaves no file either. Without a launcher: Open MPI's kills its ranks
# soon after it has sent them the signal to end.
ended() {
    local signal pid
    for signal in HUP INT TERM; do
        new_sandbox
        last_command="kill -$signal of plait check"
        # A shell's job in the background would ignore SIGINT.
        (cd "$SANDBOX" && CHECK_HOOK='stuck write-blocks 0' exec timeout -k 5 "$limit_s" env --default-signal="$signal" \
            "$HOOKED_PLAIT" check --only write-blocks --timeout 1000) >"$WORK/out" 2>"$WORK/err" &
        pid=$!
        while no_file_is_left && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
        assert "there is a file to leave" [ -n "$(ls -A "$SANDBOX")" ]
        kill -"$signal" "$(pgrep -P "$pid")"
        status=0
        wait "$pid" || status=$?
        assert "the signal ended it, not $status" [ "$status" -ge 128 ]
        assert "no file is left" no_file_is_left
    done
}
stuck_root() {
    hooked 'stuck reduce 0' --only reduce --timeout 15
    assert "rank 0 is stuck" has_line 'reduce timed out after 15 s: rank 0 on host [^,]* did not arrive'
}
late_root() {
    hooked 'late reduce 0' --only reduce --timeout 7.5
    assert "rank 0 does not come" has_line 'reduce timed out after 7\.5 s: rank 0 on host [^,]* is not responding'
}

# Not under MPICH, whose put and get are wrong with five integers per rank (see above). Which ticket a rank
# draws depends on which one comes first.
shown() {
    sed 's/ticket [0-9]*/ticket T/' "$WORK/out"
}

# compare RANKS LIST: what is shown is the stored text.
compare() {
    local ranks=$1
    expect_ok "$ranks" -- "$PLAIT" check --show "$2"
    sed '/^#/d' "$golden/check_show_$ranks.txt" >"$WORK/expected"
    assert "the data of $ranks ranks are those that are stored" diff "$WORK/expected" <(shown)
}

show() {
    compare 1 "$(names | grep -vxE 'send-.*|isend|pingpong|spawn' | paste -sd ,)"
    compare 3 "$(names | paste -sd ,)"
    compare 2 send-object,pingpong,allgather,cartesian
    compare 4 cartesian
    compare 7 pingpong,scan-gatherv,split-parity,groups,cartesian
    RANKS_LIST=1 expect_error 'spawn is unavailable: no launcher' 1 -- "$PLAIT" check --show spawn
}

bad_input() {
    expect_error "no operation 'scater-rows' \\(did you mean scatter-rows\\?\\): see plait check --list" 2 -- \
        "$PLAIT" check --only bcast-array,scater-rows
    expect_error "no operation ''" 2 -- "$PLAIT" check --only reduce,
    expect_error "no operation 'reducer' \\(did you mean reduce\\?\\)" 2 -- "$PLAIT" check --show reducer
    expect_error 'no operation' 2 -- env PLAIT_ONLY=nonsense "$PLAIT" check
    expect_error 'too large to be shown' 2 -- "$PLAIT" check --show reduce,send-large
    expect_error 'only and --show exclude each other' 2 -- "$PLAIT" check --only reduce --show reduce
    expect_error 'repeat: .*0' 2 -- "$PLAIT" check --repeat 0
    expect_error 'size: ' 2 -- "$PLAIT" check --size 7
    expect_error 'size: ' 2 -- "$PLAIT" check --size 2^31
    expect_error 'timeout: ' 2 -- "$PLAIT" check --timeout 0
    expect_error 'timeout: ' 2 -- "$PLAIT" check --timeout soon
    expect_error "there is no directory 'no/such'" 2 -- "$PLAIT" check --json no/such/check.json
    expect_error 'that --size need' 2 -- env CHECK_HOOK=poor "$HOOKED_PLAIT" check --size 2^20
    RANKS_LIST=1 expect_error 'pingpong needs 2 ranks, this run has 1: mpirun -np 2 plait check' 2 -- \
        "$PLAIT" check --only pingpong
    RANKS_LIST=1 expect_error 'isend needs 2 ranks, this run has 1' 2 -- "$PLAIT" check --show isend
}

"$1"
finish
