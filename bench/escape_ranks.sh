#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench escape_ranks [ROUNDS]: two ranks of one thread against one, on the second view of the escape
# bench, brute: with one block each, which is the kernel alone, and by the work queue, whose requests
# cost their part of some 40 ms. Compute seconds of whole runs in turns, checksums compared; medians.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"
plait=$BENCH/../drivers/plait
rounds=${1:-9}
set -a
# shellcheck source=tests/mpi.env
. "$(dirname "$0")/../tests/mpi.env"
set +a
# A core for each rank, as Open MPI has it by default, and no waiting for others: there are none.
unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy OMPI_MCA_mpi_yield_when_idle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run RANKS SCHEDULE: appends its compute seconds, one thread per rank.
run() {
    timeout -k 5 120 "$MPIEXEC" -n "$1" "$plait" mandelbrot --size 2400x1600 --maxit 1000 --threads 1 \
        --interior brute --schedule "$2" --progress none --out null \
        --json "$work/json" >/dev/null
    sed -n 's/.*"compute_seconds": *\([0-9.e-]*\).*/\1/p' "$work/json" >>"$work/$1-$2"
    sed -n 's/.*"fnv1a": *"\([0-9a-f]*\)".*/\1/p' "$work/json" >>"$work/fnv1a"
}
median() {
    sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for _ in $(seq "$rounds"); do
    run 1 block
    run 2 block
    run 2 dynamic
done
if [ "$(sort -u "$work/fnv1a" | wc -l)" -ne 1 ]; then
    echo "the checksums differ" >&2
    exit 1
fi
for schedule in block dynamic; do
    awk -v one="$(median "$work/1-block")" -v two="$(median "$work/2-$schedule")" -v n="$rounds" \
        -v schedule="$schedule" 'BEGIN {
        printf "one rank %.4f s, two ranks (%s) %.4f s: %.2f times one (medians of %d)\n",
            one, schedule, two, one / two, n }'
done
awk '{ print ($1 > 0.5) }' /proc/loadavg | grep -q 1 &&
    echo "do not trust this: other programs load the machine ($(cut -d ' ' -f 1 /proc/loadavg))"
exit 0
