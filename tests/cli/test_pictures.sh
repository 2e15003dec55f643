#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Right use of mandelbrot and julia: the default pictures, mirrored rows, the two forms of a view, more
# ranks than rows, the files that are replaced.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Without options: the file, and the checksum of an independent plain loop in the line at the end.
default_picture() {
    new_sandbox
    expect_ok 2 -- "$PLAIT" "$1"
    assert "$1.png exists" [ -s "$SANDBOX/$1.png" ]
    assert "a line for the picture, one for the ranks" [ "$(wc -l <"$WORK/out")" -eq 2 ]
    assert "the checksum is $2" grep -q "fnv1a $2 -> $1.png\$" "$WORK/out"
    assert "nothing else is left" [ "$(find "$SANDBOX" -type f | wc -l)" -eq 1 ]
}

# same ARGUMENTS-A -- ARGUMENTS-B: two commands that must give the same counts, on one and on two ranks.
same() {
    local first=() second=()
    while [ "$1" != -- ]; do first+=("$1"); shift; done
    shift
    second=("$@")
    new_sandbox
    expect_ok 1 -- "$PLAIT" "${first[@]}" --out a.npy
    expect_ok 2 -- "$PLAIT" "${second[@]}" --out b.npy
    assert "the counts are equal" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
}

default_picture mandelbrot cc06575c1ed131fb
default_picture julia 7977c2e50817ba97

# Mirrored rows and skipped interiors change no count: even and odd heights, rows and points.
for size in 64x1 64x2 64x3 65x64 64x65; do
    same mandelbrot --size "$size" -- mandelbrot --size "$size" --interior brute
    same julia --size "$size" -- julia --size "$size" --interior brute
    same julia --size "$size" --c -1,0 -- julia --size "$size" --c -1,0 --interior brute
done
same mandelbrot --maxit 2000 --size 90x60 -- \
    mandelbrot --maxit 2000 --size 90x60 --interior brute --threads 3

# The two forms of a view meet where they describe the same pixels.
same mandelbrot --size 300x200 -- mandelbrot --size 300x200 --center -0.5,0
same mandelbrot --size 300x200 -- mandelbrot --size 300x200 --zoom 1
same julia --size 40x30 --multiplier 4 -- julia --size 160x120

# More ranks than rows, one pixel, one column.
for size in 1x1 5x3 1x7 300x1; do
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size "$size" --out a.npy
    expect_ok 7 -- "$PLAIT" mandelbrot --size "$size" --out b.npy
    assert "seven ranks draw $size as one does" cmp "$SANDBOX/a.npy" "$SANDBOX/b.npy"
done

# An earlier file is replaced, a link followed, and a name may be anything.
new_sandbox
printf 'old' >"$SANDBOX/old.npy"
ln -s old.npy "$SANDBOX/link.npy"
expect_ok 1 -- "$PLAIT" mandelbrot --size 8x8 --out link.npy --out 'a name, with; signs.png'
assert "the link stays" [ -L "$SANDBOX/link.npy" ]
assert "its file is new" [ "$(stat -c %s "$SANDBOX/old.npy")" -gt 200 ]
assert "the odd name exists" [ -s "$SANDBOX/a name, with; signs.png" ]

# The name null is no file: it may be given twice, and a directory may be called so.
new_sandbox
mkdir "$SANDBOX/null"
expect_ok 2 -- "$PLAIT" mandelbrot --size 8x8 --out null --out null --out p.npy
expect_ok 1 -- "$PLAIT" colour p.npy --out null --out null
assert "nothing else exists" [ "$(find "$SANDBOX" -mindepth 1 | wc -l)" -eq 2 ]
finish
