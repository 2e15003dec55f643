#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Draws the pictures of docs/kmeans.md again. Needs Python, and gnuplot for the plots.
#     docs/kmeans-example/draw.sh [DIRECTORY]      with the plait of $PLAIT or of the PATH; next to this script by default
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 "$here/landscape.py" landscape.png
"${PLAIT:-plait}" kmeans landscape.png --k 16 --out landscape-16.png --plot "$work/colours"

# Five groups of 400 points.
awk 'BEGIN {
    split("0 0 6 1 2 7 8 8 -4 5", place, " "); n = 1
    print "x,y"
    for (i = 0; i < 2000; i++) {
        for (d = 1; d <= 2; d++) { sum[d] = -3; for (k = 0; k < 6; k++) { n = n * 16807 % 2147483647; sum[d] += n / 2147483647 } }
        printf "%.6f,%.6f\n", place[2 * (i % 5) + 1] + sum[1], place[2 * (i % 5) + 2] + sum[2]
    }
}' >five.csv
"${PLAIT:-plait}" kmeans five.csv --k 2:9 --plot "$work/five"
"${PLAIT:-plait}" kmeans five.csv --k 5 --plot "$work/five"
for plot in inertia_vs_k silhouette_vs_k clusters; do cp "$work/five/$plot.png" .; done
cp "$work/colours/clusters.png" colours.png
