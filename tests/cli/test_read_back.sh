#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pictures read back by other programs: NumPy and Pillow see the same counts and colours in every format.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# The system's own Python: NumPy and Pillow are its packages.
python=/usr/bin/python3
if ! "$python" -c 'import numpy, PIL' 2>/dev/null; then
    echo "SKIPPED: needs python3-numpy and python3-pil"
    exit 77
fi

# read_back COMMAND RANKS ARGUMENT...
read_back() {
    local command=$1 ranks=$2
    shift 2
    new_sandbox
    expect_ok "$ranks" -- "$PLAIT" "$command" "$@" --out p.npy --out p.png --out p.ppm
    assert "other programs read the same" \
        "$python" "$here/read_back.py" "$command" "$SANDBOX"/p.{npy,png,ppm}
}

for command in mandelbrot julia; do
    read_back "$command" 1
    read_back "$command" 3
    read_back "$command" 1 --size 1x1
    read_back "$command" 3 --size 257x2
    read_back "$command" 7 --size 3x5
done
finish
