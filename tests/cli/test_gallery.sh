#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The pictures of docs/: each can be computed again and is unchanged, docs/gallery.md has its command, and
# docs/gallery.sh draws it.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

docs=$here/../../docs
mapfile -t pictures < <(cd "$docs/images" && ls -- *.png)
assert "there are six pictures" [ "${#pictures[@]}" -ge 6 ]
expect_ok 1 -- "$docs/gallery.sh" .
assert "the script draws these and no others" [ "$(ls "$SANDBOX")" = "$(ls "$docs/images")" ]

for picture in "${pictures[@]}"; do
    file=$docs/images/$picture
    expect_ok 1 -- "$PLAIT" rerun --check "$file"
    assert "$picture is as it was drawn" grep -q 'every pixel as it was drawn$' "$WORK/out"
    assert "$picture is small" [ "$(stat -L -c %s "$file")" -lt 300000 ]
    expect_ok 1 -- "$PLAIT" rerun "$file"
    command=$(cat "$WORK/out")
    assert "$picture stands in the gallery" grep -qF "(images/$picture)" "$docs/gallery.md"
    assert "and its command" grep -qxF "    $command" "$docs/gallery.md"
    expect_ok 1 -- "$PLAIT" rerun "$picture"
    assert "the script has the same command" [ "$(cat "$WORK/out")" = "$command" ]
done
finish
