#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench collectives --osu DIRECTORY [--ranks N] [ROUNDS]: plait collectives against the OSU
# micro-benchmarks, osu_bcast and the like below DIRECTORY, in pairs of runs, one right after the other, with
# as many repetitions. docs/performance-messages.md says what is compared. BENCH names the directory of the
# programs. OPTIONS: more options for mpirun, such as the hosts. Fails if a program does; a ratio outside of
# its bounds is marked.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"
plait=$BENCH/../drivers/plait
read -ra options <<<"${OPTIONS:-}"

usage() {
    echo "collectives.sh: $1: ./dev bench collectives --osu DIRECTORY [--ranks N] [ROUNDS]" >&2
    exit 2
}
is_count() {
    [[ $1 =~ ^[1-9][0-9]{0,5}$ ]]
}
directory='' ranks=2 rounds=9
while [ $# -gt 0 ]; do
    case $1 in
    --osu) directory=${2:-}; shift 2 || usage '--osu has no directory' ;;
    --ranks) ranks=${2:-}; shift 2 || usage '--ranks has no number' ;;
    *) rounds=$1; shift ;;
    esac
done
[ -n "$directory" ] || usage 'where are the OSU micro-benchmarks'
[ -d "$directory" ] || usage "'$directory' is no directory"
is_count "$rounds" || usage "'$rounds' is no number of rounds"
if ! is_count "$ranks" || [ "$ranks" -lt 2 ]; then usage "'$ranks' ranks: OSU needs 2"; fi
operations=(bcast reduce allreduce gather scatter allgather alltoall barrier)
declare -A osu
for operation in "${operations[@]}"; do
    osu[$operation]=$(find -L "$directory" -type f -executable -name "osu_$operation" -not -path '*/.libs/*' | sort | head -n 1)
    [ -n "${osu[$operation]}" ] || usage "there is no program osu_$operation below '$directory'"
done

set -a
# shellcheck source=tests/mpi.env
. "$(dirname "$0")/../tests/mpi.env"
set +a
# As users have it: Open MPI binds, and no core is given up, while there are enough.
if [ "$ranks" -le "$(nproc)" ]; then
    unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy OMPI_MCA_mpi_yield_when_idle
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ranks_of() {
    timeout -k 5 600 "$MPIEXEC" "${options[@]}" -n "$ranks" "$@"
}

# Both print a line for each size: bytes, or none for barrier, and the mean over ranks and repetitions.
columns() {
    awk -v operation="$1" -v program="$2" '
        /^[ 0-9.]+$/ && NF >= 4 { print operation, (NF == 4 ? 0 : $1), program, (NF == 4 ? $1 : $2) }' >>"$work/times"
}

# run_osu OPERATION FIRST LAST REPETITIONS, and the same of plait.
run_osu() {
    local sizes=(-m "$2:$3")
    case $1 in
    barrier) sizes=() ;;
    reduce | allreduce) sizes+=(-T mpi_float) ;;
    esac
    ranks_of "${osu[$1]}" -f -i "$4" -x $(($4 / 10)) "${sizes[@]}" | columns "$1" osu
}
run_plait() {
    local sizes=(--sizes "$2:$3")
    if [ "$1" = barrier ]; then sizes=(); fi
    ranks_of "$plait" collectives "$1" --style csv --repeat "$4" --warmup $(($4 / 10)) --limit 3600 "${sizes[@]}" |
        awk -F , 'NR > 1 { print $3, $6, $5, $7, $4 }' | columns "$1" plait
}
# Which one comes first takes turns.
pair() {
    if [ $((round % 2)) -eq 1 ]; then
        run_osu "$@"
        run_plait "$@"
    else
        run_plait "$@"
        run_osu "$@"
    fi
}

for round in $(seq "$rounds"); do
    for operation in "${operations[@]}"; do
        pair "$operation" 4 8192 1000
        [ "$operation" != barrier ] || continue
        # As few repetitions as some runs of them are not disturbed by other programs.
        pair "$operation" 16384 131072 100
        pair "$operation" 262144 1048576 20
    done
done

# Other programs only ever add to a time, so the best of the means is compared.
echo "# $ranks ranks, $rounds pairs of runs; mean over ranks and repetitions in usec, the best of the runs"
printf '# %-10s %9s %10s %10s  %5s\n' operation bytes OSU plait ratio
sort -k1,1 -k2,2n -k3,3 -k4,4g "$work/times" | awk '
    $1 != name || $2 != bytes { name = $1; bytes = $2; best = "" }
    $3 == "osu" && best == "" { best = $4 }
    $3 == "plait" && best > 0 {
        ratio = $4 / best
        printf "  %-10s %9d %10.3f %10.3f  %5.3f%s\n", name, bytes, best, $4, ratio, (ratio > 1.02 || ratio < 0.98 ? "*" : "")
        print name, ratio >ratios
        best = 0 # the other runs of plait were slower
    }' ratios="$work/ratios"
for operation in "${operations[@]}" all; do
    awk -v name="$operation" 'name == "all" || $1 == name { print $2 }' "$work/ratios" | sort -g |
        awk -v name="$operation" '
            { v[NR] = $1 }
            END {
                if (NR == 0) exit 1
                printf "# median of the ratios, %-10s %.3f\n", name ":", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2
            }'
done
echo "* outside of 0.98 to 1.02"
awk '{ print ($1 > 0.5 * 2) }' /proc/loadavg | grep -q 1 &&
    echo "do not trust single lines: other programs load the machine ($(cut -d ' ' -f 1 /proc/loadavg))"
exit 0
