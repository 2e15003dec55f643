#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What runs on every machine has no instruction that only some have (x86-64).
#     check_instructions.sh OBJECT...     the code of the objects has no instruction of SSE3 or later
# Prints the offenders; exit status 1 if there was one.
set -euo pipefail

[ $# -gt 0 ] || { echo "no object to check"; exit 1; }
# Every AVX instruction has a v before its name, those on xmm registers too.
avx='v[a-z0-9]+ .*%[xyz]mm|[a-z0-9]+ .*%[yz]mm|vzero'
# Names of SSE3 to SSE4.2; compilers may choose the first ones of each line by themselves.
sse='(addsub|hadd|hsub)p[sd]|movddup|movs[hl]dup|lddqu'
sse+='|p(abs|sign)[bwd]|pshufb|palignr|ph(add|sub)[wd]|phaddsw|phsubsw|pmulhrsw|pmaddubsw'
sse+='|round[sp][sd]|p?blendv?[bwp][sd]?|dpp[sd]|pmulld|pmuldq|ptest|pmov[sz]x[a-z]+|p(max|min)(sb|sd|uw|ud)'
sse+='|pcmp(eq|gt)q|packusdw|pextr[bdq]|pinsr[bdq]|extractps|insertps|mpsadbw|phminposuw|movntdqa'
sse+='|pcmp[ei]str[im]|crc32[bwlq]?|popcnt[wlq]?'

offenders=0
for object in "$@"; do
    found=$(objdump -d --no-show-raw-insn "$object" | grep -m 3 -E $'\t'"($avx|($sse) )" || true)
    if [ -n "$found" ]; then
        printf '%s has instructions beyond SSE2:\n%s\n' "$object" "$found"
        offenders=1
    fi
done
exit "$offenders"
