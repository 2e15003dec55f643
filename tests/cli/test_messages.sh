#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ring, pingpong, count, rank and integrate: right answers on 1, 2, 3 and 7 ranks, spoilt messages found,
# and wrong input.
#     test_messages.sh [PART...]
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
schema=$here/../../docs/report.schema.json
python=/usr/bin/python3

is_open_mpi() {
    "$MPIEXEC" --version 2>/dev/null | grep -q 'Open MPI'
}

# The report keeps to its schema.
check_report() {
    if "$python" -c 'import jsonschema, numpy' 2>/dev/null; then
        assert "the report $1 is right" "$python" "$here/check_report.py" "$schema" "$SANDBOX/$1"
    fi
}

# bad SUBCOMMAND REGEX OPTION...: wrong input, on any number of ranks.
bad() {
    local command=$1 regex=$2
    shift 2
    new_sandbox
    expect_error "$regex" 2 -- "$PLAIT" "$command" "$@"
}

# spoilt RANK FROM BYTE COMMAND...: two ranks, of which one sends a wrong bit; one line, status 1.
spoilt() {
    local rank=$1 from=$2 byte=$3
    shift 3
    new_sandbox
    run_ranks 2 env LD_PRELOAD="$CORRUPT_SEND" CORRUPT_RANK="$rank" CORRUPT_FROM="$from" \
        CORRUPT_BYTE="$byte" "$@"
}

prints() {
    grep -qxE -e "$1" "$WORK/out"
}

ring() {
    local ranks
    for ranks in 1 2 3 7; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" ring --count 5 --start 11 --size 4097 --map --json ring.json
        assert "start + count x ranks" prints "$((11 + 5 * ranks)) = 11 \+ 5 x $ranks, right.*"
        assert "the report has the number" grep -q "\"number\": $((11 + 5 * ranks))," "$SANDBOX/ring.json"
        assert "one worst hop with two hosts" [ "$(grep -c '^# worst hop: rank .* on .* -> rank .* on ' "$WORK/out")" -eq 1 ]
        assert "each pair once" [ "$(grep -cE '^ +[0-9]+ +[0-9]+ ' "$WORK/out")" -eq $((ranks == 2 ? 1 : ranks)) ]
        check_report ring.json
    done
    expect_ok 3 -- "$PLAIT" ring --count 2 --start 40 --debug
    assert "every hop in order" diff - <(sed -nE 's/^round (.*): rank (.*) on .* -> rank (.*) on .*: /\1 \2 \3 /p' "$WORK/out") <<'EOP'
1 of 2 0 1 40
1 of 2 1 2 41
1 of 2 2 0 42
2 of 2 0 1 43
2 of 2 1 2 44
2 of 2 2 0 45
EOP
    expect_ok 1 -- "$PLAIT" ring --count 1 --size 2^24
    expect_ok 2 -- "$PLAIT" ring --count 2 --size 2^24

    # Bytes 0 to 7 are the number, 8 to 15 the checksum, then the payload.
    spoilt 0 4 16 "$PLAIT" ring --size 1
    ring_is_wrong 'rank 1 on host .*: round 3, rank 0 -> rank 1: the checksum is'
    spoilt 1 5 8 "$PLAIT" ring --size 1000
    ring_is_wrong 'round 4, rank 1 -> rank 0: the checksum is'
    spoilt 1 5 0 "$PLAIT" ring
    ring_is_wrong 'round 4, rank 1 -> rank 0: the number is 6, it should be 7'

    local value
    for value in 0 1000000001 -1 x ''; do bad ring '--count' --count "$value"; done
    for value in -1 1073741825 1.5 ''; do bad ring '--size' --size "$value"; done
    for value in -1 4611686018427387905 ''; do bad ring '--start' --start "$value"; done
    bad ring 'absent' --json absent/ring.json
    bad ring 'unknown option.*threads' --threads 2
}

ring_is_wrong() {
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "the line matches /$1/" has_line "$1"
    assert "and nothing is said to be right" [ "$(grep -c right "$WORK/out")" -eq 0 ]
}

if [ $# -eq 0 ]; then set -- ring pingpong count rank integrate; fi
for part in "$@"; do "$part"; done
finish
