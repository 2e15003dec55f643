#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A program whose time is a known law of its cores, printed as StopWatch does, so that tests of plait study
# need no time of their own:
#
#     fake_kernel.sh CORES [SERIAL [CONTENTION [SECONDS [DO]]]]
#
# T = SECONDS (SERIAL + (1 - SERIAL) / CORES + CONTENTION (CORES - 1)), with about 1 % of noise that depends on
# the sample. DO: fail (exit status 3), hang (ignores SIGTERM), silent (no time), twice (two times).
set -eu
cores=$1 serial=${2:-0.1} contention=${3:-0} seconds=${4:-10} do=${5:-}
echo "$$" >>"${FAKE_PIDS:-/dev/null}"
echo run >>"${FAKE_RUNS:-/dev/null}"
[ "$do" != fail ] || { echo 'fake_kernel: fails on purpose' >&2; exit 3; }
if [ "$do" = hang ]; then
    trap '' TERM
    setsid sleep 1000 & # in a process group of its own
    echo "$!" >>"${FAKE_PIDS:-/dev/null}"
    while :; do sleep 1; done
fi
[ -z "${FAKE_SLEEP:-}" ] || sleep "$FAKE_SLEEP"
[ "$do" != silent ] || exit 0
seed=$(cksum <<<"${FAKE_SEED:-1} $* $(wc -l <"${FAKE_RUNS:-/dev/null}")" | cut -d ' ' -f 1)
awk -v p="$cores" -v s="$serial" -v c="$contention" -v t="$seconds" -v seed="$seed" -v twice="$do" 'BEGIN {
    srand(seed)
    for (k = 0; k <= (twice == "twice"); k++) {
        noise = 0
        for (i = 0; i < 12; i++) noise += rand() - 0.5
        printf "# csv,work,ok,%.17g,,,,,,,\n", t * (s + (1 - s) / p + c * (p - 1)) * (1 + 0.01 * noise)
    }
}'
