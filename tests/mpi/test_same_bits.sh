#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The signature test: the same bits for every (ranks, threads, path). Every run of a picture must report
# the checksum of tests/golden/escape.txt.
# LIST_PATHS names a program that prints the paths of this machine.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

golden=$here/../golden/escape.txt
mapfile -t paths < <("${LIST_PATHS:?}")
[ "${paths[0]:-}" = scalar ] || { echo "no list of paths"; exit 1; }
[ -s "$golden" ] || { echo "$golden: missing"; exit 1; }

fnv1a_of() {
    sed -n 's/.*"fnv1a": *"\([0-9a-f]*\)".*/\1/p' "$1"
}

# picture LINE-OF-GOLDEN COMMAND ARGUMENT...: on every braid of ranks, threads and paths
picture() {
    local expected got ranks threads path
    expected=$(grep -E "$1" "$golden" | awk '{ print $14 }')
    shift
    assert "the golden file has one such picture" [ "${#expected}" -eq 16 ]
    for path in "${paths[@]}"; do
        for ranks in "${some_ranks[@]}"; do
            for threads in "${some_threads[@]}"; do
                new_sandbox
                expect_ok "$ranks" -- "$PLAIT" "$@" --path "$path" --threads "$threads" \
                    --out null --json report.json
                got=$(fnv1a_of "$SANDBOX/report.json" 2>/dev/null || true)
                assert "fnv1a is $expected, not '$got'" [ "$got" = "$expected" ]
            done
        done
    done
}

some_ranks=(1 2 3 7) some_threads=(1 2 5)
picture '^mandelbrot 1200 800 ' mandelbrot
picture '^julia +640 480 ' julia
some_ranks=(3) some_threads=(2)
picture '^mandelbrot 120 80 .* 1024 ' mandelbrot --size 120x80 --bailout 1024
finish
