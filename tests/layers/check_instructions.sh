#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What runs on every machine has no instruction that only some have (x86-64).
#     check_instructions.sh OBJECT...     no AVX register in the code of the objects
# Prints the offenders; exit status 1 if there was one.
set -euo pipefail

[ $# -gt 0 ] || { echo "no object to check"; exit 1; }
offenders=0
for object in "$@"; do
    # Every AVX instruction has a v before its name, those on xmm registers too.
    found=$(objdump -d --no-show-raw-insn "$object" |
        grep -m 3 -E $'\t(v[a-z0-9]+ .*%[xyz]mm|[a-z0-9]+ .*%[yz]mm|vzero)' || true)
    if [ -n "$found" ]; then
        printf '%s has AVX instructions:\n%s\n' "$object" "$found"
        offenders=1
    fi
done
exit "$offenders"
