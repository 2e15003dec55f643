#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --values: files of smooth values, the same bytes wherever counts are kept, on any ranks, threads, paths and
# schedules, and of resumed runs; what NumPy and Pillow read in them; rerun of a .png; bad input.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# same_values RANKS ARGUMENT...: as a.npy and a.png
same_values() {
    expect_ok "$1" -- "$PLAIT" "${@:2}" --values b.png --values b.npy --values c.npy
    assert "the same values on $1 ranks: ${*:2}" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
    assert "in both files" cmp "$SANDBOX/a.npy" "$SANDBOX/c.npy"
    assert "and the same greys" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
}

# everywhere ARGUMENT...: rows that stay with their owners, in the memory of rank 0, and on disk
everywhere() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --threads 1 --path scalar --schedule block --interior brute --out null \
        --values a.npy --values a.png --json a.json
    check_report a.json
    same_values 3 "$@" --threads 2 --schedule cyclic --out p.png
    same_values 7 "$@" --threads 1 --out p.npy
    same_values 2 "$@" --threads 1 --stream --out p.npy
    expect_ok 1 -- "$PLAIT" rerun a.png --check
    assert "rerun has the same values" grep -q 'every pixel as it was drawn$' "$WORK/out"
}

have_readers() {
    /usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null
}

# Rows that mirror rows, and points that mirror points, but for column 0; a deep view.
everywhere mandelbrot --size 91x62 --samples 2 --maxit 300
! have_readers || assert "NumPy and Pillow have the same values" /usr/bin/python3 "$here/read_values.py" "$SANDBOX"/a.{json,npy,png}
everywhere julia --size 100x67 --c -0.8,0.156 --colour smooth
! have_readers || assert "also of Julia" /usr/bin/python3 "$here/read_values.py" "$SANDBOX"/a.{json,npy,png}
# Rows that are delivered at once, although there is not space for the values of all of them.
wide=(mandelbrot --size 100000x12 --region -2,1,-0.9,1 --maxit 20 --threads 1 --schedule block --out null --stream)
new_sandbox
expect_ok 1 -- "$PLAIT" "${wide[@]}" --values a.npy --values a.png
for ranks in 1 2; do
    run_ranks "$ranks" sh -c 'exec "$@" >/dev/full' sh "$PLAIT" "${wide[@]}" --values b.npy --checkpoint run.ck
    assert "the run has left its rows" [ -e "$SANDBOX/run.ck" ]
    same_values 1 "${wide[@]}" --checkpoint run.ck
    assert "all of them" grep -q ", 12 rows from 'run.ck'" "$WORK/out"
done
deep=(mandelbrot --center 0,1 --zoom 1e40 --maxit 1500 --size 40x30)
new_sandbox
expect_ok 1 -- "$PLAIT" "${deep[@]}" --threads 1 --out null --values a.npy --values a.png
run_ranks 1 sh -c 'exec "$@" >/dev/full' sh "$PLAIT" "${deep[@]}" --checkpoint run.ck --out null
assert "the result cannot be printed" [ "$status" -eq 1 ]
cp "$SANDBOX/run.ck" "$SANDBOX/again.ck"
same_values 2 "${deep[@]}" --checkpoint run.ck --out null
same_values 1 "${deep[@]}" --checkpoint again.ck --out null --stream

# A pixel that was changed is found; so is a picture in which no point escapes.
if have_readers; then
    /usr/bin/python3 -c "
from PIL import Image, PngImagePlugin
import numpy
picture = Image.open('$SANDBOX/a.png')
texts = PngImagePlugin.PngInfo()
for name, text in picture.text.items(): texts.add_text(name, text)
greys = numpy.asarray(picture).astype('u2')
greys[3, 5] ^= 1
Image.fromarray(greys).save('$SANDBOX/changed.png', pnginfo=texts)"
    expect_ok 1 -- "$PLAIT" rerun changed.png --check
    assert "one pixel was changed" grep -q 'but 1 of 1200 pixels were changed since$' "$WORK/out"
fi
expect_ok 1 -- "$PLAIT" mandelbrot --region -0.1,0.1,-0.1,0.1 --size 9x7 --out null --values n.png --values n.npy --json n.json
assert "there is no range" grep -q '"values": {}' "$SANDBOX/n.json"

new_sandbox
for file in v.ppm null; do
    RANKS_LIST=1 expect_error "no format of values for '$file': use an ending of .npy or .png" 2 -- "$PLAIT" julia --values "$file"
done
RANKS_LIST=3 expect_error "values 'v.npy' and --values './v.npy' are one file" 2 -- "$PLAIT" julia --values v.npy --values ./v.npy
RANKS_LIST=1
expect_error "out 'julia.png' .default. and --values 'julia.png' are one file" 2 -- "$PLAIT" julia --values julia.png
expect_error "there is no directory 'absent'" 2 -- "$PLAIT" julia --values absent/v.npy
# MPICH has files of its own, of up to 8 MiB.
expect_error "values needs 15.3 MiB next to 'v.png': File too large" 2 -- \
    bash -c 'ulimit -f 9000; exec "$PLAIT" julia --size 2000x1000 --values v.png'
finish
