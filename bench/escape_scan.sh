#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench escape --scan [ROUNDS], or escape_scan: the escape kernel with other numbers of vectors in flight and
# longest blocks, on each view (bench/escape_scan.c); 40 of them are compiled first.
set -euo pipefail
: "${BENCH:?names the directory of the programs}"
cmake --build "$BENCH/.." --target escape_scan >"$BENCH/escape_scan.log" 2>&1 || {
    tail -n 20 "$BENCH/escape_scan.log" >&2
    echo 'bench escape_scan: cannot be built: paths avx2 and avx512 alone have a scan' >&2
    exit 1
}
grep -m 1 'model name' /proc/cpuinfo | sed 's/.*: //'
exec "$BENCH/escape_scan" "$@"
