#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --tiles: every tile is a crop of the picture or of the means of its light, the bytes are the same on any ranks,
# and a directory is either complete or not there. Parts: see the end.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Sizes about the edges of tiles and of blocks of tiles, and what colours can be.
part_pictures() {
    "$python" -c 'import numpy, PIL' 2>/dev/null || { echo 'SKIPPED: needs NumPy and Pillow'; exit 77; }
    local size pairs=() number=0
    # draw SUBCOMMAND ARGUMENTS
    draw() {
        number=$((number + 1))
        expect_ok 1 -- "$PLAIT" "$@" --threads $((1 + number % 3)) --out "$number.png" --tiles "t$number"
        pairs+=("t$number" "$number.png")
    }
    for size in 1x1 2x1 3x5 254x254 255x253 508x509 1017x300 1x1300 2100x1; do
        draw mandelbrot --size "$size"
    done
    draw mandelbrot --size 701x603 --samples 3 --palette turbo
    draw julia --size 901x1303 --samples 2 --colour smooth --c -0.8,0.156
    draw mandelbrot --size 1301x1103 --colour smooth --maxit 500
    assert "tiles are crops and means" env -C "$SANDBOX" "$python" "$here/check_tiles.py" "${pairs[@]}"
}

# The same bytes on any ranks, threads and schedule: with files and without.
part_ranks() {
    # same RANKS SCHEDULE ARGUMENTS
    same() {
        local ranks=$1 schedule=$2
        shift 2
        new_sandbox
        expect_ok 1 -- "$PLAIT" "$@" --threads 1 --tiles a
        expect_ok "$ranks" -- "$PLAIT" "$@" --threads 2 --schedule "$schedule" --tiles b --json b.json
        assert "the same bytes on $ranks ranks, $schedule: $*" diff -r "$SANDBOX/a" "$SANDBOX/b"
        assert "and nothing else" [ "$(ls "$SANDBOX" | paste -sd ' ')" = 'a b b.json' ]
        check_report b.json
    }
    same 2 block julia --size 901x1204 --samples 2 --c -0.8,0.156
    same 7 cyclic mandelbrot --size 901x1300 --colour smooth --maxit 500
    assert "the report counts them" grep -q '"tiles": *{ *"levels": *12, *"count": *41 *}' <(tr -d '\n' <"$SANDBOX/b.json")
    assert "the line, too" grep -q ' -> b: 41 tiles$' "$WORK/out"
    # With files, among them the store of the counts.
    expect_ok 3 -- "$PLAIT" mandelbrot --size 901x1300 --colour smooth --maxit 500 --out c.npy --out c.png --tiles c --verify
    assert "the same tiles" diff -r "$SANDBOX/a" "$SANDBOX/c"
    expect_ok 1 -- "$PLAIT" mandelbrot --size 901x1300 --colour smooth --maxit 500 --out d.npy --out d.png
    assert "the same files" cmp "$SANDBOX/c.png" "$SANDBOX/d.png"
    assert "the same counts" cmp "$SANDBOX/c.npy" "$SANDBOX/d.npy"
}

part_directories() {
    local small=(mandelbrot --size 30x20)
    printf 'no directory' >"$SANDBOX/file"
    mkdir "$SANDBOX/full" "$SANDBOX/empty"
    printf 'mine' >"$SANDBOX/full/mine"
    expect_error "'file' is no directory" 2 -- "$PLAIT" "${small[@]}" --tiles file
    RANKS_LIST=1
    expect_error "'full' is not empty: name a new directory" 2 -- "$PLAIT" "${small[@]}" --tiles full
    expect_error "'nowhere/d'.*make the directory that it is to be in" 2 -- "$PLAIT" "${small[@]}" --tiles nowhere/d
    expect_error "'file/d'.*Not a directory" 2 -- "$PLAIT" "${small[@]}" --tiles file/d
    expect_error "argument is empty|empty" 2 -- "$PLAIT" "${small[@]}" --tiles ''
    expect_error "written row by row.*leave out --tiles" 2 -- "$PLAIT" "${small[@]}" --tiles d --out p.pdf
    expect_error "'d.png' and --tiles 'd.png' are one file|'d.png' are one file" 2 -- "$PLAIT" "${small[@]}" --tiles d.png --out d.png
    # A failure later leaves nothing, either.
    expect_error "there is no directory 'nowhere'" 2 -- "$PLAIT" "${small[@]}" --tiles d --json nowhere/j
    # An empty one is taken, a complete one is not replaced.
    expect_ok 1 -- "$PLAIT" "${small[@]}" --tiles empty
    assert "it is complete" [ "$(ls "$SANDBOX/empty" | paste -sd ' ')" = 'index.html picture.dzi picture_files' ]
    expect_error "'empty' has a picture already" 2 -- "$PLAIT" "${small[@]}" --tiles empty
    # What a killed run has left is replaced; what is not ours is not touched.
    mkdir -p "$SANDBOX/killed/unfinished/picture_files/17"
    printf 'torn' >"$SANDBOX/killed/unfinished/picture_files/17/3_4.png"
    printf 'counts' >"$SANDBOX/killed/unfinished/.plait-0123456789abcdef"
    expect_ok 1 -- "$PLAIT" "${small[@]}" --tiles killed
    assert "the same as without" diff -r "$SANDBOX/killed" "$SANDBOX/empty"
    mkdir -p "$SANDBOX/other/unfinished/picture_files/1" "$SANDBOX/work/unfinished"
    printf 'mine' >"$SANDBOX/other/unfinished/picture_files/1/1_1.jpg"
    printf 'mine' >"$SANDBOX/work/unfinished/thesis.tex"
    expect_error "'other/unfinished/picture_files/1/1_1.jpg' is not what" 2 -- "$PLAIT" "${small[@]}" --tiles other
    expect_error "'work/unfinished/thesis.tex' is not what" 2 -- "$PLAIT" "${small[@]}" --tiles work
    # Another run is at work there.
    mkdir -p "$SANDBOX/busy/unfinished"
    (
        flock 9
        expect_error "'busy' is in use by another run" 2 -- "$PLAIT" "${small[@]}" --tiles busy
        printf '%s %s\n' "$assertions" "$failures" >"$WORK/inner"
    ) 9<"$SANDBOX/busy/unfinished"
    read -r assertions failures <"$WORK/inner"
    # The page says how the picture was made, whatever is in it.
    printf '000000\nffffff\n' >"$SANDBOX/a<b>&\"c.txt"
    expect_ok 1 -- "$PLAIT" "${small[@]}" --palette 'a<b>&"c.txt' --tiles page
    assert "the command is escaped" grep -qF "<code>plait mandelbrot --size 30x20 --palette 'a&lt;b&gt;&amp;&quot;c.txt'</code>" "$SANDBOX/page/index.html"
    assert "nothing comes from elsewhere" [ "$(grep -cE 'https?://|src=|@import' "$SANDBOX/page/index.html")" -eq 0 ]
    assert "the checksum is the picture's" grep -qF "<code>$(sed -n 's/.*fnv1a \([0-9a-f]*\).*/\1/p' "$WORK/out")</code>" "$SANDBOX/page/index.html"
    if [ "$(id -u)" -ne 0 ]; then
        mkdir -m 555 "$SANDBOX/locked"
        expect_error "'locked'.*Permission denied" 2 -- "$PLAIT" "${small[@]}" --tiles locked
    fi
}

# A full disk: status 1, one line, and no directory, whenever it is full.
part_full_disk() {
    if [ "${1:-}" != inside ]; then
        unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null || { echo 'SKIPPED: mounting a small tmpfs needs root and unshare'; exit 77; }
        exec unshare -m "$0" full_disk inside
    fi
    local disk=$SANDBOX/disk view=(mandelbrot --size 600x400 --maxit 5000 --zoom 20000 --center -0.743643887037151,0.131825904205330)
    mkdir "$disk"
    mount -t tmpfs -o size=900k tmpfs "$disk"
    RANKS_LIST=1
    expect_error "needs .* MiB next to 'disk/d/unfinished/picture.dzi'.*free" 2 -- "$PLAIT" "${view[@]}" --tiles disk/d
    mount -o remount,size=1100k "$disk"
    RANKS_LIST="1 3"
    expect_error "cannot write the tiles of 'disk/d': No space left on device: free some space.*nothing of them" 1 -- "$PLAIT" "${view[@]}" --tiles disk/d
    mount -o remount,size=3000k "$disk"
    expect_ok 3 -- "$PLAIT" "${view[@]}" --tiles disk/d
    umount "$disk"
}

parts=${1:-pictures ranks directories full_disk}
[ $# -eq 0 ] || shift
for part in $parts; do
    new_sandbox
    "part_$part" "$@"
done
finish
