#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait logs merge: the StopWatch lines of many logs, each once, in one CSV file that others can read.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

header='timer,status,time,sum,start,tag,msg,uname.node,user,uname.system,platform.version'
good='a,ok,1.5,2,2022-01-01 00:00:00,t,m,n,u,L,v'

# Logs of real runs: what was printed is what is merged.
new_sandbox
expect_ok 2 -- "$PLAIT" mandelbrot --size 60x40 --out null --csv
cp "$WORK/out" "$SANDBOX/one.log"
expect_ok 1 -- "$PLAIT" pi --sweep 4^5:4^6 --csv
cp "$WORK/out" "$SANDBOX/two.log"
for ranks in 1 3; do
    expect_ok "$ranks" -- "$PLAIT" logs merge one.log two.log one.log
    assert "the table is the lines of both" diff "$WORK/out" \
        <(echo "$header"; sed -n 's/^# csv,//p' "$SANDBOX/one.log" "$SANDBOX/two.log" | grep -v '^timer,')
    assert "nothing else is said" [ ! -s "$WORK/err" ]
done
expect_ok 1 -- "$PLAIT" logs merge two.log one.log --out all.csv
assert "what was done is told" grep -qxF 'logs: 10 lines of 2 logs, 0 repeated, 0 bad -> all.csv' "$WORK/out"
assert "others read the file" python3 - "$SANDBOX/all.csv" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert [r["timer"] for r in rows] == "N=1024 N=4096 compute gather encode total compute gather encode total".split()
assert all(None not in r and None not in r.values() for r in rows)
END

# Bad lines are told with their places, counted and left out.
new_sandbox
printf 'text\n# csv,%s\n#csv,%s\n#csv,"x,y"%s\n# csv,a,ok\n' "$good" "$good" "${good#a}" >"$SANDBOX/a.log"
printf '# csv,b,ok,soon%s\n# csv,c%s\n' "${good#a,ok,1.5}" "${good#a}" >"$SANDBOX/b.log"
cat >"$WORK/expected" <<END
plait: warning: a.log:5: has 2 columns, not 11
plait: warning: standard input:1: time 'soon' is not in seconds
plait: warning: 2 bad lines are left out
END
last_command="plait logs merge a.log - <b.log"
status=0
(cd "$SANDBOX" && "$PLAIT" logs merge a.log - <b.log) >"$WORK/out" 2>"$WORK/err" || status=$?
assert "status is 0, not $status" [ "$status" -eq 0 ]
assert "each bad line is told" diff "$WORK/expected" "$WORK/err"
assert "the good ones are written" \
    diff <(printf '%s\n' "$header" "$good" "\"x,y\"${good#a}" "c${good#a}") "$WORK/out"

# The options of other places.
printf '[logs]\nout = c.csv\n' >"$SANDBOX/run.ini"
expect_ok 1 -- "$PLAIT" logs merge --config run.ini -- a.log
assert "--out may stand in a file" grep -q '^c,\|^a,' "$SANDBOX/c.csv"
echo text >"$SANDBOX/empty.log"
expect_ok 1 -- "$PLAIT" logs merge empty.log
assert "logs without any line are told" grep -q "warning: no line begins with '# csv,'" "$WORK/err"

mkdir "$SANDBOX/folder"
expect_error 'ACTION is missing' 2 -- "$PLAIT" logs
expect_error 'FILE is missing' 2 -- "$PLAIT" logs merge
expect_error "ACTION: 'marge' is unknown .did you mean 'merge'" 2 -- "$PLAIT" logs marge a.log
expect_error "cannot read log 'none.log': no such file" 2 -- "$PLAIT" logs merge a.log none.log
expect_error "cannot read log 'folder': is a directory" 2 -- "$PLAIT" logs merge a.log folder --out d.csv
expect_error "'a.log' and './a.log' are one file" 2 -- "$PLAIT" logs merge b.log a.log --out ./a.log
expect_error 'none/d.csv' 2 -- "$PLAIT" logs merge a.log --out none/d.csv
expect_error "unknown option '--csv'" 2 -- "$PLAIT" logs merge a.log --csv

# What is not written is a failure, and an earlier file stays.
status=0
last_command="plait logs merge b.log >/dev/full"
(cd "$SANDBOX" && "$PLAIT" logs merge b.log >/dev/full 2>"$WORK/err") || status=$?
assert "status is 1, not $status" [ "$status" -eq 1 ]
finish
