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
assert "what was done is reported" grep -qxF 'logs: 10 lines of 2 logs, 0 repeated, 0 bad -> all.csv' "$WORK/out"
assert "others read the file" python3 - "$SANDBOX/all.csv" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert [r["timer"] for r in rows] == "N=1024 N=4096 compute gather encode total compute gather encode total".split()
assert all(None not in r and None not in r.values() for r in rows)
END

# merge LOG...: runs in the sandbox, whatever the exit status is; standard input is the caller's.
merge() {
    last_command="plait logs merge $*"
    status=0
    (cd "$SANDBOX" && exec timeout -k 5 "$limit_s" "$PLAIT" logs merge "$@") >"$WORK/out" 2>"$WORK/err" || status=$?
}

# Bad lines are reported with their places, counted and left out; that is no success unless it is accepted.
new_sandbox
printf 'text\n# csv,%s\n#csv,%s\n#csv,"x,y"%s\n# csv,a,ok\n' "$good" "$good" "${good#a}" >"$SANDBOX/a.log"
printf '# csv,b,ok,soon%s\n# csv,c%s\n' "${good#a,ok,1.5}" "${good#a}" >"$SANDBOX/b.log"
cat >"$WORK/expected" <<END
plait: warning: a.log:5: has 2 columns, not 11
plait: warning: standard input:1: time 'soon' is not in seconds
END
for skip in --no-skip-bad --skip-bad; do
    merge a.log - "$skip" <"$SANDBOX/b.log"
    assert "each bad line is reported" diff "$WORK/expected" <(head -n 2 "$WORK/err")
    if [ "$skip" = --skip-bad ]; then
        assert "status is 0, not $status" [ "$status" -eq 0 ]
        assert "they are counted" [ "$(tail -n +3 "$WORK/err")" = 'plait: warning: 2 bad lines are left out' ]
    else
        assert "status is 1, not $status" [ "$status" -eq 1 ]
        assert "one line says why" [ "$(tail -n +3 "$WORK/err")" = \
            'plait: 2 bad lines are left out: correct the logs, or accept that by --skip-bad' ]
    fi
    assert "the good ones are written" \
        diff <(printf '%s\n' "$header" "$good" "\"x,y\"${good#a}" "c${good#a}") "$WORK/out"
done
merge a.log b.log --out all.csv </dev/null
assert "status is 1, not $status" [ "$status" -eq 1 ]
assert "the file is the table" diff <(printf '%s\n' "$header" "$good" "\"x,y\"${good#a}" "c${good#a}") "$SANDBOX/all.csv"

# Logs of the report's authors: Python's dictionaries and tuples, no column msg in 2021.
cp "$here"/logs/*.log "$SANDBOX"
expect_ok 1 -- "$PLAIT" logs merge 2021.log dict.log
assert "nothing is left out" [ ! -s "$WORK/err" ]
assert "the columns are right" python3 - "$WORK/out" <<'END'
import ast, csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert [r["timer"] for r in rows] == "test_a/install test_a/info sort-a sort-b result-10".split()
assert [r["tag"] for r in rows[:2]] == 2 * ["raspberry"] and [r["msg"] for r in rows[:2]] == 2 * [""]
assert ast.literal_eval(rows[2]["tag"])["size"] == 10000000
assert ast.literal_eval(rows[3]["tag"])["list"] == [1, 2, 3]
assert ast.literal_eval(rows[4]["platform.version"])[3] == "Multiprocessor Free"
assert all(r["status"] == "ok" and r["user"] in ("pi", "user") and None not in r for r in rows)
END
cp "$WORK/out" "$SANDBOX/merged.csv"
sed 's/^/# csv,/' "$SANDBOX/merged.csv" >"$SANDBOX/again.log"
expect_ok 1 -- "$PLAIT" logs merge again.log
assert "the table reads back" cmp "$WORK/out" "$SANDBOX/merged.csv"

# Lines after a launcher's label; a log may begin with none.
expect_ok 1 -- "$PLAIT" logs merge labelled.log
assert "they are found" [ "$(sed -n 's/^total,ok,0.00\([0-9]\),.*/\1/p' "$WORK/out" | tr -d '\n')" = 1234567 ]
if is_open_mpi; then
    run_ranks 2 --tag-output "$PLAIT" hello --csv
    cp "$WORK/out" "$SANDBOX/tagged.log"
    expect_ok 1 -- "$PLAIT" logs merge tagged.log
    assert "so are those of this launcher" grep -q '^total,ok,' "$WORK/out"
fi
RANKS_LIST=1 expect_error '1 bad line is left out' 1 -- "$PLAIT" logs merge decimal_comma.log
assert "a decimal comma is named" grep -qxF \
    "plait: warning: decimal_comma.log:3: time or sum has a decimal comma after '0': write decimal points" "$WORK/err"

# Text of other systems: read right or refused.
sed 's/$/\r/' "$SANDBOX/dict.log" >"$SANDBOX/crlf.log"
tr '\n' '\r' <"$SANDBOX/dict.log" >"$SANDBOX/cr.log"
printf '\xef\xbb\xbf' | cat - "$SANDBOX/2021.log" "$SANDBOX/dict.log" >"$SANDBOX/bom.log"
expect_ok 1 -- "$PLAIT" logs merge bom.log crlf.log cr.log
assert "they are one table" cmp "$WORK/out" "$SANDBOX/merged.csv"
iconv -f UTF-8 -t UTF-16 "$SANDBOX/dict.log" >"$SANDBOX/wide.log"
expect_error "cannot read log 'wide.log': it is UTF-16" 2 -- "$PLAIT" logs merge dict.log wide.log
tail -c +3 "$SANDBOX/wide.log" >"$SANDBOX/unmarked.log"
expect_error 'bad lines are left out' 1 -- "$PLAIT" logs merge unmarked.log

# Pipes are read like files; who waits for one learns it.
merge <(cat "$SANDBOX/2021.log") /dev/stdin < <(cat "$SANDBOX/dict.log")
assert "status is 0, not $status" [ "$status" -eq 0 ]
assert "pipes are one table" cmp "$WORK/out" "$SANDBOX/merged.csv"
mkfifo "$SANDBOX/pipe"
merge pipe dict.log </dev/null &
merging=$!
for ((tries = 0; tries < 1000; tries++)); do
    if grep -qs "^plait: warning: waiting for log 'pipe', a pipe that nobody writes to so far\$" "$WORK/err"; then break; fi
    sleep 0.1
done
assert "the pipe is waited for, and that is said" [ "$tries" -lt 1000 ]
cat "$SANDBOX/2021.log" >"$SANDBOX/pipe"
wait "$merging"
assert "then it is read" cmp "$WORK/out" "$SANDBOX/merged.csv"

# At a terminal also a pipe that nothing comes from, and the terminal itself.
for input in pipe terminal; do
    last_command="plait logs merge - with a $input as its input"
    assert "the $input is named" timeout -k 5 "$limit_s" "$python" - "$PLAIT" "$input" <<'END'
import os, pty, subprocess, sys
plait, kind = sys.argv[1:]
screen, terminal = pty.openpty()
pipe, writer = os.pipe()
child = subprocess.Popen([plait, "logs", "merge", "-"], stdin=pipe if kind == "pipe" else terminal,
                         stdout=subprocess.DEVNULL, stderr=terminal)
expected = {"pipe": b"waiting for log 'standard input', a pipe that nothing has been written to so far",
            "terminal": b"waiting for log 'standard input', which is the terminal: end it with Ctrl-D"}[kind]
said = b""
while expected not in said:
    said += os.read(screen, 1024)
os.write(screen, b"\x04") if kind == "terminal" else os.close(writer)
assert child.wait() == 0
END
done

# The options of other places.
printf '[logs]\nout = c.csv\n' >"$SANDBOX/run.ini"
expect_ok 1 -- "$PLAIT" logs merge --config run.ini --skip-bad -- a.log
assert "--out may stand in a file" grep -q '^c,\|^a,' "$SANDBOX/c.csv"
echo text >"$SANDBOX/empty.log"
expect_ok 1 -- "$PLAIT" logs merge empty.log
assert "logs without any line are noticed" grep -q "warning: no line begins with '# csv,'" "$WORK/err"
echo "# csv,$header" >"$SANDBOX/begun.log"
expect_ok 1 -- "$PLAIT" logs merge begun.log
assert "so are those with a header only" grep -q "warning: no line follows a header" "$WORK/err"

mkdir "$SANDBOX/directory"
expect_error 'ACTION is missing' 2 -- "$PLAIT" logs
expect_error 'FILE is missing' 2 -- "$PLAIT" logs merge
expect_error "ACTION: 'marge' is unknown .did you mean 'merge'" 2 -- "$PLAIT" logs marge a.log
expect_error "cannot read log 'none.log': no such file" 2 -- "$PLAIT" logs merge a.log none.log
expect_error "cannot read log 'directory': is a directory" 2 -- "$PLAIT" logs merge a.log directory --out d.csv
expect_error "FILE 'a.log' and --out './a.log' are one file" 2 -- "$PLAIT" logs merge b.log a.log --out ./a.log
expect_error 'none/d.csv' 2 -- "$PLAIT" logs merge a.log --out none/d.csv
expect_error "unknown option '--csv'" 2 -- "$PLAIT" logs merge a.log --csv

# What is not written is a failure, and an earlier file stays.
status=0
last_command="plait logs merge dict.log >/dev/full"
(cd "$SANDBOX" && "$PLAIT" logs merge dict.log >/dev/full 2>"$WORK/err") || status=$?
assert "status is 1, not $status" [ "$status" -eq 1 ]
finish
