#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --checkpoint: runs that are killed or told to stop go on from where they were, on other ranks, threads,
# paths and schedules, and end as if nothing had happened; files that cannot be gone on from are refused.
# Nothing depends on time: a run is killed when its file has grown; one that has ended by then is begun anew.
#     test_checkpoint.sh kills|signals|other_ranks|refusals
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t paths < <("${LIST_PATHS:?}")
schedules=(dynamic block cyclic weighted)

# Without shortcuts this picture takes seconds, and its rows milliseconds; with them it is done at once.
picture=(mandelbrot --size 200x401 --maxit 1000000 --out null --progress none)
slow=("${picture[@]}" --interior brute --checkpoint run.ck --checkpoint-every 0)

fnv1a() {
    sed -n 's/.*fnv1a \([0-9a-f]*\).*/\1/p' "$WORK/out"
}

size_of() {
    stat -c %s "$SANDBOX/$1" 2>/dev/null || echo 0
}

children_of() {
    cat "/proc/$1/task/$1/children" 2>/dev/null || true
}

# start RANKS COMMAND...: in the background; $job is what to wait for. Job control gives it the signals
# that scripts deny to their background.
start() {
    local ranks=$1 launcher=()
    shift
    if [ "$ranks" -gt 1 ]; then launcher=("$MPIEXEC" -n "$ranks"); fi
    last_command="${launcher[*]} ${*@Q}"
    printf '%s\n' "$last_command"
    set -m
    (cd "$SANDBOX" && exec timeout -k 5 "$limit_s" "${launcher[@]}" "$@") \
        >"$WORK/out" 2>"$WORK/err" </dev/null &
    job=$!
    set +m
}

# The file has grown beyond so many bytes, or the run has ended.
wait_for_growth() {
    while [ "$(size_of run.ck)" -le "$1" ] && kill -0 "$job" 2>/dev/null; do sleep 0.01; done
}

# What timeout has started: the launcher, or the command alone.
launched() {
    children_of "$job"
}

# The processes of the ranks.
ranks_of() {
    if [ "$1" -eq 1 ]; then launched; else for pid in $(launched); do children_of "$pid"; done; fi
}

wait_for_end() {
    status=0
    wait "$job" 2>/dev/null || status=$?
}

# The picture as it is without a checkpoint.
reference() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${picture[@]}"
    expected=$(fnv1a)
    assert "a checksum" [ "${#expected}" -eq 16 ]
}

# Ends what is left of the picture in no time.
finish_picture() {
    expect_ok "$1" -- "$PLAIT" "${picture[@]}" --checkpoint run.ck
    assert "the checksum is $expected, not $(fnv1a)" [ "$(fnv1a)" = "$expected" ]
    assert "the checkpoint is removed" [ "$(find "$SANDBOX" -type f | wc -l)" -eq 0 ]
}

kills() {
    local kills=0 k=0 ranks before victims
    reference
    while [ "$kills" -lt 20 ]; do
        ranks=$((1 + k % 3))
        before=$(size_of run.ck)
        start "$ranks" "$PLAIT" "${slow[@]}" --threads $((1 + k / 3 % 2)) \
            --path "${paths[$((k % ${#paths[@]}))]}" --schedule "${schedules[$((k / 2 % 4))]}"
        wait_for_growth "$before"
        read -ra victims <<<"$(ranks_of "$ranks" | tr '\n' ' ')"
        # Now rank 0, which has the file, now another one.
        if [ "${#victims[@]}" -gt 0 ] && kill -9 "${victims[$((k % ${#victims[@]}))]}" 2>/dev/null; then
            kills=$((kills + 1))
        fi
        wait_for_end
        assert "killed, or just done: status $status" [ "$status" -ne 2 ]
        if [ "$status" -eq 0 ]; then
            assert "the checksum is $expected, not $(fnv1a)" [ "$(fnv1a)" = "$expected" ]
        fi
        k=$((k + 1))
    done
    finish_picture 2
    assert "it went on from the file" grep -q " rows from 'run.ck'" "$WORK/out"
}

# stopped RANKS SIGNAL STATUS: the run saves, says so in one line, and goes on.
stopped() {
    local ranks=$1 signal=$2 expected_status=$3 try
    new_sandbox
    for try in 1 2 3 4 5; do
        start "$ranks" "$PLAIT" "${slow[@]}"
        wait_for_growth 20000
        for pid in $(launched); do kill "-$signal" "$pid" 2>/dev/null || true; done
        wait_for_end
        # It may be done before the signal comes, and killed by a launcher before it can say so.
        if [ "$status" -ne 0 ] && has_line stopped; then break; fi
    done
    assert "$signal: status is $expected_status, not $status" [ "$status" -eq "$expected_status" ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it says how much there is" has_line \
        "^plait: stopped: checkpoint 'run.ck' has [0-9]+ of 401 rows, and the same command goes on"
    assert "nothing on stdout" [ ! -s "$WORK/out" ]
    finish_picture $((4 - ranks))
    assert "it went on from the file" grep -q " rows from 'run.ck'" "$WORK/out"
}

# Open MPI's mpirun gives its ranks a second after SIGTERM and SIGINT; on a busy machine that is little.
signals() {
    local signal
    reference
    export OMPI_MCA_odls_base_sigkill_timeout=2
    for signal in USR1 TERM INT; do
        stopped 1 "$signal" 75
    done
    stopped 3 USR1 75
    stopped 3 TERM 1
    stopped 2 INT 1
    # Without a checkpoint nothing has changed: a signal kills.
    new_sandbox
    start 1 "$PLAIT" mandelbrot --size 2000x2000 --maxit 1000000 --interior brute --out null
    until [ "$(cat "/proc/$(launched | tr -d ' ')/comm" 2>/dev/null)" = plait ]; do sleep 0.01; done
    kill -TERM "$(launched | tr -d ' ')"
    wait_for_end
    assert "SIGTERM without --checkpoint: status 143, not $status" [ "$status" -eq 143 ]
}

# One rank of several is told to stop: all of them do.
one_rank() {
    local victims try
    reference
    for which in 0 2; do
        new_sandbox
        for try in 1 2 3 4 5; do
            start 3 "$PLAIT" "${slow[@]}"
            wait_for_growth 20000
            read -ra victims <<<"$(ranks_of 3 | tr '\n' ' ')"
            kill -USR1 "${victims[$which]}" 2>/dev/null || true
            wait_for_end
            [ "$status" -eq 0 ] || break
        done
        assert "status is 75, not $status" [ "$status" -eq 75 ]
        assert "one line" [ "$(error_lines)" -eq 1 ]
        finish_picture 1
    done
}

# A small picture that was stopped, in $SANDBOX/run.ck.
leave_checkpoint() {
    local try
    new_sandbox
    for try in 1 2 3 4 5; do
        start 1 "$PLAIT" "${slow[@]}" "$@"
        wait_for_growth 20000
        for pid in $(launched); do kill -USR1 "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -eq 0 ] || break
    done
    assert "there is a checkpoint" [ -s "$SANDBOX/run.ck" ]
}

# Other shortcuts, another way to ask for the same view, all outputs, and Julia.
other_ways() {
    reference
    leave_checkpoint
    expect_ok 2 -- "$PLAIT" mandelbrot --size 200x401 --maxit 10^6 --region -2.0,1e0,-1,1 --out a.npy \
        --out null --checkpoint run.ck --verify --json report.json
    assert "the checksum is $expected, not $(fnv1a)" [ "$(fnv1a)" = "$expected" ]
    assert "the report counts what was there" grep -q '"resumed_rows": *[1-9]' "$SANDBOX/report.json"
    expect_ok 1 -- "$PLAIT" mandelbrot --size 200x401 --maxit 10^6 --out b.npy
    assert "the counts are equal" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    new_sandbox
    expect_ok 3 -- "$PLAIT" julia --out a.npy --checkpoint run.ck --checkpoint-every 0
    expect_ok 1 -- "$PLAIT" julia --out b.npy
    assert "the counts are equal" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    results_fail
}

# A run that cannot tell its results keeps its rows: all of them, so that the next one has nothing to
# compute, with shortcuts or without.
results_fail() {
    new_sandbox
    run_ranks 2 bash -c '"$0" "$@" >/dev/full' "$PLAIT" mandelbrot --size 90x61 --out null \
        --checkpoint run.ck --interior brute
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "the rows are kept" [ -s "$SANDBOX/run.ck" ]
    expect_ok 3 -- "$PLAIT" mandelbrot --size 90x61 --out a.npy --checkpoint run.ck
    assert "all rows are there" grep -q ", 31 rows from 'run.ck'" "$WORK/out"
    expect_ok 1 -- "$PLAIT" mandelbrot --size 90x61 --out b.npy
    assert "the counts are equal" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    assert "the checkpoint is removed" [ ! -e "$SANDBOX/run.ck" ]
}

refusals() {
    leave_checkpoint
    local same=("${picture[@]}" --checkpoint run.ck) other=("$PLAIT" mandelbrot --out null --checkpoint run.ck)
    expect_error "'run.ck' is of another run, whose maxit is 1000000, not 127" 2 -- \
        "${other[@]}" --size 200x401
    expect_error "'run.ck' is of another run, whose size is 200x401, not 200x400" 2 -- \
        "${other[@]}" --size 200x400 --maxit 10^6
    expect_error "'run.ck' is of another run, whose center is " 2 -- \
        "$PLAIT" "${same[@]}" --center -0.75,0
    expect_error "'run.ck' is of another run, whose pixel-size is " 2 -- "$PLAIT" "${same[@]}" --zoom 2
    expect_error "whose subcommand is mandelbrot, not julia" 2 -- \
        "$PLAIT" julia --out null --checkpoint run.ck
    cp "$SANDBOX/run.ck" "$WORK/good.ck"
    truncate -s -1 "$SANDBOX/run.ck"
    expect_error "'run.ck' is damaged \(cut short\)" 2 -- "$PLAIT" "${same[@]}"
    truncate -s 5000 "$SANDBOX/run.ck"
    expect_error "'run.ck' is damaged \(cut short\)" 2 -- "$PLAIT" "${same[@]}"
    cp "$WORK/good.ck" "$SANDBOX/run.ck"
    # In the middle of the counts, where zeros are rare: all of them are at least 1.
    printf '\377' | dd of="$SANDBOX/run.ck" bs=1 seek=15000 conv=notrunc status=none
    expect_error "'run.ck' is damaged \(the rows of a record\)" 2 -- "$PLAIT" "${same[@]}"
    echo 'my notes' >"$SANDBOX/run.ck"
    expect_error "'run.ck' is not a checkpoint of Plait" 2 -- "$PLAIT" "${same[@]}"
    rm "$SANDBOX/run.ck"
    expect_error "there is no folder 'missing'" 2 -- \
        "$PLAIT" "${picture[@]}" --checkpoint missing/run.ck
    expect_error 'are one file' 2 -- "$PLAIT" mandelbrot --out a.png --checkpoint ./a.png
    expect_error 'are one file' 2 -- "$PLAIT" "${picture[@]}" --json a.json --checkpoint a.json
    expect_error "checkpoint-every: '-1'" 2 -- "$PLAIT" "${same[@]}" --checkpoint-every -1
    # Nothing is made before everything is checked.
    expect_error "unknown path 'nosuch'|nosuch" 2 -- "$PLAIT" "${same[@]}" --path nosuch
    in_use
}

# A file that another run has.
in_use() {
    new_sandbox
    start 1 "$PLAIT" "${slow[@]}"
    local first=$job
    wait_for_growth 20000
    kill -STOP "$(launched)"
    RANKS_LIST=1 expect_error "'run.ck' is in use by another run" 2 -- \
        "$PLAIT" "${picture[@]}" --checkpoint run.ck
    job=$first
    kill -KILL "$(launched)"
    wait_for_end
}

case ${1:-} in
kills) kills ;;
signals) signals ;;
one_rank) one_rank ;;
other_ways) other_ways ;;
refusals) refusals ;;
*)
    echo "which part?"
    exit 2
    ;;
esac
finish
