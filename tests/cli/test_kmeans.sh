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

# refused RANKS COMMAND...: run_ranks for what fails by itself; see expect_error about prterun.
refused() {
    local _
    for _ in 1 2 3 4; do
        run_ranks "$@"
        { [ "$status" -ne 0 ] && [ "$(plait_lines)" -eq 0 ] && is_prrte; } || break
    done
}

has_no_warning() { # of iterations that were too few
    [ "$(lines_of_plait | grep -c 'has not converged')" -eq 0 ]
}

step_warnings() {
    lines_of_plait | grep 'squared distances' || true
}
warns_of_steps() { # STEP: of squared distances, in one line
    assert "a warning of steps of $1" [ "$(step_warnings)" = "plait: warning: squared distances count in steps of $1, too\
 coarse for clusters so narrow: leave out values that lie far from all others" ]
}

# points_by_rank REPORT: the points of each rank, and "tried" where speeds were.
points_by_rank() {
    python_here "import json
t = json.load(open('$1'))['timing']; print(*t['points'], *(['tried'] if 'trial_seconds' in t else []))"
}

# Ranks of different speed: other shares, the same labels, from any kind of file.
shares() {
    need_python numpy PIL
    local name hook expected ranks
    make_points 3001 3 9
    python_here 'from PIL import Image
r = numpy.random.default_rng(3); x = numpy.genfromtxt("points.csv", delimiter=",", skip_header=1)
numpy.save("points.npy", x); numpy.save("w.npy", r.integers(0, 4, 3001))
Image.fromarray(r.integers(0, 256, (37, 81, 4)).astype("u1")).save("points.png")'
    for name in npy csv png; do
        set -- points.$name --k 13 --threads 1 --labels l.npy --centroids c.npy --verify --json r.json
        [ $name != png ] || set -- "$@" --out q.png
        [ $name != npy ] || set -- "$@" --weights w.npy --standardise
        expect_ok 1 -- "$PLAIT" kmeans "$@"
        expected=$(result_line)
        (cd "$SANDBOX" && for f in l.npy c.npy q.png; do [ ! -e $f ] || mv $f one.$f; done)
        for hook in '1 2' '1 0.00001 2 1' '5 1 1 1 1'; do
            ranks=$(wc -w <<<"$hook")
            CHECK_HOOK="speeds $hook" expect_ok "$ranks" -- "$HOOKED_PLAIT" kmeans "$@"
            assert "$name with speeds $hook: the same line" [ "$(result_line)" = "$expected" ]
            assert "the same labels" cmp "$SANDBOX/l.npy" "$SANDBOX/one.l.npy"
            assert "the same centroids" cmp "$SANDBOX/c.npy" "$SANDBOX/one.c.npy"
            [ $name != png ] || assert "the same picture" cmp "$SANDBOX/q.png" "$SANDBOX/one.q.png"
            check_report r.json
        done
        assert "shares by speed are printed" grep -qE '^weighted schedule, rank 0: 56 % in .*, rank 4: 11 % in ' "$WORK/out"
    done
    CHECK_HOOK='speeds 1 0.00001 2 1' expect_ok 4 -- "$HOOKED_PLAIT" kmeans points.npy --k 5 --json r.json
    assert "a rank that is very slow gets nothing" [ "$(points_by_rank r.json)" = '750 0 1500 751 tried' ]
    CHECK_HOOK='speeds 1 2' expect_ok 2 -- "$HOOKED_PLAIT" kmeans points.npy --k 5 --schedule block --json r.json
    assert "--schedule block tries nothing" [ "$(points_by_rank r.json)" = '1501 1500' ]
    assert "and is printed" grep -qE '^block schedule, rank 0: 50 % in .*, rank 1: 50 % in ' "$WORK/out"
    # More ranks than points.
    make_points 5 2
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 4
    expected=$(result_line)
    CHECK_HOOK='speeds 9 1 4 1 1 1 1' expect_ok 7 -- "$HOOKED_PLAIT" kmeans points.csv --k 4 --json r.json
    assert "on seven ranks" [ "$(result_line)" = "$expected" ]
    assert "of which some have no points" [ "$(points_by_rank r.json)" = '2 0 1 1 0 0 1 tried' ]
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 4 --json r.json
    assert "a short run tries nothing" [ "$(points_by_rank r.json)" = '2 2 1' ]
    assert "equal shares are printed" grep -qE '^weighted schedule, rank 0: 40 % in .*, rank 2: 20 % in ' "$WORK/out"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 4 --json r.json
    assert "one rank has all points" [ "$(points_by_rank r.json)" = 5 ]
    assert "and no schedule" test -z "$(grep schedule "$WORK/out")"
    # As many values of centroids as there may be, which are more than the memory that is there.
    python_here 'numpy.save("kd.npy", numpy.zeros((65536, 1024), "u1"))'
    CHECK_MEMORY=2000000000 RANKS_LIST=2 expect_error 'the points need [0-9]+ MiB on this node' 2 -- \
        "$HOOKED_PLAIT" kmeans kd.npy --k 65536
    rm "$SANDBOX/kd.npy"
    # A label that is not the reference's, of one rank: an error, also of one number of clusters, and no files.
    local k
    for k in '3 --labels l.npy' 2:3; do
        # shellcheck disable=SC2086
        CHECK_HOOK='wrong label 2' RANKS_LIST=3 expect_error 'the label of point [34] differs from the reference' 1 -- \
            "$HOOKED_PLAIT" kmeans points.csv --k $k --verify
    done
    # What would be a long run, if its start were no end: ranks are tried.
    python_here 'c = numpy.arange(1000.)[:, None] * [1, 300, 77] % 1009
numpy.save("c.npy", c); numpy.save("long.npy", numpy.repeat(c, 1300, axis=0).astype("u2"))'
    expect_ok 1 -- "$PLAIT" kmeans long.npy --init c.npy --labels l.npy
    expected=$(result_line)
    expect_ok 2 -- "$PLAIT" kmeans long.npy --init c.npy --labels m.npy --threads 1 --json r.json
    assert "after a trial, too" [ "$(result_line)" = "$expected" ]
    assert "the same labels" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
    case $(points_by_rank r.json) in *tried) ;; *) assert "there was a trial" false ;; esac
    check_report r.json
    # Shares that do not fit into the memory of a node become equal ones.
    is_open_mpi || return 0
    python_here 'numpy.save("big.npy", numpy.arange(1e6).reshape(250000, 4) % 1009)'
    local fake=("$here/../cluster/fake_nodes.sh" 2 -np 2 --map-by node -x CHECK_HOOK='speeds 1 4')
    for memory in 14000000 9000000 7000000; do
        refused 1 "${fake[@]}" -x CHECK_MEMORY=$memory "$HOOKED_PLAIT" kmeans big.npy --k 3 --threads 1 --max-iter 2 --json r.json
        if [ $memory = 7000000 ]; then
            assert "not even equal shares fit: status 2, not $status" [ "$status" -eq 2 ]
            assert "in one line" has_line 'the points need .* MiB on this node'
            continue
        fi
        assert "status is 0, not $status" [ "$status" -eq 0 ]
        [ $memory = 9000000 ] && expected='125000 125000 tried' || expected='50000 200000 tried'
        assert "with $memory bytes" [ "$(points_by_rank r.json)" = "$expected" ]
    done
}

# Equal to what somebody made of the contract who had read nothing else, in whole numbers and fractions.
contract() {
    local line number=0 ways=('1 1' '3 1' '1 3' '2 2')
    while read -r line; do
        # shellcheck disable=SC2086
        (cd "$SANDBOX" && "$python" "$here/kmeans_by_contract.py" $line) >"$SANDBOX/answer.json"
        # shellcheck disable=SC2086
        set -- ${ways[number % 4]}
        # shellcheck disable=SC2086
        expect_ok "$1" -- "$PLAIT" kmeans $line --threads "$2" --json r.json --labels l.npy --centroids c.npy
        assert "$line: as in fractions" \
            "$python" "$here/kmeans_cases.py" same "$SANDBOX/r.json" "$SANDBOX/answer.json" "$SANDBOX/l.npy" "$SANDBOX/c.npy"
        if [ $((number % 8)) -eq 0 ]; then check_report r.json; fi
        number=$((number + 1))
    done < <("$python" "$here/kmeans_cases.py" make "$SANDBOX" "${KMEANS_CASES:-1}")
    assert "all cases" [ "$number" -eq 26 ]
}

# A point of weight w is w points.
weighted() {
    need_python numpy
    make_points 900 3 7
    python_here 'r = numpy.random.default_rng(4)
x = numpy.genfromtxt("points.csv", delimiter=",", skip_header=1)
w = r.integers(0, 4, 900); numpy.save("w.npy", w); numpy.save("wf.npy", w.astype("f4")); numpy.save("x.npy", x)
numpy.save("column.npy", w.reshape(900, 1)); numpy.save("ones.npy", numpy.ones(900, "u1"))
numpy.save("repeated.npy", numpy.repeat(x, w, axis=0)); numpy.save("large.npy", w.astype("i8") * 2**28)
def bad(name, value, at): b = w.astype("f8"); b[at] = value; numpy.save(name, b)
bad("negative.npy", -1, 700); bad("half.npy", 1.5, 3); bad("nan.npy", numpy.nan, 899); bad("inf.npy", numpy.inf, 5)
bad("much.npy", 2.0**40, 600); numpy.save("short.npy", w[1:]); numpy.save("zero.npy", w * 0)
numpy.save("two.npy", numpy.eye(900)[0] + numpy.eye(900)[1]); numpy.save("complex.npy", w + 1j); numpy.save("square.npy", w.reshape(30, 30))'
    expect_ok 1 -- "$PLAIT" kmeans repeated.npy --k 11 --labels r.npy --centroids r.csv --json r.json
    for way in '1 w' '3 w' '7 w' '2 wf' '3 column'; do
        # shellcheck disable=SC2086
        set -- $way
        expect_ok "$1" -- "$PLAIT" kmeans points.csv --weights "$2.npy" --k 11 --labels l.npy --centroids c.csv --json w.json --verify
        assert "$2 on $1 ranks: the same centroids" cmp "$SANDBOX/r.csv" "$SANDBOX/c.csv"
        python_here 'import json
a, b = (json.load(open(f))["result"] for f in ("r.json", "w.json"))
assert b.pop("points") == 900 and b.pop("weight") == a.pop("points")
for r in a, b: del r["labels_fnv1a"]; [s.pop("seconds") for s in r["steps"]]
assert a == b
w = numpy.load("w.npy"); assert (numpy.repeat(numpy.load("l.npy"), w) == numpy.load("r.npy")).all()'
        assert "the same labels, counts, steps and inertia" [ $? -eq 0 ]
        check_report w.json
    done
    assert "the line says so" grep -qE '^kmeans 900 points of weight [0-9]+, 3 dimensions, k 11: ' "$WORK/out"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 11
    local plain
    plain=$(sed -n 's/.*k 11/k 11/p' "$WORK/out")
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 11 --weights ones.npy
    assert "weights of 1 change nothing" [ "$(sed -n 's/.*k 11/k 11/p' "$WORK/out")" = "$plain" ]
    # Up to 2^40 in all.
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 11 --init random --weights large.npy --centroids c.csv
    # What a checkpoint is of.
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 11 --weights w.npy --checkpoint run.ck --centroids d.csv
    assert "with a checkpoint" cmp "$SANDBOX/r.csv" "$SANDBOX/d.csv"
    expect_error 'negative.npy. has -1 at point 700 \(from 0\): weights are whole numbers' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights negative.npy
    expect_error 'has 1.5 at point 3 ' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights half.npy
    expect_error 'has nan at point 899 ' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights nan.npy
    expect_error 'has inf at point 5 ' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights inf.npy
    expect_error 'add up to more than 2\^40' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights much.npy
    expect_error 'shape \(899,\): give a weight for each of the 900 points' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights short.npy
    expect_error 'shape \(30, 30\)' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights square.npy
    expect_error 'all weights .* are 0' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights zero.npy
    expect_error 'add up to 2, fewer than the 3 clusters' 2 -- "$PLAIT" kmeans points.csv --k 3 --weights two.npy
    expect_error 'holds complex128' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights complex.npy
    expect_error 'does not end in .npy' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights w.csv
    expect_error 'No such file' 2 -- "$PLAIT" kmeans points.csv --k 2 --weights absent.npy
    # Powers of two: the same as points that are scaled before, whose centroids are scaled back.
    python_here 'x = numpy.load("x.npy") * [1e-3, 1, 1e6]; numpy.save("unequal.npy", x)
e = -numpy.floor(numpy.log2(x.max(0) - x.min(0))).astype(int); numpy.save("equal.npy", numpy.ldexp(x, e)); numpy.save("e.npy", e)'
    expect_ok 1 -- "$PLAIT" kmeans equal.npy --k 5 --labels l.npy --centroids c.npy
    expect_ok 3 -- "$PLAIT" kmeans unequal.npy --k 5 --standardise --labels m.npy --centroids d.npy --json r.json
    check_report r.json
    assert "the same labels" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
    python_here 'import json
e = numpy.load("e.npy"); assert (numpy.ldexp(numpy.load("c.npy"), -e) == numpy.load("d.npy")).all()
scales = json.load(open("r.json"))["result"]["scales"]; assert scales == e.tolist()
assert (numpy.ldexp(numpy.load("unequal.npy"), scales) == numpy.load("equal.npy")).all()'
    assert "the centroids in the units of the file" [ $? -eq 0 ]
    expect_ok 1 -- "$PLAIT" kmeans unequal.npy --init d.npy --standardize --labels m.npy
    assert "a start in the units of the file" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
    expect_error '--standardise means nothing with --predict' 2 -- "$PLAIT" kmeans x.npy --predict d.npy --standardise
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
for t in "u1 u2 u4 u8 i1 i2 i4 i8 f8".split(): numpy.save(t + "i.npy", i.astype(t))
i -= 60; assert abs(i).max() < 128
for t in "i1 f8".split(): numpy.save(t + "s.npy", i.astype(t))'
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
    for type in u1 u2 u4 u8 i1 i2 i4 i8; do
        expect_ok 1 -- "$PLAIT" kmeans "${type}i.npy" --k 5
        assert "integers $type" [ "$(result_line)" = "$expected" ]
    done
    expect_ok 3 -- "$PLAIT" kmeans f8s.npy --k 5
    expected=$(result_line)
    expect_ok 1 -- "$PLAIT" kmeans i1s.npy --k 5
    assert "negative bytes" [ "$(result_line)" = "$expected" ]
    # Predicted labels are those of the run that the centroids come from.
    expect_ok 3 -- "$PLAIT" kmeans points.csv --predict c.npy --labels p.npy
    assert "predicted labels" cmp "$SANDBOX/l.npy" "$SANDBOX/p.npy"
    # Of new points there may be fewer than clusters, such as one.
    python_here 'numpy.save("one.npy", numpy.load("x.npy")[700:701]); numpy.save("w1.npy", numpy.ones(1, "u1"))'
    expect_ok 3 -- "$PLAIT" kmeans one.npy --predict c.npy --weights w1.npy --labels p.npy --json r.json
    assert "it is one point" grep -q "^kmeans 1 point of weight 1, " "$WORK/out"
    check_report r.json
    python_here 'assert numpy.load("p.npy") == numpy.load("l.npy")[700:701]'
    assert "the label of one point" [ $? -eq 0 ]
    expect_ok 1 -- "$PLAIT" kmeans points.csv --init c.npy --labels p.npy
    assert "a start that is an end" cmp "$SANDBOX/l.npy" "$SANDBOX/p.npy"
}

# One value that is far away: squares of the others are less than a step, or a few steps.
steps() {
    need_python numpy
    local ranks x
    make_points 500 1
    for ranks in 1 3; do
        expect_ok "$ranks" -- "$PLAIT" kmeans points.csv --k 5
        assert "no warning" [ -z "$(step_warnings)" ]
    done
    cp "$SANDBOX/points.csv" "$SANDBOX/near.csv"
    echo 1e9 >>"$SANDBOX/points.csv"
    for ranks in 1 3; do
        expect_ok "$ranks" -- "$PLAIT" kmeans points.csv --k 6
        assert "all are rounded away" grep -q 'inertia 0, ' "$WORK/out"
        warns_of_steps 1.02e+03
        expect_ok "$ranks" -- "$PLAIT" kmeans points.csv --k 2:3
        warns_of_steps 1.02e+03
    done
    # So far away that the centroids of the others are rounded to 0.
    { cat "$SANDBOX/near.csv" && echo 1e20; } >"$SANDBOX/points.csv"
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 2
    warns_of_steps 9.67e+24
    # A centroid that is far away does the same.
    python_here 'numpy.save("c.npy", numpy.array([[0.], [1e9]]))'
    expect_ok 3 -- "$PLAIT" kmeans near.csv --predict c.npy
    warns_of_steps 1.02e+03
    # None where all are at their centroid, though it is rounded, or only points without a weight are not.
    for x in 0.1 1e-3 12345.678901234567; do
        printf '%s\n%s\n%s\n1e9\n' $x $x $x >"$SANDBOX/same.csv"
        expect_ok 3 -- "$PLAIT" kmeans same.csv --k 2
        assert "exact: no warning" [ -z "$(step_warnings)" ]
    done
    printf '0\n0\n1\n1e9\n' >"$SANDBOX/less.csv"
    python_here 'numpy.save("w.npy", numpy.array([1, 1, 0, 1]))'
    expect_ok 3 -- "$PLAIT" kmeans less.csv --k 2 --weights w.npy
    assert "no weight, no warning" [ -z "$(step_warnings)" ]
}

ways() {
    make_points 2000 2 7
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 7 --max-iter 0
    assert "no iteration" grep -q 'k 7: 0 iterations' "$WORK/out"
    assert "none was wanted" has_no_warning
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 20 --max-iter 2 --json r.json
    assert "two iterations" grep -q 'k 20: 2 iterations' "$WORK/out"
    assert "a warning that they were too few" grep -qxE \
        'plait: warning: k-means has not converged: [1-9][0-9]* labels changed in iteration 2, the last that --max-iter allows: raise it' \
        <(lines_of_plait)
    assert "in the report" grep -q '"converged": false' "$SANDBOX/r.json"
    check_report r.json
    python_here 'numpy.save("p.npy", numpy.array([0, 0, 0, 0, 5.1, 9])[:, None]); numpy.save("c.npy", numpy.array([[0], [10.5]]))'
    expect_ok 2 -- "$PLAIT" kmeans p.npy --init c.npy --max-iter 1
    assert "of one label" grep -q ': 1 iteration, 1 label changed in the last, ' "$WORK/out"
    assert "and a warning of it" grep -q ': 1 label changed in iteration 1, ' <(lines_of_plait)
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 20 --tolerance 1 --json r.json
    assert "any change will do" grep -q 'k 20: 1 iteration,' "$WORK/out"
    assert "it is the end that was asked for" has_no_warning
    assert "in the report, too" grep -q '"converged": true' "$SANDBOX/r.json"
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 20 --tolerance 0.01
    local share
    share=$(result_line)
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 20 --tolerance-points 20
    assert "a share and a number of points" [ "$(result_line)" = "$share" ]
    # Of several starts the best counts.
    local inertia least
    inertia() { sed -n 's/.*inertia \([0-9.]*\).*/\1/p' "$WORK/out"; }
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 30 --init random
    least=$(inertia)
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 30 --init random --restarts 6 --labels l.npy
    assert "the best of six" awk -v a="$(inertia)" -v b="$least" 'BEGIN { exit !(a < b) }'
    least=$(result_line)
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 30 --init random --restarts 6 --labels m.npy
    assert "on one rank, too" [ "$(result_line)" = "$least" ]
    assert "its labels" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
    # A seed that is drawn is printed, and gives the same again.
    expect_ok 2 -- "$PLAIT" kmeans points.csv --k 30 --seed random --labels l.npy
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 30 --seed "$(awk '$1 == "seed" { print $2 }' "$WORK/out")" --labels m.npy
    assert "the seed that was drawn" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
}

elbow() {
    make_points 1500 2 5
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 2:8 --plot plots --json r.json --verify
    assert "all have converged" [ "$(grep -c '"converged": true' "$SANDBOX/r.json")" -eq 7 ]
    assert "and nobody warns" has_no_warning
    assert "a line for each" [ "$(grep -cE '^k [2-8]: [0-9]+ iterations?, ' "$WORK/out")" -eq 7 ]
    assert "data" [ "$(wc -l <"$SANDBOX/plots/inertia_vs_k.csv")" -eq 8 ]
    assert "script" grep -q "xlabel 'clusters'" "$SANDBOX/plots/inertia_vs_k.gp"
    if command -v gnuplot >/dev/null; then assert "picture" [ -s "$SANDBOX/plots/inertia_vs_k.png" ]; fi
    check_report r.json
    assert "five groups: the inertia bends at five" awk -F, 'NR > 1 { i[$1] = $2 }
        END { for (k = 3; k < 8; k++) if (!best || (i[k-1] - i[k]) / (i[k] - i[k+1]) > most) { best = k; most = (i[k-1] - i[k]) / (i[k] - i[k+1]) }
              exit !(best == 5 && i[5] < i[4] / 3 && i[6] > i[5] * 0.8) }' "$SANDBOX/plots/inertia_vs_k.csv"
    assert "and the silhouette is highest there" awk -F, 'NR > 1 && (!best || $2 > most) { best = $1; most = $2 } END { exit !(best == 5 && most > 0.7) }' \
        "$SANDBOX/plots/silhouette_vs_k.csv"
    assert "only its own plots" [ "$(find "$SANDBOX/plots" -name '*.gp' | wc -l)" -eq 2 ]
    local five
    five=$(sed -n 's/^k 5: \(.*\), silhouette .*/\1/p' "$WORK/out")
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 5
    assert "as alone" grep -qF "k 5: $five" "$WORK/out"
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 1:20 --max-iter 1
    assert "one warning for all" grep -qxE \
        'plait: warning: k-means has not converged for (1[0-9]|[2-9]) of 20 numbers of clusters, the first k [2-9]: raise --max-iter' \
        <(lines_of_plait)
}

plots() {
    need_python numpy
    make_points 5000 4 6
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 6 --plot one --threads 2 --json r.json
    check_report r.json
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 6 --plot three --path scalar
    local name
    for name in clusters silhouettes inertia_vs_iteration; do
        assert "$name is the same on three ranks" cmp "$SANDBOX/one/$name.csv" "$SANDBOX/three/$name.csv"
        assert "and so is its script" cmp "$SANDBOX/one/$name.gp" "$SANDBOX/three/$name.gp"
        if command -v gnuplot >/dev/null; then assert "$name is drawn" [ -s "$SANDBOX/one/$name.png" ]; fi
    done
    assert "no other plot" [ "$(find "$SANDBOX/one" -name '*.gp' | wc -l)" -eq 3 ]
    python_here 'import json, math
x = numpy.genfromtxt("points.csv", delimiter=",", skip_header=1)
c = numpy.genfromtxt("one/clusters.csv", delimiter=",", skip_header=1); p, m = c[c[:, 4] == 0], c[c[:, 4] == 1]
assert len(p) == 4000 and len(m) == 6 and set(p[:, 2]) == set(range(6)) and len(set(p[:, 3])) == 6
y = x - x.mean(0); v = numpy.linalg.eigh(y.T @ y)[0][::-1]
for k in 0, 1: assert abs(p[:, k].var() / (v[k] / len(x)) - 1) < 0.05, (p[:, k].var(), v[k] / len(x))
assert abs(numpy.corrcoef(p[:, 0], p[:, 1])[0, 1]) < 0.02
s = numpy.genfromtxt("one/silhouettes.csv", delimiter=",", skip_header=1); assert len(s) == 1000
r = json.load(open("r.json"))["result"]; assert abs(s[:, 1].mean() - r["silhouette"]) < 1e-12
i = numpy.genfromtxt("one/inertia_vs_iteration.csv", delimiter=",", skip_header=1)
assert (i[:, 0] == range(r["iterations"] + 1)).all() and (numpy.diff(i[:, 1]) <= 0).all() and i[-1, 1] == r["inertia"]
assert [t["inertia"] for t in r["steps"]] == i[1:, 1].tolist()'
    assert "NumPy finds the same axes" [ $? -eq 0 ]
    # Few points, so that all of them are the sample; against the definition.
    make_points 60 2 3
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 4 --plot few --labels l.npy --json r.json
    python_here 'import json
x = numpy.genfromtxt("points.csv", delimiter=",", skip_header=1); l = numpy.load("l.npy")
d = numpy.sqrt(((x[:, None] - x) ** 2).sum(2)); s = []
for i in range(60):
    o = l == l[i]; a = d[i][o].sum() / max(o.sum() - 1, 1); b = min(d[i][l == j].mean() for j in range(4) if j != l[i])
    s.append((b - a) / max(a, b) if o.sum() > 1 else 0)
assert abs(numpy.mean(s) - json.load(open("r.json"))["result"]["silhouette"]) < 1e-12
t = numpy.genfromtxt("few/silhouettes.csv", delimiter=",", skip_header=1); assert numpy.allclose(sorted(t[:, 1]), sorted(s), atol=1e-12)
c = numpy.genfromtxt("few/clusters.csv", delimiter=",", skip_header=1); assert (c[:60, :2] == x).all() and (c[:60, 2] == l).all()'
    assert "silhouettes by their definition" [ $? -eq 0 ]
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 4 --plot turned --plot-columns 1,0
    python_here 'a, b = (numpy.genfromtxt(f + "/clusters.csv", delimiter=",", skip_header=1) for f in ("few", "turned")); assert (a[:, :2] == b[:, 1::-1]).all()'
    assert "columns that were asked for" [ $? -eq 0 ]
    # Odd ones: one column, copies of one point, one cluster, labels alone, weights.
    make_points 30 1
    expect_ok 3 -- "$PLAIT" kmeans points.csv --k 3 --plot column
    assert "no cluster lies on the frame" grep -qxF 'set yrange [-0.5:2.5]' "$SANDBOX/column/clusters.gp"
    assert "clusters are whole numbers" grep -qxF 'set ytics 1' "$SANDBOX/column/clusters.gp"
    expect_error "--plot 'same.npy' and --labels './same.npy' are one file|--labels './same.npy' and --plot 'same.npy' are one file" \
        2 -- "$PLAIT" kmeans points.csv --k 3 --plot same.npy --labels ./same.npy
    assert "nothing was begun" [ ! -e "$SANDBOX/same.npy" ]
    expect_ok 1 -- "$PLAIT" kmeans points.csv --k 1 --plot alone
    printf '1,2,3\n1,2,3\n1,2,3\n1,2,3\n' >"$SANDBOX/same.csv"
    expect_ok 3 -- "$PLAIT" kmeans same.csv --k 2 --plot same --centroids same.npy
    expect_ok 1 -- "$PLAIT" kmeans same.csv --predict same.npy --plot labels
    assert "no iterations to draw" [ ! -e "$SANDBOX/labels/inertia_vs_iteration.gp" ]
    expect_error 'give --plot, too' 2 -- "$PLAIT" kmeans same.csv --k 2 --plot-columns 0,1
    expect_error "has the columns 0 to 2" 2 -- "$PLAIT" kmeans same.csv --k 2 --plot p --plot-columns 0,3
    expect_error "two columns" 2 -- "$PLAIT" kmeans same.csv --k 2 --plot p --plot-columns 1,1
    expect_error "two columns" 2 -- "$PLAIT" kmeans same.csv --k 2 --plot p --plot-columns 1
    expect_error "plot-columns means nothing with a range" 2 -- "$PLAIT" kmeans same.csv --k 2:3 --plot p --plot-columns 0,1
}

# The rows of other ranks are never in memory: 3 ranks hold a third each, and 16 bytes a value at most.
memory() {
    need_python numpy
    local rows=600000 columns=4 share peak name
    python_here "x = numpy.random.default_rng(5).random(($rows, $columns)).round(3); numpy.save('big.npy', x); numpy.savetxt('big.csv', x, fmt='%.3f', delimiter=',')"
    share=$((rows * columns * 8 / 3 / 1024))
    printf '1,2,3,4\n5,6,7,8\n9,1,2,3\n' >"$SANDBOX/three.csv"
    for name in npy csv; do
        for points in three.csv "big.$name"; do
            expect_ok 3 -- "$python" "$here/peak_memory.py" "$WORK/peaks.$points" \
                "$PLAIT" kmeans "$points" --k 3 --max-iter 2 --threads 1
        done
        peak=$(($(sort -n "$WORK/peaks.big.$name" | tail -n 1) - $(sort -n "$WORK/peaks.three.csv" | head -n 1)))
        # Doubles, floats, labels, bounds: 13.5 bytes a value of 4 columns, and what the C library keeps.
        assert "$name: $peak KiB for a share of $share KiB" [ "$peak" -lt $((share * 2 + 4096)) ]
        assert "which is in memory" [ "$peak" -gt "$share" ]
    done
    # No rank reads more bytes than the file has, and one of three no more than its share and some.
    if [ -r /proc/self/io ]; then
        cat >"$SANDBOX/bytes.sh" <<'EOS'
#!/bin/sh
before=$(sed -n 's/^rchar: //p' /proc/$$/io)
"$@"; status=$?
echo "$(($(sed -n 's/^rchar: //p' /proc/$$/io) - before))" >>"$BYTES_READ"
exit $status
EOS
        chmod +x "$SANDBOX/bytes.sh"
        local bytes most
        bytes=$(stat -c %s "$SANDBOX/big.csv")
        for ranks in 1 3; do
            rm -f "$WORK/read"
            BYTES_READ="$WORK/read" expect_ok "$ranks" -- ./bytes.sh "$PLAIT" kmeans big.csv --k 3 --max-iter 1 --threads 1
            most=$(sort -n "$WORK/read" | tail -n 1)
            # Counted and read: two thirds of it on three ranks.
            assert "$most bytes of $bytes on $ranks ranks" [ "$most" -lt $((bytes * (ranks == 1 ? 10 : 7) / 10 + 4000000)) ]
        done
    fi
    # Lines of different lengths, comments and no end of the last line: rows are where they were.
    awk 'BEGIN { srand(2); print "# first"; print "a, b"
        for (i = 0; i < 30000; i++) { if (rand() < 0.1) print "# " i; if (rand() < 0.05) print ""
            printf "%s%.*g,%d%s", i % 3 ? "" : "  ", i < 15000 ? 1 : 17, rand() * 100, i, i < 29999 ? "\n" : "" } }' >"$SANDBOX/odd.csv"
    expect_ok 1 -- "$PLAIT" kmeans odd.csv --k 5 --labels l.npy
    local expected ranks
    expected=$(result_line)
    for ranks in 2 3 7; do
        expect_ok "$ranks" -- "$PLAIT" kmeans odd.csv --k 5 --labels m.npy --threads 1
        assert "on $ranks ranks" [ "$(result_line)" = "$expected" ]
        assert "the same labels" cmp "$SANDBOX/l.npy" "$SANDBOX/m.npy"
    done
    awk '{ print NR == 33000 ? "7,x" : $0 }' "$SANDBOX/odd.csv" >"$SANDBOX/bad.csv"
    expect_error "'bad.csv', line 33000, column 2: 'x'" 2 -- "$PLAIT" kmeans bad.csv --k 5
    awk '{ print NR == 28000 || NR == 12000 ? "7,1,2" : $0 }' "$SANDBOX/odd.csv" >"$SANDBOX/ragged.csv"
    expect_error "'ragged.csv', line 12000 has 3 values, those before have 2" 2 -- "$PLAIT" kmeans ragged.csv --k 5
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
    for ranks in 1 3; do
        expect_ok "$ranks" -- "$PLAIT" kmeans alpha.png --k 4 --out a.png --labels l.npy
        python_here 'from PIL import Image
q, a = Image.open("a.png"), numpy.array(Image.open("alpha.png")); assert q.mode == "RGBA"; q = numpy.array(q)
assert (q[:, :, 3] == a[:, :, 3]).all() and (q[:, :, :3] == numpy.rint(numpy.load("c.npy")).astype("u1")[numpy.load("l.npy")]).all()'
        assert "opacity is carried over" [ $? -eq 0 ]
    done
    # A palette with transparency, and grey with opacity.
    python_here 'from PIL import Image
p = Image.open("p.png").quantize(20); p.save("palette.png", transparency=bytes(range(0, 200, 10)))
g = numpy.array(Image.open("grey.png")); Image.fromarray(numpy.dstack([g, 255 - g])).save("grey_alpha.png")'
    expect_ok 3 -- "$PLAIT" kmeans palette.png --k 5 --out a.png
    expect_ok 3 -- "$PLAIT" kmeans grey_alpha.png --k 3 --out ga.png
    python_here 'from PIL import Image
a, b = (numpy.array(Image.open(f).convert("RGBA")) for f in ("palette.png", "a.png")); assert (a[:, :, 3] == b[:, :, 3]).all() and len(set(a[:, :, 3].flat)) > 5
a, b = (Image.open(f) for f in ("grey_alpha.png", "ga.png")); assert b.mode == "LA"
a, b = numpy.array(a), numpy.array(b); assert (a[:, :, 1] == b[:, :, 1]).all() and len(set(b[:, :, 0].flat)) == 3'
    assert "of a palette and of grey, too" [ $? -eq 0 ]
    # The picture of the documentation is what its command draws.
    cp "$here/../../docs/kmeans-example/landscape.png" "$SANDBOX/"
    expect_ok 3 -- "$PLAIT" kmeans landscape.png --k 16 --out landscape-16.png
    python_here "from PIL import Image
a, b = (numpy.array(Image.open(f).convert('RGB')) for f in ('landscape-16.png', '$here/../../docs/kmeans-example/landscape-16.png'))
assert (a == b).all() and len(numpy.unique(a.reshape(-1, 3), axis=0)) == 16"
    assert "the landscape in 16 colours" [ $? -eq 0 ]
    # More colours than a palette has; all of them read back.
    expect_ok 3 -- "$PLAIT" kmeans p.png --k 300 --out many.png --palette-out many --labels l.npy --centroids c.npy
    python_here 'from PIL import Image
q = Image.open("many.png"); assert q.mode == "RGB"
assert (numpy.array(q) == numpy.rint(numpy.load("c.npy")).astype("u1")[numpy.load("l.npy")]).all() and len(open("many").readlines()) == 300'
    assert "300 colours" [ $? -eq 0 ]
    expect_ok 1 -- "$PLAIT" mandelbrot --size 30x20 --palette ./many --out m.png
    # Weights as a picture has its labels.
    python_here 'numpy.save("w.npy", numpy.arange(3000).reshape(60, 50) % 3); numpy.save("turned.npy", numpy.ones((50, 60)))'
    expect_ok 3 -- "$PLAIT" kmeans p.png --k 4 --weights w.npy --plot plots
    expect_error 'shape \(50, 60\)' 2 -- "$PLAIT" kmeans p.png --k 4 --weights turned.npy
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
        python_here 'import struct, zlib
l, c = numpy.load("l.npy"), numpy.rint(numpy.load("c.npy")).astype(">u2"); d = c.shape[1]
f = open("d.png", "rb").read(); assert struct.unpack(">IIBB", f[16:26]) == (l.shape[1], l.shape[0], 16, 2 if d == 3 else 0)
z, at = b"", 8
while at < len(f):
    n = struct.unpack(">I", f[at:at + 4])[0]; z += f[at + 8:at + 8 + n] if f[at + 4:at + 8] == b"IDAT" else b""; at += n + 12
r = numpy.frombuffer(zlib.decompress(z), "u1").reshape(l.shape[0], -1); bytes_ = 2 * d; rows = []
for row in r:
    assert row[0] in (0, 2); rows.append((row[1:] + (rows[-1] if rows and row[0] == 2 else 0)).astype("u1"))
assert (numpy.array(rows) == c[l].reshape(l.shape[0], -1).view("u1")).all() and c.max() > 255
colours = [tuple(bytes.fromhex(line)) for line in open("deep_colours")]; assert sorted(colours) == sorted(map(tuple, numpy.rint(numpy.load("c.npy") / 257).astype(int).repeat(3 // d, 1)))'
        assert "in colours of 16 bits, and a palette of 8" [ $? -eq 0 ]
    done
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
    local way
    for way in --init --predict; do
        RANKS_LIST=1 expect_error "$way: 'c.csv' is no .npy file: write the centroids by --centroids FILE.npy" 2 -- \
            "$PLAIT" kmeans points.csv $way c.csv
    done
    expect_error 'none of .npy, .csv and .png' 2 -- "$PLAIT" kmeans points.txt --k 2
    expect_error 'No such file' 2 -- "$PLAIT" kmeans absent.csv --k 2
    expect_error 'No such file' 2 -- "$PLAIT" kmeans points.csv --predict absent.npy
    expect_error 'No such file' 2 -- "$PLAIT" kmeans points.csv --init absent.npy
    expect_error '--k means nothing with --predict' 2 -- "$PLAIT" kmeans points.csv --k 2 --predict absent.npy
    expect_error '--trials means nothing with --init FILE' 2 -- "$PLAIT" kmeans points.csv --init absent.npy --trials 3
    expect_error '--trials means nothing with --init random' 2 -- "$PLAIT" kmeans points.csv --k 2 --init random --trials 3
    expect_error '--sample means nothing with --init random' 2 -- "$PLAIT" kmeans points.csv --k 2 --init random --sample 9
    expect_error '--labels means nothing with a range' 2 -- "$PLAIT" kmeans points.csv --k 2:3 --labels l.npy
    expect_error "'dynamic'" 2 -- "$PLAIT" kmeans points.csv --k 2 --schedule dynamic
    expect_error 'trials' 2 -- "$PLAIT" kmeans points.csv --k 2 --trials 65
    expect_error '--tolerance and --tolerance-points both set' 2 -- "$PLAIT" kmeans points.csv --k 2 --tolerance 0 --tolerance-points 3
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
    # A first point of which a value is missing is no line of names.
    local first
    for first in '1,nan' '1,' ',1' '1,NA' '1e999,x' 'x,1'; do
        printf '# first\n%s\n3,4\n5,6\n' "$first" >"$SANDBOX/first.csv"
        expect_error "'first.csv', line 2, column [12]: '[^']*' is no finite number" 2 -- "$PLAIT" kmeans first.csv --k 1
    done
    printf '1\n1e999\n' >"$SANDBOX/large.csv"
    expect_error "line 2, column 1: '1e999'" 2 -- "$PLAIT" kmeans large.csv --k 1
    printf '1\n1e300\n' >"$SANDBOX/beyond.csv"
    expect_error 'has 1e\+300 in row 1, column 0 \(from 0\)' 2 -- "$PLAIT" kmeans beyond.csv --k 1
    printf '1,2\n0x10,2\n' >"$SANDBOX/hex.csv"
    expect_error "'0x10' is no finite number" 2 -- "$PLAIT" kmeans hex.csv --k 1
    # A first line that names the columns has no numbers, not even bad ones.
    for value in nan -inf 1e999 0x10; do
        printf '1,%s\n3,4\n5,6\n' $value >"$SANDBOX/first.csv"
        expect_error "line 1, column 2: '$value' is no finite number" 2 -- "$PLAIT" kmeans first.csv --k 1
    done
    printf '1,2\r3,4\r5,6\r' >"$SANDBOX/returns.csv"
    expect_error 'line 1 has a carriage return inside' 2 -- "$PLAIT" kmeans returns.csv --k 1
    # Numbers with something else between them, which are no names either.
    local other
    for other in '1|a semicolon|0.5;-7' '2|a semicolon|x,y\n0.5 ; -7' '2|a tab|1,2\n.5\t7' '1|a space|5  7'; do
        # shellcheck disable=SC2059
        printf "${other##*|}\n3,4\n" >"$SANDBOX/other.csv"
        RANKS_LIST=2 expect_error "'other.csv', line ${other%%|*} has $(cut -d '|' -f 2 <<<"$other") between numbers: separate them by commas" \
            2 -- "$PLAIT" kmeans other.csv --k 1
    done
    printf '0,5;7\n1,5;8\n' >"$SANDBOX/other.csv"
    RANKS_LIST=1 expect_error "line 1 has a semicolon between numbers" 2 -- "$PLAIT" kmeans other.csv --k 1
    printf '1st;2nd ; 3 info\n4\n5\n' >"$SANDBOX/names.csv"
    expect_ok 3 -- "$PLAIT" kmeans names.csv --k 1
    assert "names may have numbers" grep -q '^kmeans 2 points, 1 dimension' "$WORK/out"
    printf '# nothing\nx,y\n' >"$SANDBOX/none.csv"
    expect_error 'has no points' 2 -- "$PLAIT" kmeans none.csv --k 1
    printf '' >"$SANDBOX/empty.csv"
    expect_error 'has no points' 2 -- "$PLAIT" kmeans empty.csv --k 1
    awk 'BEGIN { for (d = 0; d < 1025; d++) printf "%d,", d; print 1 }' >"$SANDBOX/wide.csv"
    expect_error 'has 1026 values: a point has 1024' 2 -- "$PLAIT" kmeans wide.csv --k 1
    printf '0\n1e-300\n' >"$SANDBOX/close.csv"
    expect_error 'differ by too little' 2 -- "$PLAIT" kmeans close.csv --k 1
    mkfifo "$SANDBOX/pipe.csv"
    expect_error "cannot read 'pipe.csv': it is no regular file: save the numbers to one first" 2 -- \
        "$PLAIT" kmeans pipe.csv --k 1
    # What is taken: spaces, comments, empty lines, signs, the ends of lines of other systems.
    printf '# a comment\r\nx, y\r\n\r\n +1.5 ,\t-2e3\r\n# more\r\n.5,7.' >"$SANDBOX/odd.csv"
    expect_ok 3 -- "$PLAIT" kmeans odd.csv --k 2 --centroids c.csv
    assert "two points" grep -q '^kmeans 2 points, 2 dimensions, k 2' "$WORK/out"
    assert "their values" [ "$(sort "$SANDBOX/c.csv" | tr '\n' ' ')" = '0.5,7 1.5,-2000 ' ]
    for first in '3,4' 'x,y' '# x'; do
        printf '\357\273\277%s\n3,4\n' "$first" >"$SANDBOX/marked.csv"
        [ "$first" = 3,4 ] || echo 3,4 >>"$SANDBOX/marked.csv"
        for ranks in 1 2; do
            expect_ok "$ranks" -- "$PLAIT" kmeans marked.csv --k 1
            assert "a byte order mark is no part of a point" grep -q '^kmeans 2 points, 2 dimensions' "$WORK/out"
        done
    done
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
put("many.npy", numpy.zeros((65537, 2), "u1"))
def sparse(name, rows, columns):
    with open(name, "wb") as huge:
        numpy.lib.format.write_array_header_1_0(huge, {"descr": "|u1", "fortran_order": False, "shape": (rows, columns)})
        huge.truncate(huge.tell() + rows * columns)
sparse("most.npy", 2**40, 1); sparse("more.npy", 2**40 + 1, 1); sparse("wide_rows.npy", 2**31, 1024)' ||
        { echo "SKIPPED: no sparse files here"; exit 77; }
    # Before the others, which compare all files before and after.
    local size ranks name line
    for size in "1 most 'most.npy' has 1099511627776 points for 1 rank: a rank takes 2\^31, start more" \
        "3 most 'most.npy' has 1099511627776 points for 3 ranks: a rank takes 2\^31" \
        "2 more 'more.npy' has the shape \(1099511627777, 1\): give 1 to 2\^40 rows" \
        '2 wide_rows the points need [0-9]+ MiB on this node'; do
        read -r ranks name line <<<"$size"
        refused "$ranks" "$PLAIT" kmeans "$name.npy" --k 2
        assert "$name: status 2, not $status" [ "$status" -eq 2 ]
        assert "in one line" [ "$(error_lines)" -eq 1 ]
        assert "which says so" has_line "$line"
    done
    rm "$SANDBOX/most.npy" "$SANDBOX/more.npy" "$SANDBOX/wide_rows.npy"
    expect_error "has nan in row 7, column 1 \(from 0\)" 2 -- "$PLAIT" kmeans nan.npy --k 2
    expect_error "has -inf in row 3, column 0" 2 -- "$PLAIT" kmeans inf.npy --k 2
    expect_error 'Fortran order' 2 -- "$PLAIT" kmeans fortran.npy --k 2
    expect_error 'shape \(5, 2, 2\)' 2 -- "$PLAIT" kmeans cube.npy --k 2
    expect_error 'holds complex128' 2 -- "$PLAIT" kmeans complex.npy --k 2
    expect_error 'holds bool' 2 -- "$PLAIT" kmeans bool.npy --k 2
    expect_error 'shape \(0, 2\)' 2 -- "$PLAIT" kmeans none.npy --k 2
    expect_error 'shape \(10, 0\)' 2 -- "$PLAIT" kmeans flat.npy --k 2
    expect_error 'shape \(2, 1025\)' 2 -- "$PLAIT" kmeans wide.npy --k 2
    expect_error 'beyond 2\^53 in row 2, column 1 .*: save floats or smaller integers$' 2 -- "$PLAIT" kmeans huge.npy --k 2
    expect_error 'beyond 2\^53 in row 2, column 1' 2 -- "$PLAIT" kmeans uhuge.npy --k 2
    expect_error 'is cut off' 2 -- "$PLAIT" kmeans cut.npy --k 2
    expect_error 'centroids of 3 values for points of 2' 2 -- "$PLAIT" kmeans a.npy --init c3.npy
    expect_error '10 points for 11 clusters' 2 -- "$PLAIT" kmeans a.npy --init c11.npy
    RANKS_LIST=2 expect_error 'has 65537 centroids: give 65536 at most' 2 -- "$PLAIT" kmeans a.npy --predict many.npy
    expect_error 'has 2 centroids, and --k is 3' 2 -- "$PLAIT" kmeans a.npy --init c2.npy --k 3
    expect_error 'has nan in row 1, column 0' 2 -- "$PLAIT" kmeans a.npy --predict cnan.npy
}

# Not in the daily tests: $PYTHON has scikit-learn. From the same start it comes to the same centroids but for its
# roundings, where groups are apart.
scikit() {
    python=${PYTHON:?a python with scikit-learn}
    need_python numpy sklearn PIL
    local shape
    for shape in '2000 2 5 1' '20000 3 16 2' '5000 16 12 3' '3000 64 20 4' '30000 1 6 5'; do
        # shellcheck disable=SC2086
        set -- $shape
        python_here "r = numpy.random.default_rng($4); c = r.permutation($3)[:, None] * 40 + 10 * r.random(($3, $2))
x = c[r.integers(0, $3, $1)] + r.normal(0, 1, ($1, $2)); numpy.save('x.npy', x); numpy.save('w.npy', r.integers(0, 5, $1))"
        for weights in '' '--weights w.npy'; do
            # shellcheck disable=SC2086
            expect_ok 1 -- "$PLAIT" kmeans x.npy --k "$3" --init random --seed "$4" $weights --max-iter 0 --centroids start.npy
            # shellcheck disable=SC2086
            expect_ok 3 -- "$PLAIT" kmeans x.npy --init start.npy $weights --centroids c.npy --labels l.npy --json r.json
            python_here "import json
from sklearn.cluster import KMeans
x, c, l, r = numpy.load('x.npy'), numpy.load('c.npy'), numpy.load('l.npy'), json.load(open('r.json'))['result']
w = numpy.load('w.npy') if '$weights' else None
m = KMeans($3, init=numpy.load('start.npy'), n_init=1, tol=0, max_iter=300, algorithm='lloyd').fit(x, sample_weight=w)
far = numpy.abs(m.cluster_centers_ - c).max()
print('$shape $weights: largest difference', far, 'iterations', m.n_iter_, r['iterations'])
assert far <= 1e-9 * numpy.abs(x).max() and (m.labels_ == l)[w > 0 if w is not None else ...].all() and abs(m.inertia_ / r['inertia'] - 1) < 1e-9
assert (m.predict(x) == l).all()"
            assert "$shape $weights: scikit-learn's centroids" [ $? -eq 0 ]
        done
    done
}

"${1:?names a part}"
finish
