#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench messages [ROUNDS]: pingpong and ring on two ranks against NetPIPE (Debian's netpipe-openmpi),
# and plait hello on two ranks against an empty MPI program, in turns. docs/performance-messages.md says
# what is compared. BENCH names the directory of the programs. OPTIONS: more options for mpirun, such as
# the hosts. Fails if a program does; a ratio above its bound is marked.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"
plait=$BENCH/../drivers/plait
rounds=${1:-9}
read -ra options <<<"${OPTIONS:-}"
set -a
# shellcheck source=tests/mpi.env
. "$(dirname "$0")/../tests/mpi.env"
set +a
# A core for each rank, as Open MPI has it by default, and no core is given up.
unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy OMPI_MCA_mpi_yield_when_idle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

two_ranks() {
    timeout -k 5 300 "$MPIEXEC" "${options[@]}" -n 2 "$@"
}

# ROUND TRIPS, FIRST and LAST size: lines "bytes usec" of both programs, as many round trips for a mean.
pingpong() {
    two_ranks "$plait" pingpong --repeat "$1" --limit 3600 --size "$3" |
        awk -v first="$2" '!/^#/ && $1 >= first { print $1, $4 }' >>"$work/pingpong"
}
# NetPIPE's times have steps of 0.01 microseconds, its bandwidths (2^20 bits per second) do not.
netpipe() {
    two_ranks NPopenmpi -p 0 -n "$1" -l "$2" -u "$3" -o "$work/np.out" >/dev/null 2>&1
    awk '{ print $1, $1 * 8 / ($2 * 1.048576) }' "$work/np.out" >>"$work/netpipe"
}

# ring ROUNDS BYTES: the median of a hop.
ring() {
    two_ranks "$plait" ring --count "$1" --size "$2" |
        awk -v bytes="$2" '$1 == "hop" { print bytes, $2 }' >>"$work/ring"
}

# start NAME COMMAND...: appends the milliseconds from start to end.
start() {
    local name=$1 begun
    shift
    begun=$(date +%s%N)
    two_ranks "$@" >/dev/null
    echo $((($(date +%s%N) - begun) / 1000)) | awk '{ print $1 / 1000 }' >>"$work/$name"
}

median() {
    sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for _ in $(seq "$rounds"); do
    pingpong 1000 1 65536
    netpipe 1000 1 65536
    pingpong 50 131072 4194304
    netpipe 50 131072 4194304
    for bytes in 1 64 1024 16384 65536; do ring 1000 "$bytes"; done
    for bytes in 1048576 4194304; do ring 50 "$bytes"; done
    for _ in 1 2 3; do
        start hello "$plait" hello
        start empty "$BENCH/empty_mpi"
    done
done

echo "# two ranks, best of $rounds means; time of one way in usec, ratio of times = inverse ratio of bandwidths"
echo "#   bytes  NetPIPE pingpong  ratio     ring  ratio"
awk -v work="$work/" '
    {
        run = substr(FILENAME, length(work) + 1) " " $1
        if (!(run in best) || $2 < best[run]) best[run] = $2
    }
    function ratio(run, peer) {
        if (!(run in best)) return ""
        return sprintf(" %8.3f  %5.2f%s", best[run], best[run] / peer, best[run] > 1.05 * peer ? "*" : " ")
    }
    END {
        for (bytes = 1; bytes <= 4194304; bytes *= 2) {
            if (!("netpipe " bytes in best)) continue
            peer = best["netpipe " bytes]
            printf "%9d %8.3f%s%s\n", bytes, peer, ratio("pingpong " bytes, peer), ratio("ring " bytes, peer)
        }
    }' "$work/netpipe" "$work/pingpong" "$work/ring"
awk -v hello="$(median "$work/hello")" -v empty="$(median "$work/empty")" -v n=$((3 * rounds)) 'BEGIN {
    printf("start to end: plait hello %.1f ms, an empty MPI program %.1f ms: %.2f times%s (medians of %d)\n",
        hello, empty, hello / empty, hello > 1.1 * empty ? "*" : "", n) }'
echo "* above the bound of 1.05, or 1.10"
awk '{ print ($1 > 0.5) }' /proc/loadavg | grep -q 1 &&
    echo "do not trust this: other programs load the machine ($(cut -d ' ' -f 1 /proc/loadavg))"
exit 0
