#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The include directories of a part of drivers/ let it see the parts of its MAY list, and no others: a
# header of each other part is included and must not be found.
#     check_seen.sh COMPILER SOURCE_DIRECTORY SEEN_DIRECTORY
set -euo pipefail
compiler=$1 drivers=$2/drivers seen=$3
tried=0 failed=0
while read -r part may; do
    for directory in "$drivers"/*/; do
        other=$(basename "$directory")
        header=$(basename "$(find "$directory" -maxdepth 1 -name '*.h' | sort | head -n 1)")
        # Only whether it is found counts, not what it includes in its turn.
        found=yes
        messages=$("$compiler" -I "$seen/$part" -fsyntax-only -xc - <<<"#include \"$other/$header\"" 2>&1) || true
        if grep -qE "$other/$header(: No such file|' file not found)" <<<"$messages"; then found=no; fi
        expected=no
        if [[ " $part $may " = *" $other "* ]]; then expected=yes; fi
        tried=$((tried + 1))
        if [ "$found" != "$expected" ]; then
            echo "$part finds $other/$header: $found, expected $expected"
            failed=$((failed + 1))
        fi
    done
done < <(sed -nE 's/^plait_part\((\w+)( MPI)? MAY ?([a-z ]*).*/\1 \3/p' "$drivers/CMakeLists.txt")
echo "$tried pairs of parts, $failed wrong"
[ "$tried" -gt 0 ] && [ "$failed" -eq 0 ]
