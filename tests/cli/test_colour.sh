#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Counts coloured again: the same pictures as those that were drawn, from files by Plait and by NumPy, in
# little memory; wrong files; what the new picture says of itself.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

have_numpy() {
    "$python" -c 'import numpy' 2>/dev/null
}

# The pixels of the picture that was drawn, whatever stands around them.
same_pictures() {
    local value=count command
    for command in mandelbrot julia; do
        new_sandbox
        expect_ok 1 -- "$PLAIT" "$command" --size 301x203 --out p.npy --out p.ppm
        expect_ok 1 -- "$PLAIT" colour p.npy --value "$value" --out q.ppm --out q.png --out null
        assert "the same picture" cmp "$SANDBOX/p.ppm" "$SANDBOX/q.ppm"
        assert "one line with what was done" grep -qE \
            '^colour 301x203, values [0-9]+ to [0-9]+, fnv1a [0-9a-f]{16}: p.npy -> q.ppm, q.png, null$' "$WORK/out"
        value=255-count
    done
    expect_ok 1 -- "$PLAIT" mandelbrot --size 301x203 --palette inferno --out p.npy --out p.ppm --out p.pdf
    expect_ok 1 -- "$PLAIT" colour p.npy --palette inferno --out q.ppm --out q.pdf
    assert "the same picture of another palette" cmp "$SANDBOX/p.ppm" "$SANDBOX/q.ppm"
    assert "as PDF, too" [ -s "$SANDBOX/q.pdf" ]
    expect_ok 1 -- "$PLAIT" colour p.npy --value 255-count --out q.png
    expect_ok 1 -- "$PLAIT" colour p.npy
    assert "colour.png is the default" [ -s "$SANDBOX/colour.png" ]
    expect_ok 3 -- "$PLAIT" colour p.npy --value 255-count --out r.png
    assert "one process of a launcher's colours" cmp "$SANDBOX/q.png" "$SANDBOX/r.png"
    assert "and reports it once" [ "$(wc -l <"$WORK/out")" -eq 1 ]
}

# The checksum of the counts comes along; where they came from does not.
origin() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --out 'my counts.npy'
    expect_ok 1 -- "$PLAIT" colour 'my counts.npy' --out q.png
    assert "the checksum is that of the counts" grep -q 'fnv1a cc06575c1ed131fb: my counts.npy -> q.png$' "$WORK/out"
    assert "the picture carries it" grep -q '^plait-fnv1a: cc06575c1ed131fb$' \
        <("$here/edit_png.py" --texts "$SANDBOX/q.png")
    expect_ok 1 -- "$PLAIT" rerun q.png
    assert "rerun prints how it was coloured" [ "$(cat "$WORK/out")" = "plait colour 'my counts.npy'" ]
    expect_ok 1 -- "$PLAIT" rerun q.png --print
    assert "and the parameters" [ "$(cat "$WORK/out")" = $'[colour]\nvalue = count\npalette = viridis' ]
    RANKS_LIST=1 expect_error "coloured from the counts in 'my counts.npy', .*: check a picture of mandelbrot or julia" 2 -- "$PLAIT" rerun q.png --check
}

# numpy CODE: runs it in the sandbox, where a is the array of p.npy.
numpy() {
    (cd "$SANDBOX" && "$python" -c "import numpy; from numpy import save; a = numpy.load('p.npy'); $1")
}

numpys_files() {
    if ! have_numpy; then
        echo "SKIPPED: needs python3-numpy"
        exit 77
    fi
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 101x67 --out p.npy --out p.ppm
    numpy 'save("q.npy", a)
save("big.npy", a.astype(">i4"))
for v in (1, 2, 3):
    f = open(f"v{v}.npy", "wb"); numpy.lib.format.write_array(f, a, version=(v, 0))'
    for file in q big v1 v2 v3; do
        expect_ok 1 -- "$PLAIT" colour "$file.npy" --out r.ppm
        assert "$file.npy is read right" cmp "$SANDBOX/p.ppm" "$SANDBOX/r.ppm"
    done
    # One row, one column, one pixel, and counts of the widest range.
    numpy 'save("row.npy", a[:1].copy()); save("column.npy", a[:, 5:6].copy()); save("one.npy", a[3:4, 3:4].copy())
save("wide.npy", numpy.array([[0, 1], [2**31 - 2, 2**31 - 1]], dtype="i4"))'
    for file in row column one wide; do
        expect_ok 1 -- "$PLAIT" colour "$file.npy" --out r.png
    done
    assert "the widest range" grep -q 'values 0 to 2147483647' "$WORK/out"
}

# bad REGEX FILE
bad() {
    expect_error "$1" 2 -- "$PLAIT" colour "$2" --out out.png
}

wrong_files() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 50x40 --out p.npy --out p.png
    head -c 8000 "$SANDBOX/p.npy" >"$SANDBOX/cut.npy"
    head -c 50 "$SANDBOX/p.npy" >"$SANDBOX/stub.npy"
    : >"$SANDBOX/empty.npy"
    mkdir "$SANDBOX/directory.npy"
    bad 'has 7872 of 8000 bytes' cut.npy
    bad 'stub.npy. is cut off in its header' stub.npy
    bad 'is no NumPy file' empty.npy
    bad 'p.png. is no NumPy file: write it by numpy.save' p.png
    bad 'No such file' absent.npy
    bad 'is not a regular file' directory.npy
    RANKS_LIST=1
    expect_error 'FILE.npy is missing' 2 -- "$PLAIT" colour
    cp "$SANDBOX/p.npy" "$SANDBOX/counts.png"
    expect_error 'one file' 2 -- "$PLAIT" colour counts.png --out ./counts.png
    expect_error 'one file' 2 -- "$PLAIT" colour p.npy --out a.png --out ./a.png
    expect_error 'format' 2 -- "$PLAIT" colour p.npy --out a.jpg
    expect_error 'absent' 2 -- "$PLAIT" colour p.npy --out absent/a.png
    expect_error 'palette' 2 -- "$PLAIT" colour p.npy --palette viridiss
    # Counts have no colours.
    for file in copy.npy copy.NPY copy.xyz; do
        expect_error "no format of pictures for '$file': use an ending of .png .ppm .pdf, or the name null$" 2 -- \
            "$PLAIT" colour p.npy --out "$file"
    done
    printf '000000\nffffff\n' >"$SANDBOX/mine.png"
    expect_error "--palette 'mine.png' and --out './mine.png' are one file: name another" 2 -- "$PLAIT" colour p.npy --palette mine.png --out ./mine.png
    expect_error 'value.*count or 255-count' 2 -- "$PLAIT" colour p.npy --value 254-count
}

wrong_arrays() {
    if ! have_numpy; then
        echo "SKIPPED: needs python3-numpy"
        exit 77
    fi
    new_sandbox
    RANKS_LIST=1
    expect_ok 1 -- "$PLAIT" mandelbrot --size 50x40 --out p.npy
    numpy 'save("long.npy", a.astype("i8")); save("float.npy", a.astype("f4"))
save("unsigned.npy", a.astype("u4")); save("fortran.npy", numpy.asfortranarray(a))
save("flat.npy", a.ravel()); save("three.npy", a[None]); save("scalar.npy", a[0, 0])
save("none.npy", a[:0]); save("text.npy", a.astype(str)); save("object.npy", a.astype(object), allow_pickle=True)
save("record.npy", numpy.zeros((2, 2), dtype=[("x", "i4")]))
b = a.copy(); b[39, 49] = -1; save("negative.npy", b)'
    bad 'long.npy. holds int64: give counts' long.npy
    bad 'holds float32' float.npy
    bad 'holds uint32' unsigned.npy
    bad 'column by column' fortran.npy
    bad 'has the shape .2000,.: .*two dimensions' flat.npy
    bad 'has the shape .1, 40, 50.:' three.npy
    bad 'has the shape ..:' scalar.npy
    bad '0 rows of 50' none.npy
    bad "holds '<U[0-9]+', which are no plain numbers" text.npy
    bad "holds '.O', which are no plain numbers" object.npy
    bad 'holds ..*i4..., which are no plain numbers' record.npy
    bad '-1 in row 39, column 49' negative.npy
}

# 64 MiB of counts within 32 MiB of memory, the program's own included.
little_memory() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot --size 4096x4096 --out p.npy --out p.ppm
    if ! (ulimit -d 32768 && "$PLAIT" --version) >/dev/null 2>&1; then
        echo "SKIPPED: no limit of memory here"
        exit 77
    fi
    expect_ok 1 -- sh -c 'ulimit -d 32768; exec "$PLAIT" colour p.npy --threads 1 --out q.ppm'
    assert "the same picture" cmp "$SANDBOX/p.ppm" "$SANDBOX/q.ppm"
}

if [ $# -eq 0 ]; then
    set -- same_pictures origin numpys_files wrong_files wrong_arrays little_memory
fi
for part in "$@"; do "$part"; done
finish
