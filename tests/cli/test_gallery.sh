#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The pictures of docs/: each can be computed again and is unchanged, docs/gallery.md has its command, and
# docs/gallery.sh draws it.
#     test_gallery.sh [--long]        with the deep ones, too, which take minutes; else their commands are compared alone
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

docs=$here/../../docs
mapfile -t pictures < <(cd "$docs/images" && ls -- *.png)
assert "there are twelve pictures" [ "${#pictures[@]}" -ge 12 ]
# The commands of the script, by a plait that writes its own as a file.
cat >"$SANDBOX/plait" <<'STUB'
#!/usr/bin/env bash
echo "plait ${*:1:$#-2}" >"${*: -1}"
STUB
chmod +x "$SANDBOX/plait"
mkdir "$SANDBOX/commands"
expect_ok 1 -- env PLAIT=./plait "$docs/gallery.sh" commands
assert "the script draws these and no others" [ "$(ls "$SANDBOX/commands")" = "$(ls "$docs/images")" ]
for picture in "${pictures[@]}"; do
    file=$docs/images/$picture
    assert "$picture is small" [ "$(stat -L -c %s "$file")" -lt 300000 ]
    expect_ok 1 -- "$PLAIT" rerun "$file"
    command=$(cat "$WORK/out")
    assert "$picture stands in the gallery" grep -qF "(images/$picture)" "$docs/gallery.md"
    assert "and its command" grep -qxF "    $command" "$docs/gallery.md"
    assert "the script has the same command" [ "$(cat "$SANDBOX/commands/$picture")" = "$command" ]
    [[ ${1:-} = --long || $picture != deep-* ]] || continue
    expect_ok 1 -- "$PLAIT" rerun --check "$file"
    assert "$picture is as it was drawn" grep -q 'every pixel as it was drawn$' "$WORK/out"
done
finish
