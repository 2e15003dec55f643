#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same bits on every schedule, for any number of ranks and threads: a view whose lower half mirrors the
# upper, one without any mirror image, and fewer rows than ranks. The report says who did what.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

golden=$here/../golden/escape.txt
[ -s "$golden" ] || { echo "$golden: missing"; exit 1; }

# read_report FILE SCHEDULE RANKS ROWS: prints the checksum; anything wrong is an error.
read_report() {
    python3 - "$@" <<'EOF'
import json, sys
path, schedule, ranks, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
report = json.load(open(path))
assert report["parameters"]["schedule"] == schedule, report["parameters"]
timing = report["timing"]
assert len(timing["busy_seconds"]) == len(timing["rows"]) == ranks, timing
assert sum(timing["rows"]) == rows, timing
assert all(busy >= 0 for busy in timing["busy_seconds"]), timing
if schedule == "block":
    assert max(timing["rows"]) - min(timing["rows"]) <= 1, timing
print(report["result"]["fnv1a"])
EOF
}

# picture FNV1A ROWS ARGUMENT...: on every schedule, ROWS of its rows are computed.
picture() {
    local expected=$1 rows=$2 schedule ranks threads got
    shift 2
    for schedule in block cyclic dynamic weighted; do
        for ranks in 1 2 3 7; do
            for threads in 1 2; do
                new_sandbox
                expect_ok "$ranks" -- "$PLAIT" mandelbrot "$@" --schedule "$schedule" \
                    --threads "$threads" --out null --json report.json
                got=$(read_report "$SANDBOX/report.json" "$schedule" "$ranks" "$rows" || true)
                assert "fnv1a is $expected, not '$got'" [ "$got" = "$expected" ]
                assert "a line of shares where there are several ranks" \
                    [ "$(grep -c "^$schedule schedule, rank 0: " "$WORK/out")" -eq "$((ranks > 1))" ]
            done
        done
    done
}

# The checksum of a picture that no golden file has: scalar, on one rank and thread.
reference() {
    new_sandbox
    expect_ok 1 -- "$PLAIT" mandelbrot "$@" --schedule block --path scalar --threads 1 --out null \
        --json report.json >&2
    sed -n 's/.*"fnv1a": *"\([0-9a-f]*\)".*/\1/p' "$SANDBOX/report.json"
}

mirrored=$(awk '/^mandelbrot 1200 800 / { print $14 }' "$golden")
assert "the golden file has one such picture" [ "${#mirrored}" -eq 16 ]
picture "$mirrored" 401

seahorse=(--size 320x201 --center -0.743643887,0.131825904 --zoom 20000 --maxit 3000)
plain=$(reference "${seahorse[@]}")
assert "a reference checksum" [ "${#plain}" -eq 16 ]
picture "$plain" 201 "${seahorse[@]}"

few=(--size 64x3 --center -0.5,0.5)
tiny=$(reference "${few[@]}")
assert "a reference checksum" [ "${#tiny}" -eq 16 ]
picture "$tiny" 3 "${few[@]}"
finish
