#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --checkpoint: runs that are killed or stopped resume from where they were, on other ranks, threads,
# paths and schedules, and end as if nothing had happened; files that cannot be resumed from are refused.
# Nothing depends on time: a run is killed when it has saved something; one that has ended by then is
# repeated.
#     test_checkpoint.sh kills|signals|one_rank|other_ways|refusals|pi_kills|pi_signals|pi_refusals|pi_longer
#         kmeans_kills|kmeans_signals|kmeans_range|kmeans_refusals|frames
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t paths < <("${LIST_PATHS:?}")
schedules=(dynamic block cyclic weighted)

# Without shortcuts this picture takes seconds, and its rows milliseconds; with them it is done at once. So
# it is with the darts and their paths.
picture=(mandelbrot --size 200x401 --maxit 1000000 --out null --progress none)
study=(pi --sweep 4^5:4^12 --runs 64 --progress none)
job_of_test=("${picture[@]}")
slow=("${picture[@]}" --interior brute --checkpoint run.ck --checkpoint-every 0)
slow_path=()
if [[ ${1:-} = pi_* ]]; then
    job_of_test=("${study[@]}")
    slow=("${study[@]}" --checkpoint run.ck --checkpoint-every 0)
    slow_path=(--path scalar)
fi
if [[ ${1:-} = kmeans_* ]]; then
    # Points without groups: some hundred iterations, of milliseconds with one thread on the scalar path.
    awk 'BEGIN { srand(3); for (i = 0; i < 12000; i++) print rand() "," rand() "," rand() }' >"$WORK/points.csv"
    # The first start of this seed is the best, so that the others must keep it.
    job_of_test=(kmeans "$WORK/points.csv" --k 61 --seed 2 --restarts 3 --progress none)
    # One start alone, so that none of its iterations can be missing in the result.
    if [ "$1" = kmeans_signals ]; then job_of_test=(kmeans "$WORK/points.csv" --k 61 --progress none); fi
    if [ "$1" = kmeans_range ]; then job_of_test=(kmeans "$WORK/points.csv" --k 58:61 --restarts 2 --progress none); fi
    slow=("${job_of_test[@]}" --checkpoint run.ck --checkpoint-every 0)
    slow_path=(--path scalar)
fi

# A sequence of pictures, whose frames are files.
is_sequence=no
if [ "${1:-}" = frames ]; then
    is_sequence=yes
    sequence=(mandelbrot --size 40x27 --frames 6 --zoom-to 30 --to -0.75,0.1 --maxit 100000 --colour smooth --colour-range 0,100
        --progress none)
    job_of_test=("${sequence[@]}" --out z.png --out z.npy)
    slow=("${job_of_test[@]}" --interior brute --checkpoint run.ck --checkpoint-every 0)
    slow_path=(--path scalar)
fi

# The result of a run: the checksum of the picture, or the lines of the study or of k-means.
fnv1a() {
    if [[ ${job_of_test[0]} = pi ]]; then
        grep -v '^#' "$WORK/out" | md5sum | cut -c 1-16
    elif [[ ${job_of_test[0]} = kmeans ]]; then
        grep -vE '^(resumed|reading|weighted schedule,) ' "$WORK/out" | md5sum | cut -c 1-16
    else
        sed -n 's/.*fnv1a \([0-9a-f]*\).*/\1/p' "$WORK/out"
    fi
}

# How often the file was saved: the higher sequence number of the two commit records of a picture, or that
# of the header.
saves() {
    local sequences places=(4096 8192)
    if [[ ${job_of_test[0]} != mandelbrot || $is_sequence = yes ]]; then places=(16); fi
    sequences=$(for place in "${places[@]}"; do od -An -t u8 -j "$place" -N 8 "$SANDBOX/run.ck"; done \
        2>/dev/null | sort -n | tail -n 1 || true)
    echo "$((${sequences:-0}))"
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

# It has been saved more often than that, or the run has ended.
wait_for_saves() {
    while [ "$(saves)" -le "$1" ] && kill -0 "$job" 2>/dev/null; do sleep 0.01; done
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

# The result without a checkpoint.
reference() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${job_of_test[@]}"
    expected=$(fnv1a)
    assert "a checksum" [ "${#expected}" -eq 16 ]
}

# Ends what is left, at once.
finish_job() {
    local before
    before=$(saves)
    expect_ok "$1" -- "$PLAIT" "${job_of_test[@]}" --checkpoint run.ck
    assert "the checksum is $expected, not $(fnv1a)" [ "$(fnv1a)" = "$expected" ]
    # The first commit is of an empty file.
    if [ "$before" -gt 1 ]; then
        assert "it went on from the file" grep -qE " rows from 'run.ck'| darts are from 'run.ck'|^resumed after iteration [0-9]+ of k [0-9]+ from 'run.ck'$" \
            "$WORK/out"
    fi
    assert "the checkpoint is removed" [ "$(find "$SANDBOX" -type f | wc -l)" -eq 0 ]
}

schedule_option() {
    if [[ ${job_of_test[0]} != kmeans ]]; then echo "--schedule ${schedules[$(($1 / 2 % 4))]}"; fi
}

kills() {
    local kills=0 k=0 ranks before victims
    reference
    while [ "$kills" -lt 20 ]; do
        ranks=$((1 + k % 3))
        before=$(saves)
        # shellcheck disable=SC2046
        start "$ranks" "$PLAIT" "${slow[@]}" --threads $((1 + k / 3 % 2)) \
            --path "${paths[$((k % ${#paths[@]}))]}" $(schedule_option "$k")
        wait_for_saves "$before"
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
    finish_job 2
}

# Stopped in the middle of slow work: one thread, so that many cores do not end it first.
start_slow() {
    local ranks=$1
    shift
    start "$ranks" "$PLAIT" "${slow[@]}" --threads 1 "${slow_path[@]}" "$@"
    wait_for_saves 3
}

# What a run that was asked to stop has printed and left.
has_stopped() {
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it says how much there is" has_line \
        "^plait: stopped: checkpoint 'run.ck' has ([0-9.e+]+ (of (401 rows|1.432e\\+09 darts)|iterations? of k [0-9]+)(, and the same command continues|: nothing is gained yet)|all |no iterations, and the same command begins again)"
    assert "no summary" [ "$(grep -cE 'fnv1a|figure of merit' "$WORK/out")" -eq 0 ]
}

# stopped RANKS SIGNAL: the run saves, reports it in one line, and can be resumed. It may be done before the signal
# comes; then it is repeated.
stopped() {
    local ranks=$1 signal=$2 try
    new_sandbox
    for try in 1 2 3 4 5; do
        start_slow "$ranks"
        for pid in $(launched); do kill "-$signal" "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -eq 0 ] || break
    done
    has_stopped
    finish_job $((4 - ranks))
}

# ended RANKS SIGNAL: Open MPI's mpirun passes SIGTERM and SIGINT on as SIGTERM, and kills its ranks that many
# seconds later. That may be too soon for them to save, but never harms what is saved.
ended() {
    local ranks=$1 signal=$2
    new_sandbox
    start_slow "$ranks"
    for pid in $(launched); do kill "-$signal" "$pid" 2>/dev/null || true; done
    wait_for_end
    assert "$signal: status is not $status" [ "$status" -ne 2 ]
    assert "one line at most" [ "$(error_lines)" -le 1 ]
    finish_job $((4 - ranks))
}

# stopped_when_complete SIGNAL FILE COMMAND...: after the work, when FILE exists, and nobody reads what
# the run says at its end: so it cannot end by itself.
stopped_when_complete() {
    local signal=$1 file=$2
    shift 2
    rm -f "$WORK/out"
    mkfifo "$WORK/out"
    exec 7<>"$WORK/out"
    # A pipe that is full.
    dd if=/dev/zero of="$WORK/out" bs=4096 oflag=nonblock status=none 2>/dev/null || true
    start 1 "$@" --checkpoint run.ck
    until [ -e "$SANDBOX/$file" ] || ! kill -0 "$job" 2>/dev/null; do sleep 0.01; done
    kill "-$signal" "$(launched | tr -d ' ')"
    wait_for_end
    exec 7>&-
    rm "$WORK/out"
    : >"$WORK/out"
    assert "$signal: status is 75, not $status" [ "$status" -eq 75 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
}

# Whatever signal it is, the checkpoint has all, and the same command ends.
complete_pictures() {
    local signal
    for signal in USR1 TERM INT; do
        new_sandbox
        stopped_when_complete "$signal" a.npy "$PLAIT" mandelbrot --size 90x61 --out a.npy
        assert "it reports that all is present" \
            has_line "^plait: stopped: checkpoint 'run.ck' has all rows, and the same command writes the files$"
        expect_ok 2 -- "$PLAIT" mandelbrot --size 90x61 --out b.npy --checkpoint run.ck
        assert "all rows are present" grep -q ", 31 rows from 'run.ck'" "$WORK/out"
        assert "the checkpoint is removed" [ ! -e "$SANDBOX/run.ck" ]
    done
}

signals() {
    local signal
    reference
    complete_pictures
    for signal in USR1 TERM INT; do
        stopped 1 "$signal"
    done
    stopped 1 XCPU
    stopped 3 USR1
    export OMPI_MCA_odls_base_sigkill_timeout=2 PRTE_MCA_odls_base_sigkill_timeout=2
    ended 3 TERM
    ended 2 INT
    without_checkpoint
}

# Nothing has changed: a signal kills.
without_checkpoint() {
    new_sandbox
    start 1 "$PLAIT" mandelbrot --size 2000x2000 --maxit 1000000 --interior brute --out null
    until [ "$(cat "/proc/$(launched | tr -d ' ')/comm" 2>/dev/null)" = plait ]; do sleep 0.01; done
    kill -TERM "$(launched | tr -d ' ')"
    wait_for_end
    assert "SIGTERM without --checkpoint: status 143, not $status" [ "$status" -eq 143 ]
}

# One rank of several is asked to stop: all of them do, whatever the signal.
one_rank() {
    local victims which signal try
    reference
    # The one that is stopped when all is done ends at once; the launcher must leave rank 0 the time to say so.
    export OMPI_MCA_odls_base_sigkill_timeout=5 PRTE_MCA_odls_base_sigkill_timeout=5
    for which in 0 2; do
        signal=$([ "$which" -eq 0 ] && echo TERM || echo INT)
        new_sandbox
        for try in 1 2 3 4 5; do
            start_slow 3
            read -ra victims <<<"$(ranks_of 3 | tr '\n' ' ')"
            kill "-$signal" "${victims[$which]}" 2>/dev/null || true
            wait_for_end
            [ "$status" -eq 0 ] || break
        done
        has_stopped
        finish_job 1
    done
}

# A small picture that was stopped, in $SANDBOX/run.ck.
leave_checkpoint() {
    local try
    new_sandbox
    for try in 1 2 3 4 5; do
        start_slow 1 "$@"
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
    check_report report.json a.npy
    expect_ok 1 -- "$PLAIT" mandelbrot --size 200x401 --maxit 10^6 --out b.npy
    assert "the counts are equal" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    new_sandbox
    expect_ok 3 -- "$PLAIT" julia --out a.npy --checkpoint run.ck --checkpoint-every 0
    expect_ok 1 -- "$PLAIT" julia --out b.npy
    assert "the counts are equal" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    results_fail
}

# A run that cannot write its results keeps its rows: all of them, so that the next one has nothing to
# compute, with shortcuts or without.
results_fail() {
    new_sandbox
    run_ranks 2 bash -c '"$0" "$@" >/dev/full' "$PLAIT" mandelbrot --size 90x61 --out null \
        --checkpoint run.ck --interior brute
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "the rows are kept" [ -s "$SANDBOX/run.ck" ]
    expect_ok 3 -- "$PLAIT" mandelbrot --size 90x61 --out a.npy --checkpoint run.ck
    assert "all rows are present" grep -q ", 31 rows from 'run.ck'" "$WORK/out"
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
    expect_error "whose bailout is the default, not 3: " 2 -- "$PLAIT" "${same[@]}" --bailout 3
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
    expect_error "there is no directory 'missing'" 2 -- \
        "$PLAIT" "${picture[@]}" --checkpoint missing/run.ck
    expect_error 'are one file' 2 -- "$PLAIT" mandelbrot --out a.png --checkpoint ./a.png
    expect_error 'are one file' 2 -- "$PLAIT" "${picture[@]}" --json a.json --checkpoint a.json
    expect_error "checkpoint-every.*add --checkpoint" 2 -- "$PLAIT" mandelbrot --checkpoint-every 1
    expect_error "checkpoint-every: '-1'" 2 -- "$PLAIT" "${same[@]}" --checkpoint-every -1
    # Nothing is made before everything is checked.
    expect_error "unknown path 'nosuch'|nosuch" 2 -- "$PLAIT" "${same[@]}" --path nosuch
    in_use
}

# A file that another run has.
in_use() {
    new_sandbox
    start_slow 1
    local first=$job
    kill -STOP "$(launched)"
    RANKS_LIST=1 expect_error "'run.ck' is in use by another run" 2 -- \
        "$PLAIT" "${picture[@]}" --checkpoint run.ck
    job=$first
    kill -KILL "$(launched)"
    wait_for_end
}

short_signals() {
    reference
    stopped 1 USR1
    stopped 1 INT
    stopped 3 USR1
}

# A start that takes seconds is stopped in its middle, by one rank of two. It may be done before the signal comes.
kmeans_starts() {
    local victims try
    job_of_test=(kmeans "$WORK/points.csv" --k 3000 --trials 64 --max-iter 1 --progress lines)
    slow=("${job_of_test[@]}" --checkpoint run.ck)
    reference
    for try in 1 2 3 4 5; do
        new_sandbox
        start 2 "$PLAIT" "${slow[@]}" --threads 1 --path scalar
        wait_for_saves 0
        read -ra victims <<<"$(ranks_of 2 | tr '\n' ' ')"
        kill -USR1 "${victims[1]}" 2>/dev/null || true
        wait_for_end
        if [ "$status" -eq 75 ] && has_line 'no iterations'; then break; fi
    done
    has_stopped
    assert "in its start" has_line "^plait: stopped: checkpoint 'run.ck' has no iterations, and the same command begins again$"
    assert "nothing else is shown but how far it was" \
        [ "$(grep -a '^kmeans: ' "$WORK/err" | grep -cvE '^kmeans: k 3000, [0-9]+ of the first centroids, [0-9]+ s$')" -eq 0 ]
    finish_job 1
}

# A run that was stopped: it resumes with its seed, and only with its points and options.
kmeans_refusals() {
    local try seed
    new_sandbox
    cp "$WORK/points.csv" "$SANDBOX/points.csv"
    job_of_test=(kmeans points.csv --k 61 --restarts 3 --progress none)
    slow=("${job_of_test[@]}" --checkpoint run.ck --checkpoint-every 0)
    for try in 1 2 3 4 5; do
        start_slow 1 --seed random
        for pid in $(launched); do kill -USR1 "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -eq 0 ] || break
    done
    assert "stopped: status is 75, not $status" [ "$status" -eq 75 ]
    seed=$(grep -a '^seed ' "$SANDBOX/run.ck" | cut -d ' ' -f 2)
    expect_error "whose seed is $seed, not 42" 2 -- "$PLAIT" "${job_of_test[@]}" --checkpoint run.ck
    expect_error "whose k is 61:61, not 60:60" 2 -- \
        "$PLAIT" kmeans points.csv --k 60 --restarts 3 --seed "$seed" --checkpoint run.ck
    expect_error "whose restarts is 3, not 1" 2 -- "$PLAIT" kmeans points.csv --k 61 --seed "$seed" --checkpoint run.ck
    expect_error "whose max-iter is 300, not 9" 2 -- \
        "$PLAIT" "${job_of_test[@]}" --seed "$seed" --max-iter 9 --checkpoint run.ck
    expect_error "whose init is \+\+, not random" 2 -- \
        "$PLAIT" "${job_of_test[@]}" --seed "$seed" --init random --checkpoint run.ck
    expect_error "whose tolerance-points is 0, not 120" 2 -- \
        "$PLAIT" "${job_of_test[@]}" --seed "$seed" --tolerance 0.01 --checkpoint run.ck
    # The same points in another order are other points.
    cp "$SANDBOX/run.ck" "$WORK/run.ck"
    tac "$WORK/points.csv" >"$SANDBOX/points.csv"
    expect_error "whose checksum-of-points is [0-9a-f]{16}, not" 2 -- \
        "$PLAIT" "${job_of_test[@]}" --seed "$seed" --checkpoint run.ck
    cp "$WORK/points.csv" "$SANDBOX/points.csv"
    truncate -s -8 "$SANDBOX/run.ck"
    expect_error "damaged" 2 -- "$PLAIT" "${job_of_test[@]}" --seed "$seed" --checkpoint run.ck
    cp "$WORK/run.ck" "$SANDBOX/run.ck"
    expect_error "checkpoint-every.*add --checkpoint" 2 -- "$PLAIT" kmeans points.csv --k 2 --checkpoint-every 1
    expect_error "checkpoint means nothing with --predict" 2 -- \
        "$PLAIT" kmeans points.csv --predict points.npy --checkpoint new.ck
    expect_ok 3 -- "$PLAIT" "${job_of_test[@]}" --seed random --checkpoint run.ck
    assert "it resumes" grep -q "^resumed after iteration" "$WORK/out"
    # Centroids of a file are those of the run, whatever the file is called.
    for seed in 1 2; do
        expect_ok 1 -- "$PLAIT" kmeans points.csv --k 61 --seed "$seed" --max-iter 0 --centroids "start$seed.npy"
    done
    job_of_test=(kmeans points.csv --init start1.npy --progress none)
    slow=("${job_of_test[@]}" --checkpoint run.ck --checkpoint-every 0)
    for try in 1 2 3 4 5; do
        start_slow 1
        for pid in $(launched); do kill -USR1 "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -eq 0 ] || break
    done
    expect_error "whose init is [0-9a-f]{16}, not [0-9a-f]{16}" 2 -- \
        "$PLAIT" kmeans points.csv --init start2.npy --progress none --checkpoint run.ck
    expect_ok 3 -- "$PLAIT" "${job_of_test[@]}" --checkpoint run.ck
    assert "it resumes from there" grep -q "^resumed after iteration" "$WORK/out"
    expected=$(fnv1a)
    expect_ok 1 -- "$PLAIT" "${job_of_test[@]}" --seed "$seed"
    assert "with the seed that was drawn" [ "$(fnv1a)" = "$expected" ]
}

# A study that was stopped; seeds, looks between the steps, and what does not go together.
pi_refusals() {
    local seed try
    new_sandbox
    for try in 1 2 3 4 5; do
        start_slow 1 --seed random
        for pid in $(launched); do kill -USR1 "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -eq 0 ] || break
    done
    seed=$(sed -n 's/^# pi: .* seed \([0-9]*\),.*/\1/p' "$WORK/out")
    expect_error "whose seed is $seed, not 42" 2 -- "$PLAIT" "${study[@]}" --checkpoint run.ck
    expect_error "whose runs is 64, not 65" 2 -- \
        "$PLAIT" pi --sweep 4^5:4^12 --runs 65 --seed "$seed" --checkpoint run.ck
    expect_error "whose sweep is 1024,4096,.*, not 1024: " 2 -- \
        "$PLAIT" pi --darts 1024 --seed "$seed" --checkpoint run.ck
    expect_error "whose generator is rxs64, not pcg32" 2 -- \
        "$PLAIT" "${study[@]}" --generator pcg32 --seed "$seed" --checkpoint run.ck
    expect_error "whose look-between-steps is no, not yes" 2 -- "$PLAIT" "${study[@]}" --seed "$seed" \
        --target-error 0.5 --max-darts 4^12 --checkpoint run.ck
    expect_error "ends anywhere: give only one" 2 -- "$PLAIT" pi --max-time 1 --checkpoint new.ck
    expect_error "are one file" 2 -- "$PLAIT" pi --json a.json --checkpoint a.json
    expect_error "checkpoint-every.*add --checkpoint" 2 -- "$PLAIT" pi --checkpoint-every 1
    mkfifo "$SANDBOX/pipe.ck"
    expect_error "'pipe.ck': it is a device, pipe" 2 -- \
        "$PLAIT" "${study[@]}" --seed random --checkpoint pipe.ck
    rm "$SANDBOX/pipe.ck"
    # The drawn seed is kept with the rest.
    expect_ok 2 -- "$PLAIT" "${study[@]}" --seed random --checkpoint run.ck --json a.json
    assert "the seed is $seed" grep -q "seed $seed," "$WORK/out"
    assert "the report counts what was there" grep -q '"resumed_darts": *[1-9]' "$SANDBOX/a.json"
    check_report a.json
    expect_ok 1 -- "$PLAIT" "${study[@]}" --seed "$seed" --json b.json
    for file in a b; do
        python3 -c 'import json, sys
print([step["hits"] for step in json.load(open(sys.argv[1]))["result"]["sweep"]])' \
            "$SANDBOX/$file.json" >"$WORK/$file.hits"
    done
    assert "the hits are equal" cmp "$WORK/a.hits" "$WORK/b.hits"
    assert "the checkpoint is removed" [ ! -e "$SANDBOX/run.ck" ]
}

# A search that was stopped in the middle of a step continues further than it was asked to at first.
pi_longer() {
    local search=(--target-error 1e-9 --max-darts) try
    run_ranks 1 "$PLAIT" "${study[@]}" "${search[@]}" 4^13
    assert "the target is missed, status $status" [ "$status" -eq 1 ]
    expected=$(fnv1a)
    new_sandbox
    for try in 1 2 3 4 5; do
        start_slow 1 "${search[@]}" 4^12
        for pid in $(launched); do kill -USR1 "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -ne 75 ] || break
    done
    has_stopped
    run_ranks 2 "$PLAIT" "${study[@]}" "${search[@]}" 4^13 --checkpoint run.ck
    assert "the target is missed, status $status" [ "$status" -eq 1 ]
    assert "it has resumed" grep -q " darts are from 'run.ck'$" "$WORK/out"
    assert "to the same lines" [ "$(fnv1a)" = "$expected" ]
    assert "the checkpoint is kept" [ -s "$SANDBOX/run.ck" ]
}

# A sequence that is killed ends with the frames of one that was not, on whatever ranks, paths and schedules; it
# is stopped by a signal; a frame that is gone by then is drawn again.
frames() {
    local kills=0 k=0 ranks before victims
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${job_of_test[@]}"
    expected=$(fnv1a)
    cp -r "$SANDBOX" "$WORK/expected"
    new_sandbox
    while [ "$kills" -lt 3 ] && [ "$k" -lt 12 ]; do
        ranks=$((1 + k % 3))
        before=$(saves)
        start "$ranks" "$PLAIT" "${slow[@]}" --threads 1 --path scalar --schedule "${schedules[$((k % 4))]}"
        wait_for_saves "$((before + 1))"
        read -ra victims <<<"$(ranks_of "$ranks" | tr '\n' ' ')"
        if [ "${#victims[@]}" -gt 0 ] && kill -9 "${victims[$((k % ${#victims[@]}))]}" 2>/dev/null; then
            kills=$((kills + 1))
        fi
        wait_for_end
        assert "killed, or just done: status $status" [ "$status" -ne 2 ]
        # What has its name is whole.
        for file in "$SANDBOX"/z-*; do
            [ ! -e "$file" ] || assert "$file is whole" cmp "$file" "$WORK/expected/${file##*/}"
        done
        if [ "$status" -eq 0 ]; then new_sandbox; fi
        k=$((k + 1))
    done
    expect_ok 3 -- "$PLAIT" "${slow[@]}"
    assert "the checksum is $expected, not $(fnv1a)" [ "$(fnv1a)" = "$expected" ]
    assert "the frames are the same, and nothing else is left" diff -r "$SANDBOX" "$WORK/expected"
    frames_stopped
}

frames_stopped() {
    local try other
    for try in 1 2 3 4 5; do
        new_sandbox
        start 1 "$PLAIT" "${slow[@]}" --threads 1 --path scalar
        until [ -n "$(find "$SANDBOX" -name 'z-*.npy' -print -quit)" ] || ! kill -0 "$job" 2>/dev/null; do sleep 0.01; done
        for pid in $(launched); do kill -USR1 "$pid" 2>/dev/null || true; done
        wait_for_end
        [ "$status" -eq 0 ] || break
    done
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it says how much there is" has_line \
        "^plait: stopped: checkpoint 'run.ck' has ([1-6] of 6 frames and [0-9]+ rows of others, and the same command continues from there|all 6 frames, and the same command reports them)$"
    # The file is of this sequence alone, and of its files.
    RANKS_LIST=1
    local resumed=("$PLAIT" "${job_of_test[@]}" --interior brute --checkpoint run.ck)
    expect_error "whose frames is 6, not 7" 2 -- "${resumed[@]/#6/7}"
    expect_error "whose zoom-to is 3e1, not 31e0" 2 -- "${resumed[@]/#30/31}"
    expect_error "whose out-1 is z.png [0-9a-f]{16}, not z.npy" 2 -- "$PLAIT" "${sequence[@]}" --interior brute --out z.npy \
        --checkpoint run.ck
    expect_error "whose checksum-of-palette is " 2 -- "${resumed[@]}" --palette grey
    expect_error "whose colour is smooth, not count" 2 -- "${resumed[@]/#smooth/count}"
    expect_error "whose colour-range is 0,100, not 1,99" 2 -- "${resumed[@]/#0,100/1,99}"
    local cyclic=("${resumed[@]/#--colour-range/--cycle}")
    expect_error "whose cycle is not given, not 7" 2 -- "${cyclic[@]/#0,100/7}"
    expect_error "whose subcommand is mandelbrot --frames, not mandelbrot" 2 -- "$PLAIT" mandelbrot --size 40x27 --maxit 100000 --checkpoint run.ck
    cp "$SANDBOX/run.ck" "$WORK/good.ck"
    printf '\377' | dd of="$SANDBOX/run.ck" bs=1 seek=4110 conv=notrunc status=none
    expect_error "'run.ck' is damaged" 2 -- "${resumed[@]}"
    cp "$WORK/good.ck" "$SANDBOX/run.ck"
    rm "$(find "$SANDBOX" -name 'z-*.npy' -print -quit)"
    expect_ok 2 -- "${resumed[@]}" --json report.json
    assert "the checksum is $expected, not $(fnv1a)" [ "$(fnv1a)" = "$expected" ]
    check_report report.json
    rm "$SANDBOX/report.json"
    assert "the frames are the same, and nothing else is left" diff -r "$SANDBOX" "$WORK/expected"
}

case ${1:-} in
frames) frames ;;
pi_longer) pi_longer ;;
kmeans_kills | kmeans_range) kills ;;
kmeans_signals)
    short_signals
    kmeans_starts
    ;;
pi_signals) short_signals ;;
kmeans_refusals) kmeans_refusals ;;
pi_kills) kills ;;
pi_refusals) pi_refusals ;;
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
