#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Draws the pictures of docs/gallery.md again.
#     docs/gallery.sh [DIRECTORY]        with the plait of $PLAIT or of the PATH; docs/images by default
set -euo pipefail
directory=${1:-$(dirname "$0")/images}

# draw NAME SUBCOMMAND [OPTION...]
draw() {
    local name=$1
    shift
    "${PLAIT:-plait}" "$@" --out "$directory/$name.png"
}

draw mandelbrot mandelbrot
draw julia julia
draw seahorses mandelbrot --size 600x400 --center -0.7439,0.1316 --zoom 1500 --maxit 800 \
    --colour smooth --samples 3
draw satellite mandelbrot --size 540x360 --center -0.74364085,0.13182733 --zoom 90000 --maxit 1500 \
    --palette inferno --colour smooth --samples 3
draw filaments mandelbrot --size 540x360 --center -0.1565,1.0323 --zoom 90 --maxit 3000 \
    --palette magma --colour distance --samples 2
draw spiral mandelbrot --size 600x400 --center -0.761574,-0.0847596 --zoom 2500 --maxit 1000 \
    --palette magma --colour smooth --samples 3
draw rabbit julia --size 720x480 --region -1.8,1.8,-1.2,1.2 --c -0.123,0.745 --maxit 400 \
    --colour smooth --samples 3
draw elephants mandelbrot --size 540x360 --center 0.2925755,-0.0149977 --zoom 2000 --maxit 3000 \
    --palette turbo --colour histogram --samples 3
