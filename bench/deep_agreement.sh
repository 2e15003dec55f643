#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How many of 1000 samples of deep views have the count of full precision: the table of docs/deep-zoom.md.
# Views are those of tests/golden/deep.txt: all of 1000 pixels or more, or those that are named.
#     bench/deep_agreement.sh [PLAIT=build/release/drivers/plait] [NAME...]
set -euo pipefail
cd "$(dirname "$0")/.."
plait=build/release/drivers/plait
if [[ ${1:-} = PLAIT=* ]]; then
    plait=${1#PLAIT=}
    shift
fi

printf '| view | zoom | maxit | equal | largest difference |\n|---|---|---|---|---|\n'
while read -r name width height zoom maxit kind re im _; do
    [[ $name != '#' ]] || continue
    if [ $# -gt 0 ]; then
        [[ " $* " = *" $name "* ]] || continue
    elif [ $((width * height)) -lt 1000 ]; then
        continue
    fi
    what=(mandelbrot)
    case $kind in
    -) ;;
    *,*) what=(julia --c "${kind%,*}" --bailout "${kind##*,}") ;;
    *) what=(mandelbrot --bailout "$kind") ;;
    esac
    "$plait" "${what[@]}" --center "$re,$im" --zoom "$zoom" --size "${width}x$height" --maxit "$maxit" \
        --out null --progress none --verify-exact 2>/dev/null |
        sed -n "s/.*, \([0-9]*\) of 1000 samples equal to full precision, largest difference \([0-9]*\).*/| $name | $zoom | $maxit | \1 | \2 |/p"
done <tests/golden/deep.txt
