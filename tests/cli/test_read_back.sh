#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Pictures and reports read back by other programs: NumPy and Pillow see the same counts and colours in
# every format, and the report keeps to its schema and says what the counts say.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# The system's own Python: NumPy, Pillow and jsonschema are its packages.
python=/usr/bin/python3
if ! "$python" -c 'import jsonschema, numpy, PIL' 2>/dev/null; then
    echo "SKIPPED: needs python3-numpy, python3-pil and python3-jsonschema"
    exit 77
fi

# read_back COMMAND RANKS ARGUMENT...
read_back() {
    local command=$1 ranks=$2
    shift 2
    new_sandbox
    expect_ok "$ranks" -- "$PLAIT" "$command" "$@" --verify --out p.npy --out p.png \
        --out p.PPM --json p.json
    assert "other programs read the same" \
        "$python" "$here/read_back.py" "$command" "$SANDBOX"/p.{npy,png,PPM}
    assert "the report is right" \
        "$python" "$here/check_report.py" "$here/../../docs/report.schema.json" "$SANDBOX"/p.{json,npy}
}

for command in mandelbrot julia; do
    read_back "$command" 1
    read_back "$command" 3 --size 301x203 --maxit 1000
    read_back "$command" 1 --size 1x1
    read_back "$command" 3 --size 257x2
    read_back "$command" 7 --size 3x5
    read_back "$command" 3 --size 301x203 --stream
done
finish
