#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Manual pages as roff prints them: no warning, all sections, every option that --help has; the same
# sources give the same bytes. Wants man and groff. DOCUMENTS is the program that writes them.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v man >/dev/null && command -v groff >/dev/null || exit 77

write_documents() {
    mkdir -p "$1"
    last_command="plait_documents $1"
    "$DOCUMENTS" "$1" "$1/completion" "$here/../../drivers/options/completion.bash"
}
printed() {
    MANWIDTH=200 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l "$1" 2>"$WORK/err" | sed 's/.\x08//g' >"$WORK/out"
}
# Options and arguments that --help has in its left column, one a line.
helped() {
    # shellcheck disable=SC2086  # a name may have two words
    "$PLAIT" $1 --help | sed -nE 's/^  (-h, )?--(\[no-\])?([a-z0-9-]+).*/--\3/p'
}
sections() {
    grep -E '^[A-Z]' "$WORK/out" | grep -v '^PLAIT' | paste -sd ' '
}

pages=$WORK/pages
write_documents "$pages"
mapfile -t subcommands < <("$PLAIT" --help | sed -nE 's/^  ([a-z]+( [a-z]+)?)  +.*/\1/p')
assert "there are subcommands" [ "${#subcommands[@]}" -gt 3 ]
assert "a page for each, and one for all" [ "$(find "$pages" -name '*.1' | wc -l)" -eq $((${#subcommands[@]} + 1)) ]

for page in "$pages"/*.1; do
    last_command="groff $page"
    groff -man -ww -z -b "$page" >"$WORK/out" 2>"$WORK/err"
    assert "groff has no warning" [ ! -s "$WORK/err" ]
    last_command="man $page"
    printed "$page"
    assert "man has no warning" [ ! -s "$WORK/err" ]
    assert "the page is known by its name" grep -q "^  *$(basename "$page" .1) - [a-zA-Z]" "$WORK/out"
    assert "no escape is left over" [ "$(grep -c '\\' "$WORK/out" || true)" -eq 0 ]
done

printed "$pages/plait.1"
for name in "${subcommands[@]}"; do
    assert "plait(1) names $name" grep -q "^  *plait-${name// /-}(1)" "$WORK/out"
done

for name in "${subcommands[@]}"; do
    last_command="man plait-${name// /-}"
    printed "$pages/plait-${name// /-}.1"
    assert "the sections stand in order, not $(sections)" \
        [ "$(sections | sed 's/ARGUMENTS //; s/Plait .*//; s/ $//')" = \
        'NAME SYNOPSIS DESCRIPTION OPTIONS EXIT STATUS ENVIRONMENT FILES SEE ALSO' ]
    mapfile -t options < <(helped "$name")
    assert "$name has options" [ "${#options[@]}" -gt 3 ]
    for option in "${options[@]}"; do
        assert "$option has its place" grep -qE -- "^  +(-h, )?$option( |,|\$)" "$WORK/out"
    done
done

# The same bytes again; the date comes from outside alone.
write_documents "$WORK/again"
assert "the same pages again" diff -r "$pages" "$WORK/again"
SOURCE_DATE_EPOCH=86400 write_documents "$WORK/dated"
assert "the date is that of SOURCE_DATE_EPOCH" grep -q '^\.TH PLAIT 1 "1970\\-01\\-02" ' "$WORK/dated/plait.1"
assert "and there is none without" grep -q '^\.TH PLAIT 1 "" ' "$pages/plait.1"
finish
