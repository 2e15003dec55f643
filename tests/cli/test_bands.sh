#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pictures whose rows stay with their owners: the same bytes on any ranks, threads and schedule, and
# rank 0 has no counts. Sizes have bands of one row, bands of all rows, and edges between owners in
# every band; some have rows that mirror others, about a line and about a point.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# same_bytes RANKS SCHEDULE ARGUMENTS: as one process makes them.
same_bytes() {
    local ranks=$1 schedule=$2
    shift 2
    new_sandbox
    expect_ok 1 -- "$PLAIT" "$@" --threads 1 --out a.png
    expect_ok "$ranks" -- "$PLAIT" "$@" --threads 2 --schedule "$schedule" --out b.png --out null --out c.png
    assert "the same bytes on $ranks ranks, $schedule: $*" cmp "$SANDBOX/a.png" "$SANDBOX/b.png"
    assert "and in both files" cmp "$SANDBOX/a.png" "$SANDBOX/c.png"
}

same_bytes 3 dynamic mandelbrot --size 1301x903
same_bytes 7 cyclic julia --size 501x602 --c -0.8,0.156 --colour smooth --samples 2
same_bytes 2 block mandelbrot --size 301x1204 --colour smooth --samples 3
same_bytes 7 weighted mandelbrot --size 5x3
same_bytes 3 cyclic julia --size 131073x5
same_bytes 7 dynamic mandelbrot --size 400x300 --samples 2 --center -0.743643887,0.131825904 --zoom 20000 --maxit 500

finish
