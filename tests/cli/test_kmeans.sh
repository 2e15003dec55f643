#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# k-means by the command: the same labels on any ranks, threads and path, equal to those of a slow program
# in exact fractions; files that NumPy and Pillow read; every wrong input.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

need_python() { # need_python MODULE...
    local module
    for module in "$@"; do
        if ! "$python" -c "import $module" 2>/dev/null; then
            echo "SKIPPED: needs Python's $module"
            exit 77
        fi
    done
}

# make_points ROWS COLUMNS [GROUPS]: lines of numbers in points.csv, in groups.
make_points() {
    awk -v rows="$1" -v columns="$2" -v groups="${3:-5}" 'BEGIN {
        srand(7); print "x" (columns > 1 ? ",y" : "")
        for (i = 0; i < rows; i++) {
            for (d = 0; d < columns; d++)
                printf "%.17g%s", (i * 7 % groups) * (d + 1) % groups + rand(), d + 1 < columns ? "," : "\n"
        }
    }' >"$SANDBOX/points.csv"
}

python_here() { # python_here CODE
    (cd "$SANDBOX" && "$python" -c "import numpy; $1")
}

# The first line without its times.
result_line() {
    head -n 1 "$WORK/out"
}

same_labels() {
    local expected ways
    make_points 3001 3 9
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 13 --threads 1 --path scalar --labels l.npy --centroids c.npy --verify
    expected=$(result_line)
    assert "the result is a line" grep -qE \
        '^kmeans 3001 points, 3 dimensions, k 13: [0-9]+ iterations, 0 labels changed in the last, inertia [0-9.]+, fnv1a [0-9a-f]{16}$' \
        "$WORK/out"
    for path in $("$LIST_PATHS" 2>/dev/null || echo scalar); do
        for ways in '1 2' '2 1' '3 3' '7 1'; do
            # shellcheck disable=SC2086
            set -- $ways
            expect_ok "$1" -- "$PLAIT" kmeans points.csv --k 13 --threads "$2" --path "$path" --labels m.npy \
                --centroids d.npy --verify
            assert "the same line on $1 ranks, $2 threads, $path" [ "$(result_line)" = "$expected" ]
            assert "the same labels" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
            assert "the same centroids" cmp "$SANDBOX/c.npy" "$SANDBOX/d.npy"
        done
    done
    # More ranks than points, and a cluster for each point.
    make_points 5 2
    expect_ok 7 -- "$PLAIT" kmeans points.csv --k 5
    assert "each point is a cluster" grep -q 'inertia 0, ' "$WORK/out"
    expected=$(result_line)
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 5
    assert "as on one rank" [ "$(result_line)" = "$expected" ]
}

# What the report says, as the slow program prints it.
reported() {
    "$python" -c 'import json, sys; r = json.load(open(sys.argv[1]))["result"]
print(r["iterations"], r["potential"], int(r["potential_scale"]), r["labels_fnv1a"])' "$SANDBOX/r.json"
}

slowly() {
    local options
    for options in '40 1 3 42' '120 2 5 42' '90 3 4 7' '60 2 9 1'; do
        # shellcheck disable=SC2086
        set -- $options
        make_points "$1" "$2" 4
        expect_ok 3 -- "$PLAIT" kmeans points.csv --k "$3" --seed "$4" --json r.json
        assert "$options: as in fractions" [ "$(reported)" = "$("$here/kmeans_slowly.py" "$SANDBOX/points.csv" "$3" "$4")" ]
        check_report r.json
        expect_ok 1 -- "$PLAIT" kmeans points.csv --k "$3" --seed "$4" --init random --json r.json
        assert "$options: a random start" \
            [ "$(reported)" = "$("$here/kmeans_slowly.py" "$SANDBOX/points.csv" "$3" "$4" - random)" ]
    done
    # Copies of a few points: clusters run empty.
    awk 'BEGIN { for (i = 0; i < 40; i++) print i % 3 "," i % 2 }' >"$SANDBOX/points.csv"
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 9 --json r.json
    assert "copies" [ "$(reported)" = "$("$here/kmeans_slowly.py" "$SANDBOX/points.csv" 9)" ]
}

files() {
    need_python numpy
    make_points 1000 2
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 5 --labels l.npy --centroids c.npy --json r.json --csv
    assert "the time of the whole" grep -q '^# csv,total,ok,' "$WORK/out"
    assert "the times of its parts" grep -qE \
        '^reading [0-9.]+ s, start [0-9.]+ s, assignment [0-9.]+ s, sums [0-9.]+ s, messages [0-9.]+ s, imbalance [0-9.]+$' \
        "$WORK/out"
    check_report r.json
    local expected
    expected=$(result_line)
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 5 --centroids c.csv
    python_here 'x = numpy.genfromtxt("points.csv", delimiter=",", skip_header=1)
l, c = numpy.load("l.npy"), numpy.load("c.npy")
assert l.dtype == numpy.int32 and l.shape == (1000,) and c.dtype == numpy.float64 and c.shape == (5, 2)
assert (numpy.loadtxt("c.csv", delimiter=",") == c).all()
assert (((x[:, None] - c) ** 2).sum(2).argmin(1) == l).all()
assert numpy.allclose([x[l == j].mean(0) for j in range(5)], c)
numpy.save("x.npy", x); numpy.save("big.npy", x.astype(">f8")); numpy.save("column.npy", x[:, 0].copy())
f = x.astype("f4"); numpy.save("f4.npy", f); numpy.save("f8.npy", f.astype("f8"))
i = (x * 20).astype(int)
for t in "u1 u2 u4 u8 i2 i4 i8 f8".split(): numpy.save(t + "i.npy", i.astype(t))'
    assert "NumPy reads them" [ $? -eq 0 ]
    for name in x big; do
        expect_ok 3 -- "$PLAIT" kmeans "$name.npy" --k 5
        assert "$name.npy has the same points" [ "$(result_line)" = "$expected" ]
    done
    expect_ok 1 -- "$PLAIT" kmeans column.npy --k 5
    assert "one dimension" grep -q '^kmeans 1000 points, 1 dimension, k 5' "$WORK/out"
    expect_ok 3 -- "$PLAIT" kmeans f4.npy --k 5
    expected=$(result_line)
    expect_ok 1 -- "$PLAIT" kmeans f8.npy --k 5
    assert "floats and doubles of equal values" [ "$(result_line)" = "$expected" ]
    expect_ok 3 -- "$PLAIT" kmeans f8i.npy --k 5
    expected=$(result_line)
    for type in u1 u2 u4 u8 i2 i4 i8; do
        expect_ok 1 -- "$PLAIT" kmeans "${type}i.npy" --k 5
        assert "integers $type" [ "$(result_line)" = "$expected" ]
    done
    # Predicted labels are those of the run that the centroids come from.
    expect_ok 3 -- "$PLAIT" kmeans points.csv --predict c.npy --labels p.npy
    assert "predicted labels" cmp "$SANDBOX/l.npy" "$SANDBOX/p.npy"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --init c.npy --labels p.npy
    assert "a start that is an end" cmp "$SANDBOX/l.npy" "$SANDBOX/p.npy"
}

ways() {
    make_points 2000 2 7
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 7 --max-iter 0
    assert "no iteration" grep -q 'k 7: 0 iterations' "$WORK/out"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 20 --max-iter 2
    assert "two iterations" grep -q 'k 20: 2 iterations' "$WORK/out"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 20 --tolerance 1
    assert "any change will do" grep -q 'k 20: 1 iteration,' "$WORK/out"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 20 --tolerance 0.01
    local share
    share=$(result_line)
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 20 --tolerance-points 20
    assert "a share and a number of points" [ "$(result_line)" = "$share" ]
    # Of several starts the best counts.
    local inertia least
    inertia() { sed -n 's/.*inertia \([0-9.]*\).*/\1/p' "$WORK/out"; }
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 30 --trials 1 --sample 100 --init random
    least=$(inertia)
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 30 --trials 1 --sample 100 --init random --restarts 6 --labels l.npy
    assert "the best of six" awk -v a="$(inertia)" -v b="$least" 'BEGIN { exit !(a < b) }'
    least=$(result_line)
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 30 --trials 1 --sample 100 --init random --restarts 6 --labels m.npy
    assert "on one rank, too" [ "$(result_line)" = "$least" ]
    assert "its labels" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
}

elbow() {
    make_points 1500 2 5
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 2:8 --plot plots --json r.json
    assert "a line for each" [ "$(grep -cE '^k [2-8]: [0-9]+ iterations?, ' "$WORK/out")" -eq 7 ]
    assert "data" [ "$(wc -l <"$SANDBOX/plots/inertia_vs_k.csv")" -eq 8 ]
    assert "script" grep -q "xlabel 'clusters'" "$SANDBOX/plots/inertia_vs_k.gp"
    if command -v gnuplot >/dev/null; then assert "picture" [ -s "$SANDBOX/plots/inertia_vs_k.png" ]; fi
    check_report r.json
    local five
    five=$(sed -n 's/^k 5: //p' "$WORK/out")
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 5
    assert "as alone" grep -qF "k 5: $five" "$WORK/out"
}

pictures() {
    need_python numpy PIL
    python_here 'from PIL import Image
r = numpy.random.default_rng(1)
a = (r.integers(0, 4, (60, 50, 1)) * numpy.array([60, 20, 40]) + r.integers(0, 9, (60, 50, 3))).astype("u1")
Image.fromarray(a).save("p.png"); Image.fromarray(a[:, :, 0]).save("grey.png")
Image.fromarray(numpy.dstack([a, a[:, :, 0]])).save("alpha.png"); Image.fromarray(a[:, :, 0].astype("u2") * 256).save("deep.png")
numpy.save("p.npy", a.reshape(-1, 3))'
    expect_ok 3 -- "$PLAIT" kmeans p.png --k 4 --out q.png --palette-out colours --labels l.npy --centroids c.npy
    local expected
    expected=$(result_line)
    python_here 'from PIL import Image
q = numpy.array(Image.open("q.png").convert("RGB")); l = numpy.load("l.npy"); c = numpy.load("c.npy")
assert l.shape == (60, 50) and q.shape == (60, 50, 3)
assert (q == numpy.rint(c).astype("u1")[l]).all()
colours = [tuple(bytes.fromhex(line)) for line in open("colours")]
assert sorted(colours) == sorted(map(tuple, numpy.rint(c).astype(int))) and len(colours) == 4
n = [int((q == colour).all(2).sum()) for colour in colours]; assert n == sorted(n, reverse=True)'
    assert "Pillow sees the picture in its colours" [ $? -eq 0 ]
    expect_ok 1 -- "$PLAIT" kmeans p.png --k 4 --out r.png
    assert "the same picture on one rank" cmp "$SANDBOX/q.png" "$SANDBOX/r.png"
    expect_ok 1 -- "$PLAIT" kmeans p.npy --k 4
    assert "a picture is its pixels" [ "$(result_line)" = "$expected" ]
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --palette colours --out m.png
    expect_ok 3 -- "$PLAIT" kmeans grey.png --k 3 --out g.png
    assert "grey has one dimension" grep -q '^kmeans 3000 points, 1 dimension, k 3' "$WORK/out"
    expect_ok 1 -- "$PLAIT" kmeans alpha.png --k 4
    assert "opacity is no part of a point" [ "$(result_line)" = "$expected" ]
    expect_error 'transparency' 2 -- "$PLAIT" kmeans alpha.png --k 4 --out a.png
    # 16 bits a colour, grey and red, green and blue, which Pillow does not write.
    python_here 'import struct, zlib
from PIL import Image
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
r = numpy.random.default_rng(2)
a = (r.integers(0, 4, (40, 50, 1)) * numpy.array([15000, 5000, 9000]) + r.integers(0, 999, (40, 50, 3))).astype(">u2")
rows = b"".join(b"\0" + row.tobytes() for row in a)
open("deep3.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 50, 40, 16, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
numpy.save("deep3.npy", a.reshape(-1, 3).astype("u2"))
numpy.save("deep.npy", numpy.array(Image.open("deep.png")).astype("u2").reshape(-1))'
    for name in deep deep3; do
        expect_ok 1 -- "$PLAIT" kmeans "$name.npy" --k 4
        expected=$(result_line)
        expect_ok 3 -- "$PLAIT" kmeans "$name.png" --k 4 --out d.png --palette-out deep_colours --labels l.npy --centroids c.npy
        assert "16 bits a colour, $name" [ "$(result_line)" = "$expected" ]
        python_here 'from PIL import Image
q = numpy.array(Image.open("d.png").convert("RGB")); l = numpy.load("l.npy"); c = numpy.load("c.npy")
assert c.max() > 255 and (q == numpy.rint(c / 257).astype("u1")[l]).all()'
        assert "in colours of 8 bits" [ $? -eq 0 ]
    done
    expect_error '256 colours' 2 -- "$PLAIT" kmeans p.png --k 257 --out a.png
    expect_error 'does not end in .png' 2 -- "$PLAIT" kmeans p.png --k 4 --out a.ppm
    expect_error 'needs a picture' 2 -- "$PLAIT" kmeans p.npy --k 4 --out a.png
    expect_error 'needs a picture' 2 -- "$PLAIT" kmeans p.npy --k 4 --palette-out a.txt
    expect_error '2 colours' 2 -- "$PLAIT" kmeans p.png --k 1 --palette-out a.txt
    head -c 2000 "$SANDBOX/p.png" >"$SANDBOX/cut.png"
    expect_error 'damaged' 2 -- "$PLAIT" kmeans cut.png --k 4
}

bad_options() {
    make_points 20 2
    expect_error 'give --k' 2 -- "$PLAIT" kmeans points.csv
    expect_error "'0' is not from 1" 2 -- "$PLAIT" kmeans points.csv --k 0
    expect_error "'65537' is not from 1" 2 -- "$PLAIT" kmeans points.csv --k 65537
    expect_error 'does not rise' 2 -- "$PLAIT" kmeans points.csv --k 5:2
    expect_error '--k' 2 -- "$PLAIT" kmeans points.csv --k 2:x
    expect_error '20 points for 21 clusters' 2 -- "$PLAIT" kmeans points.csv --k 21
    expect_error '20 points for 21 clusters' 2 -- "$PLAIT" kmeans points.csv --k 2:21
    expect_error 'neither \+\+ nor random' 2 -- "$PLAIT" kmeans points.csv --k 2 --init best
    expect_error 'none of .npy, .csv and .png' 2 -- "$PLAIT" kmeans points.txt --k 2
    expect_error 'No such file' 2 -- "$PLAIT" kmeans absent.csv --k 2
    expect_error 'No such file' 2 -- "$PLAIT" kmeans points.csv --predict absent.npy
    expect_error 'No such file' 2 -- "$PLAIT" kmeans points.csv --init absent.npy
    expect_error '--k means nothing with --predict' 2 -- "$PLAIT" kmeans points.csv --k 2 --predict absent.npy
    expect_error '--trials means nothing with --init FILE' 2 -- "$PLAIT" kmeans points.csv --init absent.npy --trials 3
    expect_error '--labels means nothing with a range' 2 -- "$PLAIT" kmeans points.csv --k 2:3 --labels l.npy
    expect_error 'give a range' 2 -- "$PLAIT" kmeans points.csv --k 2 --plot plots
    expect_error 'trials' 2 -- "$PLAIT" kmeans points.csv --k 2 --trials 65
    expect_error 'tolerance' 2 -- "$PLAIT" kmeans points.csv --k 2 --tolerance 1.5
    expect_error 'l.npy|same file' 2 -- "$PLAIT" kmeans points.csv --k 2 --labels l.npy --centroids l.npy
    expect_error 'points.csv' 2 -- "$PLAIT" kmeans points.csv --k 2 --centroids points.csv
    expect_error 'absent' 2 -- "$PLAIT" kmeans points.csv --k 2 --labels absent/l.npy
}

bad_csv() {
    printf '1,2\n3,4,5\n' >"$SANDBOX/ragged.csv"
    expect_error "'ragged.csv', line 2 has 3 values, those before have 2" 2 -- "$PLAIT" kmeans ragged.csv --k 1
    printf 'a,b\n1,2\n3,nan\n' >"$SANDBOX/nan.csv"
    expect_error "line 3, column 2: 'nan' is no finite number" 2 -- "$PLAIT" kmeans nan.csv --k 1
    printf '1,2\n3,\n' >"$SANDBOX/empty_field.csv"
    expect_error "line 2, column 2: '' is no" 2 -- "$PLAIT" kmeans empty_field.csv --k 1
    printf '1\n1e999\n' >"$SANDBOX/large.csv"
    expect_error "line 2, column 1: '1e999'" 2 -- "$PLAIT" kmeans large.csv --k 1
    printf '1\n1e300\n' >"$SANDBOX/beyond.csv"
    expect_error 'has 1e\+300 in row 1, column 0 \(from 0\)' 2 -- "$PLAIT" kmeans beyond.csv --k 1
    printf '1,2\n0x10,2\n' >"$SANDBOX/hex.csv"
    expect_error "'0x10' is no finite number" 2 -- "$PLAIT" kmeans hex.csv --k 1
    printf '# nothing\nx,y\n' >"$SANDBOX/none.csv"
    expect_error 'has no points' 2 -- "$PLAIT" kmeans none.csv --k 1
    printf '' >"$SANDBOX/empty.csv"
    expect_error 'has no points' 2 -- "$PLAIT" kmeans empty.csv --k 1
    awk 'BEGIN { for (d = 0; d < 1025; d++) printf "%d,", d; print 1 }' >"$SANDBOX/wide.csv"
    expect_error 'has 1026 values: a point has 1024' 2 -- "$PLAIT" kmeans wide.csv --k 1
    printf '0\n1e-300\n' >"$SANDBOX/close.csv"
    expect_error 'differ by too little' 2 -- "$PLAIT" kmeans close.csv --k 1
    # What is taken: spaces, comments, empty lines, signs, the ends of lines of other systems.
    printf '# a comment\r\nx, y\r\n\r\n +1.5 ,\t-2e3\r\n# more\r\n.5,7.' >"$SANDBOX/odd.csv"
    expect_ok 3 -- "$PLAIT" kmeans odd.csv --k 2 --centroids c.csv
    assert "two points" grep -q '^kmeans 2 points, 2 dimensions, k 2' "$WORK/out"
    assert "their values" [ "$(sort "$SANDBOX/c.csv" | tr '\n' ' ')" = '0.5,7 1.5,-2000 ' ]
}

bad_arrays() {
    need_python numpy
    python_here 'a = numpy.arange(20.).reshape(10, 2)
def put(name, x): numpy.save(name, x)
b = a.copy(); b[7, 1] = numpy.nan; put("nan.npy", b)
b = a.copy(); b[3, 0] = -numpy.inf; put("inf.npy", b)
put("fortran.npy", numpy.asfortranarray(a)); put("cube.npy", a.reshape(5, 2, 2)); put("complex.npy", a + 1j)
put("bool.npy", a > 3); put("none.npy", a[:0]); put("flat.npy", a[:, :0]); put("wide.npy", numpy.zeros((2, 1025)))
b = a.astype("i8"); b[2, 1] = 2**53 + 1; put("huge.npy", b); put("uhuge.npy", b.astype("u8"))
put("a.npy", a); put("c3.npy", numpy.zeros((2, 3))); put("c11.npy", numpy.zeros((11, 2))); put("c2.npy", numpy.zeros((2, 2)))
b = numpy.zeros((2, 2)); b[1, 0] = numpy.nan; put("cnan.npy", b)
open("cut.npy", "wb").write(open("a.npy", "rb").read()[:200])
huge = open("memory.npy", "wb")
numpy.lib.format.write_array_header_1_0(huge, {"descr": "<f8", "fortran_order": False, "shape": (2**35, 1)})
huge.truncate(huge.tell() + 2**38)' || { echo "SKIPPED: no sparse files here"; exit 77; }
    # Before the others, which compare all files before and after.
    run_ranks 2 "$PLAIT" kmeans memory.npy --k 2
    assert "more points than memory: status 2, not $status" [ "$status" -eq 2 ]
    assert "in one line" [ "$(error_lines)" -eq 1 ]
    assert "which says so" has_line 'memory'
    rm "$SANDBOX/memory.npy"
    expect_error "has nan in row 7, column 1 \(from 0\)" 2 -- "$PLAIT" kmeans nan.npy --k 2
    expect_error "has -inf in row 3, column 0" 2 -- "$PLAIT" kmeans inf.npy --k 2
    expect_error 'Fortran order' 2 -- "$PLAIT" kmeans fortran.npy --k 2
    expect_error 'shape \(5, 2, 2\)' 2 -- "$PLAIT" kmeans cube.npy --k 2
    expect_error 'holds complex128' 2 -- "$PLAIT" kmeans complex.npy --k 2
    expect_error 'holds bool' 2 -- "$PLAIT" kmeans bool.npy --k 2
    expect_error 'shape \(0, 2\)' 2 -- "$PLAIT" kmeans none.npy --k 2
    expect_error 'shape \(10, 0\)' 2 -- "$PLAIT" kmeans flat.npy --k 2
    expect_error 'shape \(2, 1025\)' 2 -- "$PLAIT" kmeans wide.npy --k 2
    expect_error 'beyond 2\^53 in row 2, column 1' 2 -- "$PLAIT" kmeans huge.npy --k 2
    expect_error 'beyond 2\^53 in row 2, column 1' 2 -- "$PLAIT" kmeans uhuge.npy --k 2
    expect_error 'is cut off' 2 -- "$PLAIT" kmeans cut.npy --k 2
    expect_error 'centroids of 3 values for points of 2' 2 -- "$PLAIT" kmeans a.npy --init c3.npy
    expect_error '10 points for 11 clusters' 2 -- "$PLAIT" kmeans a.npy --predict c11.npy
    expect_error 'has 2 centroids, and --k is 3' 2 -- "$PLAIT" kmeans a.npy --init c2.npy --k 3
    expect_error 'has nan in row 1, column 0' 2 -- "$PLAIT" kmeans a.npy --predict cnan.npy
}

"${1:?names a part}"
finish
