#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A full disk: exit status 1, one line, and the file that was there before is intact byte for byte. The
# disk is a tmpfs of 64 KiB in a mount namespace of its own, so nothing outlives the test.
set -euo pipefail

if [ "${1:-}" != inside ]; then
    if ! unshare -m mount -t tmpfs tmpfs /mnt 2>/dev/null; then
        echo "SKIPPED: mounting a small tmpfs needs root and unshare"
        exit 77
    fi
    exec unshare -m "$0" inside
fi

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
disk=$SANDBOX/disk

# new_disk [KIB]
new_disk() {
    if mountpoint -q "$disk"; then umount "$disk"; fi
    new_sandbox
    mkdir "$disk"
    mount -t tmpfs -o "size=${1:-64}k" tmpfs "$disk"
}

# full FILE ARGUMENT...: writing the picture fails, whether FILE was there before or not.
full() {
    local file=$1
    shift
    new_disk
    expect_error 'space|full' 1 -- "$PLAIT" mandelbrot "$@" --out "disk/$file"
    printf 'the old content' >"$disk/$file"
    expect_error 'space|full' 1 -- "$PLAIT" mandelbrot "$@" --out "disk/$file"
    assert "no result is printed" [ ! -s "$WORK/out" ]
    assert "the old file is intact" [ "$(cat "$disk/$file")" = 'the old content' ]
}

full picture.npy --size 400x256
full picture.ppm --size 400x256
# The report's picture compresses well and would fit; this part of the border does not.
full picture.png --size 1200x800 --maxit 5000 --zoom 20000 \
    --center -0.743643887037151,0.131825904205330

# The report is a file like any other: with no space for it, nothing remains.
new_disk
head -c 65536 /dev/zero >"$disk/filler" 2>/dev/null || true
expect_error 'space|full' 1 -- "$PLAIT" mandelbrot --size 40x20 --out null --json disk/report.json

# gnuplot ignores errors of writing. Whatever fits, pictures have their names whole, all three of a plot or none.
plots() {
    local size
    command -v gnuplot >/dev/null || return 0
    for size in 16 50 60 80 120; do
        new_disk "$size"
        run_ranks 1 "$PLAIT" pi --darts 1000 --plot disk
        if [ "$status" -ne 0 ]; then
            assert "$size KiB: status is 1, not $status" [ "$status" -eq 1 ]
            assert "$size KiB: one line, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
            assert "$size KiB: it has the cause" has_line "could not draw the plots in 'disk': .*: No space left on device: free some space"
        fi
        check_plots "$size"
    done
    # Enough for the first plot alone.
    assert "a disk was too small for the second plot alone" [ "$sets" -ge 2 ]
}

# check_plots SIZE
check_plots() {
    local name there picture
    for name in pi_vs_log2_N log2_std_vs_log2_N; do
        there=0
        for picture in "$disk/$name".{png,pdf,svg}; do
            [ -e "$picture" ] || continue
            there=$((there + 1))
            case $picture in
                *.png) assert "$1 KiB: $picture is whole" grep -qa IEND <(tail -c 12 "$picture") ;;
                *.pdf) assert "$1 KiB: $picture is whole" grep -qa '%%EOF' <(tail -c 8 "$picture") ;;
                *.svg) assert "$1 KiB: $picture is whole" grep -q '</svg>' <(tail -c 8 "$picture") ;;
            esac
        done
        assert "$1 KiB: all or none of $name, not $there" [ $((there % 3)) -eq 0 ]
        sets=$((sets + there / 3))
    done
    assert "$1 KiB: no draft is left" [ -z "$(find "$disk" -name '.plait-*')" ]
}

sets=0
plots

umount "$disk"
finish
