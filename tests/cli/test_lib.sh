#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The helpers of lib.sh can fail: made-up commands that behave well pass, and each way to behave badly is
# found.
set -euo pipefail
export PLAIT=none RANKS_LIST=1
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
made=0 wrong=0

# found COUNT WHAT CODE: expect_error finds COUNT faults in a command that runs the code.
found() {
    local count=$1 what=$2 code=$3
    new_sandbox
    failures=0
    expect_error 'size.*zero' 2 -- bash -c "$code" >/dev/null
    made=$((made + 1))
    if [ "$failures" -ne "$count" ]; then
        echo "$what: $failures faults found, not $count"
        wrong=$((wrong + 1))
    fi
}

say='echo "plait: the Size is zero" >&2'
found 0 'a good error' "$say; exit 2"
found 1 'a wrong status' "$say; exit 1"
found 2 'two lines' "$say; $say; exit 2"
found 1 'a line and a warning' "$say; echo 'plait: warning: slow' >&2; exit 2"
found 3 'no line' 'exit 2'
found 1 'a line of another program' "$say; echo assertion >&2; exit 2"
found 1 'another text' 'echo "plait: the width is zero" >&2; exit 2'
found 1 'output' "$say; echo result; exit 2"
found 1 'a file' "$say; touch picture.png; exit 2"
# Only what hangs has little time: on a busy machine a shell may need a second to begin.
limit_s=1
found 1 'a hang' "$say; exec sleep 1000"
limit_s=120

# ok COUNT WHAT CODE: the same for expect_ok
ok() {
    local count=$1 what=$2 code=$3
    failures=0
    expect_ok 1 -- bash -c "$code" >/dev/null
    made=$((made + 1))
    if [ "$failures" -ne "$count" ]; then
        echo "$what: $failures faults found, not $count"
        wrong=$((wrong + 1))
    fi
}
ok 0 'a good run' 'echo result; echo "plait: warning: slow" >&2'
ok 1 'a bad run' 'exit 1'
ok 1 'an error line' 'echo "plait: wrong" >&2'

failures=0 assertions=0
if finish >/dev/null; then
    echo "a test without assertions passes"
    wrong=$((wrong + 1))
fi
echo "$made commands, $wrong judged wrongly"
[ "$wrong" -eq 0 ]
