#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What programs that were linked to the last release need of libplait is still there: functions, and the types of the
# public headers, as abidiff (abigail-tools) sees them. More functions are no difference.
#     check_abi.sh check LIBRARY SOURCE_DIRECTORY   LIBRARY has debugging information; exit status 1: another ABI
#     check_abi.sh record LIBRARY SOURCE_DIRECTORY  writes SOURCE_DIRECTORY/kernels/libplait.abi, the ABI of the release
# Exit status 77: it cannot be checked here.
set -euo pipefail
action=$1 library=$2 top=$3
record=$top/kernels/libplait.abi
command -v abidw >/dev/null || { echo 'no abidw (abigail-tools)'; exit 77; }
# Sizes and alignments are those of this architecture.
[ "$(uname -m)" = x86_64 ] || { echo 'the ABI of the last release is that of x86-64'; exit 77; }

write_abi() {
    abidw --headers-dir "$top/kernels/include" --drop-private-types --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed \
        --out-file "$1" "$library"
    # Where the sources lay when it was recorded is nobody's concern.
    sed -i "s|$(realpath "$top")/||g" "$1"
    # Without types there would be nothing to compare.
    grep -q "<class-decl name='plait_escape'" "$1" || { echo "$library: has no debugging information"; exit 1; }
}

case $action in
record)
    write_abi "$record"
    wc -c "$record"
    ;;
check)
    now=$(mktemp)
    trap 'rm -f "$now"' EXIT
    write_abi "$now"
    [ -f "$record" ] || { echo "$record: missing"; exit 1; }
    if ! abidiff --no-added-syms "$record" "$now"; then
        echo "Another ABI than that of the last release. Before the first release: $0 record $library $top"
        echo 'After it: keep the old functions and structs, or raise the SOVERSION, which takes a new major version.'
        exit 1
    fi
    ;;
*) exit 2 ;;
esac
