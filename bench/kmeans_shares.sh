#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench kmeans_shares [ROUNDS]: plait kmeans on two ranks of one thread, a core each, with equal shares and
# with those by speed, in turns: when nothing slows a rank, and when one shares its core with another program. Seconds
# of trial and iterations, medians, and the shares of the last run; labels must be equal. Only an idle machine shows the gain.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"
plait=$BENCH/../drivers/plait
rounds=${1:-5}
set -a
# shellcheck source=tests/mpi.env
. "$(dirname "$0")/../tests/mpi.env"
set +a
unset OMPI_MCA_mpi_yield_when_idle
work=$(mktemp -d)
slow=
trap '[ -z "$slow" ] || kill "$slow" 2>/dev/null; rm -rf "$work"' EXIT

mapfile -t cores < <(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (c = $1; c <= $NF; c++) print c }')
if [ "${#cores[@]}" -lt 2 ]; then
    echo "two ranks want two cores" >&2
    exit 1
fi

# Random bytes: rows of 16.
rows=2000000
header=$(printf "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 16), }" "$rows")
printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header" >"$work/points.npy"
head -c $((rows * 16)) /dev/urandom >>"$work/points.npy"

# On the core of its own, rank 0 on the first.
printf '#!/bin/sh\nexec taskset -c "$(echo %s | cut -d " " -f $((${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}} + 1)))" "$@"\n' \
    "${cores[*]:0:2}" >"$work/own_core"
chmod +x "$work/own_core"

# clusters CASE SCHEDULE: appends the seconds of the trial and of the iterations.
clusters() {
    timeout -k 5 600 "$MPIEXEC" -n 2 "$work/own_core" "$plait" kmeans "$work/points.npy" --k 256 --init random \
        --max-iter 20 --threads 1 --schedule "$2" --progress none --json "$work/json" >"$work/out"
    sed -n '1s/.*fnv1a //p' "$work/out" >>"$work/labels"
    sed -n 's/^weighted schedule/&/p' "$work/out" | sed 's/ in [^,]*//g' >>"$work/shares-$1"
    awk -F: '/"(trial|iteration)_seconds"/ { sum += $2 } END { print sum }' "$work/json" >>"$work/$1-$2"
}
median() {
    sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for case in free shared; do
    if [ $case = shared ]; then
        taskset -c "${cores[0]}" sh -c 'while :; do :; done' &
        slow=$!
    fi
    for _ in $(seq "$rounds"); do
        clusters $case block
        clusters $case weighted
    done
    printf '%-8s equal shares %.3f s, by speed %.3f s: %.2f times as fast; median of the pairs %s; %s\n' $case \
        "$(median "$work/$case-block")" "$(median "$work/$case-weighted")" \
        "$(awk -v a="$(median "$work/$case-block")" -v b="$(median "$work/$case-weighted")" 'BEGIN { print a / b }')" \
        "$(paste "$work/$case-block" "$work/$case-weighted" | awk '{ print $1 / $2 }' | sort -g | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }')" \
        "$(tail -n 1 "$work/shares-$case")"
done
if [ "$(sort -u "$work/labels" | wc -l)" -ne 1 ]; then
    echo "the labels differ" >&2
    exit 1
fi
