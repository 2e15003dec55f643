#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ./dev bench arm_instructions: instructions that the escape kernel executes on aarch64 for one step of
# one pixel, counted by qemu one by one. A count, not a time: no Arm machine is needed, and none is
# measured. The difference of two runs of different maxit cancels all that is not steps.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset aarch64 -DPLAIT_BENCH=ON >/dev/null
cmake --build build/aarch64 --target steps_once >/dev/null
program=build/aarch64/bench/steps_once
sysroot=/usr/aarch64-linux-gnu

# run PATH MAXIT: "INSTRUCTIONS STEPS"
run() {
    local log steps
    log=$(mktemp -u)
    mkfifo "$log"
    # One translated block per instruction, one line per block.
    grep -c '^Trace' <"$log" >"$log.count" &
    steps=$(qemu-aarch64-static -L "$sysroot" -singlestep -d exec,nochain -D "$log" \
        "$program" "$1" "$2")
    wait
    echo "$(cat "$log.count") $steps"
    rm -f "$log" "$log.count"
}

echo "instructions for a step of a pixel, aarch64 under qemu (a count, not a time)"
for path in neon scalar; do
    read -r few few_steps <<<"$(run "$path" 528)"
    read -r many many_steps <<<"$(run "$path" 1040)"
    awk -v i=$((many - few)) -v s=$((many_steps - few_steps)) -v p="$path" \
        'BEGIN { printf "%-7s %.2f\n", p, i / s }'
done
