#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Limits of a process and the signals that they send: each is an error like a full disk, with one line, the
# right exit status, the earlier file kept and a good checkpoint.
#     test_limits.sh file_size|output_pipe|processor_time|files_and_stack|memory
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# What to start in front of the command: "limited -f 8 plait ..." has that limit, by `ulimit` of bash, where
# the size of a file counts in KiB. Signals are as by default, whatever the caller has set.
cat >"$WORK/limited" <<'EOS'
#!/bin/bash
ulimit "$1" "$2"
shift 2
exec "$@"
EOS
# The same with standard output as a pipe that nobody reads any more.
cat >"$WORK/unread" <<'EOS'
#!/usr/bin/python3
import os, signal, sys
reader, writer = os.pipe()
os.dup2(writer, 1)
os.close(reader)
os.close(writer)
for number in signal.SIGPIPE, signal.SIGXFSZ:
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
EOS
chmod +x "$WORK/limited" "$WORK/unread"
limited=$WORK/limited

too_large='File too large: raise the limit of file sizes \(ulimit -f\)'

# refused FILE LIMIT COMMAND...: FILE cannot be written, whether it was there before or not.
refused() {
    local file=$1 limit=$2
    shift 2
    new_sandbox
    expect_error "'$file': $too_large" 1 -- "$limited" -f "$limit" "$PLAIT" "$@"
    printf 'the earlier content' >"$SANDBOX/$file"
    expect_error "'$file': $too_large.*the earlier file is untouched" 1 -- "$limited" -f "$limit" "$PLAIT" "$@"
}

# Where MPI itself needs larger files, it says so, and there is nothing else to see.
file_size() {
    local kind
    if ! is_open_mpi; then
        RANKS_LIST=1 expect_error 'files may have 4 KiB only, and this MPI has files of its own: raise the limit \(ulimit -f\)' 1 -- \
            "$limited" -f 4 "$PLAIT" mandelbrot --size 600x400 --out a.npy
        return
    fi
    for kind in npy ppm png pdf; do
        refused "a.$kind" 4 mandelbrot --size 600x400 --zoom 100 --center -0.75,0.1 --out "a.$kind"
    done
    refused a.json 1 mandelbrot --size 40x20 --out null --json a.json
    refused a.json 1 pi --darts 4^5 --runs 100 --json a.json
    python3 -c '
header = b"{\x27descr\x27: \x27<i8\x27, \x27fortran_order\x27: False, \x27shape\x27: (1000,), }".ljust(117) + b"\n"
open("'"$WORK"'/keys.npy", "wb").write(b"\x93NUMPY\x01\x00v\x00" + header + bytes(8000))'
    refused a.npy 1 rank --values "$WORK/keys.npy" --out a.npy
    refused s.png 1 pi --darts 4^5 --scatter s.png
    new_sandbox
    expect_error "stream needs .* next to 'a.npy': $too_large" 2 -- "$limited" -f 8 "$PLAIT" \
        mandelbrot --size 600x400 --stream --out a.npy
    # Standard output is a file of that size, too.
    new_sandbox
    for kind in 'pi --sweep 4^5:4^9 --csv' 'mandelbrot --size 40x20 --out null --csv'; do
        run_ranks 1 "$limited" -f 1 bash -c '"$@" >lines' - bash -c "head -c 1000 /dev/zero; exec $PLAIT $kind"
        assert "status is 1, not $status" [ "$status" -eq 1 ]
        assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
        assert "it says why" has_line "cannot write to standard output: $too_large"
    done
    plots
    checkpoints
}

# The data of a plot, and what gnuplot writes.
plots() {
    plot_fails "'p/pi_vs_log2_N.csv': $too_large" 1 --sweep 2^1:2^25
    if command -v gnuplot >/dev/null; then
        plot_fails "gnuplot could not draw the plots in 'p'" 4 --sweep 4^5:4^6
    fi
}

# plot_fails REGEX LIMIT ARGUMENT...: the lines of the run may be too large as well, so they go to a pipe.
plot_fails() {
    new_sandbox
    # shellcheck disable=SC2016 # for the shell that is started
    run_ranks 1 bash -c '"$@" | cat; exit "${PIPESTATUS[0]}"' - "$limited" -f "$2" "$PLAIT" pi --runs 10 "${@:3}" --plot p
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it says so" has_line "$1"
    assert "no picture" [ "$(find "$SANDBOX" -name '*.png' -o -name '*.pdf' -o -name '*.svg' | wc -l)" -eq 0 ]
}

# What fits is kept, and the same command ends as if nothing had happened.
checkpoints() {
    local picture=(mandelbrot --size 200x401 --maxit 1000000 --out null --progress none) study expected got limit
    study=(pi --sweep 4^5:4^9 --runs 64 --progress none)
    new_sandbox
    expect_error "'run.ck': $too_large" 1 -- "$limited" -f 4 "$PLAIT" "${picture[@]}" --checkpoint run.ck
    expect_ok 1 -- "$PLAIT" "${picture[@]}"
    expected=$(grep -o 'fnv1a [0-9a-f]*' "$WORK/out")
    for limit in 13 60; do
        run_ranks 1 "$limited" -f "$limit" "$PLAIT" "${picture[@]}" --interior brute --checkpoint run.ck --checkpoint-every 0
        assert "status is 1, not $status" [ "$status" -eq 1 ]
        assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
        assert "it says what is kept" has_line "checkpoint 'run.ck': $too_large.*what it has kept is good"
    done
    expect_ok 3 -- "$PLAIT" "${picture[@]}" --checkpoint run.ck
    got=$(grep -o 'fnv1a [0-9a-f]*' "$WORK/out")
    assert "the checksum is $expected, not $got" [ "$got" = "$expected" ]
    assert "the checkpoint is removed" [ "$(find "$SANDBOX" -type f | wc -l)" -eq 0 ]
    expect_ok 1 -- "$PLAIT" "${study[@]}"
    expected=$(grep -v '#' "$WORK/out")
    run_ranks 1 "$limited" -f 5 "$PLAIT" "${study[@]}" --checkpoint run.ck --checkpoint-every 0
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it says what is kept" has_line "'run.ck': $too_large.*the earlier file is untouched"
    expect_ok 2 -- "$PLAIT" "${study[@]}" --checkpoint run.ck
    assert "the lines are those of one run" [ "$(grep -v '#' "$WORK/out")" = "$expected" ]
    assert "the checkpoint is removed" [ "$(find "$SANDBOX" -type f | wc -l)" -eq 0 ]
}

# Like head, which ends before the command does.
output_pipe() {
    # MPICH makes lines of it that are written one by one.
    local pipe='cannot write to standard output: (Broken pipe|an earlier write failed)'
    new_sandbox
    expect_error "$pipe" 1 -- "$WORK/unread" "$PLAIT" pi --sweep 4^5:4^7
    expect_error "$pipe" 1 -- "$WORK/unread" "$PLAIT" mandelbrot --size 40x20 --out null --json a.json
    expect_error "$pipe" 1 -- "$WORK/unread" "$PLAIT" ring
    RANKS_LIST=1 expect_error "$pipe" 1 -- "$WORK/unread" "$PLAIT" --help
    RANKS_LIST=1 expect_error 'cannot write the configuration: Broken pipe: redirect it to where it can be written' 1 -- "$WORK/unread" "$PLAIT" pi --dump-config
    # The work is done, and kept.
    run_ranks 2 "$WORK/unread" "$PLAIT" mandelbrot --size 90x61 --out null --checkpoint run.ck
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    expect_ok 1 -- "$PLAIT" mandelbrot --size 90x61 --out null --checkpoint run.ck
    assert "all rows are present" grep -q ", 31 rows from 'run.ck'" "$WORK/out"
}

# These take hours: it is certain that the limit comes first.
processor_time() {
    local long=(mandelbrot --size 3000x3000 --maxit 10000000 --interior brute --threads 1 --progress none --out a.npy) how
    printf 'the earlier content' >"$SANDBOX/a.npy"
    # Soft and hard limit, as people set them, and the soft one alone.
    for how in '-t 2' '-St 1'; do
        # shellcheck disable=SC2086 # two words
        expect_error 'the limit of processor time, 1 s, is reached: raise it \(ulimit -t\)' 1 -- \
            "$limited" $how "$PLAIT" "${long[@]}"
    done
    assert "the earlier file is kept" [ "$(cat "$SANDBOX/a.npy")" = 'the earlier content' ]
    for how in '-t 2' '-St 1'; do
        # shellcheck disable=SC2086 # two words
        run_ranks 1 "$limited" $how "$PLAIT" "${long[@]}" --checkpoint run.ck
        assert "status is 75, not $status" [ "$status" -eq 75 ]
        assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
        assert "it says how much there is" has_line "stopped: checkpoint 'run.ck' has [0-9]+ of 3000 rows"
    done
    run_ranks 3 "$limited" -t 2 "$PLAIT" pi --darts 2^50 --checkpoint run2.ck --threads 1 --progress none
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    # One rank of several reaches it: all end with its line.
    # shellcheck disable=SC2016 # for the shell that is started
    run_ranks 3 bash -c 'if [ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" = 2 ]; then ulimit -St 1; fi; exec "$@"' - \
        "$PLAIT" "${long[@]}"
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
}

files_and_stack() {
    new_sandbox
    # Hydra does not end the other ranks before MPI has started, and each has its line.
    if ! is_open_mpi; then RANKS_LIST=1; fi
    expect_error 'no more than 8 files may be open at a time: raise the limit \(ulimit -n\)' 1 -- \
        "$limited" -n 8 "$PLAIT" mandelbrot --size 40x20 --out a.png
    expect_error 'the stack may have 32 KiB only: raise the limit \(ulimit -s\)' 1 -- \
        "$limited" -s 32 "$PLAIT" mandelbrot --size 40x20 --out a.png
    # What is allowed is enough.
    local arguments
    for arguments in 'mandelbrot --size 90x60 --out a.png --out a.pdf --json a.json --threads 2' 'hello' 'count' \
        'pi --sweep 4^5:4^6 --plot p --scatter s.png' 'ring' 'rank' 'julia --size 90x60 --stream --out a.npy' 'check'; do
        # shellcheck disable=SC2086 # several words
        expect_ok 1 -- "$limited" -s 256 "$limited" -n 32 "$PLAIT" $arguments
    done
}

# Less than the work takes, and enough to start.
memory() {
    new_sandbox
    RANKS_LIST=1 expect_error 'no memory for 14 x 1048576 counts of hits' 2 -- "$limited" -v 200000 "$PLAIT" \
        pi --runs 2^20 --sweep 4^1:4^14 --threads 1
    RANKS_LIST=1 expect_error 'no memory for 763 MiB of counts' 2 -- "$limited" -v 400000 "$PLAIT" \
        mandelbrot --size 20000x10000 --maxit 2 --threads 1 --out a.npy
    RANKS_LIST=3 expect_error 'out of memory' 1 -- "$limited" -v 300000 "$PLAIT" ring --size 200000000
    # RLIMIT_AS is no file size: what fits is written.
    expect_ok 1 -- "$limited" -v 400000 "$PLAIT" mandelbrot --size 600x400 --out a.npy --threads 1
}

if [ $# -eq 0 ]; then set -- file_size output_pipe processor_time files_and_stack memory; fi
for part in "$@"; do "$part"; done
finish
