#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --csv of every subcommand: the table and the lines of the report's StopWatch after the usual output.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

header='# csv,timer,status,time,sum,start,tag,msg,uname.node,user,uname.system,platform.version'

# names TIMER...: the lines are of these timers, in this order.
names() {
    diff <(printf '%s\n' "$@") <(grep '^# csv,' "$WORK/out" | tail -n +2 | cut -d, -f2)
}
# lines_are_good TAG RANKS: each has 11 columns that agree with the system, and begins with the total,
# which is the last, or later.
lines_are_good() {
    python3 - "$WORK/out" "$1" "$2" <<'END'
import csv, datetime, os, pwd, sys
path, tag, ranks = sys.argv[1:]
rows = [r[1:] for r in csv.reader(l for l in open(path) if l.startswith("# csv,"))]
assert rows[0] == ("timer status time sum start tag msg uname.node user uname.system "
                   "platform.version").split(), rows[0]
try:
    user = pwd.getpwuid(os.getuid()).pw_name
except KeyError:
    user = str(os.getuid())
u = os.uname()
now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
assert len(rows) > 1
for row in rows[1:]:
    name, status, time, total, start, row_tag, message = row[:7]
    assert row[7:] == [u.nodename, user, u.sysname, u.version], row
    assert (status, row_tag, message.split()[0]) == ("ok", tag, "ranks=" + ranks), row
    assert len(time.split(".")[1]) == len(total.split(".")[1]) == 9, row
    assert time == total and float(time) >= 0, row
    begun = datetime.datetime.strptime(start[:26], "%Y-%m-%d %H:%M:%S.%f")
    assert abs(now - begun) < datetime.timedelta(hours=1), (start, now)
    assert start >= rows[-1][4], (row, rows[-1])
END
}
# The table has the same as the lines, in the same order.
table_agrees() {
    python3 - "$WORK/out" <<'END'
import csv, sys
lines = open(sys.argv[1]).read().splitlines()
rows = [r[1:] for r in csv.reader(l for l in lines if l.startswith("# csv,"))][1:]
table = [[c.strip() for c in l.strip("# |").split(" | ")] for l in lines if l.lstrip("# ").startswith("| ")]
assert [c.lower() for c in table[0]][:4] == ["name", "status", "time", "sum"], table[0]
assert table[1:] == rows, (table[1:], rows)
END
}
for ranks in 1 3; do
    new_sandbox
    expect_ok "$ranks" -- "$PLAIT" hello --csv --json hello.json
    assert "hello has its timers" names total
    assert "its lines are good" lines_are_good hello "$ranks"
    assert "and so is its table" table_agrees
    assert "the results stand in front" [ "$(sed '/^+-/q' "$WORK/out" | grep -c '^rank ')" -eq "$ranks" ]
    assert "the header is printed once" [ "$(grep -cxF "$header" "$WORK/out")" -eq 1 ]

    expect_ok "$ranks" -- "$PLAIT" mandelbrot --size 60x40 --out null --csv
    assert "pictures have their timers" names compute gather encode total
    assert "their lines are good" lines_are_good mandelbrot "$ranks"
    assert "and so is their table" table_agrees

    expect_ok "$ranks" -- "$PLAIT" pi --sweep 4^5:4^7 --runs 8
    cp "$WORK/out" "$SANDBOX/plain"
    expect_ok "$ranks" -- "$PLAIT" pi --sweep 4^5:4^7 --runs 8 --csv
    assert "pi has a timer for each step" names N=1024 N=4096 N=16384 compute gather encode total
    assert "its lines are good" lines_are_good pi "$ranks"
    assert "and so is its table" table_agrees
    expect_ok "$ranks" -- "$PLAIT" pi --sweep 4^5:4^7 --runs 8 --csv --checkpoint run.ck
    assert "a checkpoint gathers at another time" lines_are_good pi "$ranks"
    assert "its columns are read as before" diff <(grep -v '#' "$SANDBOX/plain") <(grep -v '#' "$WORK/out")
done

# Every subcommand that has --csv prints at least its total, last, and as a comment where the rest is
# columns. What takes long by itself is given less to do.
quick_arguments() {
    case $1 in
    collectives) echo bcast,barrier --sizes 8 --repeat 3 ;;
    check) echo --only reduce,bcast-array ;;
    integrate) echo --workers 1 --oversubscribe ;;
    kmeans) echo "$here/../golden/kmeans_points.csv" --k 3 ;;
    julia | mandelbrot) echo --size 8x8 --out null ;;
    pi) echo --sweep 4^5:4^6 --runs 2 ;;
    pingpong) echo --size 64 --repeat 10 ;;
    ring) echo --count 10 --map ;;
    esac
}
mapfile -t subcommands < <("$PLAIT" --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
for name in "${subcommands[@]}"; do
    "$PLAIT" "$name" --help >"$WORK/help"
    grep -q -- '--\[no-\]csv' "$WORK/help" || continue
    new_sandbox
    # shellcheck disable=SC2046  # words on purpose
    expect_ok 2 -- "$PLAIT" "$name" $(quick_arguments "$name") --csv
    assert "$name prints its total" \
        [ "$(grep '^# csv,' "$WORK/out" | tail -n 1 | cut -d, -f2)" = total ]
    assert "the lines of $name are good" lines_are_good "$name" 2
done

expect_ok 2 -- "$PLAIT" ring --count 10 --map --csv
assert "ring has its timers" names rounds map total
expect_ok 2 -- "$PLAIT" check --only reduce,bcast-array --csv
assert "check has one for each operation" names bcast-array reduce total
if is_open_mpi; then
    PLAIT_CSV=yes expect_ok 2 -- "$PLAIT" check --only spawn
    assert "spawned workers report no times of their own" names spawn total
fi
expect_ok 2 -- "$PLAIT" collectives scan,bcast --sizes 8 --repeat 3 --csv
assert "collectives has one for each operation" names bcast scan total
expect_ok 2 -- "$PLAIT" count --csv
assert "count has its timers" names draw gather total

# The times are those of the report.
new_sandbox
expect_ok 2 -- "$PLAIT" julia --size 60x40 --out null --csv --json julia.json
assert "--json and --csv agree" python3 - "$SANDBOX/julia.json" "$WORK/out" <<'END'
import csv, json, sys
timing = json.load(open(sys.argv[1]))["timing"]
rows = [r[1:] for r in csv.reader(l for l in open(sys.argv[2]) if l.startswith("# csv,"))][1:]
assert rows
for row in rows:
    assert abs(float(row[2]) - timing[row[0] + "_seconds"]) < 1e-9, row
END

# From the environment, and not by default.
PLAIT_CSV=yes expect_ok 1 -- "$PLAIT" hello
assert "PLAIT_CSV asks for it" names total
expect_ok 1 -- "$PLAIT" hello
assert "no times without --csv" [ "$(grep -c csv "$WORK/out" || true)" -eq 0 ]

# Timers that were lost are a failure, and there is no report then.
status=0
last_command="plait hello --csv >/dev/full"
(cd "$SANDBOX" && "$PLAIT" hello --csv --json full.json >/dev/full 2>"$WORK/err") || status=$?
assert "status is 1, not $status" [ "$status" -eq 1 ]
assert "a run that failed has no report" [ ! -e "$SANDBOX/full.json" ]
finish
