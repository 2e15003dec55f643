#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Colours have the same bits everywhere: the same picture file for any ranks, threads, paths and schedules,
# with mirror images and without, in memory and streamed; and it is the picture that NumPy makes of the
# same counts.
# And how far colouring and encoding are is shown.
# LIST_PATHS names a program that prints the paths of this machine, SLOW_STEPS_LIBRARY what slow_steps.c
# was made into.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

mapfile -t paths < <("${LIST_PATHS:?}")
[ "${paths[0]:-}" = scalar ] || { echo "no list of paths"; exit 1; }

# draw RANKS THREADS PATH SCHEDULE ARGUMENT...: as p.png
draw() {
    expect_ok "$1" -- "$PLAIT" "${@:5}" --threads "$2" --path "$3" --schedule "$4" --out p.png
    assert "the picture is that of one scalar thread" cmp "$SANDBOX/p.png" "$WORK/expected.png"
}

# picture ARGUMENT...
picture() {
    local ranks schedule path turn=0
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --threads 1 --path scalar --schedule block --interior brute --out p.png
    cp "$SANDBOX/p.png" "$WORK/expected.png"
    for ranks in 1 2 3; do
        for schedule in block cyclic dynamic weighted; do
            turn=$((turn + 1))
            draw "$ranks" $((turn % 2 + 1)) "${paths[turn % ${#paths[@]}]}" "$schedule" "$@"
        done
    done
    for path in "${paths[@]}"; do
        draw 2 5 "$path" dynamic "$@"
        draw 3 2 "$path" weighted "$@" --stream
    done
}

# distances ARGUMENT...: on every path, and wherever rows are kept
distances() {
    local path turn=0
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --threads 1 --path scalar --schedule block --interior brute --out p.png
    cp "$SANDBOX/p.png" "$WORK/expected.png"
    for path in "${paths[@]}"; do
        turn=$((turn + 1))
        draw $((turn % 3 + 1)) $((turn % 2 * 4 + 1)) "$path" dynamic "$@"
    done
    draw 3 2 "$path" weighted "$@" --stream --verify
    draw 2 2 "${paths[1 % ${#paths[@]}]}" cyclic "$@" --verify
    # The results cannot be printed: the next run begins with all rows, and finds the distances again.
    run_ranks 1 sh -c 'exec "$@" >/dev/full' sh "$PLAIT" "$@" --checkpoint run.ck --out null
    assert "the result cannot be printed" [ "$status" -eq 1 ]
    draw 3 1 "$path" dynamic "$@" --checkpoint run.ck
    assert "rows come from the checkpoint" grep -qE ', [0-9]+ rows from .run.ck' "$WORK/out"
}

# What a file says of itself, and what has no distances.
distance_origin() {
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    assert "it is drawn again" grep -q 'every pixel as it was drawn$' "$WORK/out"
    expect_ok 1 -- "$PLAIT" rerun p.png
    assert "the command names it" grep -q ' --colour distance' "$WORK/out"
    RANKS_LIST=1 expect_error 'colour distance is for views that doubles resolve, .*: choose --colour smooth, or zoom out' 2 -- \
        "$PLAIT" mandelbrot --center 0,1 --zoom 1e30 --colour distance
    RANKS_LIST=1 expect_error 'gpu-ranks: distances are computed without devices: leave it out, ' 2 -- \
        "$PLAIT" julia --gpu-ranks all --colour distance
}

# right ARGUMENT...: as Python sees it
right() {
    new_sandbox
    expect_ok 3 -- "$PLAIT" "$@" --out p.png --out p.npy --json p.json
    assert "the colours are right" /usr/bin/python3 "$here/../mpi/read_colours.py" "$SANDBOX"/p.{json,npy,png}
}

# shown RANKS "STEP..." ARGUMENT...: the steps of a slow run have lines of progress.
shown() {
    local step
    expect_ok "$1" -- env LD_PRELOAD="${SLOW_STEPS_LIBRARY:?}" "$PLAIT" "${@:3}" --progress lines
    for step in $2; do
        assert "progress of $step" grep -qE "^${step/_/, }: 100 % after [0-9]+ s\$" "$WORK/err"
    done
    expect_ok "$1" -- env LD_PRELOAD="$SLOW_STEPS_LIBRARY" "$PLAIT" "${@:3}" --progress none
    assert "no progress" [ "$(grep -c ' % after' "$WORK/err")" -eq 0 ]
}

case ${1:-} in
smooth)
    picture mandelbrot --colour smooth --size 150x101
    picture mandelbrot --colour smooth --size 90x61 --maxit 3000 --center -0.743643887,0.131825904 \
        --zoom 2000
    picture julia --colour smooth --size 81x60
    ;;
distance)
    distances mandelbrot --colour distance --size 90x61 --maxit 3000 --center -1.77,0 --zoom 40 --bailout 9
    distances julia --colour distance --samples 2 --size 41x30 --c 0,1
    distance_origin
    ;;
samples)
    picture julia --samples 3 --size 40x31 --colour smooth
    ;;
right)
    /usr/bin/python3 -c 'import matplotlib, numpy, PIL' 2>/dev/null || {
        echo "SKIPPED: needs python3-numpy, python3-pil and python3-matplotlib"
        exit 77
    }
    right mandelbrot --colour smooth --size 300x200 --palette magma
    right julia --colour smooth --size 200x151 --palette turbo
    right mandelbrot --samples 4 --size 100x67
    right julia --samples 3 --size 80x61 --palette inferno
    right mandelbrot --samples 2 --size 100x67 --colour smooth --palette cividis
    right mandelbrot --colour histogram --size 300x200
    right julia --colour smooth --cycle 7 --palette magma --size 200x151
    ;;
progress)
    new_sandbox
    shown 1 "mandelbrot_drawing" mandelbrot --size 2000x50 --out p.npy --out p.ppm
    shown 2 "mandelbrot_colours mandelbrot_drawing" mandelbrot --size 2000x50 --colour smooth --out p.ppm
    shown 2 "julia_drawing" julia --size 2000x50 --stream --out p.ppm
    shown 1 "colour_reading colour_drawing" colour p.npy --out q.ppm
    expect_ok 1 -- "$PLAIT" mandelbrot --size 60x40 --colour smooth --out p.png
    shown 1 "rerun" rerun p.png --check
    ;;
*)
    echo "give one of: smooth distance samples right progress"
    exit 2
    ;;
esac
finish
