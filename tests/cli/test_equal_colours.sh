#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Colours that are equalised (--colour histogram) or repeat (--cycle): the same bytes wherever counts are
# kept, on any ranks, threads, paths and schedules; resumed, coloured again from counts, and checked by rerun.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# same_picture RANKS ARGUMENT...: as a.png
same_picture() {
    expect_ok "$1" -- "$PLAIT" "${@:2}" --out b.png
    assert "the same bytes on $1 ranks: ${*:2}" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
}

# everywhere COMMAND ARGUMENT...: also of a.npy and a.ppm
everywhere() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --threads 1 --path scalar --schedule block --interior brute \
        --out a.png --out a.npy --out a.ppm
    same_picture 3 "$@" --threads 2 --schedule cyclic
    same_picture 2 "$@" --verify --threads 1
    same_picture 7 "$@" --stream --threads 1
    expect_ok 1 -- "$PLAIT" rerun a.png --check
    assert "rerun has the same pixels" grep -q 'every pixel as it was drawn$' "$WORK/out"
}

# coloured_again ARGUMENT...: a.ppm, from a.npy
coloured_again() {
    expect_ok 1 -- "$PLAIT" colour a.npy "$@" --threads 3 --out c.ppm --out c.png
    assert "the counts give the same picture" cmp "$SANDBOX/a.ppm" "$SANDBOX/c.ppm"
    expect_ok 1 -- "$PLAIT" rerun c.png
    assert "which has its command" [ "$(cat "$WORK/out")" = "plait colour a.npy $*" ]
}

everywhere mandelbrot --colour histogram --maxit 400 --samples 2 --size 121x83
everywhere julia --colour histogram --maxit 300000 --c -0.8,0.156 --size 90x62
coloured_again --colour histogram --maxit 300000
everywhere mandelbrot --cycle 17 --maxit 500 --size 90x61
coloured_again --cycle 17 --maxit 500
everywhere julia --colour smooth --cycle 9 --maxit 400 --c -0.8,0.156 --size 91x60

# Rows of a checkpoint are in the histogram, too. The first run cannot print its result, and keeps all rows.
new_sandbox
job=("$PLAIT" mandelbrot --colour histogram --size 90x61 --checkpoint run.ck)
expect_ok 1 -- "$PLAIT" mandelbrot --colour histogram --size 90x61 --out a.png
run_ranks 1 sh -c 'exec "$@" >/dev/full' sh "${job[@]}" --out null
assert "the result cannot be printed" [ "$status" -eq 1 ]
expect_ok 3 -- "${job[@]}" --out b.png
assert "all rows are from the checkpoint" grep -q ", 31 rows from 'run.ck'" "$WORK/out"
assert "a resumed picture has the same bytes" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"

# Without --maxit the largest count is that of points that do not escape; counts that cannot be are refused.
expect_ok 1 -- "$PLAIT" mandelbrot --colour histogram --size 90x61 --out p.npy --out p.ppm
expect_ok 1 -- "$PLAIT" colour p.npy --colour histogram --out q.ppm
assert "the largest count is black" cmp "$SANDBOX/p.ppm" "$SANDBOX/q.ppm"
RANKS_LIST=1
expect_error "'p.npy' has the count 127, beyond --maxit 100: give the steps" 2 -- \
    "$PLAIT" colour p.npy --cycle 10 --maxit 100
expect_error 'cycle and --colour histogram exclude each other' 2 -- \
    "$PLAIT" colour p.npy --cycle 10 --colour histogram
expect_error 'value 255-count and --colour histogram exclude each other' 2 -- \
    "$PLAIT" colour p.npy --colour histogram --value 255-count
expect_error 'value 255-count and --cycle exclude each other' 2 -- \
    "$PLAIT" colour p.npy --cycle 10 --value 255-count
expect_error 'maxit is for --colour histogram and --cycle' 2 -- "$PLAIT" colour p.npy --maxit 127
finish
