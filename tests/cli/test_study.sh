#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait study: from a grid of runs to a report. Times come from a program with a known law
# (fake_kernel.sh), so that nothing here depends on how fast this machine is. Parts: see the end.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

fake=$here/fake_kernel.sh
export FAKE_RUNS=$WORK/runs FAKE_PIDS=$WORK/pids
law=(--launcher none --timer work --program "$fake")

# lines OF-STUDY: how many samples the journal has. value STUDY EXPRESSION: of Python, over the samples.
lines() {
    wc -l <"$SANDBOX/$1/samples.jsonl"
}
value() {
    "$python" - "$SANDBOX/$1/samples.jsonl" "$2" <<'PYTHON'
import json, sys
samples = [json.loads(line) for line in open(sys.argv[1])]
measured = [s for s in samples if s["phase"] == "measure"]
print(eval(sys.argv[2]))
PYTHON
}

part_grid() {
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2..4 --threads 1..4*2 --dry-run "${law[@]}" -- '{ranks}' '{threads}' '{cores}'
    assert "each combination has a command" diff <(sed 's/.*fake_kernel.sh //' "$WORK/out") \
        <(for r in 1 2 3 4; do for t in 1 2 4; do echo "$r $t $((r * t))"; done; done)
    assert "a dry run makes nothing" [ ! -e "$SANDBOX/s" ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 2^0..2^3 --dry-run "${law[@]}" -- '{ranks}'
    assert "powers" [ "$(sed 's/.*fake_kernel.sh //' "$WORK/out" | paste -sd ' ')" = '1 2 4 8' ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --set a=1,2 --set b=x,y --dry-run "${law[@]}" -- '{a}{b}' '{{a}}'
    assert "lists are crossed" [ "$(sed 's/.*fake_kernel.sh //' "$WORK/out" | paste -sd ';')" = "1x '{a}';1y '{a}';2x '{a}';2y '{a}'" ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --set a=1,2 --set b=x,y --zip --dry-run "${law[@]}" -- '{a}{b}'
    assert "or zipped" [ "$(sed 's/.*fake_kernel.sh //' "$WORK/out" | paste -sd ' ')" = '1x 2y' ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 2 --threads 3 --dry-run --launcher 'srun -N {nodes} -n {ranks} -c {threads} "a b"' --program true
    assert "the launcher is a template" grep -q "^OMP_NUM_THREADS=3 srun -N [0-9]* -n 2 -c 3 'a b' true\$" "$WORK/out"
    # Subcommands: threads and report come from the study, and weak scaling grows what they declare.
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2 --threads 2 --dry-run --launcher none -- pi --darts 4^5
    assert "a subcommand is given threads and a report" grep -q "pi --darts '4^5' --threads 2 --json s/output/SAMPLE.json" "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out s --mode weak --ranks 1,4 --dry-run --launcher none -- mandelbrot --size 60x40 --out null
    assert "the area grows" grep -q -- '--size=60x40 .*' "$WORK/out"
    assert "with the cores" grep -q -- '--size=120x80 .*' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out s --mode weak --ranks 1,3 --dry-run --launcher none -- pi --runs 8
    assert "runs grow" grep -q -- '--runs=24' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out s --mode weak --ranks 1,3 --set n=100 --grow n --dry-run "${law[@]}" -- '{n}'
    assert "a parameter grows" [ "$(sed 's/.*fake_kernel.sh //' "$WORK/out" | paste -sd ' ')" = '100 300' ]
}

part_samples() {
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2,4 --repeat 7 --warmup 2 "${law[@]}" -- '{ranks}'
    assert "the journal has every launch" [ "$(lines s)" -eq $((3 * (7 + 2))) ]
    assert "warm-ups stand apart, and before" [ "$(value s '[s["phase"] for s in samples] == ["warmup"] * 6 + ["measure"] * 21')" = True ]
    assert "rounds have each point once" [ "$(value s 'all(sorted(s["ranks"] for s in measured[3*r:3*r+3]) == [1,2,4] for r in range(7))')" = True ]
    assert "and not in one order" [ "$(value s 'len({tuple(s["ranks"] for s in measured[3*r:3*r+3]) for r in range(7)}) > 1')" = True ]
    assert "the time is the program's" [ "$(value s 'all(4.4 < s["seconds"] / (0.1 + 0.9 / s["ranks"]) / 2 < 5.6 for s in measured)')" = True ]
    assert "samples are numbered" [ "$(value s '[s["sample"] for s in samples] == list(range(27))')" = True ]
    order=$(value s '[s["ranks"] for s in measured]')
    # All is there: nothing runs. More repeats: what is missing runs.
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2,4 --repeat 7 --warmup 2 "${law[@]}" -- '{ranks}'
    assert "nothing is run again" [ "$(lines s)" -eq 27 ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2,4,8 --repeat 8 --warmup 0 "${law[@]}" -- '{ranks}'
    assert "only what is missing runs" [ "$(lines s)" -eq $((27 + 3 + 8)) ]
    expect_ok 1 -- "$PLAIT" study run --out again --ranks 1,2,4 --repeat 7 --warmup 2 "${law[@]}" -- '{ranks}'
    assert "the seed says the order" [ "$(value again '[s["ranks"] for s in measured]')" = "$order" ]
    expect_ok 1 -- "$PLAIT" study run --out other --ranks 1,2,4 --repeat 7 --warmup 2 --seed 7 "${law[@]}" -- '{ranks}'
    assert "another seed, another order" [ "$(value other '[s["ranks"] for s in measured]')" != "$order" ]
    expect_ok 1 -- "$PLAIT" study status s
    assert "status knows" grep -q '^# 4 points, 32 samples, 0 missing' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study status s --repeat 10
    assert "and how many more" grep -q '^# 4 points, 32 samples, 8 missing of 10 each' "$WORK/out"
    # Two times in one launch are repeats of one sample.
    expect_ok 1 -- "$PLAIT" study run --out twice --ranks 1 --repeat 2 --warmup 0 "${law[@]}" -- 1 0.1 0 10 twice
    assert "repeats are nested" [ "$(value twice 'all(len(s["repeats"]) == 2 and s["seconds"] == sum(s["repeats"]) / 2 for s in measured)')" = True ]
    # As narrow as asked for, by samples that were not disturbed; else as many as allowed.
    expect_ok 1 -- "$PLAIT" study run --out narrow --ranks 1 --ci 0.001% --max-repeat 9 --warmup 0 "${law[@]}" -- 1
    assert "--max-repeat ends it" [ "$(lines narrow)" -eq 9 ]
}

part_failures() {
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 2 --warmup 0 --set do=fail,twice "${law[@]}" -- 1 0.1 0 10 '{do}'
    assert "a failure is recorded" [ "$(value s '[(s["outcome"], s["exit"], s["seconds"] is None) for s in measured if s["parameters"]["do"] == "fail"]')" = "[('failed', 3, True), ('failed', 3, True)]" ]
    assert "and the study continues" [ "$(value s 'sum(s["outcome"] == "ok" for s in measured)')" -eq 2 ]
    assert "what it printed is kept" grep -q 'fails on purpose' "$SANDBOX"/s/output/*.err
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 2 --warmup 0 --set do=fail,twice --redo failed "${law[@]}" -- 1 0.1 0 10 '{do}'
    assert "failed ones are measured again" [ "$(value s '[s["replaces"] for s in measured if "replaces" in s] == [s["sample"] for s in measured if s["outcome"] == "failed"][:2] or sorted(s["replaces"] for s in measured if "replaces" in s) == sorted([s["sample"] for s in measured if s["outcome"] == "failed"][:2])')" = True ]
    expect_ok 1 -- "$PLAIT" study status s --repeat 2
    assert "and stand in their places" grep -q '^# 2 points, 4 samples, 0 missing .* 2 failed' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out silent --ranks 1 --repeat 1 --warmup 0 "${law[@]}" -- 1 0.1 0 10 silent
    assert "no time is a failure" [ "$(value silent 'measured[0]["complaint"]')" = "it has printed no '# csv,' line of the timer" ]
    # One that ignores SIGTERM, with a child: both are gone.
    : >"$FAKE_PIDS"
    expect_ok 1 -- "$PLAIT" study run --out hang --ranks 1 --repeat 1 --warmup 0 --timeout 0.5 --kill-after 0.2 "${law[@]}" -- 1 0.1 0 10 hang
    assert "the time-out is recorded" [ "$(value hang 'measured[0]["outcome"]')" = timeout ]
    assert "nothing of it is left" no_process_of "$FAKE_PIDS"
    # Answers that differ.
    printf '#!/bin/sh\nn=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n\n' >"$SANDBOX/odd"
    expect_ok 1 -- "$PLAIT" study run --out pi --ranks 1 --repeat 2 --warmup 0 --launcher none -- pi --darts 64 --runs 2
    sed -i 's/hits fnv1a [0-9a-f]*/hits fnv1a 0000000000000000/' "$SANDBOX/pi/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study run --out pi --ranks 1 --repeat 3 --warmup 0 --launcher none -- pi --darts 64 --runs 2
    assert "a wrong answer is recorded" [ "$(value pi 'measured[2]["outcome"]')" = wrong ]
}

# Whether none of the processes whose numbers stand in the file lives.
no_process_of() {
    local pid
    while read -r pid; do
        if grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status" 2>/dev/null; then return 1; fi
    done <"$1"
}

# A study that is killed at random moments, with or without its launch, ends complete: no sample twice.
part_kills() {
    local tries=20 command pid
    [ "${1:-}" != --long ] || tries=500
    RANDOM=42
    for ((i = 1; i <= tries; i++)); do
        new_sandbox
        : >"$FAKE_PIDS"
        command=("$PLAIT" study run --out s --ranks 1,2 --repeat 3 --warmup 1 "${law[@]}" -- '{ranks}')
        last_command="kill ${command[*]}"
        (cd "$SANDBOX" && FAKE_SLEEP=0.02 exec "${command[@]}") >/dev/null 2>&1 &
        pid=$!
        sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
        if ((i % 2)); then kill -9 "$pid" 2>/dev/null || true; fi
        if ((i % 3 == 0)) && [ -s "$FAKE_PIDS" ]; then kill -9 "$(tail -n 1 "$FAKE_PIDS")" 2>/dev/null || true; fi
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        if ((i % 4 == 0)) && [ -s "$SANDBOX/s/samples.jsonl" ]; then
            truncate -s -7 "$SANDBOX/s/samples.jsonl" # as a crash of the machine leaves it
        fi
        expect_ok 1 -- "${command[@]}"
        assert "complete, and no sample twice" [ "$(value s '(sorted(s["ranks"] for s in measured if s["outcome"] == "ok") + sorted(s["ranks"] for s in measured if s["outcome"] == "failed"), [s["sample"] for s in samples] == list(range(len(samples))), len(measured))[1:]')" = '(True, 6)' ]
        assert "nothing is left running" no_process_of "$FAKE_PIDS"
    done
}

part_interrupted() {
    # A torn line is dropped and said; one that cannot be read is named, counted and kept.
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2 --repeat 2 --warmup 0 "${law[@]}" -- '{ranks}'
    printf '{"sample":4,"phase":"mea' >>"$SANDBOX/s/samples.jsonl"
    sed -i '2i no sample' "$SANDBOX/s/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2 --repeat 3 --warmup 0 "${law[@]}" -- '{ranks}'
    assert "the torn line is said" grep -q 'warning: s/samples.jsonl: its last line is torn' "$WORK/err"
    assert "the bad one is named" grep -q 'warning: s/samples.jsonl:2: is no JSON' "$WORK/err"
    assert "and kept" [ "$(sed -n 2p "$SANDBOX/s/samples.jsonl")" = 'no sample' ]
    assert "the rest has run" [ "$(lines s)" -eq 7 ]
    # SIGTERM: status 75, and the same command continues.
    new_sandbox
    last_command='plait study run, SIGTERM'
    (cd "$SANDBOX" && FAKE_SLEEP=0.1 exec "$PLAIT" study run --out s --ranks 1 --repeat 50 --warmup 0 "${law[@]}" -- 1) >"$WORK/out" 2>"$WORK/err" &
    local pid=$! status=0
    for ((k = 0; k < 600; k++)); do [ "$(cat "$SANDBOX/s/samples.jsonl" 2>/dev/null | wc -l)" -lt 2 ] || break; sleep 0.1; done
    # A second study in the directory is refused meanwhile.
    RANKS_LIST=1 limit_s=60
    (cd "$SANDBOX" && "$PLAIT" study run --out s --ranks 1 --repeat 1 "${law[@]}" -- 1) >/dev/null 2>"$WORK/other" && status=0 || status=$?
    assert "the directory is in use" [ "$status" -eq 2 ]
    assert "by a process that is named" grep -q "^plait: 's' is in use by another study, process $pid" "$WORK/other"
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    assert "SIGTERM is status 75, not $status" [ "$status" -eq 75 ]
    assert "with one line" [ "$(grep -c '^plait: stopped: ' "$WORK/err")" -eq 1 ]
    local before
    before=$(lines s)
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat $((before + 1)) --warmup 0 "${law[@]}" -- 1
    assert "it continues" [ "$(lines s)" -eq $((before + 1)) ]
}

part_full_disk() {
    [ "$(id -u)" -eq 0 ] || { echo 'SKIPPED: needs to mount'; exit 77; }
    mkdir "$SANDBOX/disk"
    mount -t tmpfs -o size=64k none "$SANDBOX/disk" 2>/dev/null || { echo 'SKIPPED: cannot mount'; exit 77; }
    run_ranks 1 "$PLAIT" study run --out disk/s --ranks 1 --repeat 1000 --warmup 0 "${law[@]}" -- 1
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line says so" [ "$(grep -c '^plait: cannot append to .*No space left on device: the samples so far are kept$' "$WORK/err")" -eq 1 ]
    assert "every line is whole" [ "$(value disk/s 'len(samples) > 3')" = True ]
    umount "$SANDBOX/disk"
}

part_refusals() {
    : >"$FAKE_RUNS"
    printf 'one slots=2\n# none\ntwo:1\n' >"$SANDBOX/hosts"
    expect_error '--out is missing' 2 -- "$PLAIT" study run -- pi
    expect_error 'nothing to run' 2 -- "$PLAIT" study run --out s
    expect_error "'strnog' is unknown.*did you mean 'strong'" 2 -- "$PLAIT" study run --out s --mode strnog -- pi
    expect_error "'pie' is no subcommand with --json, did you mean pi" 2 -- "$PLAIT" study run --out s -- pie
    expect_error "'logs' is no subcommand with --json" 2 -- "$PLAIT" study run --out s -- logs
    expect_error "unknown option '--drats'" 2 -- "$PLAIT" study run --out s -- pi --drats 4
    expect_error '--threads after the subcommand' 2 -- "$PLAIT" study run --out s -- pi --threads 4
    expect_error 'pi has no option --drats' 2 -- "$PLAIT" study run --out s --set drats=1 -- pi
    expect_error 'unknown placeholder .cpus.' 2 -- "$PLAIT" study run --out s --launcher 'srun -n {cpus}' -- pi
    expect_error 'the brace does not end' 2 -- "$PLAIT" study run --out s "${law[@]}" -- '{ranks'
    expect_error 'a quote . does not end' 2 -- "$PLAIT" study run --out s --launcher "srun 'a" -- pi
    expect_error 'placeholder .a.' 2 -- "$PLAIT" study run --out s --set a=1 "${law[@]}" -- 1
    expect_error 'is not NAME=VALUE' 2 -- "$PLAIT" study run --out s --set a "${law[@]}" -- '{a}'
    expect_error 'has an empty value' 2 -- "$PLAIT" study run --out s --set a=1, "${law[@]}" -- '{a}'
    expect_error "'a' is given twice" 2 -- "$PLAIT" study run --out s --set a=1 --set a=2 "${law[@]}" -- '{a}'
    expect_error 'cannot be walked through together' 2 -- "$PLAIT" study run --out s --zip --set a=1 --set b=1,2 "${law[@]}" -- '{a}{b}'
    expect_error 'has an empty item' 2 -- "$PLAIT" study run --out s --ranks 1,,2 -- pi
    expect_error '0 is out of range' 2 -- "$PLAIT" study run --out s --ranks 0 -- pi
    expect_error 'has nothing in it' 2 -- "$PLAIT" study run --out s --ranks 4..2 -- pi
    expect_error 'is no part of the median' 2 -- "$PLAIT" study run --out s --ci 0% -- pi
    expect_error '--max-repeat is below --repeat' 2 -- "$PLAIT" study run --out s --ci 1% --max-repeat 3 -- pi
    expect_error '4 ranks do not fit into the 3 slots' 2 -- "$PLAIT" study run --out s --hostfile hosts --ranks 1,4 -- pi
    expect_error 'cannot read .nohosts' 2 -- "$PLAIT" study run --out s --hostfile nohosts -- pi
    expect_error '--grow is for --mode weak' 2 -- "$PLAIT" study run --out s --grow darts -- pi
    expect_error 'ring has no option that grows' 2 -- "$PLAIT" study run --out s --mode weak -- ring
    expect_error 'name it by --grow' 2 -- "$PLAIT" study run --out s --mode weak "${law[@]}" -- 1
    expect_error 'cannot be run' 2 -- "$PLAIT" study run --out s --program ./missing
    expect_error 'cannot be started' 2 -- "$PLAIT" study run --out s --launcher 'no-such-launcher {ranks}' -- pi
    expect_error 'has no study in it' 2 -- "$PLAIT" study status nothing
    expect_error 'study: give one of compare, .*run' 2 -- "$PLAIT" study
    expect_error "study: 'rnu' is unknown, did you mean run" 2 -- "$PLAIT" study rnu
    assert "nothing was run" [ ! -s "$FAKE_RUNS" ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 1 "${law[@]}" -- 1
    expect_error "'s' is of another study, with another command" 2 -- "$PLAIT" study run --out s --ranks 1 "${law[@]}" -- 2
    expect_error "'s' is of another study, with another --timer" 2 -- "$PLAIT" study run --out s --ranks 1 --launcher none --timer launch --program "$fake" -- 1
    echo '{}' >"$SANDBOX/s/study.json"
    expect_error 'is not of a study of this version' 2 -- "$PLAIT" study status s
}

# Real launches by MPI: two ranks.
part_mpi() {
    expect_ok 1 -- "$PLAIT" study run --out p --ranks 1,2 --repeat 2 --warmup 0 --launcher "$MPIEXEC -n {ranks}" -- pi --darts 4^6
    assert "pi is right on all" [ "$(value p '[len(measured), {s["outcome"] for s in measured}, len({s["answer"] for s in measured})]')" = "[4, {'ok'}, 1]" ]
    expect_ok 1 -- "$PLAIT" study run --out m --ranks 1,2 --threads 1,2 --repeat 1 --warmup 0 --timer compute --launcher "$MPIEXEC -n {ranks}" -- mandelbrot --size 60x40 --out null
    assert "mandelbrot is right on all" [ "$(value m '[len(measured), {s["outcome"] for s in measured}, len({s["answer"] for s in measured})]')" = "[4, {'ok'}, 1]" ]
    assert "its time is the one asked for" [ "$(value m 'all(s["seconds"] == s["timing"]["compute_seconds"] for s in measured)')" = True ]
    assert "where it ran is kept" [ "$(value m 'all(s["environment"]["path"] and s["environment"]["hosts"] for s in measured)')" = True ]
    if is_open_mpi && [ "$MPIEXEC" != mpiexec.mpich ]; then
        expect_ok 1 -- "$PLAIT" study run --out d --ranks 1,2 --repeat 1 --warmup 0 -- pi --darts 4^5
        assert "the default launcher does" [ "$(value d '{s["outcome"] for s in measured}')" = "{'ok'}" ]
    fi
    expect_ok 1 -- "$PLAIT" study run --out t --mode throughput --ranks 1,2 --repeat 1 --warmup 0 -- pi --darts 4^5
    assert "copies have reports of their own" [ "$(find "$SANDBOX/t/output" -name '*.json' | wc -l)" -eq 3 ]
}

"part_$1" "${@:2}"
finish
