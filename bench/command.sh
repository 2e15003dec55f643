#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench command [--rounds N] [--peers] [--against PLAIT]: whole commands, from the launch to the end, one
# thread per rank. Commands take turns; of each the median of its seconds and of what they are spent on:
#
#     start     until Plait reads its options: launcher, MPI_Init
#     prepare   options, placement, memory
#     compute   counts, and smooth values where they are drawn
#     gather    digests, sums, and what rows travel
#     encode    colours, filters, deflate, and the chunks that travel
#     commit    the file is synced and gets its name
#     end       MPI_Finalize, launcher
#
# and of the processor seconds of all its processes, in which ranks that wait are counted too, but not what other
# programs took. With several ranks the phases are those of the slowest.
#
# --peers adds the report's program in numba on the same ranks, --against another build of plait. An MPI program
# that does nothing shows what the launch alone takes. Files of the same picture are compared.
set -euo pipefail
: "${BENCH:?names the directory of the programs}" "${MPIEXEC:=mpirun}"
plait=$BENCH/../drivers/plait rounds=9 peers=0 against=
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --against) against=$2; shift 2 ;;
    --peers) peers=1; shift ;;
    *) echo "bench command: no option '$1': --rounds N, --peers, --against PLAIT" >&2; exit 2 ;;
    esac
done
here=$(cd "$(dirname "$0")" && pwd)
set -a
# shellcheck source=tests/mpi.env
. "$here/../tests/mpi.env"
set +a
# A core for each rank, as Open MPI has it by default, and no waiting for others: there are none.
unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy OMPI_MCA_mpi_yield_when_idle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
now() { date +%s.%N; }
launched() { # RANKS COMMAND...: without a launcher for one; its output and processor seconds are in $work
    local ranks=$1 TIMEFORMAT='%U %S' launcher=()
    shift
    [ "$ranks" -eq 1 ] || launcher=("$MPIEXEC" -n "$ranks")
    if ! { time timeout -k 5 300 "${launcher[@]}" "$@" >"$work/out" 2>"$work/err"; } 2>"$work/times"; then
        cat "$work/err" >&2
        exit 1
    fi
}
processor() { awk '{ printf "%.6f\n", $1 + $2 }' "$work/times" >>"$work/$1.cpu"; }

# one NAME RANKS COMMAND...: appends the seconds of a whole run to NAME.
one() {
    local name=$1 begun ended
    shift
    begun=$(now)
    launched "$@"
    ended=$(now)
    processor "$name"
    echo "$begun $ended" | awk '{ printf "%.6f\n", $2 - $1 }' >>"$work/$name"
}
# ours NAME RANKS ARGUMENT...: a run of plait, and where its seconds go.
ours() {
    local name=$1 ranks=$2 begun ended start
    shift 2
    begun=$(now)
    launched "$ranks" "$plait" "$@" --threads 1 --progress none --csv --json "$work/json" --out "$work/$name.png"
    ended=$(now)
    processor "$name"
    start=$(date -d "$(sed -n 's/^# csv,total,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p' "$work/out") UTC" +%s.%N)
    awk -v b="$begun" -v e="$ended" -v s="$start" -v file="$work/$name" '
        match($0, /"(compute|gather|encode|commit|total)_seconds": *[0-9.e-]+/) {
            split(substr($0, RSTART + 1, RLENGTH - 1), pair, /_seconds": */); t[pair[1]] = pair[2]
        }
        END {
            printf "%.6f\n", e - b >> file
            printf "%.6f\n", s - b >> (file ".start")
            rest = t["total"] - t["compute"] - t["gather"] - t["encode"] # of maxima over the ranks
            printf "%.6f\n", (rest > 0 ? rest : 0) >> (file ".prepare")
            printf "%.6f\n", t["compute"] >> (file ".compute")
            printf "%.6f\n", t["gather"] >> (file ".gather")
            printf "%.6f\n", t["encode"] - t["commit"] >> (file ".encode")
            printf "%.6f\n", t["commit"] >> (file ".commit")
            printf "%.6f\n", e - s - t["total"] >> (file ".end")
        }' "$work/json"
}
phases=(cpu start prepare compute gather encode commit end)
row() { # NAME LABEL
    local phase
    printf '%-28s %8.1f' "$2" "$(median "$work/$1" | awk '{ print 1000 * $1 }')"
    for phase in "${phases[@]}"; do
        if [ -e "$work/$1.$phase" ]; then
            printf ' %8.1f' "$(median "$work/$1.$phase" | awk '{ print 1000 * $1 }')"
        fi
    done
    echo
}
ratio() { # TEXT NAME-A NAME-B: how often B lasts A, the median of the rounds
    paste "$work/$2" "$work/$3" | awk '{ print $1 / $2 }' >"$work/ratio"
    echo "    $1 $(median "$work/ratio" | awk '{ printf "%.2f", $1 }')"
}

python=
[ "$peers" -eq 0 ] || python=$("$here/peers/report" "$(cd "$BENCH" && pwd)")
# picture TITLE NAME ARGUMENT...: the same picture by all contenders.
picture() {
    local title=$1 name=$2 ranks
    shift 2
    for _ in $(seq "$rounds"); do
        for ranks in 1 2; do
            ours "$name-$ranks" "$ranks" "$@"
            [ -z "$against" ] || one "$name-against-$ranks" "$ranks" "$against" "$@" --threads 1 --progress none --out "$work/against.png"
            [ -z "$python" ] || [ "$name" != report ] ||
                one "$name-numba-$ranks" "$ranks" "$python" "$here/peers/report_mandelbrot_ranks.py" "$work/numba.png"
            [ "$name" != report ] || one "empty-$ranks" "$ranks" "$BENCH/empty_mpi"
        done
    done
    cmp "$work/$name-1.png" "$work/$name-2.png"
    echo
    echo "$title: plait $*"
    printf '%-28s %8s' 'ms' whole
    printf ' %8s' "${phases[@]}"
    echo
    for ranks in 1 2; do row "$name-$ranks" "plait, ranks: $ranks"; done
    for ranks in 1 2; do
        [ -z "$against" ] || row "$name-against-$ranks" "the other build, ranks: $ranks"
        [ ! -e "$work/$name-numba-$ranks" ] || row "$name-numba-$ranks" "numba, ranks: $ranks"
        [ "$name" != report ] || row "empty-$ranks" "an empty program, ranks: $ranks"
    done
    ratio "two ranks are faster than one by" "$name-1" "$name-2"
    for ranks in 1 2; do
        [ -z "$against" ] || ratio "times the other build, ranks: $ranks:" "$name-$ranks" "$name-against-$ranks"
        [ ! -e "$work/$name-numba-$ranks" ] || ratio "numba's program over plait, ranks: $ranks:" "$name-numba-$ranks" "$name-$ranks"
        [ "$name" != report ] || ratio "times an empty program, ranks: $ranks:" "$name-$ranks" "empty-$ranks"
    done
}

echo "medians of $rounds rounds; load $(cut -d ' ' -f 1 /proc/loadavg); $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u)"
picture "seahorses, smooth, 2x2 samples" seahorses mandelbrot --center -0.743643887,0.131825904 --zoom 20000 --maxit 2000 --colour smooth --samples 2
picture "the report's picture" report mandelbrot
picture "large" large mandelbrot --size 8192x8192
awk '{ print ($1 > 0.5) }' /proc/loadavg | grep -q 1 &&
    echo "do not trust this: other programs load the machine ($(cut -d ' ' -f 1 /proc/loadavg))"
exit 0
