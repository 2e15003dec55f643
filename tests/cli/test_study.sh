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
    # Values of any length.
    local long
    long=$(printf '%05000d' 7)
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --set "n=$long" --dry-run --launcher none --program echo -- '{n}'
    assert "a value is as long as it is" grep -qx "OMP_NUM_THREADS=1 echo $long" "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 2 --threads 3 --dry-run --launcher 'srun -N {nodes} -n {ranks} -c {threads} "a b"' --program true
    assert "the launcher is a template" grep -q "^OMP_NUM_THREADS=3 srun -N [0-9]* -n 2 -c 3 'a b' true\$" "$WORK/out"
    # A Slurm allocation says how many ranks and cores there are.
    expect_ok 1 -- env SLURM_NTASKS=6 SLURM_CPUS_PER_TASK=4 SLURM_CPUS_ON_NODE=8 "$PLAIT" study run --out s --ranks 3..max --threads 4 --dry-run --launcher 'srun -N {nodes} -n {ranks}' --program true
    assert "max and nodes are those of the allocation" [ "$(sed 's/.*srun //' "$WORK/out" | paste -sd ';')" = '-N 2 -n 3 true;-N 2 -n 4 true;-N 3 -n 5 true;-N 3 -n 6 true' ]
    # salloc's shell need not be on a node: the nodes are those of the job, and no more.
    local job=(env -u SLURM_CPUS_ON_NODE SLURM_JOB_ID=7 SLURM_NTASKS=6 SLURM_CPUS_PER_TASK=2 SLURM_JOB_NUM_NODES=3 'SLURM_JOB_CPUS_PER_NODE=4(x2),64')
    expect_ok 1 -- "${job[@]}" "$PLAIT" study run --out s --ranks 1,2,4,6 --threads 2 --dry-run --launcher 'srun -N {nodes}' --program true
    assert "as few nodes as have the cores" [ "$(sed 's/.*srun //' "$WORK/out" | paste -sd ';')" = '-N 1 true;-N 1 true;-N 2 true;-N 3 true' ]
    expect_ok 1 -- "${job[@]}" "$PLAIT" study run --out s --ranks 6 --threads 2 --cores-per-node 3 --dry-run --launcher 'srun -N {nodes}' --program true
    assert "no more than the job has" grep -q ' srun -N 3 true$' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1,2,8,9 --threads 2 --cores-per-node 8 --dry-run --launcher 'srun -N {nodes}' --program true
    assert "cores of a node are as said" [ "$(sed 's/.*srun //' "$WORK/out" | paste -sd ';')" = '-N 1 true;-N 1 true;-N 2 true;-N 3 true' ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --threads 20 --cores-per-node 8 --dry-run --launcher 'srun -N {nodes}' --program true
    assert "a rank is on one node, whatever its threads" grep -q ' srun -N 1 true$' "$WORK/out"
    # Inside a batch job: its mpirun, or srun where there is none; and only what fits.
    mkdir -p "$SANDBOX/bin"
    printf '#!/bin/sh\nexit 0\n' >"$SANDBOX/bin/srun"
    chmod +x "$SANDBOX/bin/srun"
    job=(env SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_CPUS_PER_TASK=2 SLURM_CPUS_ON_NODE=4)
    expect_ok 1 -- "${job[@]}" PATH="$SANDBOX/bin" "$PLAIT" study run --out s --in-allocation --ranks 1..max*2 --threads 2 --dry-run --program /bin/true
    assert "srun where there is no mpirun" [ "$(sed 's/.*srun //' "$WORK/out" | paste -sd ';')" = '-N 1 -n 1 -c 2 /bin/true;-N 1 -n 2 -c 2 /bin/true;-N 2 -n 4 -c 2 /bin/true' ]
    cp "$SANDBOX/bin/srun" "$SANDBOX/bin/mpirun"
    expect_ok 1 -- "${job[@]}" PATH="$SANDBOX/bin" "$PLAIT" study run --out s --in-allocation --ranks 4 --dry-run --program /bin/true
    assert "else mpirun" grep -qx 'OMP_NUM_THREADS=1 mpirun -n 4 /bin/true' "$WORK/out"
    expect_ok 1 -- env LSB_JOBID=7 LSB_DJOB_NUMPROC=3 PATH="$SANDBOX/bin" "$PLAIT" study run --out s --in-allocation --ranks max --dry-run --program /bin/true
    assert "other batch systems say how many, too" grep -qx 'OMP_NUM_THREADS=1 mpirun -n 3 /bin/true' "$WORK/out"
    # Hostfiles as Open MPI and MPICH have them.
    printf 'a max_slots=8 slots = 2 # slots=9\n\n# c slots=5\nslots:1\nfe80::1\n' >"$SANDBOX/hosts"
    expect_ok 1 -- "$PLAIT" study run --out s --hostfile hosts --ranks max --dry-run --launcher 'mpirun {ranks}' --program true
    assert "slots are counted" grep -qx 'OMP_NUM_THREADS=1 mpirun 4 true' "$WORK/out"
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
    expect_ok 1 -- "$PLAIT" study run --out other --ranks 1,2,4 --repeat 7 --warmup 2 --order-seed 7 "${law[@]}" -- '{ranks}'
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
    # A copy that is silent spoils its sample, whatever the other ones print.
    expect_ok 1 -- "$PLAIT" study run --out copies --mode throughput --ranks 2 --repeat 1 --warmup 0 --timer work --program sh -- -c '[ {copy} = 0 ] || echo "# csv,work,ok,1"'
    assert "no time of one copy is a failure" [ "$(value copies 'measured[0]["outcome"], measured[0]["complaint"]')" = "('failed', \"it has printed no '# csv,' line of the timer\")" ]
    assert "the line says why, and where to look" grep -q "^1/1 ranks=2 threads=1: failed.*: it has printed no .*, see copies/output/000000\.\*" "$WORK/out"
    # The answer of a program: a line that it must print, and the part that must stay the same.
    check=(--ranks 1 --repeat 3 --warmup 0 --launcher none)
    expect_ok 1 -- "$PLAIT" study run --out answer "${check[@]}" --set 'pi=3.14159,3.2' --check-output '^pi is (3\.14)[0-9]*$' --program echo -- 'pi is {pi}'
    assert "what does not match is wrong" [ "$(value answer '{(s["parameters"]["pi"], s["outcome"], s["answer"]) for s in measured} == {("3.14159", "ok", "3.14"), ("3.2", "wrong", None)}')" = True ]
    assert "which is said" grep -q 'pi=3.2: wrong: no line of its output matches --check-output, see answer/output/' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out drift "${check[@]}" --check-output 'sum ([0-9]+)' --program sh -- -c 'echo >>drift.n; echo sum $(wc -l <drift.n | tr 3 2)'
    assert "what differs is wrong, as soon as it is known what is right" [ "$(value drift '[s["outcome"] for s in measured]')" = "['ok', 'wrong', 'ok']" ]
    assert "whichever came first" grep -q '^# 1 sample is wrong: number 0: .* --redo failed of study run measures just these again$' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study status drift
    assert "status knows" grep -qE '^ranks=1 threads=1 +3 +[0-2] +[0-2] +1 ' "$WORK/out"
    for format in csv jsonl; do
        expect_ok 1 -- "$PLAIT" study export "$format" drift --out "drift.$format"
    done
    assert "and exports" "$python" - "$SANDBOX/drift.csv" "$SANDBOX/drift.jsonl" <<'PYTHON'
import csv, json, sys
for samples in csv.DictReader(open(sys.argv[1], newline="")), map(json.loads, open(sys.argv[2])):
    assert [s["outcome"] for s in samples] == ["wrong", "ok", "ok"], samples
PYTHON
    # Only the odd one is measured again. A tie has no right side: none counts, and both are named.
    expect_ok 1 -- "$PLAIT" study run --out drift "${check[@]}" --redo failed --check-output 'sum ([0-9]+)' --program sh -- -c 'echo >>drift.n; echo sum $(wc -l <drift.n | tr 3 2)'
    assert "just that one runs again" [ "$(value drift '[s.get("replaces") for s in samples]')" = '[None, None, None, 0]' ]
    expect_ok 1 -- "$PLAIT" study run --out tie --ranks 1,2 --repeat 2 --warmup 0 --launcher none --check-output 'sum ([0-9]+)' --program echo -- 'sum {ranks}'
    assert "a tie has no right side" grep -q '^# 4 samples are wrong: number 0, 1, 2, 3: .* none of them by more than half, so none counts' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study run --out tie --ranks 1,2,4 --repeat 2 --warmup 0 --launcher none --check-output 'sum ([0-9]+)' --program echo -- 'sum {ranks}'
    sed -i 's/"answer":"4"/"answer":"1"/' "$SANDBOX/tie/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study status tie
    assert "more samples decide it" grep -q '^# 2 samples are wrong: number' "$WORK/out"
    # A warm-up has no vote; and what is measured again has none either, so that another answer of all may come.
    expect_ok 1 -- "$PLAIT" study run --out warm --ranks 1 --repeat 2 --warmup 3 --launcher none --check-output 'sum ([0-9]+)' --program sh -- -c 'echo >>warm.n; echo sum $(($(wc -l <warm.n) > 3))'
    assert "warm-ups have no vote" [ "$(value warm '[s["outcome"] for s in measured]')" = "['ok', 'ok']" ]
    expect_ok 1 -- "$PLAIT" study run --out all --ranks 1 --repeat 3 --warmup 0 --launcher none --check-output 'sum ([0-9]+)' --program sh -- -c 'echo >>all.n; echo sum $(($(wc -l <all.n) > 3))'
    expect_ok 1 -- "$PLAIT" study run --out all --ranks 1 --repeat 3 --warmup 0 --redo all --launcher none --check-output 'sum ([0-9]+)' --program sh -- -c 'echo >>all.n; echo sum $(($(wc -l <all.n) > 3))'
    assert "nor have those that are measured again" [ "$(value all '[(s["outcome"], s["answer"]) for s in measured]')" = "[('ok', '0'), ('ok', '0'), ('ok', '0'), ('ok', '1'), ('ok', '1'), ('ok', '1')]" ]
    # What OpenMP does to the study's own process is none of the launch's business.
    expect_ok 1 -- env OMP_PROC_BIND=true "$PLAIT" study run --out free --ranks 1 --repeat 1 --warmup 0 --launcher none --program grep -- Cpus_allowed_list: /proc/self/status
    assert "a launch may use the CPUs that the study was started with" cmp -s "$SANDBOX/free/output/000000.out" <(grep Cpus_allowed_list: /proc/self/status)
    # One that ignores SIGTERM, with a child: both are gone.
    : >"$FAKE_PIDS"
    expect_ok 1 -- "$PLAIT" study run --out hang --ranks 1 --repeat 1 --warmup 0 --timeout 0.5 --kill-after 0.2 "${law[@]}" -- 1 0.1 0 10 hang
    assert "the time-out is recorded" [ "$(value hang 'measured[0]["outcome"]')" = timeout ]
    assert "nothing of it is left" no_process_of "$FAKE_PIDS"
    # Disturbed ones are measured again by --redo noisy, all by --redo all; the old ones stay.
    expect_ok 1 -- "$PLAIT" study run --out noisy --ranks 1 --repeat 3 --warmup 0 "${law[@]}" -- 1
    sed -i 's/"disturbed":\[[^]]*\]/"disturbed":[]/; 2s/"disturbed":\[\]/"disturbed":["clock"]/' "$SANDBOX/noisy/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study run --out noisy --ranks 1 --repeat 3 --warmup 0 --redo noisy "${law[@]}" -- 1
    assert "the disturbed one is measured again" [ "$(value noisy '[s.get("replaces") for s in samples]')" = '[None, None, None, 1]' ]
    expect_ok 1 -- "$PLAIT" study run --out noisy --ranks 1 --repeat 3 --warmup 0 --redo all "${law[@]}" -- 1
    assert "all are" [ "$(value noisy 'sorted(s["replaces"] for s in samples[4:])')" = '[0, 2, 3]' ]
    expect_ok 1 -- "$PLAIT" study status noisy
    assert "and three count" grep -q '^# 1 point, 3 samples' "$WORK/out"
    # Answers that are no text of a known encoding are compared, too.
    expect_ok 1 -- "$PLAIT" study run --out latin "${check[@]}" --check-output 'sum (.*)' --program sh -- -c 'echo >>latin.n; printf "sum \\377%d\n" "$(wc -l <latin.n | tr 3 2)"'
    assert "as any other" [ "$(value latin '[s["outcome"] for s in measured]')" = "['ok', 'wrong', 'ok']" ]
    # A number that is damage does not count.
    expect_ok 1 -- "$PLAIT" study run --out number --ranks 1 --repeat 1 --warmup 0 "${law[@]}" -- 1
    sed -i 's/"sample":0/"sample":9223372036854775807/' "$SANDBOX/number/samples.jsonl"
    run_ranks 1 "$PLAIT" study run --out number --ranks 1 --repeat 1 --warmup 0 "${law[@]}" -- 1
    assert "the next sample has a number that can be read" [ "$status:$(sed -n '2s/,.*//p' "$SANDBOX/number/samples.jsonl")" = '0:{"sample":0' ]
    assert "which is said" grep -q 'samples.jsonl:1: has a number beyond 10^12' "$WORK/err"
    # Answers that differ.
    expect_ok 1 -- "$PLAIT" study run --out pi --ranks 1 --repeat 2 --warmup 0 --launcher none -- pi --darts 64 --runs 2
    sed -i 's/hits fnv1a [0-9a-f]*/hits fnv1a 0000000000000000/' "$SANDBOX/pi/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study run --out pi --ranks 1 --repeat 3 --warmup 0 --launcher none -- pi --darts 64 --runs 2
    assert "a wrong answer is recorded" [ "$(value pi 'measured[2]["outcome"]')" = wrong ]
    # Where the first ones were wrong, --redo all ends that.
    for which in all failed; do
        expect_ok 1 -- "$PLAIT" study run --out pi --ranks 1 --repeat 3 --warmup 0 --redo "$which" --launcher none -- pi --darts 64 --runs 2
    done
    expect_ok 1 -- "$PLAIT" study status pi
    assert "all are right" grep -q ' 3 samples, 0 missing .* 0 failed' "$WORK/out"
    seq 40 | awk '{ print $1 "," $1 * 7 % 13 }' >"$SANDBOX/points.csv"
    for k in 3 2:4; do
        rm -rf "$SANDBOX/clusters"
        expect_ok 1 -- "$PLAIT" study run --out clusters --ranks 1 --repeat 2 --warmup 0 --launcher none -- kmeans points.csv --k "$k"
        assert "clusters are an answer" [ "$(value clusters '[(s["outcome"], s["answer"] is not None) for s in measured]')" = "[('ok', True), ('ok', True)]" ]
        sed -i 's/"answer":"[^"]*"/"answer":"labels fnv1a 0"/' "$SANDBOX/clusters/samples.jsonl"
        expect_ok 1 -- "$PLAIT" study run --out clusters --ranks 1 --repeat 3 --warmup 0 --launcher none -- kmeans points.csv --k "$k"
        assert "which is compared" [ "$(value clusters 'measured[2]["outcome"]')" = wrong ]
    done
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
    local tries=20 early=0 command pid
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
        [ "$(cat "$SANDBOX/s/samples.jsonl" 2>/dev/null | wc -l)" -ge 8 ] || early=$((early + 1))
        if ((i % 4 == 0)) && [ -s "$SANDBOX/s/samples.jsonl" ]; then
            truncate -s -7 "$SANDBOX/s/samples.jsonl" # as a crash of the machine leaves it
        fi
        expect_ok 1 -- "${command[@]}"
        assert "complete, and no sample twice" [ "$(value s '(sorted(s["ranks"] for s in measured if s["outcome"] == "ok") + sorted(s["ranks"] for s in measured if s["outcome"] == "failed"), [s["sample"] for s in samples] == list(range(len(samples))), len(measured))[1:]')" = '(True, 6)' ]
        assert "nothing is left running" no_process_of "$FAKE_PIDS"
    done
    assert "studies were killed before their end: $early of $tries" [ "$early" -ge 5 ]
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
    expect_ok 1 -- "$PLAIT" study status s
    assert "and can be read again" grep -q '^# 2 points, 6 samples, 0 missing.*; 1 line cannot be read$' "$WORK/out"
    # The number on a line that cannot be read is not used again, nor are the outputs of its launch overwritten.
    new_sandbox
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 2 --warmup 0 "${law[@]}" -- 1
    sed -i '2s/"phase"/phase/' "$SANDBOX/s/samples.jsonl"
    echo kept >"$SANDBOX/s/output/000001.out"
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 2 --warmup 0 "${law[@]}" -- 1
    assert "the number is passed over" grep -q '^{"sample":2,' <(sed -n 3p "$SANDBOX/s/samples.jsonl")
    assert "the output is kept" [ "$(cat "$SANDBOX/s/output/000001.out")" = kept ]
    sed -i '3s/"outcome":"ok"/"outcome":"??"/; s/^{"sample":2,/{"sample":7,/' "$SANDBOX/s/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 2 --warmup 0 "${law[@]}" -- 1
    assert "also of one that is no sample" grep -q '^{"sample":8,' <(sed -n 4p "$SANDBOX/s/samples.jsonl")
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
    expect_error "'pie' is no subcommand with --json \(did you mean pi\?\)" 2 -- "$PLAIT" study run --out s -- pie
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
    expect_error "'0' is out of range" 2 -- "$PLAIT" study run --out s --ranks 0 -- pi
    expect_error 'has nothing in it' 2 -- "$PLAIT" study run --out s --ranks 4..2 -- pi
    expect_error 'is no part of the median' 2 -- "$PLAIT" study run --out s --ci 0% -- pi
    expect_error '--max-repeat: 3 is below the 6 of --repeat' 2 -- "$PLAIT" study run --out s --ci 1% --max-repeat 3 -- pi
    # Found at once, not after going through them.
    local crossed=() placeholders=
    for k in {1..40}; do
        crossed+=(--set "p$k=1,2")
        placeholders+="{p$k}"
    done
    expect_error 'more than 100000 points: give fewer' 2 -- "$PLAIT" study run --out s --ranks 1 "${crossed[@]}" "${law[@]}" -- "$placeholders"
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --dry-run --zip "${crossed[@]}" "${law[@]}" -- "$placeholders"
    expect_error '4 ranks do not fit into the 3 slots' 2 -- "$PLAIT" study run --out s --hostfile hosts --ranks 1,4 -- pi
    printf 'one slots=two\n' >"$SANDBOX/badhosts"
    expect_error "'badhosts', line 1: the slots are no number" 2 -- "$PLAIT" study run --out s --hostfile badhosts --ranks 1 -- pi
    expect_error 'this is no batch job' 2 -- env -u SLURM_JOB_ID -u PBS_JOBID -u LSB_JOBID -u PE_HOSTFILE "$PLAIT" study run --out s --in-allocation -- pi
    expect_error 'does not say in SLURM_NTASKS' 2 -- env -u SLURM_NTASKS SLURM_JOB_ID=7 "$PLAIT" study run --out s --in-allocation -- pi
    expect_error '3 ranks of 1 threads do not fit into the 2 tasks' 2 -- env SLURM_JOB_ID=7 SLURM_NTASKS=2 "$PLAIT" study run --out s --in-allocation --ranks 2,3 -- pi
    expect_error '2 ranks of 3 threads do not fit into the 2 tasks and 4 cores' 2 -- env SLURM_JOB_ID=7 SLURM_NTASKS=2 SLURM_CPUS_PER_TASK=2 "$PLAIT" study run --out s --in-allocation --ranks 2 --threads 3 -- pi
    expect_error "--cores-per-node: '0' is below 1" 2 -- "$PLAIT" study run --out s --cores-per-node 0 -- pi
    expect_error '--hostfile and --in-allocation' 2 -- "$PLAIT" study run --out s --in-allocation --hostfile hosts -- pi
    expect_error '--in-allocation: copies of --mode throughput' 2 -- "$PLAIT" study run --out s --in-allocation --mode throughput -- pi
    expect_error '--check-output is for --program' 2 -- "$PLAIT" study run --out s --check-output a -- pi
    expect_error "'[(]' is no extended regular expression" 2 -- "$PLAIT" study run --out s --check-output '(' --program true
    expect_error '--launcher none starts one rank: --ranks has 2' 2 -- "$PLAIT" study run --out s --launcher none --ranks 1,2 -- pi
    expect_error 'cannot read .nohosts' 2 -- "$PLAIT" study run --out s --hostfile nohosts -- pi
    expect_error '--grow is for --mode weak' 2 -- "$PLAIT" study run --out s --grow darts -- pi
    expect_error 'ring has no option that grows' 2 -- "$PLAIT" study run --out s --mode weak -- ring
    expect_error 'name it by --grow' 2 -- "$PLAIT" study run --out s --mode weak "${law[@]}" -- 1
    expect_error "--set n: 'a' is nothing that can grow" 2 -- "$PLAIT" study run --out s --mode weak --grow n --set n=a "${law[@]}" -- '{n}'
    expect_error '--set: the study gives --json' 2 -- "$PLAIT" study run --out s --set json=a -- pi
    expect_error '--launcher: copies of --mode throughput' 2 -- "$PLAIT" study run --out s --mode throughput --launcher 'srun -n {ranks}' -- pi
    expect_error 'cannot be run' 2 -- "$PLAIT" study run --out s --program ./missing
    expect_error "'./' is a directory: name a file in it" 2 -- "$PLAIT" study run --out s --program ./
    expect_error 'cannot be started' 2 -- "$PLAIT" study run --out s --launcher 'no-such-launcher {ranks}' -- pi
    expect_error 'has no study in it' 2 -- "$PLAIT" study status nothing
    expect_error 'study: give one of compare, .*run' 2 -- "$PLAIT" study
    expect_error "study: 'rnu' is unknown \(did you mean run\?\)" 2 -- "$PLAIT" study rnu
    expect_error '--set is not UTF-8' 2 -- "$PLAIT" study run --out s --set "$(printf 'a=\xff')" "${law[@]}" -- '{a}'
    expect_error 'a word of the command is not UTF-8' 2 -- "$PLAIT" study run --out s "${law[@]}" -- "$(printf '\xff')"
    assert "nothing was run" [ ! -s "$FAKE_RUNS" ]
    expect_ok 1 -- "$PLAIT" study run --out s --ranks 1 --repeat 1 "${law[@]}" -- 1
    expect_error "'s' is of another study: the command there is .*fake_kernel.sh 1, here .*fake_kernel.sh 2: choose" 2 -- "$PLAIT" study run --out s --ranks 1 "${law[@]}" -- 2
    expect_error "'s' is of another study: --timer is 'work' there and 'launch' here" 2 -- "$PLAIT" study run --out s --ranks 1 --launcher none --timer launch --program "$fake" -- 1
    expect_error "--check-output is not given there and 'a' here" 2 -- "$PLAIT" study run --out s --ranks 1 --check-output a "${law[@]}" -- 1
    expect_error "the command there is .* 1, here .* 1 2: choose" 2 -- "$PLAIT" study run --out s --ranks 1 "${law[@]}" -- 1 2
    sed -i '/"command": \[/,/\]/c "command": [],' "$SANDBOX/s/study.json"
    expect_error "'s/study.json' has no command" 2 -- "$PLAIT" study status s
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
    assert "each node is described, with what happened there" [ "$(value m 'all([n["ranks"], n["threads"], len(n["binding"]), n["host"] != "", n["before"]["load"] >= 0, n["own_seconds"] > 0] == [s["ranks"], s["ranks"] * s["threads"], s["ranks"], True, True, True] for s in measured for n in s["environment"]["nodes"])')" = True ]
    assert "speeds of the ranks are kept" [ "$(value m '{(s["speeds"]["unit"], len(s["speeds"]["per_second"]) == s["ranks"]) for s in measured}')" = "{('pixels', True)}" ]
    assert "a limit only where it is one" [ "$(value p '{"limit" in s for s in measured if s["environment"]["path"] != "scalar"} <= {True} and True')$(value m '{"limit" in s for s in measured}')" = "True{False}" ]
    assert "where it ran is kept" [ "$(value m 'all(s["environment"]["path"] and s["environment"]["hosts"] for s in measured)')" = True ]
    if is_open_mpi && [ "$MPIEXEC" != mpiexec.mpich ]; then
        expect_ok 1 -- "$PLAIT" study run --out d --ranks 1,2 --repeat 1 --warmup 0 -- pi --darts 4^5
        assert "the default launcher does" [ "$(value d '{s["outcome"] for s in measured}')" = "{'ok'}" ]
    fi
    # A launcher that starts another number of ranks, as that of another MPI does.
    expect_ok 1 -- "$PLAIT" study run --out w --ranks 1,2 --repeat 1 --warmup 0 --launcher "$MPIEXEC -n 1" -- pi --darts 4^5
    assert "too few ranks are a failure" [ "$(value w '{s["ranks"]: (s["outcome"], (s["complaint"] or "").split(":")[0]) for s in measured} == {1: ("ok", ""), 2: ("failed", "it ran on another number of ranks")}')" = True ]
    expect_ok 1 -- "$PLAIT" study run --out t --mode throughput --ranks 1,2 --repeat 1 --warmup 0 -- pi --darts 4^5
    assert "copies have reports of their own" [ "$(find "$SANDBOX/t/output" -name '*.json' | wc -l)" -eq 3 ]
}

# A Slurm of three nodes on this machine, and a study in its jobs. Without Slurm's daemons, or where they do not
# start, this part is skipped.
part_slurm() {
    RANKS_LIST=1
    local tool slurm=$WORK/slurm port=$((20000 + $$ % 20000)) host
    for tool in slurmctld slurmd srun salloc sinfo; do
        command -v "$tool" >/dev/null || { echo "SKIPPED: no $tool"; exit 77; }
    done
    [ "$(id -u)" -eq 0 ] || { echo 'SKIPPED: slurmd wants to be root'; exit 77; }
    host=$(hostname -s)
    mkdir -p "$slurm/state"
    echo 'CgroupAutomount=no' >"$slurm/cgroup.conf"
    cat >"$slurm/slurm.conf" <<END
ClusterName=study
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/none
CredType=cred/none
MpiDefault=pmix
MpiParams=ports=$((port + 10))-$((port + 60))
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/%n.spool
TmpFS=$slurm/%n.tmp
SlurmctldPidFile=$slurm/ctld.pid
SlurmdPidFile=$slurm/%n.pid
SlurmctldLogFile=$slurm/ctld.log
SlurmdLogFile=$slurm/%n.log
NodeName=n[1-3] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 3))] CPUs=4 CoresPerSocket=4 RealMemory=100 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP
END
    export SLURM_CONF=$slurm/slurm.conf
    trap 'for pid in "$WORK"/slurm/*.pid; do [ ! -s "$pid" ] || kill "$(cat "$pid")" || true; done; sleep 1; rm -rf "$WORK"' EXIT
    slurmctld -c >"$WORK/out" 2>&1 || true
    for ((k = 1; k <= 3; k++)); do
        mkdir "$slurm/n$k.spool" "$slurm/n$k.tmp"
        slurmd -N "n$k" >>"$WORK/out" 2>&1 || true
    done
    for ((k = 0; k < 200; k++)); do [ "$(sinfo -h -t idle -o %D 2>/dev/null || true)" != 3 ] || break; sleep 0.1; done
    [ "$k" -lt 200 ] || { echo "SKIPPED: Slurm does not start: $(tail -n 1 "$slurm/ctld.log")"; exit 77; }
    # These nodes share their memory, of which Open MPI knows nothing.
    export OMPI_MCA_btl=tcp,self
    local template='srun -N {nodes} -n {ranks} -c {threads}'
    expect_ok 1 -- salloc -Q -N 3 -n 6 -c 2 "$PLAIT" study run --out in --in-allocation --ranks 1..max*2 --threads 2 --repeat 1 --warmup 0 --launcher "$template" -- pi --darts 4^6
    assert "points are started on as few nodes as they need" [ "$(value in 'sorted(s["command"][2] for s in measured)')" = "['1', '1', '2']" ]
    if is_open_mpi && srun --mpi=list 2>&1 | grep -q pmix; then
        assert "and are right" [ "$(value in '{s["outcome"] for s in measured}')" = "{'ok'}" ]
        assert "each node has its record" [ "$(value in 'all(sum(n["ranks"] for n in s["environment"]["nodes"]) == s["ranks"] for s in measured)')" = True ]
    fi
    expect_error '8 ranks of 2 threads do not fit into the 6 tasks and 12 cores of the batch job' 2 -- salloc -Q -N 3 -n 6 -c 2 "$PLAIT" study run --out no --in-allocation --ranks 8 --threads 2 --launcher "$template" -- pi
    # Without an allocation each point is a job; its ranks are no descendants of the study.
    expect_ok 1 -- "$PLAIT" study run --out jobs --ranks 1,3 --cores-per-node 1 --repeat 1 --warmup 0 --launcher "$template" --program sh -- -c 'echo $SLURM_JOB_NUM_NODES nodes'
    assert "cores of a node say how many nodes" [ "$(cat "$SANDBOX"/jobs/output/*.out | sort | uniq -c | tr -s ' \n' ' ')" = ' 1 1 nodes 3 3 nodes ' ]
    assert "the load of this node is none of theirs" [ "$(value jobs '[(s["disturbed"], s["environment"]["others"]) for s in measured] == [([], None)] * 2')" = True ]
}

# -- what is made of the samples ----------------------------------------------------------------------------

made() {
    "$python" "$here/make_study.py" "$SANDBOX/$1" "${@:2}"
}
# The report as Markdown, without the escapes.
report() {
    expect_ok 1 -- "$PLAIT" study report "$@"
    sed 's/\\//g' "$SANDBOX/$1/report/report.md" >"$WORK/report"
}
says() {
    grep -qE -e "$1" "$WORK/report"
}
says_not() {
    ! grep -qE -e "$1" "$WORK/report"
}
# The row of the table of times for that many ranks and threads, without parameters.
row() {
    grep -m 1 -E "^\| $1 \| $2 \|" "$WORK/report"
}
# rule NUMBER yes|no REGEX
rule() {
    assert "rule $1 is $2, since $3" grep -qE "^\| $1 \| [^|]* \| $2 \| [^|]*$3" "$WORK/report"
}

part_report() {
    command -v gnuplot >/dev/null || exit 77
    made s
    report s
    assert "what was found comes first" says 'from 10[.0-9]* s at 1 rank of 1 thread to 2\.1[0-9]* s at 8 ranks of 1 thread, that is 4\.[67][0-9]* times as fast \(95 % interval 4\.[0-9]* to 4\.[0-9]*\), an efficiency of 0\.5[89]'
    assert "and the largest good run" says 'the largest run with an efficiency of at least 0.75 is 4 ranks of 1 thread \(0\.7[67]'
    assert "the base's absolute time stands next to the speed-up" grep -qE '^\| 8 \| 1 \| 8 \| 8 \| 0 \| 2\.1[0-9]* \| [^|]* \| [^|]* \| 10[.0-9]* \| 4\.[0-9]* \|' "$WORK/report"
    assert "Karp and Flatt find the serial share" [ "$(row 8 1 | awk -F '|' '{ k = $(NF - 1); print (k > 0.09 && k < 0.11) }')" = 1 ]
    assert "so does Amdahl" [ "$(grep -m 1 '^| Amdahl .* serial share' "$WORK/report" | awk -F '|' '{ v = $6; split($7, i, " to "); print (v > 0.09 && v < 0.11 && i[1] < v && v < i[2]) }')" = 1 ]
    assert "a law has its range" says '^\| Amdahl \| 1 \| 1 to 8 \|'
    for k in 1 2 3 4 5 6 7 8 9 10 11 12; do rule "$k" yes .; done
    for figure in time speedup efficiency; do
        for ending in gp svg png pdf; do assert "$figure.$ending is there" [ -s "$SANDBOX/s/report/$figure.$ending" ]; done
    done
    assert "the page has its figures in it" [ "$(grep -c '<img src="data:image/svg+xml;base64,' "$SANDBOX/s/report/report.html")" -eq 3 ]
    assert "with words for those who do not see them" [ "$(grep -c '<img[^>]* alt="[A-Z]' "$SANDBOX/s/report/report.html")" -eq 3 ]
    assert "and data behind each" [ "$(grep -c '<details>' "$SANDBOX/s/report/report.html")" -eq 3 ]
    assert "no script, nothing from elsewhere" [ "$(grep -ciE '<script|https?://|src="[^d]|href=' "$SANDBOX/s/report/report.html")" -eq 0 ]
    assert "the page is whole" "$python" - "$SANDBOX/s/report/report.html" <<'PYTHON'
import html.parser, sys
class Check(html.parser.HTMLParser):
    open, void = [], {"meta", "img", "br", "link"}
    def handle_starttag(self, tag, attributes):
        if tag not in self.void: self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
check = Check()
check.feed(open(sys.argv[1], encoding="utf-8").read())
assert not check.open
PYTHON
    # The same samples, the same report.
    cp "$SANDBOX/s/report/report.html" "$WORK/first.html"
    report s
    assert "a report repeats" cmp -s "$WORK/first.html" "$SANDBOX/s/report/report.html"
    # Warm-ups and replaced samples are not among those that ran somewhere.
    made warm cores=1,2
    sed -i '1,2s/"phase": "measure"/"phase": "warmup"/; $s/"phase"/"replaces": 3, "phase"/' "$SANDBOX/warm/samples.jsonl"
    report warm
    assert "builds and settings are of the same samples" [ "$(awk -F ' [|] ' '/^[|] (plait 0.1.0|a) [|]/ { print $NF }' "$WORK/report" | paste -sd ' ')" = '13 | 13 |' ]
    # Weak scaling and throughput, ranks and threads, parameters.
    made weak mode=weak serial=0.05
    report weak
    assert "weak scaling is scaled" says 'with 7\.[5-8][0-9]* times the work per second'
    assert "Gustafson finds the share" [ "$(grep -m 1 '^| Gustafson .* serial share' "$WORK/report" | awk -F '|' '{ split($7, i, " to "); print (i[1] < 0.05 && 0.05 < i[2]) }')" = 1 ]
    assert "Amdahl's law is not for growing work" says_not '^\| Amdahl'
    made hybrid cores=1,2 threads=1,2,4
    report hybrid
    assert "the heat map is there" [ -s "$SANDBOX/hybrid/report/heat.svg" ]
    made named cores=1,2 threads=1,2 names=x,y
    local long
    long=$(printf '%0200d' 7)
    report named --title "Title $long"
    assert "a heat map of one of several names it" says 'ranks and threads per rank, of name=x: where the cores are used best. The data has the other'
    if command -v pdftotext >/dev/null; then
        assert "a word longer than a line is whole in the PDF" [ "$(pdftotext "$SANDBOX/named/report/report.pdf" - | tr -d ' \n' | grep -c "Title$long")" -eq 1 ]
    fi
    report hybrid
    assert "factors stand apart" says '^\| threads \| 1 to 4 threads, 2 ranks'
    assert "those of ranks too" says '^\| ranks \| 1 to 2 ranks, 4 threads each'
    # Upper bounds: a second rank of half the speed, a third of a quarter; and what the units allow.
    made uneven cores=1,2,3 speeds=2,1,0.5 limit=0.25
    report uneven
    assert "the capacity is that of different ranks" says '^\| 2 \| 1 \| 2 \| 1\.5 \| 1\.8[0-9]* \| 12[0-9]\.[0-9] % \| 1\.3[0-9]* \| 5\.[45][0-9]* \| 25\.0 % \|'
    assert "a part above 100 % is explained" says 'A part of the capacity above 100 % is no error'
    assert "which the first words say" says '^- The study: at their own speeds the ranks there could do 1\.75 times the work of the base.s per second, and their computing reaches 25 % of what the arithmetic units allow'
    assert "however many" says '^\| 3 \| 1 \| 3 \| 1\.75 \|'
    assert "both are drawn" [ "$(grep -lE "title 'capacity of the ranks'|title 'limit: least computing time'" "$SANDBOX"/uneven/report/*.gp | wc -l)" -eq 2 ]
    assert "and named below the figures" says 'Thin and dashed in the colour of its points: the limit, the least time'
    rule 11 yes 'next to the capacity of the ranks at their own speeds and to what the arithmetic units allow'
    made idle cores=1,2 speeds=2,1
    sed -i 's/\[2.0, 1.0\]/[2.0, null]/' "$SANDBOX/idle/samples.jsonl"
    report idle
    assert "nobody knows the speed of a rank without work" says '^\| 2 \| 1 \| 2 \| - \| 1\.8'
    report s
    assert "what is not known is said" says 'How fast each rank was is not known here.* What the arithmetic units allow is not known here'
    assert "and not drawn" [ "$(grep -lE "title 'capacity of the ranks'|title 'limit: least computing time'" "$SANDBOX"/s/report/*.gp | wc -l)" -eq 0 ]
    # A number, and what stands for one, is at the right; so is the head of its column.
    assert "columns of numbers are at the right" [ "$(grep -c '<td class="n">base</td>' "$SANDBOX/s/report/report.html")" -ge 1 ]
    made letter cores=1,2 hosts=to
    report letter
    assert "a word of letters of numbers is not" [ "$(grep -c 'class="n"[^>]*>to<' "$SANDBOX/letter/report/report.html" || true)" -eq 0 ]
    # How the answer was verified is said.
    sed -i 's/"grow": null/"grow": null, "check_output": "pi (3.14)"/' "$SANDBOX/letter/study.json"
    report letter
    assert "what was checked is said" says "a line that it printed matches 'pi .3.14.'"
    # Tags in a name are text.
    made odd cores=1,2 names='<b>&'
    report odd
    assert "HTML is escaped" grep -qF 'name=&lt;b&gt;&amp;' "$SANDBOX/odd/report/report.html"
    # Names and values of parameters are text for gnuplot, no commands and no markup.
    made words names=$'`touch ran`,x\nsystem "touch ran",a_b'
    report words
    assert "no command is run" [ -z "$(find "$SANDBOX" -name ran)" ]
    assert "nor a row of a table broken" says '^\| name=x system "touch ran" \| 1 \| 1 \| 1 \| 8 \|'
    assert "and nothing is an index" grep -q 'name=a_b' "$SANDBOX/words/report/time.svg"
    # Without gnuplot: tables, data and scripts, and a warning.
    made plain
    expect_ok 1 -- env PATH=/nowhere "$PLAIT" study report plain
    assert "its absence is said" grep -q 'warning: figures are missing: install gnuplot' "$WORK/err"
    assert "the table is there" [ -s "$SANDBOX/plain/report/report.html" ]
    assert "and the data" [ -s "$SANDBOX/plain/report/points.csv" ]
    # A gnuplot that fails: the same files, and its cause is the error.
    mkdir "$WORK/failing"
    printf '#!/bin/sh\necho "line 1: no terminal" >&2\nexit 1\n' >"$WORK/failing/gnuplot"
    chmod +x "$WORK/failing/gnuplot"
    made broken
    run_ranks 1 env PATH="$WORK/failing:$PATH" "$PLAIT" study report broken
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "the cause is said" has_line "could not draw the figures in 'broken/report': line 1: no terminal: after a fix"
    assert "the table is there" [ -s "$SANDBOX/broken/report/report.html" ]
}

# One case for each rule that a study can break, and what the report refuses.
part_rules() {
    made nobase cores=1,2,4 failed=8 # no sample is right
    report nobase
    rule 1 no 'no speed-up is shown'
    rule 2 no '3 of 3 points have no sample .* 24 failed'
    rule 11 no .
    assert "no speed-up is shown" says_not 'speed-up \|.*efficiency' 
    assert "nothing is said" says 'no sample counts, so nothing can be said'
    made late cores=2,4
    report late
    rule 1 yes 'more than one core, so the speed-up is not that over one core'
    assert "Karp and Flatt need one core" says_not 'Karp-Flatt'
    made unreadable
    echo 'no sample' >>"$SANDBOX/unreadable/samples.jsonl"
    report unreadable
    rule 2 no '; 1 line of the journal cannot be read'
    made failures failed=1
    report failures
    rule 2 no '4 failed'
    rule 3 yes 'no mean is taken'
    rule 4 yes 'ratios of two medians'
    made few samples=5
    report few
    rule 5 no 'fewer are shown without'
    rule 7 no 'may be chance'
    assert "no interval from fewer than 6" [ "$(row 4 1 | grep -o ' to ' | wc -l)" -eq 1 ] # fastest to slowest
    assert "in the words on a speed-up, too" says 'times as fast \(no interval: fewer than 6 samples\), an efficiency'
    assert "and words say so" says 'have fewer than 6 samples that count, so no interval'
    # A bend that no law follows.
    made bend
    "$python" - "$SANDBOX/bend/samples.jsonl" <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
for line in lines:
    line["seconds"] *= 1.5 if line["ranks"] == 4 else 1
open(sys.argv[1], "w").write("".join(json.dumps(line) + "\n" for line in lines))
PYTHON
    report bend
    rule 6 yes 'say so where points lie off the law'
    assert "a law that misses is said to" says '^Amdahl misses the points by up to [0-9.]* %'
    assert "and has no interval" [ "$(grep -m 1 '^| Amdahl .* serial share' "$WORK/report" | grep -o ' to ' | wc -l)" -eq 1 ] # of cores
    report few
    rule 8 yes 'fastest and the slowest'
    made dark governor=
    report dark
    rule 9 no 'governor of the clock cannot be read'
    made moved hosts=a,b
    report moved
    rule 9 no 'samples of one point come from different settings'
    assert "each setting is listed" [ "$(grep -cE '^\| [ab] \| S\(1, 1, 4, 2\) \|' "$WORK/report")" -eq 2 ]
    made built commits=a,b
    report built
    rule 9 no 'the samples are of several builds'
    assert "each build is listed" [ "$(grep -cE '^\| plait 0\.1\.0 \| (a{12}|b{12}) \| gcc 12\.2\.0 \| -O3 \| cairo hwloc \| scalar avx2 \| 16 \|$' "$WORK/report")" -eq 2 ]
    assert "and said" says 'The samples are of several builds'
    made own program=yes timer=work
    report own
    rule 10 no 'only its author can say'
    made kinds cores=4 names=red,green,blue
    report kinds
    rule 12 yes 'categories: their points are not connected'
    assert "no line between categories" [ "$(grep -c linespoints "$SANDBOX/kinds/report/time.gp" || true)" -eq 0 ]
    assert "no speed-up over cores" [ ! -e "$SANDBOX/kinds/report/speedup.gp" ]
    assert "no law either" says 'No law is fitted'
    # Disturbed samples are kept out unless asked for.
    made noisy disturbed=3
    report noisy
    assert "disturbed ones are left out" says '^\| 4 \| 1 \| 4 \| 5 \| 3 \|'
    report noisy --disturbed
    assert "unless asked for" says '^\| 4 \| 1 \| 4 \| 8 \| 0 \|'
    assert "which is said" says 'counted, as asked for'
    made all disturbed=8
    report all
    assert "of disturbed ones alone nothing is concluded" says 'How sure: not at all'
}

part_compare() {
    made a
    made b seed=2 seconds=11
    made c seed=3
    run_ranks 1 "$PLAIT" study compare a b
    assert "slower is status 1, not $status" [ "$status" -eq 1 ]
    assert "each point has its verdict" [ "$(grep -c 'slower$' "$WORK/out")" -eq 4 ]
    assert "the ratio and its interval are right" [ "$(awk -F '\t' '/^ranks=1/ { split($6, i, " to "); print ($5 > 1.08 && $5 < 1.12 && i[1] < 1.1 && 1.1 < i[2] && $7 < 0.001 && $8 > 0.99) }' "$WORK/out")" = 1 ]
    expect_ok 1 -- "$PLAIT" study compare a b --threshold 20%
    expect_ok 1 -- "$PLAIT" study compare b a
    assert "faster is no failure" [ "$(grep -c 'faster$' "$WORK/out")" -eq 4 ]
    expect_ok 1 -- "$PLAIT" study compare a c
    assert "noise is not shown to be a difference" [ "$(grep -c 'not shown$' "$WORK/out")" -ge 3 ]
    expect_ok 1 -- "$PLAIT" study compare a b c --threshold 20%
    assert "three have a test of all" [ "$(grep -c 'they differ (Kruskal and Wallis)$' "$WORK/out")" -eq 4 ]
    made few samples=5 seconds=20
    expect_ok 1 -- "$PLAIT" study compare a few
    assert "few samples show nothing" [ "$(grep -c 'not shown: fewer than 6 samples$' "$WORK/out")" -eq 4 ]
    made load samples=8 disturbed=8
    run_ranks 1 "$PLAIT" study compare a load
    assert "disturbed samples do not count" grep -q 'no samples that count in load$' "$WORK/out"
    assert "what could not be compared is no success, $status" [ "$status" -eq 1 ]
    assert "and says so" has_line 'nothing could be compared: .*--disturbed'
    expect_ok 1 -- "$PLAIT" study compare a load --disturbed
    # Parameters may be named in any order, and differ after any number of characters.
    local long
    long=$(printf '%0600d' 1)
    for pair in one:x=1,2:y="${long}1" two:y="${long}1":x=1,2 three:y="${long}2":x=1,2; do
        IFS=: read -r name first second <<<"$pair"
        expect_ok 1 -- "$PLAIT" study run --out "$name" --ranks 1 --repeat 1 --warmup 0 --set "$first" --set "$second" "${law[@]}" -- 1 '0.{x}' 0 '{y}'
    done
    expect_ok 1 -- "$PLAIT" study compare one two --disturbed
    assert "points are the same whatever the order of their parameters" [ "$(grep -c '^ranks=1' "$WORK/out")" -eq 2 ]
    expect_error 'no point in common' 2 -- "$PLAIT" study compare one three
    made other timer=compute
    expect_error 'their times are of different things' 2 -- "$PLAIT" study compare a other
    made apart cores=16
    expect_error 'no point in common' 2 -- "$PLAIT" study compare a apart
    expect_error 'give two studies or more' 2 -- "$PLAIT" study compare a
    expect_error "--threshold: 'x' is no part" 2 -- "$PLAIT" study compare a b --threshold x
}

part_export() {
    made s names='red,one "two"' disturbed=1 failed=1 governor=
    expect_ok 1 -- "$PLAIT" study export csv s --out s.csv
    expect_ok 1 -- "$PLAIT" study export json s --out s.json
    expect_ok 1 -- "$PLAIT" study export jsonl s --out s.jsonl
    assert "jsonl is the journal" "$python" -c 'import json,sys; a,b=[[json.loads(l) for l in open(f)] for f in sys.argv[1:]]; assert a==b' "$SANDBOX/s.jsonl" "$SANDBOX/s/samples.jsonl"
    assert "csv and json say the same" "$python" - "$SANDBOX/s.csv" "$SANDBOX/s.json" <<'PYTHON'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
samples = json.load(open(sys.argv[2]))
assert len(rows) == len(samples) == 8 * 8
for row, sample in zip(rows, samples):
    assert None not in row and row["parameter.name"] == sample["parameters"]["name"]
    assert (float(row["seconds"]) if row["seconds"] else None) == sample["seconds"]
    assert row["outcome"] == sample["outcome"] and row["host"] == "a" and row["governor"] == ""
PYTHON
    expect_ok 1 -- "$PLAIT" study export stopwatch s --out log
    expect_ok 1 -- "$PLAIT" logs merge log
    assert "logs merge reads the report's lines" [ "$(wc -l <"$WORK/out")" -eq $((1 + 8 * 6)) ]
    expect_ok 1 -- "$PLAIT" study export extrap s --out extrap.jsonl
    assert "Extra-P's lines" "$python" -c 'import json,sys; l=[json.loads(x) for x in open(sys.argv[1])]; assert len(l)==48 and all(x["metric"]=="time" and x["params"]["ranks"]>0 and x["value"]>0 for x in l)' "$SANDBOX/extrap.jsonl"
    # Lines that cannot be read are left out, wherever they stand, whatever number they say.
    made bad samples=2 cores=1,2
    sed -i '1s/"seconds": [0-9.]*/"seconds": null/; 2s/"sample": 1/"sample": 1e400/; 3s/"ranks": 1/"ranks": 99999999999999999999/' "$SANDBOX/bad/samples.jsonl"
    sed -n '4s/"sample": 3/"sample": 0/p' "$SANDBOX/bad/samples.jsonl" >>"$SANDBOX/bad/samples.jsonl"
    for format in csv json jsonl stopwatch extrap; do
        run_ranks 1 "$PLAIT" study export "$format" bad --out "bad.$format"
        assert "what can be read is exported as $format" [ "$status:$(grep -c '^export: 2 samples' "$WORK/out")" = 0:1 ]
        assert "what cannot is named" [ "$(grep -c 'bad/samples.jsonl:[123]: .* it is left alone' "$WORK/err")" -eq 3 ]
    done
    assert "each with its own line" [ "$(sed 's/.*"sample":\([0-9]*\).*"seconds":\([0-9]*\).*/\1 \2/' "$SANDBOX/bad.jsonl" | cut -d ' ' -f 1 | paste -sd ' ')" = '3 0' ]
    expect_error "'xml' is unknown" 2 -- "$PLAIT" study export xml s
    expect_error 'has no study in it' 2 -- "$PLAIT" study export csv .
}

part_merge() {
    made a seed=1 cores=1,2
    made b seed=2 cores=2,4 start=5
    expect_ok 1 -- "$PLAIT" study merge a b a --out m
    assert "each sample once" grep -qxF 'merge: 32 samples of 3 studies, 16 repeated -> m' "$WORK/out"
    assert "with a number of its own, and where it is from" [ "$(value m 'len({s["sample"] for s in samples}) == 32 and len({s["merged_from"] for s in samples}) == 32')" = True ]
    expect_ok 1 -- "$PLAIT" study status m
    assert "points are those of both" grep -q '^# 3 points, 32 samples' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study merge m a --out again
    assert "also when merged again" grep -qxF 'merge: 32 samples of 2 studies, 16 repeated -> again' "$WORK/out"
    # Copies of a study that were continued apart, as on two machines, have other samples of the same number.
    made first samples=4 cores=1
    cp -r "$SANDBOX/first" "$SANDBOX/second"
    sed -i '$s/"started": "[^"]*"/"started": "2026-01-02T03:04:05Z"/' "$SANDBOX/second/samples.jsonl"
    assert "one sample is another" [ "$(diff "$SANDBOX/first/samples.jsonl" "$SANDBOX/second/samples.jsonl" | grep -c '^>')" -eq 1 ]
    expect_ok 1 -- "$PLAIT" study merge first second --out apart
    assert "and none of them is left out" grep -qxF 'merge: 5 samples of 2 studies, 3 repeated -> apart' "$WORK/out"
    expect_ok 1 -- "$PLAIT" study merge second apart first --out apart2
    assert "nor taken twice" grep -qxF 'merge: 5 samples of 3 studies, 8 repeated -> apart2' "$WORK/out"
    # A sample that was measured again after its study was merged replaces the one that came before.
    made redone samples=2 cores=1
    expect_ok 1 -- "$PLAIT" study merge b redone --out before
    sed -n '$p' "$SANDBOX/redone/samples.jsonl" | sed 's/"sample": 1,/"sample": 2, "replaces": 1,/' >>"$SANDBOX/redone/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study merge before redone --out after
    assert "the old number is that of the merged study" [ "$(value after '[s["replaces"] == t["sample"] for s in samples for t in samples if "replaces" in s and t["merged_from"].endswith("1/1")]')" = '[True]' ]
    expect_ok 1 -- "$PLAIT" study status after
    assert "and does not count" grep -q '^# 3 points, 18 samples' "$WORK/out"
    # Whole or not at all: one that is killed while it writes (it waits for the second reading of a pipe) leaves no
    # study, and the next one to the same place takes its rests away.
    local merge
    made piped seed=3 cores=1,2
    mv "$SANDBOX/piped/samples.jsonl" "$SANDBOX/kept"
    mkfifo "$SANDBOX/piped/samples.jsonl"
    # The pipe comes first, so that nothing is written while it waits.
    last_command='plait study merge piped a --out whole, killed'
    (cd "$SANDBOX" && exec "$PLAIT" study merge piped a --out whole) >"$WORK/out" 2>"$WORK/err" &
    merge=$!
    cat "$SANDBOX/kept" >"$SANDBOX/piped/samples.jsonl"
    for ((k = 0; k < 1200; k++)); do
        [ ! -e "$SANDBOX/.plait-merge-whole/samples.jsonl" ] || break
        sleep 0.05
    done
    assert "it is made next to its place" [ -e "$SANDBOX/.plait-merge-whole/samples.jsonl" ]
    assert "nothing stands in its place while it is made" [ ! -e "$SANDBOX/whole" ]
    expect_error "is in use by another study, process $merge" 2 -- "$PLAIT" study merge a --out whole
    kill -KILL "$merge"
    wait "$merge" 2>/dev/null || true
    assert "killed, it leaves no study" [ ! -e "$SANDBOX/whole" ]
    rm "$SANDBOX/piped/samples.jsonl"
    mv "$SANDBOX/kept" "$SANDBOX/piped/samples.jsonl"
    mkdir "$SANDBOX/whole" # an empty directory may be there
    expect_ok 1 -- "$PLAIT" study merge a piped --out whole/
    assert "the next one is whole" [ "$(lines whole)" -eq 32 ]
    assert "and nothing else is left" [ ! -e "$SANDBOX/.plait-merge-whole" ]
    # Lines that are no samples are no part of it.
    sed -i '1s/"sample": 0/"sample": 9223372036854775807/; 2s/"seconds": [0-9.]*/"seconds": 1e999/' "$SANDBOX/piped/samples.jsonl"
    run_ranks 1 "$PLAIT" study merge a piped --out rest
    assert "unreadable lines are left out" [ "$status:$(lines rest)" = 0:30 ]
    assert "and named" [ "$(grep -c 'piped/samples.jsonl:[12]: .* it is left alone' "$WORK/err")" -eq 2 ]
    touch "$SANDBOX/file" "$SANDBOX/after/mine"
    rm "$SANDBOX/after/study.json"
    for place in file after . a/..; do
        expect_error "'$place' is there and no empty directory" 2 -- "$PLAIT" study merge a b --out "$place"
    done
    expect_error "cannot make the directory 'no/where'" 2 -- "$PLAIT" study merge a b --out no/where
    made other timer=compute
    expect_error "are of different studies: --timer is 'total' there and 'compute' here" 2 -- "$PLAIT" study merge a other --out n
    expect_error 'has a study already' 2 -- "$PLAIT" study merge a b --out m
    expect_error '--out is missing' 2 -- "$PLAIT" study merge a b
}

# fnv1a FILE: its FNV-1a 64.
fnv1a() {
    python3 -c 'import functools, sys
print("%016x" % functools.reduce(lambda h, b: (h ^ b) * 0x100000001B3 % 2**64, open(sys.argv[1], "rb").read(), 0xCBF29CE484222325))' "$1"
}

# Which build a sample ran stands in it, and samples of different ones are noticed: of plait, and of a program that was
# built again, or its script edited.
part_builds() {
    expect_ok 1 -- "$PLAIT" study run --out own --ranks 1 --repeat 1 --warmup 0 --launcher none -- pi --darts 64
    expect_ok 1 -- "$PLAIT" pi --darts 64 --json pi.json
    check_report pi.json
    assert "a sample has the build of the report" [ "$(value own "[s['environment']['build'] for s in measured] == [json.load(open('$SANDBOX/pi.json'))['build']]")" = True ]
    printf '#!/bin/sh\necho one\n' >"$SANDBOX/work"
    chmod +x "$SANDBOX/work"
    local program=(--ranks 1 --warmup 0 --launcher none --program)
    expect_ok 1 -- "$PLAIT" study run --out p --repeat 2 "${program[@]}" ./work
    assert "the same program is one build" [ "$(grep -c build "$WORK/out" || true)" -eq 0 ]
    printf '#!/bin/sh\necho two\n' >"$SANDBOX/work"
    expect_ok 1 -- "$PLAIT" study run --out p --repeat 3 "${program[@]}" ./work
    assert "another one is marked" grep -q '^1/1 ranks=1 threads=1: .* \[another build\]$' "$WORK/out"
    assert "and listed" [ "$(grep -cE '^#   [12] samples?: work fnv1a [0-9a-f]{16}$' "$WORK/out")" -eq 2 ]
    expect_ok 1 -- "$PLAIT" study status p
    assert "by status, too" grep -q '^# the samples are of 2 builds' "$WORK/out"
    report p --disturbed
    assert "and by the report" says 'The samples are of several builds'
    expect_ok 1 -- "$PLAIT" study export csv p
    assert "and in the export" [ "$(grep -oE ',work fnv1a [0-9a-f]{16},' "$WORK/out" | sort -u | wc -l)" -eq 2 ]
    # Redone, the odd ones have no say.
    expect_ok 1 -- "$PLAIT" study run --out p --repeat 3 --redo all "${program[@]}" ./work
    expect_ok 1 -- "$PLAIT" study status p
    assert "measured again, all are of one" [ "$(grep -c builds "$WORK/out" || true)" -eq 0 ]
    printf '#!/bin/sh\necho "# more" >>"$0"\n' >"$SANDBOX/self"
    chmod +x "$SANDBOX/self"
    local launched
    launched=$(fnv1a "$SANDBOX/self")
    expect_ok 1 -- "$PLAIT" study run --out each --repeat 3 "${program[@]}" ./self
    assert "each launch is looked at" grep -q '^# the samples are of 3 builds' "$WORK/out"
    assert "before what it ran has changed" \
        [ "$(value each "measured[0]['environment']['build']['files'][0]['fnv1a']")" = "$launched" ]
    echo 'echo one' >"$SANDBOX/script"
    expect_ok 1 -- "$PLAIT" study run --out i --repeat 1 "${program[@]}" sh -- script
    echo 'echo two' >"$SANDBOX/script"
    expect_ok 1 -- "$PLAIT" study run --out i --repeat 2 "${program[@]}" sh -- script
    assert "a script is part of what runs" grep -qE '^#   1 sample: sh fnv1a [0-9a-f]{16}, script fnv1a [0-9a-f]{16}$' "$WORK/out"
    # Also of an interpreter that is named by its path, and has options of its own.
    ln -s "$(command -v sh)" "$SANDBOX/sh"
    expect_ok 1 -- "$PLAIT" study run --out o --repeat 1 "${program[@]}" ./sh -- -e -u script
    assert "of an interpreter by its path, too" [ "$(value o "[f['name'] for f in samples[0]['environment']['build']['files']]")" = "['sh', 'script']" ]
    expect_ok 1 -- "$PLAIT" study run --out f --repeat 1 "${program[@]}" ./work -- script
    assert "what another program reads is no script" [ "$(value f "[f['name'] for f in samples[0]['environment']['build']['files']]")" = "['work']" ]
    made a commits=a
    made b commits=b
    run_ranks 1 "$PLAIT" study compare a b --threshold 100%
    assert "a comparison names the builds" [ "$(grep -cE '^# [ab]: plait 0.1.0, commit (a{12}|b{12}), gcc 12.2.0' "$WORK/out")" -eq 2 ]
}

# The report's programs, and its times next to ours.
part_preset() {
    expect_ok 1 -- "$PLAIT" study run --preset report --out p --ranks 1,2 --dry-run --launcher none
    assert "three programs run" [ "$(grep -oE ' (pi|mandelbrot|julia) ' "$WORK/out" | sort | uniq -c | tr -s ' \n' ' ')" = ' 6 julia 2 mandelbrot 2 pi ' ]
    assert "a dry run makes nothing" [ ! -e "$SANDBOX/p" ]
    mkdir "$SANDBOX/p"
    made p/pi cores=1,2,9 seconds=2
    made p/mandelbrot cores=1,2
    made p/julia cores=1,2 names=640x480,1280x960
    expect_ok 1 -- "$PLAIT" study report --preset report p
    sed 's/\\//g' "$SANDBOX/p/report/report.md" >"$WORK/report"
    assert "its times stand next to ours" says '^\| sweep 4\^5\.\.4\^14 x 64 \| 1 \| (2|1\.9[0-9]*|2\.0[0-9]*) \| [^|]* \| 1075.68 \| 810.525 \|'
    assert "what only we have, too" says '^\| sweep 4\^5\.\.4\^14 x 64 \| 9 \| [0-9.]* \| [^|]* \| - \| - \|'
    assert "what only it has, too" says '^\| 1920x1440 \| 20 \| - \| - \| 8.042 \|'
    assert "no ratio is given" says 'so no ratio is given'
    expect_error 'leave out the subcommand' 2 -- "$PLAIT" study run --preset report --out q -- pi
    expect_error "--preset: 'x' is unknown" 2 -- "$PLAIT" study run --preset x --out q
    expect_error '--out is missing' 2 -- "$PLAIT" study run --preset report
    expect_error "'q/pi' has no study in it" 2 -- "$PLAIT" study report --preset report q
    expect_error '--title is not for --preset' 2 -- "$PLAIT" study report --preset report p --title x
}

# The skeletons of docs/lesson.md: forty lines at most, and they print what a study reads.
part_lesson() {
    local lesson=$here/../../docs/lesson.md compiler=mpicc
    sed -n '/^```c$/,/^```$/p' "$lesson" | sed '1d;$d' >"$SANDBOX/work.c"
    sed -n '/^```python$/,/^```$/p' "$lesson" | sed '1d;$d' >"$SANDBOX/work.py"
    assert "forty lines of C" [ "$(wc -l <"$SANDBOX/work.c")" -le 40 ] && [ -s "$SANDBOX/work.c" ]
    assert "forty lines of Python" [ "$(wc -l <"$SANDBOX/work.py")" -le 40 ] && [ -s "$SANDBOX/work.py" ]
    if [[ $MPIEXEC == *mpich* ]]; then compiler=mpicc.mpich; fi
    command -v "$compiler" >/dev/null || exit 77
    last_command="$compiler work.c"
    (cd "$SANDBOX" && "$compiler" -O2 -Wall -o work work.c -lm) >"$WORK/out" 2>"$WORK/err"
    assert "the C compiles without a word" [ ! -s "$WORK/err" ]
    expect_ok 1 -- "$PLAIT" study run --out c --ranks 1,2 --repeat 2 --warmup 0 --timer work --set n=1000 --launcher "$MPIEXEC -n {ranks}" --program ./work -- '{n}'
    assert "a study reads its time" [ "$(value c 'all(s["outcome"] == "ok" for s in measured) and len(measured)')" -eq 4 ]
    assert "and it is right" grep -q '^pi is about 3.14159' "$SANDBOX"/c/output/000000.out
    # Without mpi4py a stand-in of one rank.
    mkdir "$SANDBOX/mpi4py"
    printf 'import time\n\nclass World:\n    rank, size = 0, 1\n    def Barrier(self): pass\n    def reduce(self, value, op, root): return value\n\nclass MPI:\n    COMM_WORLD, SUM, MAX, Wtime = World(), None, None, time.monotonic\n' >"$SANDBOX/mpi4py/__init__.py"
    expect_ok 1 -- "$PLAIT" study run --out py --ranks 1 --repeat 2 --warmup 0 --timer work --set n=1000 --launcher none --program "$python" -- work.py '{n}'
    assert "the Python does as well" [ "$(value py 'all(s["outcome"] == "ok" for s in measured) and len(measured)')" -eq 2 ]
    # The commands of lesson and page are ones that plait takes.
    local command job
    echo 'red slots=4' >"$SANDBOX/hosts"
    while IFS= read -r command; do
        case $command in *' study run '*) ;; *) continue ;; esac
        case $command in *' --in-allocation '*) job='env SLURM_JOB_ID=1 SLURM_NTASKS=64' ;; *) job= ;; esac
        eval "expect_ok 1 -- $job $(printf '%s' "$command" | sed "s,plait,\"\$PLAIT\",; s,study run ,study run --dry-run ,; s,--program ./[a-z0-9]*,--program ./work,")"
    done < <(sed -n 's/^    \(plait study run .*\)/\1/p' "$lesson" "$here/../../docs/study.md" | sed 's/ *#.*//')
}

# The page in a browser, at the width of a phone and of a screen: pictures shown, nothing wider than the page, no
# message on the console. For --long: wants chromium.
part_page() {
    command -v chromium >/dev/null && command -v gnuplot >/dev/null || exit 77
    local width
    made s cores=1,2,4 threads=1,2 names=red,green
    report s
    for width in 360 1100; do
        cat >"$SANDBOX/frame.html" <<END
<!DOCTYPE html><html><body><iframe src="s/report/report.html" width="$width" height="800"></iframe><pre>nothing</pre>
<script>
document.querySelector('iframe').onload = function () {
  const page = this.contentDocument, shown = [...page.images].filter(i => i.naturalWidth > 0).length;
  document.querySelector('pre').textContent =
    (page.documentElement.scrollWidth <= $width ? 'fits' : 'too wide') + ', ' + shown + ' of ' + page.images.length;
};
</script></body></html>
END
        last_command="chromium, $width pixels"
        chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=20000 \
            --enable-logging=stderr --dump-dom "file://$SANDBOX/frame.html" >"$WORK/out" 2>"$WORK/err" || true
        assert "the page fits, with its pictures" grep -q '<pre>fits, 4 of 4</pre>' "$WORK/out"
        assert "the console is silent" [ "$(grep -c CONSOLE "$WORK/err" || true)" -eq 0 ]
    done
}

# Extra-P reads the export, and finds a model. For --long: EXTRAP is its command.
part_extrap() {
    [ -n "${EXTRAP:-}" ] || exit 77
    made s cores=1,2,4,8,16 serial=0 noise=0.001
    expect_ok 1 -- "$PLAIT" study export extrap s --out s.jsonl
    last_command="$EXTRAP --json s.jsonl"
    (cd "$SANDBOX" && "$EXTRAP" --json s.jsonl) >"$WORK/out" 2>"$WORK/err" || true
    assert "it reads all points" [ "$(grep -c 'Measurement point' "$WORK/out")" -eq 5 ]
    assert "and finds a model" grep -q 'Model: .*ranks' "$WORK/out"
}

part_amdahl() {
    local ranks
    for ranks in 1 2; do
        expect_ok "$ranks" -- "$PLAIT" amdahl --serial 20% --work 0.1 --threads 2 --json a.json --csv
        check_report a.json
        assert "the law is said" grep -q "^amdahl: 0.1 s of work, 20 % of it serial, on $((2 * ranks)) cores: .* the law says" "$WORK/out"
        assert "both parts are timed" [ "$(grep -cE '^# csv,(serial|parallel),ok,' "$WORK/out")" -eq 2 ]
        # CPU time is a lower bound of the wall clock, whatever else runs.
        assert "the work is done" "$python" -c 'import json,sys; r=json.load(open(sys.argv[1]))["result"]; assert r["serial_seconds"] >= 0.02 and r["parallel_seconds"] >= 0.08 / r["cores"]' "$SANDBOX/a.json"
    done
    RANKS_LIST=1
    new_sandbox
    expect_error "--serial: '120%' is not between 0% and 100%" 2 -- "$PLAIT" amdahl --serial 120%
    expect_error "--serial: 'x' is not a finite number" 2 -- "$PLAIT" amdahl --serial x
    expect_error '--work: .*0' 2 -- "$PLAIT" amdahl --work 0
}

"part_$1" "${@:2}"
finish
