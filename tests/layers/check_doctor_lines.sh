#!/bin/sh
# SPDX-License-Identifier: MIT
# Each line that plait doctor says to type is typed by a test: type_line or type_run with the name of the check.
#     check_doctor_lines.sh SOURCE
set -eu
cd "$1"
typed=$(sed -nE 's/.*type_(line|run) ([a-z-]+).*/\2/p' tests/cli/test_doctor.sh tests/cluster/test_*.sh | sort -u)
checks=$(sed -n 's/^| `\([a-z][a-z-]*\)` | .*/\1/p' docs/doctor.md)
[ -n "$checks" ] || { echo 'docs/doctor.md: no table of checks'; exit 1; }
missing=0
for check in $checks; do
    echo "$typed" | grep -qx "$check" || { echo "$check: no test types its line"; missing=1; }
done
exit $missing
