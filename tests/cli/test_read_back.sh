#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pictures and reports read back by other programs: NumPy, Pillow and poppler see the same counts in every
# format and the colours that matplotlib gives them, and the report keeps to its schema and says what the
# counts say.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

if ! "$python" -c 'import jsonschema, matplotlib, numpy, PIL' 2>/dev/null || ! command -v pdfimages >/dev/null; then
    echo "SKIPPED: needs python3-numpy, python3-pil, python3-matplotlib, python3-jsonschema and poppler-utils"
    exit 77
fi
"$PLAIT" mandelbrot --size 2x2 --out "$WORK/probe.pdf" >/dev/null 2>&1 || {
    echo "SKIPPED: this build has no PDF"
    exit 77
}

# read_back COMMAND PALETTE RANKS ARGUMENT...
read_back() {
    local command=$1 palette=$2 ranks=$3
    shift 3
    new_sandbox
    expect_ok "$ranks" -- "$PLAIT" "$command" "$@" --palette "$palette" --verify --out p.npy \
        --out p.png --out p.PPM --out p.pdf --json p.json
    assert "other programs read the same" \
        "$python" "$here/read_back.py" "$command" "$palette" "$SANDBOX"/p.{npy,png,PPM,pdf}
    check_report p.json p.npy
}

for command in mandelbrot julia; do
    read_back "$command" viridis 1
    read_back "$command" magma 3 --size 301x203 --maxit 1000
    read_back "$command" turbo 1 --size 1x1
    read_back "$command" cividis 3 --size 257x2
    read_back "$command" grey 7 --size 3x5
done
for palette in plasma inferno cividis turbo grey; do
    read_back mandelbrot "$palette" 1 --size 200x120 --center -0.743643887,0.131825904 --zoom 2000 \
        --maxit 1500
done
finish
