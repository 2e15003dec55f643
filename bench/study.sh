#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench study: what plait study costs beyond what it runs. Seconds of 200 samples of a program that
# does nothing, against 200 starts of it by the shell; and time and memory of a report of 100,000 samples.
set -euo pipefail
cd "$(dirname "$0")/.."
plait=$PWD/build/release/drivers/plait
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

seconds() {
    local TIMEFORMAT=%R
    { time "$@" >/dev/null 2>&1; } 2>&1
}
starts() {
    for ((k = 0; k < 200; k++)); do /bin/true; done
}
alone=$(seconds starts)
study=$(seconds "$plait" study run --out "$scratch/run" --ranks 1 --repeat 200 --warmup 0 --launcher none --program /bin/true)
awk -v a="$alone" -v s="$study" 'BEGIN { printf "a sample costs %.2f ms beyond its launch (at most 20)\n", 1000 * (s - a) / 200 }'

tests/cli/make_study.py "$scratch/big" cores=1,2,4,8,16,32,64,128,256,512 threads=1,2 samples=5000
read -r time memory < <({ /usr/bin/env python3 - "$plait" "$scratch/big" <<'PYTHON'
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run([sys.argv[1], "study", "report", sys.argv[2]], check=True, stdout=subprocess.DEVNULL)
print(f"{time.monotonic() - start:.2f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f}")
PYTHON
})
echo "a report of 100000 samples takes $time s (at most 10) and $memory MiB (at most 500)"
