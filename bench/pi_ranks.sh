#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench pi_ranks [ROUNDS]: the report's study by plait pi on two ranks of one thread, against twice the
# rate of the kernel that is alone on one core, and against two kernels on two cores at once, which is what
# the machine allows. Whole runs in turns, all hits compared; of plait pi the compute seconds of its report,
# so that the start of MPI is not in it. Medians, and the best of each.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"
plait=$BENCH/../drivers/plait
rounds=${1:-11}
set -a
# shellcheck source=tests/mpi.env
. "$(dirname "$0")/../tests/mpi.env"
set +a
# A core for each rank, as Open MPI has it by default, and no waiting for others: there are none.
unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy OMPI_MCA_mpi_yield_when_idle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# kernel CPU...: appends the seconds of one kernel on each of these cores at the same time, the slowest.
kernel() {
    local cpu
    for cpu in "$@"; do taskset -c "$cpu" "$BENCH/study_once" >"$work/once-$cpu" & done
    wait
    cat "$work"/once-* | sort -g | tail -n 1 | cut -d ' ' -f 1 >>"$work/kernel-$#"
    cut -d ' ' -f 2 "$work"/once-* >>"$work/hits"
    rm "$work"/once-*
}
pi() {
    timeout -k 5 300 "$MPIEXEC" -n 2 "$plait" pi --threads 1 --schedule "$1" --progress none \
        --json "$work/json" >/dev/null
    sed -n 's/.*"compute_seconds": *\([0-9.e-]*\).*/\1/p' "$work/json" >>"$work/pi-$1"
    # The numbers that stand alone on their lines are hits, but for the darts of the ranks before them.
    sed '1,/"result"/d' "$work/json" | awk '/^ *[0-9]+,?$/ { sum += $1 } END { printf "%.0f\n", sum }' >>"$work/hits"
}
median() {
    sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
best() {
    sort -g "$1" | head -n 1
}
# ratio median|best NAME TIMES
ratio() {
    awk -v one="$("$1" "$work/kernel-1")" -v two="$("$1" "$work/$2")" -v times="$3" \
        'BEGIN { print one / two / times }'
}

mapfile -t cores < <(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (c = $1; c <= $NF; c++) print c }')
if [ "${#cores[@]}" -lt 2 ]; then
    echo "two ranks want two cores" >&2
    exit 1
fi
for _ in $(seq "$rounds"); do
    kernel "${cores[0]}"
    pi dynamic
    kernel "${cores[0]}" "${cores[1]}"
    pi block
done
if [ "$(sort -u "$work/hits" | wc -l)" -ne 1 ]; then
    echo "the hits differ" >&2
    exit 1
fi
printf 'the study on one thread by the kernel alone: %.4f s, best %.4f s (%d rounds)\n' \
    "$(median "$work/kernel-1")" "$(best "$work/kernel-1")" "$rounds"
printf '%-44s %10s %10s\n' 'of twice its rate have' median best
# Two kernels throw the study twice.
for what in 'kernel-2:1:two kernels at once, a core each' 'pi-dynamic:2:plait pi on two ranks of one thread' \
    'pi-block:2:the same, --schedule block'; do
    IFS=: read -r name times text <<<"$what"
    printf '%-44s %10.3f %10.3f\n' "$text" \
        "$(ratio median "$name" "$times")" "$(ratio best "$name" "$times")"
done
awk '{ print ($1 > 0.5) }' /proc/loadavg | grep -q 1 &&
    echo "do not trust this: other programs load the machine ($(cut -d ' ' -f 1 /proc/loadavg))"
exit 0
