#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Deep views: the same files for any ranks, threads, paths and schedules, in memory and streamed, drawn
# again by rerun, from a checkpoint, and equal to full precision; texts of any length, locations of other programs,
# and what is warned of.
#     test_deep.sh same_bits|origin|checkpoint|texts|warnings|near_zero|locations
# LIST_PATHS names a program that prints the paths of this machine.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mapfile -t paths < <("${LIST_PATHS:?}")

# same EXPECTED RANKS THREADS SCHEDULE ARGUMENT...: the paths in turn.
turn=0
same() {
    turn=$((turn + 1))
    expect_ok "$2" -- "$PLAIT" "${@:5}" --threads "$3" --schedule "$4" --path "${paths[turn % ${#paths[@]}]}" \
        --out p.png --out p.npy
    assert "the picture is that of one scalar thread" cmp "$SANDBOX/p.png" "$SANDBOX/$1.png"
    assert "the counts are those of one scalar thread" cmp "$SANDBOX/p.npy" "$SANDBOX/$1.npy"
}

first() {
    expect_ok 1 -- "$PLAIT" "${@:2}" --threads 1 --path scalar --schedule block --interior brute \
        --out "$1.png" --out "$1.npy"
}

# An extended view whose reference orbit takes several messages; and one of a Julia set, which has a mirror
# image and a column that has none.
same_bits() {
    local far=(mandelbrot --center 0,1 --zoom 1e1800 --maxit 5600 --bailout 1000 --size 30x20 --colour smooth --samples 2)
    local near=(julia --c -1.5,1e-30 --center 0,0 --zoom 1e16 --method deep --maxit 400 --size 31x22 --colour smooth)
    new_sandbox
    first far "${far[@]}"
    first near "${near[@]}"
    same far 7 1 weighted "${far[@]}" --verify
    same far 2 2 dynamic "${far[@]}" --stream --verify
    same far 3 1 cyclic "${far[@]}" --interior brute
    same far 1 5 block "${far[@]}"
    same near 3 2 dynamic "${near[@]}" --stream --verify
    same near 2 1 weighted "${near[@]}" --verify
    # A PNG alone, whose rows stay with the ranks that have computed them.
    expect_ok 3 -- "$PLAIT" "${far[@]}" --threads 1 --out p.png
    assert "the picture is the same without counts" cmp "$SANDBOX/p.png" "$SANDBOX/far.png"
    expect_ok 2 -- "$PLAIT" "${near[@]}" --threads 2 --schedule cyclic --out p.png
    assert "the picture is the same without counts" cmp "$SANDBOX/p.png" "$SANDBOX/near.png"
}

# A file says how it was made, as auto and by name; a direct picture says nothing of a method.
origin() {
    local seahorse=-0.743643887037158704752191506114774,0.131825904205311970493132056385139
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --center "$seahorse" --zoom 3e13 --size 24x16 --maxit 5000 --colour smooth \
        --out p.png
    expect_ok 1 -- "$PLAIT" rerun p.png
    assert "the centre has all its digits" grep -qF -- "--center $seahorse --zoom 3e13 --maxit 5000" "$WORK/out"
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    assert "it is drawn again" grep -q 'every pixel as it was drawn' "$WORK/out"
    expect_ok 1 -- "$PLAIT" mandelbrot --method deep --center -0.75,0.1 --zoom 1e9 --size 24x16 --out p.png
    expect_ok 1 -- "$PLAIT" rerun p.png --check --print
    assert "it names the method" grep -qx 'method = deep' "$WORK/out"
    expect_ok 1 -- "$PLAIT" mandelbrot --center -0.75,0.1 --zoom 1e9 --size 24x16 --out p.png
    expect_ok 1 -- "$PLAIT" rerun p.png --print
    assert "it names none" [ "$(grep -c method "$WORK/out")" -eq 0 ]
}

# A run whose result cannot be printed keeps its checkpoint; the next one begins with all rows, whose smooth
# values are found again.
checkpoint() {
    local view=(mandelbrot --center 0,1 --zoom 1e40 --maxit 1500 --size 40x30 --colour smooth)
    new_sandbox
    # Samples in full precision would take hours here, and do not delay a stop.
    (cd "$SANDBOX" && exec timeout -k 60 120 "$PLAIT" mandelbrot --method deep --center 0,0 --zoom 1e10 --maxit 9000000 \
        --size 40x30 --verify-exact --checkpoint run.ck --out null >"$WORK/out" 2>"$WORK/err") &
    local job=$!
    until [ -e "$SANDBOX/run.ck" ] || ! kill -0 "$job" 2>/dev/null; do sleep 0.01; done
    kill -TERM "$job"
    status=0
    wait "$job" || status=$?
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "it says where it was stopped" grep -q '^plait: stopped at the .*, before this run had any rows' "$WORK/err"
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${view[@]}" --out e.png
    run_ranks 1 sh -c 'exec "$@" >/dev/full' sh "$PLAIT" "${view[@]}" --checkpoint run.ck --out null
    assert "the result cannot be printed" [ "$status" -eq 1 ]
    RANKS_LIST=1 expect_error "of another run, whose zoom is 1e40, not 1e41" 2 -- \
        "$PLAIT" "${view[@]/1e40/1e41}" --checkpoint run.ck --out null
    RANKS_LIST=1 expect_error "of another run, whose center is 0,1e0, not 0,1[0-9]*\.\.\.[0-9a-f]{16}" 2 -- \
        "$PLAIT" "${view[@]/0,1/0,1.$(printf '%070d' 1)}" --checkpoint run.ck --out null
    expect_ok 3 -- "$PLAIT" "${view[@]/1e40/10.0e39}" --checkpoint run.ck --out p.png
    assert "all rows are from the checkpoint" grep -q ", 30 rows from 'run.ck'" "$WORK/out"
    assert "the checkpoint is gone" [ ! -e "$SANDBOX/run.ck" ]
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    assert "the picture is right" grep -q 'every pixel as it was drawn' "$WORK/out"
}

# Ten thousand digits from a file, which is where they go when a command line is too short; and the report.
texts() {
    new_sandbox
    printf '[mandelbrot]\ncenter = 0.%09998d, 1\nzoom = 1e60\nmaxit = 2000\nbailout = 1e10\nsize = 12x8\n' 1 >"$SANDBOX/deep.ini"
    expect_ok 2 -- "$PLAIT" mandelbrot --config deep.ini --out p.png --json r.json --verify-exact
    assert "samples are equal to full precision" \
        grep -q ', 1000 of 1000 samples equal to full precision, largest difference 0 ->' "$WORK/out"
    assert "no warning" [ ! -s "$WORK/err" ]
    check_report r.json
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    assert "the picture is right" grep -q 'every pixel as it was drawn' "$WORK/out"
}

warnings() {
    new_sandbox
    expect_ok 2 -- "$PLAIT" mandelbrot --center -0.743643887037,0.1318259 --zoom 1e50 --maxit 200 --size 20x20 --out null
    assert "too few digits" \
        grep -qF 'plait: warning: --center has 12 decimals, and a pixel of this view is 51 decimals deep: ' "$WORK/err"
    assert "too few steps" grep -qE '^plait: warning: 100 % of the pixels .* after --maxit 200 steps: ' "$WORK/err"
    RANKS_LIST=1 expect_error "verify-exact is for deep views" 2 -- "$PLAIT" mandelbrot --verify-exact --out null
}

# The view of a file is that of its centre and zoom, for which 3 H / 4 W of the file's makes the same height; a
# value that is given on the command line counts more than one of a file that another place names.
locations() {
    local center=-0.743643887037158704752191506114774,0.131825904205311970493132056385139
    new_sandbox
    printf 'Re: %s\r\nIm: %s\r\nZoom: 8E14\r\nIterations: 12000\r\nRotateAngle: 30\r\nColors: 1,2,3\r\n' \
        "${center%,*}" "${center#*,}" >"$SANDBOX/seahorse.kfr"
    printf 'program = "fraktaler-3"\nlocation.real = "0"\nlocation.imag = "1"\nlocation.zoom = "1e40"\n' >"$SANDBOX/i.f3.toml"
    expect_ok 1 -- "$PLAIT" mandelbrot --center "$center" --zoom 4e14 --maxit 12000 --size 24x16 --out e.png
    expect_ok 2 -- "$PLAIT" mandelbrot --location seahorse.kfr --size 24x16 --out p.png --json r.json
    assert "the picture is that of the centre and the zoom" cmp "$SANDBOX/p.png" "$SANDBOX/e.png"
    assert "one line says what is left out" [ "$(plait_lines)" -eq 1 ]
    assert "namely this" grep -qxF "plait: warning: --location 'seahorse.kfr' of Kalles Fraktaler: left out: rotation 30, colours, imaginary axis downwards" \
        "$WORK/err"
    check_report r.json
    expect_ok 1 -- "$PLAIT" rerun p.png
    assert "the file is not part of the command" [ "$(grep -c location "$WORK/out")" -eq 0 ]
    expect_ok 2 -- env PLAIT_ZOOM=7 "$PLAIT" mandelbrot --location i.f3.toml --maxit 900 --size 24x16 --out p.png
    assert "nothing is left out" [ "$(plait_lines)" -eq 0 ]
    expect_ok 1 -- "$PLAIT" rerun p.png
    assert "the file's zoom, and the given steps" grep -qF -- '--center 0,1 --zoom 5e39 --maxit 900' "$WORK/out"
    expect_ok 1 -- env PLAIT_LOCATION=absent "$PLAIT" mandelbrot --center 0,0 --size 24x16 --out null
}

# Near 0 the first step of a Julia set loses in c what doubles distinguish, so that all counts would be equal: auto is deep.
near_zero() {
    local view=(julia --c 0,1 --center 0,0 --maxit 500 --size 24x16)
    new_sandbox
    expect_ok 2 -- "$PLAIT" "${view[@]}" --zoom 1e9 --out auto.npy --out p.png
    expect_ok 1 -- "$PLAIT" "${view[@]}" --zoom 1e9 --method deep --out deep.npy --verify-exact
    assert "samples are equal to full precision" grep -q ' samples equal to full precision, largest difference 0 ->' "$WORK/out"
    assert "auto is deep" cmp "$SANDBOX/auto.npy" "$SANDBOX/deep.npy"
    expect_ok 1 -- "$PLAIT" rerun p.png --check
    assert "it is drawn again" grep -q 'every pixel as it was drawn' "$WORK/out"
    expect_ok 1 -- "$PLAIT" "${view[@]}" --zoom 1e6 --out null
    assert "doubles are enough" [ "$(grep -c reference "$WORK/out")" -eq 0 ]
    expect_ok 1 -- "$PLAIT" "${view[@]/0,1/1e30,0}" --zoom 1e9 --out null
    assert "all escape" [ "$(grep -c reference "$WORK/out")" -eq 0 ]
}

# Parts can be named, so that ctest runs them side by side.
if [ $# -eq 0 ]; then
    set -- same_bits origin checkpoint texts warnings near_zero locations
fi
for part in "$@"; do "$part"; done
finish
