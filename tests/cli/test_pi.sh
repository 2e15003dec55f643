#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait pi: known answers; the same hits for any number of ranks and threads, on every schedule and path,
# of both generators; the report's three columns; seeds; bad input.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# hits FILE: "darts: hits of run 0, hits of run 1, ...", a line per step.
hits() {
    python3 -c '
import json, sys
for step in json.load(open(sys.argv[1]))["result"]["sweep"]:
    assert len(step["hits"]) == step["runs"]
    print(str(step["darts"]) + ": " + " ".join(map(str, step["hits"])))' "$SANDBOX/$1"
}

# gives LINES -- ARGUMENT...: on one rank and on three, the hits are these.
gives() {
    local expected=$1 ranks got
    shift 2
    for ranks in 1 3; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" pi "$@" --json pi.json --verify
        got=$(hits pi.json || true)
        assert "the hits are '$expected', not '$got'" [ "$got" = "$expected" ]
    done
}

known_answers() {
    gives '1024: 802 813' -- --darts 4^5 --runs 2
    gives '1024: 793 807' -- --darts 4^5 --runs 2 --generator pcg32
    gives '1024: 820 784' -- --darts 1024 --runs 2 --seed 0
    gives $'1024: 802\n4096: 3220\n16384: 12882\n65536: 51399\n262144: 206027\n1048576: 823668' -- \
        --sweep 4^5:4^10 --runs 1
    gives '1048576: 823747' -- --sweep 4^10:4^10 --runs 1 --generator pcg32
    gives '268435456: 210834149' -- --darts 4^14 --runs 1
}

# Steps that go together and steps that are cut into units, with a path that others are compared with.
# All of ranks x threads x paths x schedules is test_pi_counts.c; this is the command.
same_hits() {
    local generator schedule ranks threads=1 expected got sweep=(--sweep 10^3:10^6 --runs 13 --seed 7)
    for generator in rxs64 pcg32; do
        new_sandbox
        expect_ok 1 -- "$PLAIT" pi "${sweep[@]}" --generator "$generator" --schedule block \
            --path scalar --threads 1 --json pi.json
        expected=$(hits pi.json | cksum)
        assert "four steps" [ "$(hits pi.json | wc -l)" -eq 4 ]
        for schedule in block cyclic dynamic weighted; do
            threads=$((3 - threads)) # each number of ranks comes with both
            for ranks in 1 2 3 7; do
                threads=$((3 - threads))
                new_sandbox
                expect_ok "$ranks" -- "$PLAIT" pi "${sweep[@]}" --generator "$generator" \
                    --schedule "$schedule" --threads "$threads" --json pi.json
                got=$(hits pi.json | cksum)
                assert "the hits are those of the scalar path on one rank" [ "$got" = "$expected" ]
                assert "a line of shares where there are several ranks" \
                    [ "$(grep -c "^# $schedule schedule, rank 0: " "$WORK/out")" -eq "$((ranks > 1))" ]
            done
        done
    done
    # A step of many units for each of several ranks and threads.
    new_sandbox
    expect_ok 1 -- "$PLAIT" pi --darts 50000001 --runs 3 --threads 1 --json a.json
    for ranks in 2 3; do
        expect_ok "$ranks" -- "$PLAIT" pi --darts 50000001 --runs 3 --threads 2 --json b.json
        assert "large runs have equal counts" [ "$(hits a.json)" = "$(hits b.json)" ]
    done
}

# What a program that reads columns sees, and that the report agrees with it and with its schema.
columns() {
    new_sandbox
    expect_ok 2 -- "$PLAIT" pi --sweep 4^5:4^9 --json pi.json
    assert "three columns" python3 - "$SANDBOX/pi.json" "$WORK/out" <<'EOP'
import json, sys
steps = json.load(open(sys.argv[1]))["result"]["sweep"]
rows = [line.split() for line in open(sys.argv[2]) if "#" not in line]
assert [[int(n), float(mean), float(std)] for n, mean, std in rows] == \
    [[s["darts"], s["mean"], s["std"]] for s in steps], rows
assert [n for n, _, _ in rows] == ["1024", "4096", "16384", "65536", "262144"]
# Shortest digits, as Python's own writes them.
assert all(repr(float(text)) == text for row in rows for text in row[1:]), rows
EOP
    assert "the interval for pi is Wilson's of all darts" python3 - "$SANDBOX/pi.json" "$WORK/out" <<'EOP'
import json, math, re, sys
last = json.load(open(sys.argv[1]))["result"]["sweep"][-1]
darts, hits, z = last["darts"] * last["runs"], sum(last["hits"]), 1.959963984540054
# The two p at which |hits/darts - p| = z sqrt(p (1 - p) / darts): roots of a p^2 + b p + c.
a, b, c = 1 + z * z / darts, -2 * hits / darts - z * z / darts, (hits / darts) ** 2
root = math.sqrt(b * b - 4 * a * c)
expected = [4 * (-b - root) / (2 * a), 4 * (-b + root) / (2 * a)]
line = re.search(r"^# pi is between (\S+) and (\S+) \(95 %, Wilson's interval of all darts of N = (\d+)\)", open(sys.argv[2]).read(), re.M)
assert int(line[3]) == last["darts"] and last["runs"] > 1, line[0]
assert all(abs(float(got) - want) < 1e-11 for got, want in zip(line.groups(), expected)), (line[0], expected)
EOP
    assert "other lines begin with #" [ "$(grep '#' "$WORK/out" | grep -vc '^# ')" -eq 0 ]
    assert "the line of the first step is known" \
        grep -qx '1024 3.15032958984375 0.05182222640633748' "$WORK/out"
    for arguments in '--sweep 4^5:4^8' '--darts 1 --runs 1' '--darts 1000 --runs 2 --seed 18446744073709551615'; do
        # shellcheck disable=SC2086 # several words
        expect_ok 3 -- "$PLAIT" pi $arguments --json pi.json
        check_report pi.json
    done
}

# More ranks than units, and many runs.
large() {
    new_sandbox
    expect_ok 7 -- "$PLAIT" pi --darts 1 --runs 1 --json pi.json
    assert "one dart" [ "$(hits pi.json)" = '1: 1' ]
    expect_ok 2 -- "$PLAIT" pi --darts 3 --runs 2^20 --threads 1
    assert "a million runs" grep -q '^# 3145728 darts in ' "$WORK/out"
}

# columns_of FILE: the three columns of a run, as text.
columns_of() {
    grep -v '#' "$1"
}

# A target ends the sweep at the same step on any ranks, threads, path and schedule.
targets() {
    local ranks paths schedule=block expected file
    mapfile -t paths < <("${LIST_PATHS:-false}" || echo scalar)
    new_sandbox
    expect_ok 1 -- "$PLAIT" pi --target-error 0.0008 --threads 1 --json a.json
    expected=$(columns_of "$WORK/out")
    assert "the first of the sweep that meets it is the last" [ "$(echo "$expected" | tail -n 1 | cut -d ' ' -f 1)" = 65536 ]
    assert "the target is printed" grep -q '^# until the standard error of the mean is at most 0.0008, N up to 68719476736$' "$WORK/out"
    assert "and that it is met" grep -q '^# the target is met' "$WORK/out"
    for ranks in 2 3 7; do
        expect_ok "$ranks" -- "$PLAIT" pi --target-error 8e-4 --threads 2 --path "${paths[ranks % ${#paths[@]}]}" --schedule "$schedule" \
            --json b.json --verify
        assert "the same lines" [ "$(columns_of "$WORK/out")" = "$expected" ]
        assert "the same hits" [ "$(hits a.json)" = "$(hits b.json)" ]
        schedule=dynamic
    done
    # On beyond the end of the sweep by its base; from --darts by doubling; one run by what is expected of it.
    expect_ok 1 -- "$PLAIT" pi --sweep 3^4:3^5 --target-error 0.01
    assert "powers of 3" [ "$(columns_of "$WORK/out" | cut -d ' ' -f 1 | tr '\n' ' ')" = '81 243 729 ' ]
    expect_ok 3 -- "$PLAIT" pi --darts 100 --runs 1 --target-error 0.1 --json c.json --plot p --scatter s.png
    assert "doubled" [ "$(columns_of "$WORK/out" | cut -d ' ' -f 1 | tr '\n' ' ')" = '100 200 400 ' ]
    assert "all files exist" [ -s "$SANDBOX/p/pi_vs_log2_N.csv" -a -s "$SANDBOX/s.png" ]
    for file in a b c; do check_report "$file.json"; done
    # Met exactly by the last step that --max-darts allows, and missed by one dart less.
    expect_ok 1 -- "$PLAIT" pi --darts 100 --runs 1 --target-error 0.1 --max-darts 400
    for ranks in 1 3; do
        new_sandbox
        misses "$ranks" 'standard error is still 0.11.* N = 200.*--target-error 0.1: raise --max-darts or --runs' \
            --darts 100 --runs 1 --target-error 0.1 --max-darts 399 --json c.json --plot p --scatter s.png
        assert "its lines stay" [ "$(columns_of "$WORK/out" | cut -d ' ' -f 1 | tr '\n' ' ')" = '100 200 ' ]
        assert "the files are named" grep -q -e ' -> s.png, p$' "$WORK/out"
        assert "and written" [ -s "$SANDBOX/s.png" -a -s "$SANDBOX/p/pi_vs_log2_N.csv" ]
        if command -v gnuplot >/dev/null; then
            assert "and drawn" [ -s "$SANDBOX/p/log2_std_vs_log2_N.png" ]
        fi
        assert "there is no report" [ ! -e "$SANDBOX/c.json" ]
    done
    goes_on
}

# misses RANKS REGEX ARGUMENT...: exit status 1 and one line, as the target is not met.
misses() {
    local ranks=$1 regex=$2
    shift 2
    run_ranks "$ranks" "$PLAIT" pi "$@"
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "it matches /$regex/" has_line "$regex"
}

# A target that was missed leaves its checkpoint, from which a longer search resumes, and one with another
# target; then the hits, and what was counted when, add up.
goes_on() {
    local search=(--runs 5 --checkpoint run.ck --darts 1000)
    new_sandbox
    expect_ok 1 -- "$PLAIT" pi --darts 1000 --runs 5 --target-error 4e-4 --json once.json
    misses 3 "raise --max-darts, and the same command continues from 'run.ck'" "${search[@]}" --target-error 1e-6 --max-darts 8000
    assert "the checkpoint is kept" [ -s "$SANDBOX/run.ck" ]
    RANKS_LIST=1 expect_error "'run.ck' has darts beyond N = 4000.*raise --max-darts" 2 -- \
        "$PLAIT" pi "${search[@]}" --target-error 1e-6 --max-darts 4000
    RANKS_LIST=1 expect_error "whose first-darts is 1000, not 2000" 2 -- \
        "$PLAIT" pi "${search[@]:0:4}" --darts 2000 --target-error 1e-6 --max-darts 8000
    misses 1 "N = 8000, above" "${search[@]}" --target-error 1e-6 --max-darts 8000
    assert "nothing was left to throw" grep -q '^# 0 darts in .*, 75000 darts of earlier runs in ' "$WORK/out"
    misses 2 "N = 64000, above" "${search[@]}" --target-error 1e-6 --max-darts 64000 --csv
    assert "only the larger ones are thrown" grep -qE '^# 560000 darts in .*, 75000 darts of earlier runs in ' "$WORK/out"
    assert "they alone have timers" [ "$(sed -n 's/^# csv,N=\([0-9]*\),.*/\1/p' "$WORK/out" | tr '\n' ' ')" = '16000 32000 64000 ' ]
    assert "all timers begin after total" python3 - "$WORK/out" <<'EOP'
import sys
rows = [line.split(",") for line in open(sys.argv[1]) if line.startswith("# csv,")][1:]
begin = {row[1]: row[5] for row in rows}
assert "gather" in begin and min(begin.values()) == begin["total"], begin
assert begin["gather"] >= begin["compute"], begin
EOP
    expect_ok 3 -- "$PLAIT" pi "${search[@]}" --target-error 4e-4 --json rest.json
    assert "the hits are those of one run" [ "$(hits once.json)" = "$(hits rest.json)" ]
    assert "the times of earlier runs are reported" grep -q '"resumed_seconds"' "$SANDBOX/rest.json"
    check_report rest.json
    assert "the checkpoint is removed" [ ! -e "$SANDBOX/run.ck" ]
    # A target that is met by what a checkpoint has long passed.
    misses 1 "N = 8000, above" "${search[@]}" --target-error 1e-6 --max-darts 8000
    expect_ok 1 -- "$PLAIT" pi "${search[@]}" --target-error 0.1 --json first.json
    check_report first.json
    assert "the first N is enough" [ "$(hits first.json | cut -d : -f 1)" = 1000 ]
}

# Time that is up at once, and time that never is: nothing here depends on how fast the machine is.
times() {
    local ranks file
    for ranks in 1 3; do
        new_sandbox
        # The first part of a long step, with too many darts for all of it to be begun.
        expect_ok "$ranks" -- "$PLAIT" pi --darts 2^50 --max-time 1e-9 --json a.json --plot p --verify
        assert "the first line says so" grep -q '^# not reproducible: ends after 1e-09 s (--max-time)$' "$WORK/out"
        assert "the summary, too" grep -q '^# not reproducible: the time was up (--max-time 1e-09) after 65536 of 1125899906842624 darts a run$' "$WORK/out"
        assert "and the data" [ "$(grep -c ',not reproducible$' "$SANDBOX/p/pi_vs_log2_N.csv")" -eq 1 ]
        assert "of both plots" [ "$(grep -c ',not reproducible$' "$SANDBOX/p/log2_std_vs_log2_N.csv")" -eq 1 ]
        assert "and the pictures" grep -q '^set title .not reproducible' "$SANDBOX/p/pi_vs_log2_N.gp"
        assert "and the report" grep -q '"reproducible": false' "$SANDBOX/a.json"
        assert "which names the reason" grep -q '"ended_by": "max-time"' "$SANDBOX/a.json"
        expect_ok 1 -- "$PLAIT" pi --darts 65536 --json b.json
        assert "what was counted are the first darts" [ "$(hits a.json)" = "$(hits b.json)" ]
        assert "without --max-time it is" grep -q '"reproducible": true' "$SANDBOX/b.json"
        # Steps that are left out.
        misses "$ranks" 'above --target-error 1e-05: raise --max-time or --runs' --max-time 1e-9 --target-error 1e-5 --json c.json \
            --plot missed
        assert "the plots are written" [ -s "$SANDBOX/missed/pi_vs_log2_N.csv" ]
        assert "the report is not" [ ! -e "$SANDBOX/c.json" ]
        assert "one step" [ "$(columns_of "$WORK/out")" = '1024 3.15032958984375 0.05182222640633748' ]
        assert "it says what is missing" grep -q \
            'before N = 4096 had more darts than the N before, 12 larger N left out, the target 1e-05 is not met$' "$WORK/out"
        # Enough time.
        expect_ok "$ranks" -- "$PLAIT" pi --max-time 1e6 --sweep 4^5:4^7 --json d.json
        assert "all steps" [ "$(columns_of "$WORK/out" | cut -d ' ' -f 1 | tr '\n' ' ')" = '1024 4096 16384 ' ]
        assert "it has ended by itself" grep -q '"ended_by": "sweep"' "$SANDBOX/d.json"
        assert "the summary is marked all the same" grep -q '^# not reproducible: the time was enough' "$WORK/out"
        expect_ok "$ranks" -- "$PLAIT" pi --max-time 1e6 --target-error 0.0008 --json e.json
        assert "the target came first" grep -q '"ended_by": "target-error"' "$SANDBOX/e.json"
        for file in a b d e; do check_report "$file.json"; done
    done
}

seeds() {
    local seed
    new_sandbox
    expect_ok 3 -- "$PLAIT" pi --darts 4^8 --runs 5 --seed random --json drawn.json --verify
    seed=$(sed -n 's/^# pi: rxs64, seed \([0-9]*\), 5 runs of N darts$/\1/p' "$WORK/out")
    assert "the drawn seed is printed" [ -n "$seed" ]
    assert "the report has it" grep -q "\"seed\": \"$seed\"" "$SANDBOX/drawn.json"
    expect_ok 1 -- "$PLAIT" pi --darts 4^8 --runs 5 --seed "$seed" --json given.json
    assert "it gives the same hits" [ "$(hits drawn.json)" = "$(hits given.json)" ]
    expect_ok 1 -- "$PLAIT" pi --darts 4^8 --runs 5 --seed random --json other.json
    assert "another one is drawn each time" [ "$(hits drawn.json)" != "$(hits other.json)" ]
}

# The picture has a pixel at the middle of each of the first darts, in the colour of its kind.
scatter() {
    local generator
    if ! "$python" -c 'import numpy, PIL' 2>/dev/null; then
        echo "SKIPPED: needs python3-numpy and python3-pil"
        exit 77
    fi
    for generator in rxs64 pcg32; do
        new_sandbox
        expect_ok 2 -- "$PLAIT" pi --darts 40 --runs 2 --generator "$generator" --scatter p.PNG --json pi.json
        assert "the picture is named" grep -q ' -> p\.PNG$' "$WORK/out"
        assert "dots of both kinds on paper" "$python" - "$SANDBOX/p.PNG" "$(hits pi.json)" <<'EOP'
import sys
import numpy, PIL.Image
pixels = numpy.asarray(PIL.Image.open(sys.argv[1]).convert("RGB")).astype(int)
assert pixels.shape == (800, 800, 3), pixels.shape
count = {colour: int((pixels == colour).all(axis=2).sum())
         for colour in [(255, 255, 255), (31, 119, 180), (255, 127, 14)]}
assert sum(count.values()) == 640000, count
hits = int(sys.argv[2].split()[1])
# Nine pixels per dart; few of 40 meet on 800 x 800, or the edge.
assert abs(count[(31, 119, 180)] - 9 * hits) <= 18 and abs(count[(255, 127, 14)] - 9 * (40 - hits)) <= 18, count
row, column = numpy.nonzero((pixels == (31, 119, 180)).all(axis=2))
assert ((column - 399.5) ** 2 + (row - 399.5) ** 2 < 403 ** 2).all()
EOP
    done
}

# Ten files where gnuplot is, four and one line where it is not; a single step and a single run, too.
plots() {
    local arguments name ranks
    for arguments in '--sweep 4^5:4^9' '--darts 1000 --runs 1' '--darts 1 --runs 3'; do
        for ranks in 1 3; do
            new_sandbox
            # shellcheck disable=SC2086 # several words
            expect_ok "$ranks" -- "$PLAIT" pi $arguments --plot "a 'plot' directory/" --threads 1
            for name in pi_vs_log2_N log2_std_vs_log2_N; do
                assert "$name has data" [ -s "$SANDBOX/a 'plot' directory/$name.csv" ]
                assert "$name has a script" [ -s "$SANDBOX/a 'plot' directory/$name.gp" ]
                if command -v gnuplot >/dev/null; then
                    assert "$name is a PNG picture" \
                        [ "$(head -c 4 "$SANDBOX/a 'plot' directory/$name.png" | tail -c 3)" = PNG ]
                    assert "$name is a PDF" [ "$(head -c 4 "$SANDBOX/a 'plot' directory/$name.pdf")" = %PDF ]
                    assert "$name is an SVG, whole" grep -q '</svg>' "$SANDBOX/a 'plot' directory/$name.svg"
                fi
            done
            assert "nothing else is left" [ "$(find "$SANDBOX" -mindepth 2 | wc -l)" -eq \
                "$(if command -v gnuplot >/dev/null; then echo 10; else echo 4; fi)" ]
        done
    done
    # A file that cannot be written when the work is done: the summary is printed nevertheless.
    if is_open_mpi; then # others need larger files
        new_sandbox
        run_ranks 1 bash -c 'ulimit -f 8; trap "" XFSZ; exec "$0" "$@"' "$PLAIT" pi --sweep 4^5:4^6 --scatter s.png
        assert "status is 1, not $status" [ "$status" -eq 1 ]
        assert "one line" [ "$(error_lines)" -eq 1 ]
        assert "no picture" [ ! -e "$SANDBOX/s.png" ]
        assert "the table is printed" grep -q '^# pi is between .*(95 %, Wilson.s interval of all darts of N = 4096)' "$WORK/out"
        assert "the summary names no file" [ "$(grep -c -e ' -> ' "$WORK/out")" -eq 0 ]
    fi
    # One run has no spread.
    for arguments in 1 2; do
        new_sandbox
        expect_ok 1 -- "$PLAIT" pi --sweep 4^5:4^6 --runs "$arguments" --plot p
        assert "the pictures say so where it is one" [ "$(grep -c '^set title .a spread needs two runs' "$SANDBOX/p/log2_std_vs_log2_N.gp")" -eq $((2 - arguments)) ]
    done
    assert "a line of data" grep -qx '10,1024,3.15032958984375,0.05182222640633748' <(
        new_sandbox
        run_ranks 1 "$PLAIT" pi --darts 4^5 --plot p >/dev/null
        cat "$SANDBOX/p/pi_vs_log2_N.csv")
    # No gnuplot: one warning, four files, and the run has succeeded. Without gnuplot means with everything
    # else, since MPI looks for programs of its own.
    local directories directory ranks
    mkdir "$WORK/missing"
    IFS=: read -ra directories <<<"$PATH"
    for directory in "${directories[@]}"; do
        if [ -d "$directory" ]; then find "$directory" -mindepth 1 -exec ln -s -t "$WORK/missing" {} + 2>/dev/null || true; fi
    done
    rm -f "$WORK/missing/gnuplot"
    for ranks in 1 3; do
        new_sandbox
        expect_ok "$ranks" -- env PATH="$WORK/missing" "$PLAIT" pi --darts 4^5 --plot p
        assert "one line says so" [ "$(grep -cE "^plait: warning: .*there is no gnuplot.*scripts" "$WORK/err")" -eq 1 ]
        assert "data and scripts alone" [ "$(find "$SANDBOX/p" -mindepth 1 | wc -l)" -eq 4 ]
    done
    failing_gnuplots
}

# gnuplot that fails, that a signal ends, that makes no pictures, that a loader or a shell cannot start, and
# that may not be run: one error, four files.
failing_gnuplots() {
    local script ranks=1 pi=("$PLAIT" pi --darts 4^5)
    mkdir "$WORK/failing"
    for script in 'exit 3' 'exit 127' 'kill -PIPE $$' 'kill -SEGV $$' 'exit 0' 'not executable'; do
        rm -f "$WORK/failing/gnuplot"
        printf '#!/bin/sh\n%s\n' "$script" >"$WORK/failing/gnuplot"
        if [ "$script" != 'not executable' ]; then chmod +x "$WORK/failing/gnuplot"; fi
        ranks=$((4 - ranks))
        new_sandbox
        plot_fails "$ranks" "$WORK/failing$([ "$script" = 'not executable' ] && echo ":$WORK/missing" || echo ":$PATH")" "${pi[@]}"
    done
    printf '#!/bin/sh\nexit 3\n' >"$WORK/failing/gnuplot"
    chmod +x "$WORK/failing/gnuplot"
    new_sandbox
    plot_fails 3 "$WORK/failing:$PATH" "$PLAIT" pingpong --pairs all --repeat 3
    # What it says is in the line, cleaned: not the warning, but the error.
    cat >"$WORK/failing/gnuplot" <<'EOS'
#!/bin/sh
printf '\n"p.gp" line 3: warning: odd\n"p.gp" line 9: no \033terminal\r\nmore\n' >&2
exit 1
EOS
    new_sandbox
    plot_fails 1 "$WORK/failing:$PATH" "${pi[@]}"
    assert "the cause is in the line" has_line "in 'p': .p.gp. line 9: no .terminal: after a fix"
    # One that says that all is well, and leaves what is cut short.
    cat >"$WORK/failing/gnuplot" <<'EOS'
#!/bin/sh
directory=$(expr "$2" : ".*'\(.*\)'")
for ending in png pdf svg; do echo cut >"$directory${3%.gp}.$ending"; done
EOS
    new_sandbox
    plot_fails 1 "$WORK/failing:$PATH" "${pi[@]}"
    assert "it names the picture" has_line "in 'p': pi_vs_log2_N.png is cut short: after a fix"
    printf '#!/bin/sh\nexit 3\n' >"$WORK/failing/gnuplot"
    # A target that is missed is the error then, and the plot a warning.
    new_sandbox
    run_ranks 1 env PATH="$WORK/failing:$PATH" "$PLAIT" pi --darts 100 --runs 1 --target-error 0.1 --max-darts 399 --plot p
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "it is about the target" has_line 'above --target-error 0.1'
    assert "a warning is about the plot" grep -q '^plait: warning: gnuplot could not draw' "$WORK/err"
    # A caller that ignores the ends of children, as some launchers do, must not lose that of gnuplot.
    if command -v gnuplot >/dev/null; then
        new_sandbox
        expect_ok 1 -- "$python" -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "${pi[@]}" --plot p
        assert "it has drawn" [ "$(find "$SANDBOX/p" -mindepth 1 | wc -l)" -eq 10 ]
    fi
}

# plot_fails RANKS PATH COMMAND...
plot_fails() {
    run_ranks "$1" env PATH="$2" "${@:3}" --plot p
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error, not $(error_lines)" [ "$(error_lines)" -eq 1 ]
    assert "it names the directory" has_line "gnuplot could not draw the plots in 'p': .*: after a fix run the scripts there"
    assert "data and scripts alone" [ "$(find "$SANDBOX/p" -mindepth 1 | wc -l)" -eq 4 ]
    assert "the results are printed" [ -s "$WORK/out" ]
}

bad() {
    local regex=$1
    shift
    new_sandbox
    expect_error "$regex" 2 -- "$PLAIT" pi "$@"
}

bad_input() {
    local value
    for value in 0 -1 4611686018427387905 1.5 ''; do bad 'darts' --darts "$value"; done
    for value in 0 -1 1048577 4294967297 ''; do bad 'runs' --runs "$value"; done
    for value in 4^5 1024:4096 4^5:2^14 4^14:4^5 1^1:1^2 2^0:2^63 ''; do
        bad 'sweep' --sweep "$value"
    done
    for value in -1 18446744073709551616 Random ''; do bad 'seed' --seed "$value"; done
    bad 'generator.*rxs64 or pcg32' --generator mt19937
    bad 'schedule.*block, cyclic, dynamic or weighted' --schedule static
    bad '--darts and --sweep' --darts 5 --sweep 4^5:4^6
    for value in 0 -1 nan inf 1e999 x ''; do
        bad 'target-error' --target-error "$value"
        bad 'max-time' --max-time "$value"
    done
    for value in 0 -1 4611686018427387905 1.5 ''; do bad 'max-darts' --target-error 1 --max-darts "$value"; done
    bad 'max-darts.*target-error' --max-darts 4^9
    bad 'first N, 1024, is above --max-darts 1023 and comes from --sweep [^ ]* .default.: raise --max-darts or PLAIT_MAX_DARTS' --target-error 1 --max-darts 1023
    bad 'first N.*above --max-darts [^ ]* .default. and comes from --darts 2.40: .*lower by --darts' --target-error 1 --darts 2^40
    bad 'same random numbers.*--runs' --target-error 1 --darts 4 --max-darts 2^61
    bad 'same random numbers.*--runs' --darts 2^62 --runs 64
    bad 'same random numbers.*--runs' --darts 2^62 --runs 1 --generator pcg32
    bad 'same random numbers.*--runs' --sweep 2^40:2^60
    bad 'sse9|scalar' --path sse9
    bad 'absent' --json absent/pi.json
    bad 'scatter.*\.png' --scatter darts.ppm
    bad 'absent' --scatter absent/darts.png
    bad 'absent' --plot absent/plots
    bad 'one file' --plot . --json pi_vs_log2_N.csv
    bad 'file' --plot "$PLAIT"
    bad 'one file' --scatter a.png --json ./a.png
    bad "there is no directory 'missing'" --checkpoint missing/file
    new_sandbox
    expect_error 'PLAIT_SEED' 2 -- env PLAIT_SEED=x "$PLAIT" pi
    expect_error 'PLAIT_DARTS and PLAIT_SWEEP' 2 -- env PLAIT_DARTS=5 PLAIT_SWEEP=4^1:4^2 "$PLAIT" pi
    # From different sources the one of higher precedence is used.
    expect_ok 1 -- env PLAIT_SWEEP=4^1:4^14 "$PLAIT" pi --darts 5 --runs 2
    assert "one step" [ "$(grep -vc '#' "$WORK/out")" -eq 1 ]
}

if [ $# -eq 0 ]; then set -- known_answers same_hits columns large targets times seeds scatter plots bad_input; fi
for part in "$@"; do "$part"; done
finish
