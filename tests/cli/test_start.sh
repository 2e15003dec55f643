#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How a run starts: what it inherits from its caller, what MPI_Init brings with it, and ranks that were not
# started alike.
#     test_start.sh PART...     unlike foreign drivers inherited messages
# TAKE_SIGNALS is what take_signals.c was made into, HOOKED_PLAIT a plait with hooks (check_hooks.c).
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# -- unlike ranks ----------------------------------------------------------------------------------------

# mixed RANKS FIRST OTHERS REGEX: rank 0 is started with the arguments FIRST, the others with OTHERS.
mixed() {
    by_rank "exec '$PLAIT' $2" "exec '$PLAIT' $3"
    new_sandbox
    run_ranks "$1" "$WORK/by_rank"
    last_command="rank 0: plait $2, $(($1 - 1)) more: plait $3"
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "the line matches /$4/" has_line "$4"
    assert "nothing on stdout" [ ! -s "$WORK/out" ]
    assert "no file is made" [ -z "$(ls "$SANDBOX")" ]
}

unlike() {
    local same='same subcommand'
    mixed 2 'hello' 'mandelbrot' "$same"
    # What needs no MPI meets the others all the same.
    mixed 2 'hello' '--help' "$same"
    mixed 3 'hello --help' 'hello' "$same"
    mixed 2 'hello' '--version' "$same"
    mixed 2 'help hello' 'version' "$same"
    mixed 2 'logs merge a.log --out b.csv' 'hello' "$same"
    mixed 2 'hello' 'rerun a.png' "$same"
    mixed 2 'rerun' 'hello' 'FILE.png is missing'
    mixed 2 'rerun a.png' 'rerun' 'FILE.png is missing'
    mixed 2 'hello' '' 'no subcommand'
    mixed 2 '--help' 'helo' "unknown subcommand 'helo'"
    mixed 2 'integrate --workers 1' 'integrate --spawned' "$same"
    mixed 2 'mandelbrot --size 8x8' 'mandelbrot --size 9x9' '--size of this rank differs from that of rank 0'
    mixed 3 'mandelbrot --maxit 9 --out a.png --size 8x8' 'mandelbrot --maxit 9 --size 8x8' '--out of this rank differs'
    mixed 2 'hello' 'hello --threads 1' '--threads of this rank differs'
    mixed 2 'hello --json a.json' 'hello --json a.json --csv' '--csv of this rank differs'
    mixed 2 'kmeans a.npy' 'kmeans b.npy' 'host .*: [a-z]+ of this rank differs'
    mixed 2 'mandelbrot --out a.npy --out a.png' 'mandelbrot --out a.png --out a.npy' '--out of this rank differs'
    by_rank "exec env PLAIT_THREADS=1 '$PLAIT' hello" "exec env PLAIT_THREADS=2 '$PLAIT' hello"
    expect_ok 2 -- "$WORK/by_rank"
    assert "the environment of rank 0 counts for all" [ "$(grep -c ', 1 thread, ' "$WORK/out")" -eq 2 ]
    mixed 2 'mandelbrot --size 8x8' 'mandelbrot --szie 8x8' 'unknown option'
    by_rank "exec '$PLAIT' help count" "exec '$PLAIT' count --help"
    expect_ok 2 -- "$WORK/by_rank"
    assert "two ways to ask the same" [ "$(grep -c '^usage: plait count' "$WORK/out")" -eq 1 ]
}

limit_s=60

# -- a launcher of another MPI -----------------------------------------------------------------------------

# stopped REGEX ARGUMENTS...: the launcher of another MPI starts two processes of plait.
stopped() {
    local regex=$1
    shift
    new_sandbox
    run_ranks 1 "${other[@]}" -n 2 "$PLAIT" "$@"
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "one line, not $(plait_lines)" [ "$(plait_lines)" -eq 1 ]
    assert "the line matches /$regex/" has_line "$regex"
    assert "nothing on stdout" [ ! -s "$WORK/out" ]
    assert "no file is made" [ -z "$(ls "$SANDBOX")" ]
}

# The same without a second MPI: each process is a world of one that believes to be one of three.
world_of_one() {
    new_sandbox
    OMPI_COMM_WORLD_RANK=$1 OMPI_COMM_WORLD_SIZE=3 run_ranks 1 env -u PMIX_RANK "$PLAIT" hello
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "nothing on stdout" [ ! -s "$WORK/out" ]
}

foreign() {
    local fits='started 2 processes, but plait is built with .*, which finds 1 of them: start it with mpiexec -n 2 of'
    local arguments other mine
    world_of_one 0
    assert "the launcher's first process says so" has_line 'started 3 processes, .* finds 1 of them: .* -n 3 of'
    world_of_one 1
    assert "and only that" [ "$(plait_lines)" -eq 0 ]

    if is_open_mpi; then other=(mpiexec.mpich) mine='Open MPI'; else other=(mpiexec.openmpi) mine=MPICH; fi
    if ! command -v "${other[0]}" >/dev/null; then
        echo "no second MPI: no ${other[0]}"
        return
    fi
    for arguments in hello pingpong 'integrate --static' 'rank --values 1,2' integrate 'check --only spawn'         'check' 'mandelbrot --size 8x8 --out a.png' 'pi --darts 1000'; do
        # shellcheck disable=SC2086 # words
        stopped "$fits $mine .*\(Debian: mpiexec\." $arguments
    done
    stopped 'unknown option' hello --wrong
    run_ranks 1 "${other[@]}" -n 2 "$PLAIT" --version
    assert "what needs no MPI works" [ "$status $(grep -c '^plait ' "$WORK/out")" = '0 1' ]
    run_ranks 1 "${other[@]}" -n 2 "$PLAIT" rerun
    assert "and is checked" [ "$status $(plait_lines)" = '2 1' ]

    # One rank works, and has no others to start.
    run_ranks 1 "${other[@]}" -n 1 "$PLAIT" hello
    assert "one rank is a run" [ "$status $(plait_lines) $(grep -c '^rank ' "$WORK/out")" = '0 0 1' ]
    run_ranks 1 "${other[@]}" -n 1 "$PLAIT" integrate --workers 1
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "one line" [ "$(plait_lines)" -eq 1 ]
    assert "spawning is refused" has_line "cannot spawn processes of $mine.*: start plait with mpiexec of $mine.*--static"
    run_ranks 1 "${other[@]}" -n 1 "$PLAIT" check --only spawn
    assert "and is unavailable" grep -qE '^spawn +unavailable .*cannot spawn processes of' "$WORK/out"
    assert "which is no fault" [ "$status" -eq 0 ]
}

# -- signals ---------------------------------------------------------------------------------------------

# signalled SIGNAL READY COMMAND...: sends it when READY says that the run has come so far; $status.
signalled() {
    local signal=$1 ready=$2 pid
    shift 2
    last_command="kill -$signal of ${*@Q}"
    (cd "$SANDBOX" && exec timeout -k 5 "$limit_s" env --default-signal="$signal" "$@") \
        >"$WORK/out" 2>"$WORK/err" </dev/null &
    pid=$!
    until "$ready" || ! kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    kill -"$signal" "$(pgrep -P "$pid")" || true
    status=0
    wait "$pid" || status=$?
}
is_saved() {
    [ -s "$SANDBOX/run.ck" ] && grep -q '^mandelbrot: ' "$WORK/err"
}
has_file() {
    [ -n "$(ls -A "$SANDBOX")" ]
}
# A picture that no machine ends.
endless=(mandelbrot --size 2000x2000 --maxit 100000000 --interior brute --threads 1 --progress lines --out null)

# stops SIGNAL COMMAND...: such a run saves, says so and ends.
stops() {
    local signal=$1
    shift
    new_sandbox
    signalled "$signal" is_saved "$@" "${endless[@]}" --checkpoint run.ck
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it says why" has_line "stopped: checkpoint 'run.ck' has"
}

# What MPI_Init has loaded takes no signal away from Plait, and hwloc is told to load no drivers.
drivers() {
    local signal driver=(env -u HWLOC_COMPONENTS LD_PRELOAD="${TAKE_SIGNALS:?}" TAKE_SIGNALS_LOG="$WORK/log")
    for signal in USR1 TERM INT; do stops "$signal" "${driver[@]}" "$PLAIT"; done
    for signal in HUP TERM INT; do
        new_sandbox
        signalled "$signal" has_file "${driver[@]}" CHECK_HOOK='stuck write-blocks 0' \
            "${HOOKED_PLAIT:?}" check --only write-blocks --timeout 1000
        assert "the signal ended it, not $status" [ "$status" -ge 128 ]
        assert "no file is left" [ -z "$(ls -A "$SANDBOX")" ]
    done
    expect_ok 1 -- "${driver[@]}" "$PLAIT" hello
    assert "hwloc loads no OpenCL" grep -qE '^(|.*,)-opencl(,|$)' "$WORK/log"
    expect_ok 1 -- "${driver[@]}" HWLOC_COMPONENTS=no_os "$PLAIT" hello
    assert "unless the user has said what" grep -qx no_os "$WORK/log"
}

# What a caller blocks or ignores for its own sake.
inherited() {
    local signal how
    for signal in USR1 TERM INT; do stops "$signal" env --block-signal="$signal" "$PLAIT"; done
    for how in block ignore; do
        new_sandbox
        run_ranks 1 env --$how-signal=ALRM CHECK_HOOK='stuck reduce 0' "${HOOKED_PLAIT:?}" check --only reduce --timeout 3
        assert "status is 1, not $status" [ "$status" -eq 1 ]
        assert "the time limit is kept" has_line 'reduce timed out after 3 s'
    done
    if command -v gnuplot >/dev/null; then
        new_sandbox
        expect_ok 1 -- env --ignore-signal=CHLD "$PLAIT" pi --sweep 4^5:4^7 --runs 8 --plot plots
        assert "the end of gnuplot is seen" [ -s "$SANDBOX/plots/pi_vs_log2_N.png" ]
        assert "and nothing else" [ "$(plait_lines)" -eq 0 ]
    fi
    # What nohup and shells ignore stays ignored.
    new_sandbox
    expect_ok 1 -- env --ignore-signal=USR1 bash -c 'kill -USR1 $$; exec "$@"' bash "$PLAIT" hello
}

# layers RANKS SETTING...: $opened has the layers for messages that Open MPI has opened.
layers() {
    local ranks=$1
    shift
    new_sandbox
    run_ranks "$ranks" env "$@" OMPI_MCA_pml_base_verbose=10 "$PLAIT" hello
    opened=$(sed -n 's/.*components_open: found loaded component //p' "$WORK/err" | sort -u | xargs)
}

# family COMMAND...: the processes that it spawns open the layers that those which spawn them do.
family() {
    local sets
    new_sandbox
    run_ranks 1 env OMPI_MCA_pml_base_verbose=10 "$@"
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    sets=$(awk '/components_open: found loaded component/ { of[$1] = of[$1] " " $NF }
        END { for (process in of) print of[process] }' "$WORK/err" | sort | uniq -c)
    assert "all open the same layers, not $sets" [ "$(wc -l <<<"$sets")" -eq 1 ]
    assert "and are a family" [ "$(awk '{ print $1 }' <<<"$sets")" -ge 2 ]
}

# Ranks of one node open the one layer that they need, and probe for no network.
messages() {
    is_open_mpi || { echo "SKIPPED: only Open MPI has these layers"; exit 77; }
    local opened ranks setting
    unset OMPI_MCA_pml OMPI_MCA_mtl
    for ranks in 1 2; do
        layers "$ranks"
        assert "$ranks ranks open one layer, not $opened" [ "$opened" = ob1 ]
    done
    for setting in OMPI_MCA_pml=^ob1 OMPI_MCA_mtl=^ofi OMPI_MCA_btl=^tcp; do
        layers 1 "$setting"
        assert "what the user has set stays, $opened" [ "$opened" != ob1 ]
    done
    family "$PLAIT" integrate --workers 2
    # prterun passes on neither that it may oversubscribe nor how.
    if ! is_prrte; then family "$MPIEXEC" -n 1 "$PLAIT" integrate --workers 2; fi
    family "$MPIEXEC" -n 1 "$PLAIT" check --only spawn
}

if [ $# -eq 0 ]; then set -- unlike foreign drivers inherited messages; fi
for part in "$@"; do "$part"; done
finish
