#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Deep views: the same files for any ranks, threads, paths and schedules, in memory and streamed, drawn
# again by rerun, from a checkpoint, and equal to full precision; texts of any length, locations of other programs,
# and what is warned of.
#     test_deep.sh same_bits|origin|checkpoint|texts|warnings|near_zero|locations|methods|reference|refused_reference|tables
# LIST_PATHS names a program that prints the paths of this machine, HOOKED_PLAIT a plait with less memory.
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
    # Without its centre a checkpoint would be that of other views, too.
    RANKS_LIST=1 expect_error "out of memory for the digits by which checkpoint 'run.ck' is known" 1 -- env CHECK_HOOK='lost 1065' \
        "$HOOKED_PLAIT" "${view[@]/0,1/0,1.$(printf '%01000d' 7)}" --checkpoint run.ck --out null
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

# Around the zoom at which doubles end, auto is direct where direct is not refused, and deep elsewhere.
methods() {
    local view=(mandelbrot --center -0.743643887037158704752191506114774,0.131825904205311970493132056385139 --maxit 8000 --size 24x16)
    local zoom method direct=0 deep=0
    new_sandbox
    for zoom in 1e14 2.8e14 2.81e14 2.82e14 3e14; do
        run_ranks 1 "$PLAIT" "${view[@]}" --zoom "$zoom" --method direct --out direct.npy
        if [ "$status" -eq 0 ]; then method=direct direct=$((direct + 1)); else method=deep deep=$((deep + 1)); fi
        expect_ok 1 -- "$PLAIT" "${view[@]}" --zoom "$zoom" --method deep --out deep.npy
        expect_ok 1 -- "$PLAIT" "${view[@]}" --zoom "$zoom" --out auto.npy
        assert "auto is $method at $zoom" cmp "$SANDBOX/auto.npy" "$SANDBOX/$method.npy"
        assert "the summary agrees" [ "$(grep -c ', reference ' "$WORK/out")" -eq "$([ $method = deep ] && echo 1 || echo 0)" ]
    done
    assert "both were seen" [ "$direct" -ge 2 -a "$deep" -ge 2 ]
}

# with REGEX ARGUMENT...: a run with --reference on 1 to 3 ranks has the counts of one without, and the summary says how many
# steps are kept.
with() {
    turn=$((turn + 1))
    expect_ok 1 -- "$PLAIT" "${@:2}" --threads 1 --out e.npy
    expect_ok $((turn % 3 + 1)) -- "$PLAIT" "${@:2}" --threads $((turn % 2 + 1)) --reference orbit --out p.npy --json r.json
    assert "the counts are those without a file" cmp "$SANDBOX/p.npy" "$SANDBOX/e.npy"
    assert "the summary has /$1/" grep -qE ", $1 from 'orbit' -> p.npy" "$WORK/out"
}

# An orbit that is kept serves all views with as many bits, whatever their size, zoom and steps, and is continued
# where it is too short; by a signal, too.
reference() {
    local center=-0.743643887037158704752191506114774,0.131825904205311970493132056385139
    local set=(mandelbrot --method deep --center "$center" --size 16x12)
    local julia=(julia --c "$center" --center 0.1,1e-3 --maxit 400 --size 16x12)
    new_sandbox
    with '0 of 2000 steps' "${set[@]}" --maxit 2000 --zoom 1e15
    check_report r.json
    with '2000 of 6986 steps' "${set[@]}" --maxit 20000 --zoom 1e16
    cp "$SANDBOX/orbit" "$SANDBOX/longer"
    with '998 of 998 steps' "${set[@]}" --maxit 20000 --zoom 3e14 --colour smooth
    with '1500 of 1500 steps' "${set[@]}" --maxit 1500 --zoom 2e15 --samples 2
    assert "a longer orbit is left as it is" cmp "$SANDBOX/orbit" "$SANDBOX/longer"
    with '6986 of 8007 steps' "${set[@]}" --maxit 20000 --zoom 1e18
    with '0 of 8007 steps' "${set[@]}" --maxit 20000 --zoom 1e29
    assert "a line says that it is computed again" grep -qF "plait: warning: --reference 'orbit' has 192 bits, and this view needs 256: the orbit is computed again, and replaces it" \
        "$WORK/err"
    rm "$SANDBOX/orbit"
    with '0 of [0-9]+ steps' "${julia[@]/400/50}" --zoom 1e20
    with '[0-9]+ of [0-9]+ steps' "${julia[@]}" --zoom 1e20
    with '([0-9]+) of \1 steps' "${julia[@]}" --zoom 2e20
    rm "$SANDBOX/orbit"
    # An extended view; and a signal while the orbit grows, from where it is continued.
    with '0 of 300 steps' "${set[@]}" --maxit 300 --zoom 1e290
    with '300 of 900 steps' "${set[@]}" --maxit 900 --zoom 5e290
    rm "$SANDBOX/orbit"
    set=(mandelbrot --method deep --center -0.1,0.1 --zoom 1e9000 --size 4x4)
    (cd "$SANDBOX" && exec timeout -k 60 120 "$PLAIT" "${set[@]}" --maxit 9000000 --threads 1 --reference orbit --progress lines \
        --out null >"$WORK/out" 2>"$WORK/err") &
    local job=$!
    until grep -q 'reference orbit' "$WORK/err" || ! kill -0 "$job" 2>/dev/null; do sleep 0.01; done
    kill -TERM "$job"
    status=0
    wait "$job" || status=$?
    assert "status is 75, not $status" [ "$status" -eq 75 ]
    assert "it says how far the orbit is" grep -qE "^plait: stopped at the reference orbit: 'orbit' has [0-9]+ steps, and the same command continues from there" "$WORK/err"
    with '500 of 500 steps' "${set[@]}" --maxit 500
}

# What is refused, and leaves the file as it is.
refused_reference() {
    local set=(mandelbrot --method deep --maxit 50 --size 4x4 --out null --reference orbit --zoom 1e20)
    local julia=(julia --method deep --maxit 50 --size 4x4 --out null --zoom 1e20 --c 0.1,0.2 --center 0,0.1)
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${set[@]}" --center 0.1,0.2
    expect_ok 1 -- "$PLAIT" "${julia[@]}" --reference julia
    cp "$SANDBOX/orbit" "$SANDBOX/copy"
    expect_error "--reference 'orbit' has the orbit of another --center: " 2 -- "$PLAIT" "${set[@]}" --center 0.1,0.21
    RANKS_LIST=1 expect_error "'orbit' has the orbit of another --center: " 2 -- "$PLAIT" "${set[@]/1e20/1e60}" --center 0.1,0.21
    RANKS_LIST=1 expect_error "'orbit' has the orbit of another subcommand: " 2 -- "$PLAIT" "${julia[@]}" --reference orbit
    RANKS_LIST=1 expect_error "'julia' has the orbit of another --c: " 2 -- "$PLAIT" "${julia[@]/0.1,0.2/0.1,0.3}" --reference julia
    RANKS_LIST=1 expect_error "'julia' has the orbit of another --bailout: " 2 -- "$PLAIT" "${julia[@]}" --bailout 4 --reference julia
    RANKS_LIST=1 expect_error "'julia' has the orbit of another --center: " 2 -- "$PLAIT" "${julia[@]/0,0.1/0,0.2}" --reference julia
    RANKS_LIST=1 expect_error '--reference is for deep views' 2 -- "$PLAIT" mandelbrot --reference orbit --out null
    RANKS_LIST=1 expect_error '--out .* and --reference .* are one file' 2 -- "$PLAIT" mandelbrot --method deep --center 0,0 --reference ./p.npy --out p.npy
    assert "the file is as it was" cmp "$SANDBOX/orbit" "$SANDBOX/copy"
    head -c -1 "$SANDBOX/copy" >"$SANDBOX/orbit"
    expect_error "'orbit' is damaged \(cut short\): remove it" 2 -- "$PLAIT" "${set[@]}" --center 0.1,0.2
    echo text >"$SANDBOX/orbit"
    RANKS_LIST=1 expect_error "'orbit' is no reference orbit of Plait, and is left alone" 2 -- "$PLAIT" "${set[@]}" --center 0.1,0.2
    assert "it is left alone" [ "$(cat "$SANDBOX/orbit")" = text ]
    RANKS_LIST=1 expect_error "cannot write 'absent/orbit'" 2 -- "$PLAIT" "${set[@]/orbit/absent/orbit}" --center 0.1,0.2
}

# Ranks of a node share the tables, or where files of that size are forbidden have copies; memory is refused in one line.
tables() {
    local set=(mandelbrot --method deep --center -0.1,0.1 --zoom 1e20 --maxit 400000 --size 16x12 --threads 1 --out null)
    local ranks expected
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${set[@]}"
    expected=$(grep -o 'fnv1a [0-9a-f]*' "$WORK/out")
    for ranks in 2 5; do
        expect_ok "$ranks" -- "$PLAIT" "${set[@]}" --verify
        assert "$ranks ranks share the tables" grep -q "$expected" "$WORK/out"
    done
    expect_ok 3 -- sh -c 'ulimit -f 8192 && exec "$@"' sh "$PLAIT" "${set[@]}" --verify
    assert "3 ranks have copies" grep -q "$expected" "$WORK/out"
    export CHECK_MEMORY=15000000
    RANKS_LIST='1 3' expect_error 'a reference orbit of (65536|131072) steps needs [0-9]+ MiB more on this node, which has 14 MiB free: ' 1 -- \
        "$HOOKED_PLAIT" "${set[@]}"
    unset CHECK_MEMORY
}

# Parts can be named, so that ctest runs them side by side.
if [ $# -eq 0 ]; then
    set -- same_bits origin checkpoint texts warnings near_zero locations methods reference refused_reference tables
fi
for part in "$@"; do "$part"; done
finish
