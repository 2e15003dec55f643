#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs one fuzzer on its corpus and on inputs made from it. What it finds on the way stays in a directory
# that is removed; an input that breaks the reader is kept next to the fuzzer and printed.
#     run.sh FUZZER CORPUS OPTION...      options of libFuzzer: -runs=N -seed=N, or -max_total_time=S
set -euo pipefail
fuzzer=$1 corpus=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/found" "$work/files"
status=0
TMPDIR=$work/files "$fuzzer" -timeout=10 -rss_limit_mb=2048 -max_len=1024 -print_final_stats=1 \
    -artifact_prefix="$fuzzer-" "$@" "$work/found" "$corpus" >"$work/log" 2>&1 || status=$?
if [ "$status" -eq 0 ]; then
    grep -E '^Done|INFO: seed corpus' "$work/log"
else
    tail -n 60 "$work/log"
fi
exit "$status"
