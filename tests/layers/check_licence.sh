#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every source file names its licence in one of its first three lines, and no two .c files have the same
# base name.
#     check_licence.sh SOURCE_DIRECTORY
set -euo pipefail
cd "$1"
offenders=0

# Files that cannot hold a comment, inputs of fuzzers, the licences themselves, and what debian/copyright covers.
exempt='(^|/)(LICENSE|CMakePresets\.json|[^/]*\.(png|npy|ppm|json|csv|md|svg|abi))$|^tests/fuzz/corpus/|^LICENSES/|^debian/'

files=$(git ls-files 2>/dev/null || find . \( -path ./build -o -path './obj-*' -o -path ./.pc -o -path ./debian -o -name .git \) -prune -o -type f -print | sed 's,^\./,,')
[ -n "$files" ] || { echo "no files here"; exit 1; }
while IFS= read -r file; do
    [ -s "$file" ] || continue
    if ! head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT'; then
        echo "$file: no SPDX line"
        offenders=1
    fi
done < <(grep -Ev "$exempt" <<<"$files")

# reuse lint takes a tag within a text for one of the file, unless REUSE.toml speaks for it.
while IFS= read -r file; do
    if ! grep -qF "\"$file\"" REUSE.toml 2>/dev/null; then
        echo "$file: the SPDX tag within a text: name the file in REUSE.toml"
        offenders=1
    fi
done < <(xargs -d '\n' grep -lE "SPDX-License-Identifier:.*[\"'\\(]" <<<"$files" || true)

twice=$(grep -E '\.c$' <<<"$files" | sed 's,.*/,,' | sort | uniq -d || true)
if [ -n "$twice" ]; then
    printf 'files of one name:\n%s\n' "$twice"
    offenders=1
fi
exit "$offenders"
