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

new_disk() {
    if mountpoint -q "$disk"; then umount "$disk"; fi
    new_sandbox
    mkdir "$disk"
    mount -t tmpfs -o size=64k tmpfs "$disk"
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

umount "$disk"
finish
