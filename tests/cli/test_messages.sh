#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ring, pingpong, count, rank and integrate: right answers on 1, 2, 3 and 7 ranks, corrupted messages found,
# and wrong input.
#     test_messages.sh [PART...]
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# bad SUBCOMMAND REGEX OPTION...: wrong input, on any number of ranks.
bad() {
    local command=$1 regex=$2
    shift 2
    new_sandbox
    expect_error "$regex" 2 -- "$PLAIT" "$command" "$@"
}
# The same for what a line's reader finds, before there are ranks; test_bad_input.sh has it on more.
bad_line() {
    RANKS_LIST=1 bad "$@"
}

# corrupted TAG RANK FROM BYTE COMMAND...: two ranks, of which one sends wrong bits (mpi/corrupt_send.c).
corrupted() {
    local tag=$1 rank=$2 from=$3 byte=$4
    shift 4
    new_sandbox
    run_ranks 2 env LD_PRELOAD="$CORRUPT_SEND" CORRUPT_TAG="$tag" CORRUPT_RANK="$rank" \
        CORRUPT_FROM="$from" CORRUPT_BYTE="$byte" "$@"
}

is_wrong() {
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "the line matches /$1/" has_line "$1"
    assert "and nothing is said to be right" [ "$(grep -c right "$WORK/out")" -eq 0 ]
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
    corrupted 31 0 4 16 "$PLAIT" ring --size 1
    is_wrong 'rank 1 on host .*: round 3, rank 0 -> rank 1: the checksum is'
    corrupted 31 1 5 8 "$PLAIT" ring --size 1000
    is_wrong 'round 4, rank 1 -> rank 0: the checksum is'
    corrupted 31 1 5 0 "$PLAIT" ring
    is_wrong 'round 4, rank 1 -> rank 0: the number is 6, it should be 7'

    local value
    for value in 0 1000000001; do bad_line ring '--count' --count "$value"; done
    for value in -1 1073741825; do bad_line ring '--size' --size "$value"; done
    bad_line ring '--start' --start 4611686018427387905
    bad ring 'absent' --json absent/ring.json
    bad_line ring 'unknown option.*threads' --threads 2
}

# The columns of a table: bytes, repetitions, times, bandwidth.
table_is_sound() {
    awk -v largest="$1" '
        {
            expected = NR == 1 ? 0 : NR == 2 ? 1 : 2 * last < largest ? 2 * last : largest
            if ($1 != expected || $2 < 1 || $3 > $4 + 0.001 || $4 > $5 + 0.001 || NF != 6) exit 1
            # 10^6 bytes per second are bytes per microsecond; both are rounded, to 0.001 and 0.01
            off = $6 * $4 - $1
            if ((off < 0 ? -off : off) > 0.00051 * $6 + 0.0051 * $4) exit 1
            last = $1; lines++
        }
        END { exit !(lines > 1 && last == largest) }' <(grep -v '^#' "$WORK/out")
}

# A matrix of N ranks: its own rank is nan, the rest above 0 and the same on both sides.
matrices_are_sound() {
    local file
    for file in pingpong_latency pingpong_bandwidth; do
        awk -F , -v ranks="$1" '
            NR == 1 { if (NF != ranks + 1 || $1 != "rank" || $NF != ranks - 1) exit 1; next }
            {
                if (NF != ranks + 1 || $1 != NR - 2 || $NR != "nan") exit 1
                for (k = 2; k <= NF; k++) cell[NR, k] = $k
            }
            END {
                if (NR != ranks + 1) exit 1
                for (i = 2; i <= NR; i++)
                    for (j = 2; j <= NR; j++)
                        if (i != j && (!(cell[i, j] > 0) || cell[i, j] != cell[j, i])) exit 1
            }' "$SANDBOX/plots/$file.csv" || return 1
        [ -s "$SANDBOX/plots/$file.gp" ] || return 1
        if command -v gnuplot >/dev/null; then
            [ "$(head -c 4 "$SANDBOX/plots/$file.png" | tail -c 3)" = PNG ] || return 1
            [ "$(head -c 4 "$SANDBOX/plots/$file.pdf")" = %PDF ] || return 1
            grep -q '</svg>' "$SANDBOX/plots/$file.svg" || return 1
        fi
    done
}

pingpong() {
    local value
    new_sandbox
    expect_ok 2 -- "$PLAIT" pingpong --repeat 20 --limit 0.01 --json pingpong.json
    assert "sizes to 4 MiB, times in order" table_is_sound 4194304
    assert "0 and 2^0 to 2^22" [ "$(grep -vc '^#' "$WORK/out")" -eq 24 ]
    check_report pingpong.json
    expect_ok 7 -- "$PLAIT" pingpong --repeat 5 --size 1000 --pairs 5,2
    assert "1000 is the last" table_is_sound 1000
    assert "the ranks are named" grep -q '^# pingpong: rank 5 on .* and rank 2 on ' "$WORK/out"
    for value in 2 3 7; do
        new_sandbox
        expect_ok "$value" -- "$PLAIT" pingpong --pairs all --repeat 3 --size 2^16 --plot plots --json all.json
        assert "matrices of $value ranks" matrices_are_sound "$value"
        assert "the same on standard output" diff <(grep -v '^#' "$WORK/out") \
            <(cat "$SANDBOX"/plots/pingpong_latency.csv "$SANDBOX"/plots/pingpong_bandwidth.csv)
        check_report all.json
    done

    # The messages of size 0 come first; then one wrong bit in one of a byte is enough.
    corrupted 21 0 0 0 "$PLAIT" pingpong --repeat 3 --size 1
    is_wrong 'rank 1 on host .*: byte 0 of a message of 1 bytes between ranks 0 and 1 is'
    corrupted 21 1 0 4095 "$PLAIT" pingpong --repeat 3 --size 4096
    is_wrong 'byte 4095 of a message of 4096 bytes'
    corrupted 21 1 0 9 "$PLAIT" pingpong --pairs all --repeat 3 --size 10
    is_wrong 'byte 9 of a message of 10 bytes'

    new_sandbox
    RANKS_LIST=1 expect_error 'needs 2 ranks, there is 1' 2 -- "$PLAIT" pingpong
    RANKS_LIST=3 expect_error "'0,3' needs at least 4 ranks, there are 3" 2 -- "$PLAIT" pingpong --pairs 0,3
    RANKS_LIST=3 expect_error 'add --pairs all' 2 -- "$PLAIT" pingpong --plot plots
    RANKS_LIST=3 expect_error 'absent' 2 -- "$PLAIT" pingpong --pairs all --plot absent/plots
    RANKS_LIST=3 expect_error 'one file' 2 -- \
        "$PLAIT" pingpong --pairs all --plot . --json pingpong_latency.csv
    for value in 0 0,0 0,1,2 a,b ,1 -1,0 99999999999,0; do bad_line pingpong '--pairs' --pairs "$value"; done
    for value in 0 1073741825; do bad_line pingpong '--size' --size "$value"; done
    for value in 0 -1; do bad_line pingpong '--limit' --limit "$value"; done
    for value in 0 1e10; do bad_line pingpong '--repeat' --repeat "$value"; done
}

count() {
    local ranks n max find seed expected value
    while read -r ranks n max find seed expected; do
        expect_ok "$ranks" -- "$PLAIT" count --n "$n" --max "$max" --find "$find" --seed "$seed"
        assert "counts are $expected" [ "$(sed -n 's/^[0-9]* \([0-9]*\) \[.*/\1/p' "$WORK/out" | paste -sd ' ')" = "$expected" ]
        assert "and so is the sum" prints "Total number of $find's: $((${expected// /+}))"
    done < <(grep -v '^#' "$here/../golden/count.txt")
    new_sandbox
    expect_ok 3 -- "$PLAIT" count --n 5 --json count.json
    assert "what the report prints" diff - <(grep -v '^#' "$WORK/out") <<'EOP'
0 1 [8, 5, 5, 3, 10]
1 1 [5, 8, 9, 5, 10]
2 1 [8, 5, 1, 10, 9]
Total number of 8's: 3
EOP
    check_report count.json
    expect_ok 2 -- "$PLAIT" count --n 101
    assert "a long list is cut" [ "$(grep -cE '\[([0-9]+, ){20}\.\.\.\]$' "$WORK/out")" -eq 2 ]

    # The variables of the report: below PLAIT_N, above the file; rank 0's alone.
    printf '[count]\nn = 4\nmax = 5\nfind = 3\n' >"$SANDBOX/run.ini"
    for ranks in 1 3; do
        expect_ok "$ranks" -- env N=6 MAX=7 PLAIT_MAX=8 PLAIT_CONFIG=run.ini "$PLAIT" count --dump-config
        assert "N goes before the file" [ "$(dumped n)" = '6|N' ]
        assert "PLAIT_MAX goes before MAX" [ "$(dumped max)" = '8|PLAIT_MAX' ]
        assert "the file goes before the default" [ "$(dumped find)" = '3|run.ini:4' ]
        expect_ok "$ranks" -- env N=6 FIND=2 "$PLAIT" count --n 9 --dump-config
        assert "the option goes before N" [ "$(dumped n)" = '9|--n' ]
        assert "FIND goes before the default" [ "$(dumped find)" = '2|FIND' ]
        assert "no variable, the default" [ "$(dumped max)" = '10|default' ]
    done
    expect_ok 2 -- sh -c '[ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" != 1 ] || export N=3
        exec "$PLAIT" count --n 2'
    assert "rank 1's variables are not read" [ "$(grep -cE '^[01] [0-9]+ \[[0-9]+, [0-9]+\]$' "$WORK/out")" -eq 2 ]
    expect_ok 1 -- env N=3 "$PLAIT" count --seed random
    assert "a drawn seed is printed" grep -qE '^# count: 3 numbers .*, seed [0-9]+$' "$WORK/out"

    for value in 0 1099511627777; do bad_line count '--n' --n "$value"; done
    for value in 0 4294967296; do bad_line count '--max' --max "$value"; done
    for value in 0 x; do bad_line count '--find' --find "$value"; done
    bad count "--find 11 cannot be drawn, the largest number is --max 10 .default.: lower --find, PLAIT_FIND or FIND, or raise --max, PLAIT_MAX or MAX" --find 11
    bad_line count 'seed' --seed later
    new_sandbox
    expect_error '^plait: N: ' 2 -- env N=many "$PLAIT" count
    expect_error '^plait: --find 9 .FIND. cannot be drawn, .* --max 8 .MAX.:' 2 -- env FIND=9 MAX=8 "$PLAIT" count
    expect_error '^plait: --find 8 .default. cannot be drawn, .* --max 5 .MAX.: lower --find,' 2 -- env MAX=5 "$PLAIT" count
}

# ranks_are RANK...: of the processes, in their order.
ranks_are() {
    [ "$(grep -v '^#' "$WORK/out" | cut -d ' ' -f 3 | paste -sd ' ')" = "$*" ]
}

rank() {
    local value
    expect_ok 3 -- "$PLAIT" rank --values 3,1,2 --json rank.json
    assert "ranks of a list" ranks_are 2 0 1
    check_report rank.json
    expect_ok 7 -- "$PLAIT" rank --values 5,-1,5,2.5,-1,5,1e300
    assert "equal ones by process" ranks_are 3 0 4 2 1 5 6
    expect_ok 3 -- "$PLAIT" rank --values -9223372036854775808,9223372036854775807,9223372036854775806
    assert "integers to the last bit" ranks_are 0 2 1
    expect_ok 2 -- "$PLAIT" rank --values 9223372036854775807,9223372036854775806 --type float
    assert "which doubles cannot distinguish" ranks_are 0 1
    expect_ok 2 -- "$PLAIT" rank --values 0,-0.0
    assert "-0 equals 0" ranks_are 0 1
    # Drawn: 1 + (output * 100 >> 32) of the first pcg32 outputs of seed 42 (golden/count.txt's program).
    expect_ok 3 -- "$PLAIT" rank
    assert "drawn values" diff <(printf '0 77 2\n1 42 0\n2 45 1\n') <(grep -v '^#' "$WORK/out")
    expect_ok 2 -- "$PLAIT" rank --type float --seed 42
    assert "drawn from [0, 1)" diff <(printf '0 0.7615582845173776 1\n1 0.41808728338219225 0\n') \
        <(grep -v '^#' "$WORK/out")
    expect_ok 1 -- env PLAIT_SEED=5 "$PLAIT" rank --values 8
    assert "values go before the environment's seed" ranks_are 0

    for value in 1,x,2 1,,2 nan,1,2; do bad_line rank '--values' --values "$value"; done
    bad rank '--values and --seed|--seed.*--values' --values 1,2,3 --seed 4
    bad_line rank '--type.*int or float' --type double
    bad_line rank 'does not end in .npy' --out ranks.txt
    bad rank 'absent' --out absent/ranks.npy
    bad rank "cannot read 'absent.npy'" --values absent.npy
    RANKS_LIST=1 bad rank 'has 2 numbers for 1 rank:' --values 1,2
    RANKS_LIST=3 bad rank 'has 2 numbers for 3 ranks:' --values 1,2
    RANKS_LIST=3 bad rank "'1.5' is not a 64-bit integer" --values 1,1.5,2 --type int
}

# Lists in files, checked by NumPy.
rank_files() {
    local value kind count ranks files=$WORK/files
    if ! "$python" -c 'import numpy' 2>/dev/null; then
        echo "SKIPPED: needs Python's numpy"
        exit 77
    fi
    mkdir "$files"
    "$python" "$here/rank_files.py" write "$files"
    for kind in int32 int64 float32 float64; do
        for value in '1 3' '101 7' '30000 2'; do
            read -r count ranks <<<"$value"
            new_sandbox
            expect_ok "$ranks" -- "$PLAIT" rank --values "$files/${kind}_$count.npy" --out ranks.npy
            assert "as NumPy sorts" "$python" "$here/rank_files.py" check \
                "$files/${kind}_$count.npy" "$SANDBOX/ranks.npy"
        done
        expect_ok 1 -- "$PLAIT" rank --values "$files/${kind}_5.npy" --type "${kind%%[0-9]*}"
    done
    for kind in constant sorted big_int32 big_int64 big_float32 big_float64; do
        expect_ok 7 -- "$PLAIT" rank --values "$files/$kind.npy" --out "$kind.npy" --json rank.json
        assert "as NumPy sorts" "$python" "$here/rank_files.py" check "$files/$kind.npy" "$SANDBOX/$kind.npy"
        assert "20 are printed" [ "$(grep -vc '^#' "$WORK/out")" -eq 20 ]
    done
    check_report rank.json
    # What rank 0 finds in a file, it broadcasts.
    RANKS_LIST=2 bad rank 'bad_half.npy. holds float16.*int32, int64, float32 or float64' --values "$files/bad_half.npy"
    RANKS_LIST=1
    bad rank 'bad_text.npy. holds .<U1., which are no plain numbers' --values "$files/bad_text.npy"
    bad rank 'bad_two.npy. has the shape \(2, 3\): give one dimension' --values "$files/bad_two.npy"
    bad rank 'bad_none.npy. has the shape \(\): give one dimension' --values "$files/bad_none.npy"
    bad rank 'bad_empty.npy. is empty' --values "$files/bad_empty.npy"
    bad rank 'bad_cut.npy. is cut off, it has 239999 of 240000' --values "$files/bad_cut.npy"
    bad rank 'bad_header.npy. is cut off in its header' --values "$files/bad_header.npy"
    for value in magic nothing; do
        bad rank "bad_$value.npy. is no NumPy file" --values "$files/bad_$value.npy"
    done
    bad rank 'not a regular file' --values "$files/bad_directory.npy"
    bad rank 'holds float32, which is not --type int' --values "$files/float32_5.npy" --type int
    bad rank 'int32_5.npy. are one file' --values "$files/int32_5.npy" --out "$files/./int32_5.npy"
    bad rank 'int32_5.npy. are one file' --values "$files/int32_5.npy" --json "$files/int32_5.npy"
    RANKS_LIST='1 3'
}

# without_slots N COMMAND...: a launcher with two slots that counts them.
without_slots() {
    local ranks=$1
    shift
    run_ranks 1 env -u OMPI_MCA_rmaps_base_oversubscribe -u PRTE_MCA_rmaps_default_mapping_policy \
        "$MPIEXEC" --host localhost:2 -np "$ranks" "$@"
}

integrate_static() {
    local n expected ranks
    while read -r n expected; do
        ranks=$((2 + n % 6))
        expect_ok "$ranks" -- "$PLAIT" integrate --static --n "$n"
        assert "$n intervals" prints "$expected"
    done < <(grep -v '^#' "$here/../golden/midpoint.txt" | grep -vE '^(2|3|10|4095|4097) ')
    for ranks in 2 3 7; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" integrate --static --json integrate.json
        assert "as the report has it" prints '3\.1416009869231245'
        assert "all but one are workers" grep -q "\"workers\": $((ranks - 1))" "$SANDBOX/integrate.json"
        check_report integrate.json
    done
    expect_ok 7 -- "$PLAIT" integrate --static --workers 2
    assert "two of six" prints '# integrate: 100 intervals, 2 static workers, .*'
    assert "the same" prints '3\.1416009869231245'

    RANKS_LIST=1 bad integrate 'needs at least 2 ranks.* there is 1:' --static
    RANKS_LIST=3 bad integrate 'has 2 ranks for 3 workers, one more manages: start 4 ranks' --static --workers 3
    bad_line integrate '--n' --n 0
    bad_line integrate '--n' --n 2^41
    bad_line integrate '--workers' --workers 0
}

integrate() {
    local workers
    if ! is_open_mpi; then
        # grep reads to the end: a launcher that cannot write on would fail.
        if ! "$MPIEXEC" --version 2>/dev/null | grep -ci hydra >/dev/null; then return; fi
        RANKS_LIST=1 bad integrate 'MPICH spawns no processes without its mpiexec, .*: use another MPI, or use --static with 2 ranks'
        run_ranks 2 "$PLAIT" integrate --workers 1
        if [ "$status" -eq 0 ]; then
            assert "spawned" prints '3\.1416009869231245'
        else # as Debian's 4.0.2
            is_wrong 'MPI_Comm_spawn: .*: use another MPI, or use --static with 2 ranks or more$'
            assert "in one line" [ "$(wc -l <"$WORK/err")" -eq "$(plait_lines)" ]
        fi
        return
    fi
    for workers in 1 2 3 7; do
        new_sandbox
        expect_ok 1 -- "$PLAIT" integrate --workers "$workers" --oversubscribe --json integrate.json
        assert "without a launcher" prints '3\.1416009869231245'
        assert "that many workers" prints "# integrate: 100 intervals, $workers spawned workers?, off pi by 8.33e-06"
        check_report integrate.json
    done
    expect_ok 1 -- "$PLAIT" integrate
    assert "without a number of workers" prints '3\.1416009869231245'
    for workers in 1 3; do
        expect_ok 3 -- "$PLAIT" integrate --workers "$workers" --n 12345 --oversubscribe
        assert "rank 0 of three spawns $workers" prints '3\.1415926541366033'
    done
    # The workers get their options from the manager, whatever the environment has.
    expect_ok 1 -- env PLAIT_N=1000 PLAIT_WORKERS=2 PLAIT_OVERSUBSCRIBE=yes PLAIT_JSON=it.json PLAIT_NOBODY=1 \
        "$PLAIT" integrate
    assert "its value" prints '3\.1415927369231267'
    assert "a wrong variable is reported once" [ "$(plait_lines)" -eq 1 ]

    # What would hang the launcher is detected before.
    without_slots 1 "$PLAIT" integrate --workers 1
    assert "one slot is enough" prints '3\.1416009869231245'
    without_slots 1 "$PLAIT" integrate --workers 2
    too_few_slots '2 processes cannot be spawned, the launcher has 1 free slot:'
    without_slots 2 "$PLAIT" integrate --workers 1
    too_few_slots '1 process cannot be spawned, the launcher has 0 free slots:'
    without_slots 1 "$PLAIT" integrate --workers 4 --oversubscribe
    assert "unless oversubscription is requested" prints '3\.1416009869231245'
    if ! is_prrte; then # which does not pass its options on
        without_slots 1 --oversubscribe "$PLAIT" integrate --workers 4
        assert "or the launcher may oversubscribe" prints '3\.1416009869231245'
        without_slots 1 --map-by node:OVERSUBSCRIBE "$PLAIT" integrate --workers 4
        assert "in any words" prints '3\.1416009869231245'
    fi
    cores=$(getconf _NPROCESSORS_ONLN)
    RANKS_LIST=1 bad integrate "$((cores + 1)) processes are too many for $cores cores?: add --oversubscribe, or use --static with 2 ranks or more\$" \
        --workers $((cores + 1))
    RANKS_LIST=1 bad integrate '65536 processes are too many for' --workers 65536
    # As many as this machine cannot hold.
    if awk '/^MemAvailable:/ { exit !($2 < 400 * 1048576) }' /proc/meminfo; then
        RANKS_LIST=1 bad integrate 'do not fit into the memory of this node: give at most [0-9]+, or use --static with' \
            --workers 65536 --oversubscribe
    fi
    if is_prrte && [ "$(id -u)" -eq 0 ]; then
        unset PRTE_ALLOW_RUN_AS_ROOT
        RANKS_LIST=1 bad integrate 'as root unless PRTE_ALLOW_RUN_AS_ROOT=1 .*, or use --static with 2 ranks or more$' --workers 1
        export PRTE_ALLOW_RUN_AS_ROOT=1
    fi

    # A user who types the argument that is meant for spawned processes.
    RANKS_LIST=1 bad integrate '--spawned is for processes that plait has spawned' --spawned
}

too_few_slots() {
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "the line matches /$1/" has_line "$1.*--oversubscribe.*--static"
    assert "nothing on stdout" [ ! -s "$WORK/out" ]
}

if [ $# -eq 0 ]; then set -- ring pingpong count rank integrate_static integrate; fi
for part in "$@"; do "$part"; done
finish
