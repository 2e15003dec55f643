#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait on clusters that SimGrid simulates: the right checksums, and little of the ranks' capacity lost.
#     PLAIT=plait SCALE=simulated-plait test_scale.sh RANKS...
# SCALE is plait built by smpi.cmake. Hosts are those of platform.py; the kernels' time is simulated too
# (simulated_kernels.c), so that nothing depends on this machine's speed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mean_flops=637500000 # of the hosts
failed=0

# simulated RANKS FLOPS ARGUMENTS...: what a rank 0 prints goes to $work/out. FLOPS per dart or pixel.
# Without these settings each test of a message would take rank 0 a tenth of a millisecond and more, and
# short messages would wait for their receiver.
simulated() {
    local ranks=$1 flops=$2
    shift 2
    (cd "$work" && SCALE_FLOPS=$flops smpirun -np "$ranks" -platform "$work/platform.xml" -hostfile "$work/hosts" \
        --log=root.thresh:error --cfg=smpi/simulate-computation:no --cfg=smpi/grow-injected-times:no \
        --cfg=smpi/test:1e-6 --cfg=smpi/iprobe:1e-6 --cfg=smpi/async-small-thresh:65536 \
        "$SCALE" "$@" --threads 1) >"$work/out" 2>"$work/err" ||
        { cat "$work/err"; exit 1; }
}

# compare WHAT PATTERN COMMAND...: the lines or words of COMMAND that match PATTERN are those of $work/out.
compare() {
    local what=$1 pattern=$2
    shift 2
    if ! diff <(cd "$work" && "$PLAIT" "$@" 2>/dev/null | grep -oE "$pattern") <(grep -oE "$pattern" "$work/out"); then
        echo "FAILED: $what has another result than on one rank"
        failed=1
    fi
}

# share WHAT SECONDS LEAST: the useful part of the capacity, of SECONDS of work per rank.
share() {
    local what=$1 took
    took=$(sed -nE 's/.* in ([0-9.e-]+) s,.*/\1/p' "$work/out" | head -n 1)
    awk -v what="$what" -v work="$2" -v took="$took" -v least="$3" 'BEGIN {
        printf "%-28s %8.2f s   %.3f of the capacity\n", what, took, work / took
        if (!(work / took >= least)) { printf "FAILED: less than %s\n", least; exit 1 }
    }' || failed=1
}

# flops RANKS UNITS SECONDS: of a unit, so that each rank has SECONDS of work.
flops() {
    awk -v r="$1" -v n="$2" -v s="$3" -v f="$mean_flops" 'BEGIN { printf "%.17g", s * r * f / n }'
}

python3 - "$work/points.csv" <<'EOF'
import random, sys
random.seed(1)
with open(sys.argv[1], "w") as out:
    for k in range(4000):
        out.write(",".join(f"{random.gauss(8 * (k % 5), 1):.6f}" for _ in range(3)) + "\n")
EOF
for ranks in "$@"; do
    python3 "$here/platform.py" "$ranks" "$work"
    # A unit of work has 2^18 darts: enough of them for each rank.
    darts=$((ranks < 500 ? 4 ** 14 : 4 ** 15))
    simulated "$ranks" "$(flops "$ranks" $((64 * darts)) 20)" pi --darts "$darts" --progress none
    compare "pi on $ranks ranks" '^[0-9]+ [0-9.]+ [0-9.]+$' pi --darts "$darts" --progress none
    share "pi, $ranks ranks" 20 0.97
    simulated "$ranks" 1 kmeans points.csv --k 5
    compare "kmeans on $ranks ranks" 'fnv1a [0-9a-f]+' kmeans points.csv --k 5
    # MPI_Scan of a thousand ranks takes SMPI too long.
    [ "$ranks" -lt 500 ] || continue
    # 256 rows for each rank, which are the units of a picture; as many are mirrored.
    size=32x$((512 * ranks))
    simulated "$ranks" "$(flops "$ranks" $((32 * 256 * ranks)) 20)" mandelbrot --size "$size" --progress none --out null
    compare "mandelbrot on $ranks ranks" 'fnv1a [0-9a-f]+' mandelbrot --size "$size" --progress none --out null
    share "mandelbrot, $ranks ranks" 20 0.95
done
exit "$failed"
