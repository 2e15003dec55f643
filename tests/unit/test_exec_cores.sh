#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The cores that libplait sees, and its default of threads, are those of the affinity that the program was
# started with, whatever OpenMP does to the thread that loads it.
#     test_exec_cores.sh EXEC_CORES
set -euo pipefail
program=$1
for name in "${!OMP_@}" "${!GOMP_@}" "${!KMP_@}"; do unset "$name"; done
cores=$(nproc)
checks=0 failures=0

# expect CORES THREADS MANY COMMAND...
expect() {
    local expected="$1 $2 $3" got
    shift 3
    got=$("$@" 2>&1)
    checks=$((checks + 1))
    if [ "$got" != "$expected" ]; then
        failures=$((failures + 1))
        printf '  FAILED: %s: expected %s, got %s\n' "$*" "$expected" "$got"
    fi
}
first=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')

expect "$cores" "$cores" 64 "$program"
for setting in OMP_PROC_BIND=true OMP_PROC_BIND=close OMP_PROC_BIND=spread OMP_PLACES=threads \
    "GOMP_CPU_AFFINITY=0-$(($(getconf _NPROCESSORS_CONF) - 1))"; do
    expect "$cores" "$cores" 64 env "$setting" "$program"
    # A list of CPUs is taken as it is, also where it names more than the affinity does.
    case $setting in GOMP*) continue ;; esac
    expect 1 1 64 taskset -c "$first" env "$setting" "$program"
done
# What the user chose for OpenMP is used.
expect 1 1 64 env "OMP_PLACES={$first}" "$program"
expect 1 1 64 env "GOMP_CPU_AFFINITY=$first" "$program"
expect "$cores" "$cores" 64 env OMP_PROC_BIND=false "$program"
# exec->threads is what runs.
expect "$cores" 1 1 env OMP_THREAD_LIMIT=1 "$program"
expect "$cores" 1 1 env OMP_MAX_ACTIVE_LEVELS=0 "$program"
echo "$checks checks, $failures failed"
[ "$failures" -eq 0 ]
