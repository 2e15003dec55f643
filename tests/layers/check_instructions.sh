#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What runs on every machine has no instruction that only some have (x86-64).
#     check_instructions.sh baseline OBJECT...     no AVX register in the code of the objects
#     check_instructions.sh flags COMPILE_COMMANDS no flag that would change instructions or rounding
# Prints the offenders; exit status 1 if there was one.
set -euo pipefail

baseline() {
    local object found offenders=0
    [ $# -gt 0 ] || { echo "no object to check"; exit 1; }
    for object in "$@"; do
        # Every AVX instruction has a v before its name, those on xmm registers too.
        found=$(objdump -d --no-show-raw-insn "$object" |
            grep -m 3 -E $'\t(v[a-z0-9]+ .*%[xyz]mm|[a-z0-9]+ .*%[yz]mm|vzero)' || true)
        if [ -n "$found" ]; then
            printf '%s has AVX instructions:\n%s\n' "$object" "$found"
            offenders=1
        fi
    done
    return "$offenders"
}

flags() {
    local found
    [ -s "$1" ] || { echo "$1: missing"; exit 1; }
    # -mavx2 and the like belong to the path of that name and to the benchmarks, which ask the CPU first
    # and are not installed; the others to nobody.
    found=$(grep '"command"' "$1" |
        grep -E -- '-march=|-mtune=native|-mcpu=|-mfpu=|-ffast-math|-Ofast|-funsafe|-ffp-contract=(fast|on)' ||
        true)
    found+=$(grep '"command"' "$1" | grep -E -- ' -m(avx|fma|sse|f16c|bmi|popcnt|lzcnt|movbe)' |
        grep -vE '/(arch/avx[0-9]+|bench)/' || true)
    if [ -n "$found" ]; then
        printf 'flags that change what the code computes or where it runs:\n%s\n' "$found"
        return 1
    fi
}

case $1 in
baseline) baseline "${@:2}" ;;
flags) flags "$2" ;;
*) exit 2 ;;
esac
