#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --watchdog: a job whose ranks are not responding ends and names them; one that is only busy does not.
#     test_watchdog.sh PART
# Environment: as in lib.sh; STUCK_RANK_LIBRARY (tests/mpi/stuck_rank.c).
. "$(dirname "$0")/lib.sh"
: "${STUCK_RANK_LIBRARY:?names the library}"

long_work=(pi --runs 64 --sweep 4^17:4^19 --progress none)

# stop_rank RANK LAUNCHER...: runs the job of the launcher, stops that rank when all work, and continues as
# run_ranks does. SIGSTOP is what a dead node looks like: connections stay, and nothing comes.
stop_rank() {
    local rank=$1 pid
    shift
    printf '#!/bin/sh\necho $$ >"%s/pid.${OMPI_COMM_WORLD_RANK:-$PMI_RANK}"\nexec "$@"\n' "$SANDBOX" >"$WORK/note_pid"
    chmod +x "$WORK/note_pid"
    rm -f "$SANDBOX"/pid.*
    : >"$WORK/out" # of the job before this one
    last_command="stop rank $rank of $*"
    status=0
    timeout -k 5 "$limit_s" "$@" "$WORK/note_pid" "$PLAIT" "${long_work[@]}" --watchdog 3 \
        >"$WORK/out" 2>"$WORK/err" </dev/null &
    local job=$!
    # The header is printed when the work begins.
    until grep -q '^# N mean std' "$WORK/out" || ! kill -0 "$job" 2>/dev/null; do sleep 0.1; done
    pid=$(cat "$SANDBOX/pid.$rank")
    kill -STOP "$pid"
    [ -z "${slow_launcher:-}" ] || slow_down_launcher "$job"
    wait "$job" || status=$?
    kill -KILL "$pid" 2>/dev/null || true
}

# slow_down_launcher PID: once the line is printed launcher and daemons stop for three seconds, in which the ranks that
# are left see the others end.
slow_down_launcher() {
    local launcher=() left=("$1") pid children
    until grep -q 'timed out after' "$WORK/err" || ! kill -0 "$1" 2>/dev/null; do sleep 0.02; done
    while [ "${#left[@]}" -gt 0 ]; do
        pid=${left[0]}
        left=("${left[@]:1}")
        ! grep -q plait "/proc/$pid/comm" 2>/dev/null || continue
        launcher+=("$pid")
        mapfile -t children < <(pgrep -P "$pid")
        left+=("${children[@]}")
    done
    kill -STOP "${launcher[@]}" 2>/dev/null || true
    sleep 3
    kill -CONT "${launcher[@]}" 2>/dev/null || true
}

# ended RANK HOST WHAT: one line names that rank and no other one.
ended() {
    # MPICH's launcher kills the ranks that are left, and may return the status of one of those, 9.
    if is_open_mpi; then
        assert "status is 1, not $status" [ "$status" -eq 1 ]
    else
        assert "status is 1 or 9, not $status" [ "$status" -eq 1 -o "$status" -eq 9 ]
    fi
    assert "one line is an error, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "the line names rank $1 alone" has_line "timed out after 3 s: rank $1 on host $2 is not $3.*: look at that host"
    assert "no other rank is named" [ "$(lines_of_plait | grep -o 'rank [0-9]' | sort -u | wc -l)" -eq 1 ]
}

part_stopped() {
    local rank
    for rank in 0 1 2; do
        stop_rank "$rank" "$MPIEXEC" -n 3
        ended "$rank" "$(hostname)" responding
    done
}

# One daemon per node. Without these options mpirun would not use them.
part_nodes() {
    if ! is_open_mpi; then
        echo 'nodes without privilege are those of Open MPI'
        exit 77
    fi
    local rank slow_launcher=yes
    for rank in 0 2; do
        stop_rank "$rank" "$here/../cluster/fake_nodes.sh" 3 -np 3 --map-by node
        ended "$rank" '[^ ]*' responding
        # The one that was stopped wakes up when the launcher ends it, and may print more.
        assert "MPI of the others prints nothing" \
            [ "$(tr -d '\0' <"$WORK/err" | grep MPI_ERRORS_ARE_FATAL | grep -vc "^.node-$((rank + 2)):")" -eq 0 ]
        slow_launcher=
    done
}

# with_library RANKS HOW RANK COMMAND...
with_library() {
    run_ranks "$1" env LD_PRELOAD="$STUCK_RANK_LIBRARY" STUCK_HOW="$2" STUCK_RANK="$3" STUCK_SECONDS=4 "${@:4}"
}

part_asleep() {
    local rank
    for rank in 0 1; do
        with_library 3 asleep "$rank" "$PLAIT" ring --watchdog 3
        ended "$rank" "$(hostname)" 'running \(asleep, or waiting for a disk\)'
        assert "no rank that is held needs memory" [ "$(grep -c 'memory is asked for' "$WORK/err")" -eq 0 ]
    done
    with_library 3 asleep 2 "$PLAIT" pi --sweep 4^5:4^6 --watchdog 3
    ended 2 "$(hostname)" 'running \(asleep, or waiting for a disk\)'
}

# Longer outside MPI, or in one collective call, than the limit; and more processes than cores.
part_busy() {
    with_library 3 slow 1 "$PLAIT" count --watchdog 1
    assert "a rank that computes is no stuck rank: $status" [ "$status" -eq 0 ]
    with_library 3 slow 0 "$PLAIT" hello --watchdog 1
    assert "nor is rank 0: $status" [ "$status" -eq 0 ]
    local eaters=() k
    for k in $(seq 20); do
        (while :; do :; done) &
        eaters+=($!)
    done
    expect_ok 3 -- "$PLAIT" pi --sweep 4^11:4^13 --watchdog 2
    kill "${eaters[@]}"
    wait "${eaters[@]}" 2>/dev/null || true
}

part_every_subcommand() {
    local words
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --out a.npy
    printf '1,2\n3,4\n5,6\n' >"$SANDBOX/points.csv"
    for words in 'amdahl --work 0.1' 'check --only isend' 'collectives bcast,barrier --sizes 8 --repeat 2' count hello 'integrate --static' 'julia --size 30x20' \
        'kmeans points.csv --k 2' 'mandelbrot --size 30x20' 'pi --sweep 4^5:4^6' 'pingpong --repeat 2' rank ring sysinfo; do
        # shellcheck disable=SC2086  # words on purpose
        expect_ok 3 -- "$PLAIT" $words --watchdog 60
    done
    expect_ok 1 -- "$PLAIT" hello --watchdog 60
    PLAIT_WATCHDOG=60 expect_ok 3 -- "$PLAIT" ring --dump-config
    assert "from the environment" [ "$(dumped watchdog)" = '60|PLAIT_WATCHDOG' ]
}

part_bad_input() {
    expect_error "--watchdog: '0' is below 1" 2 -- "$PLAIT" ring --watchdog 0
    expect_error "--watchdog: '-5' is below 1" 2 -- "$PLAIT" ring --watchdog -5
    expect_error "--watchdog: 'soon' is not a finite number" 2 -- "$PLAIT" ring --watchdog soon
    expect_error "--watchdog: 'nan'" 2 -- "$PLAIT" ring --watchdog nan
    expect_error "--watchdog: '2e6' is above 1000000" 2 -- "$PLAIT" ring --watchdog 2e6
    with_library 3 deaf 2 "$PLAIT" ring --watchdog 1
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "who cannot reach rank 0 says so" has_line \
        "rank 2 on host [^ ]*: --watchdog: no reply by UDP from rank 0 on host .*: let firewalls pass UDP"
    assert "in one line" [ "$(error_lines)" -eq 1 ]
    assert "and nothing has run" [ ! -s "$WORK/out" ]
}

"part_${1:?names a part}"
finish
