#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --energy and --watts: joules of the work and work per joule, with the counters of made-up machines (tests/mpi/
# check_hooks.c), on several nodes, in a study; what cannot be read is said. The counters themselves are in
# unit/test_energy.c.
#     test_energy.sh PART
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
: "${HOOKED_PLAIT:?names the plait of the tests}"

says() {
    grep -qE -- "$1" "$WORK/out"
}
warns() {
    lines_of_plait | grep -qE -- "^plait: warning: $1"
}
# holds FILE EXPRESSION: of the report's energy e, its work w and the report r.
holds() {
    "$python" -c "
import json, math
r = json.load(open('$SANDBOX/$1')); e = r['energy']; w = e['work']
near = lambda a, b: math.isclose(a, b, rel_tol=1e-9)
assert $2, e"
}
no_energy() {
    "$python" -c "import json; assert 'energy' not in json.load(open('$SANDBOX/$1'))"
}

# put RANK MICROJOULES END: the counter of a machine, at the beginning and at the end.
put() {
    local zone=$WORK/machines/$1/sys/class/powercap/intel-rapl:0
    mkdir -p "$zone"
    echo package-0 >"$zone/name"
    echo 65532610987 >"$zone/max_energy_range_uj"
    echo "$2" >"$zone/energy_uj"
    echo "$3" >"$WORK/machines/$1/end"
}

part_assumed() {
    local ranks
    for ranks in 1 3; do
        new_sandbox
        expect_ok "$ranks" -- "$PLAIT" pi --sweep 4^5:4^7 --runs 8 --threads 1 --watts 12.5 --json e.json
        assert "a comment among the columns" says '^# energy: [^ ]+ J in [^ ]+ s, assumed: 12.5 W per node, 1 node, [^ ]+ darts/J$'
        assert "power times time" holds e.json "near(e['joules'], 12.5 * e['seconds']) and e['nodes'] == 1"
        assert "its darts" holds e.json "w[0]['count'] == 8 * (4**5 + 4**6 + 4**7) and near(w[0]['per_joule'], w[0]['count'] / e['joules'])"
        assert "it is said to be assumed" holds e.json "e['source'] == 'watts' and e['reason'] is None"
        check_report e.json
        expect_ok "$ranks" -- "$PLAIT" julia --size 40x30 --threads 1 --out null --watts 3 --energy --json e.json
        assert "steps and pixels" says '^energy: .* orbit steps/J, [^ ]+ pixels/J$'
        assert "as counted" holds e.json "w[0]['count'] == r['result']['steps'] and w[1]['count'] == 1200"
        check_report e.json
        expect_ok "$ranks" -- "$PLAIT" kmeans "$here/../golden/kmeans_points.csv" --k 3 --threads 1 --watts 3 --json e.json
        assert "points times iterations" holds e.json "w[0]['count'] == r['result']['points'] * r['result']['iterations']"
        check_report e.json
        expect_ok "$ranks" -- "$PLAIT" amdahl --work 0.01 --threads 1 --watts 3 --json e.json
        assert "CPU time" holds e.json "w[0]['count'] == 0.01 and w[0]['unit'] == 'CPU seconds'"
        check_report e.json
    done
    expect_ok 1 -- "$PLAIT" mandelbrot --size 40x30 --samples 2 --out null --watts 3 --json e.json
    assert "points of samples are what is computed" holds e.json "w[1]['count'] == 4800"
    expect_ok 1 -- "$PLAIT" mandelbrot --size 40x30 --out null --json e.json
    assert "nobody asked" no_energy e.json
    assert "and nothing is said" [ "$(grep -c energy "$WORK/out")" -eq 0 ]
    for watts in 0 nan ''; do
        expect_error "--watts" 2 -- "$PLAIT" pi --watts="$watts"
    done
    expect_error "unknown option '--watts'" 2 -- "$PLAIT" hello --watts 3
}

part_counters() {
    local ranks
    for ranks in 1 3; do
        rm -rf "$WORK/machines"
        put 0 65000000000 1000000000
        expect_ok "$ranks" -- env CHECK_HOOK="energy $WORK/machines" "$HOOKED_PLAIT" pi --sweep 4^5:4^5 --runs 64 --threads 1 --energy --json e.json
        assert "the counter has begun again" says '^# energy: 1533 J in .* W, the processors of 1 node, 42.76 darts/J$'
        assert "to the microjoule" holds e.json "near(e['joules'], 1532.610987) and e['source'] == 'counters' and w[0]['count'] == 65536"
        assert "without a warning" [ "$(lines_of_plait | grep -c energy)" -eq 0 ]
        check_report e.json
    done
    # No counters at all.
    rm -rf "$WORK/machines"
    for ranks in 1 3; do
        expect_ok "$ranks" -- env CHECK_HOOK="energy $WORK/machines" "$HOOKED_PLAIT" amdahl --work 0.01 --threads 1 --energy --json e.json
        assert "it is said before the work" warns 'energy is not readable on host [^ ]+: it has no counters: give --watts'
        assert "and with the results" says '^energy: not readable on host [^ ]+: it has no counters$'
        assert "no zero" holds e.json "e['joules'] is None and w[0]['per_joule'] is None and 'no counters' in e['reason']"
        check_report e.json
    done
    # A run that fails ends the measurement, too.
    put 0 5 6
    expect_error "cannot write|cannot make|no such" 2 -- env CHECK_HOOK="energy $WORK/machines" "$HOOKED_PLAIT" mandelbrot --energy --out missing/x.png
    # As somebody who may not read them; root becomes one, where others can reach the program.
    local as=()
    chmod 0 "$WORK/machines/0/sys/class/powercap/intel-rapl:0/energy_uj"
    if [ "$(id -u)" -eq 0 ]; then
        as=(setpriv --reuid=65534 --regid=65534 --clear-groups env TMPDIR=/tmp)
        chmod 755 "$WORK"
        "${as[@]}" test -x "$HOOKED_PLAIT" || return 0
    fi
    expect_ok 1 -- "${as[@]}" env CHECK_HOOK="energy $WORK/machines" "$HOOKED_PLAIT" amdahl --work 0.01 --threads 1 --energy
    assert "rights are asked for" says '^energy: not readable on host [^ ]+: needs root$'
    assert "before the work, too" warns 'energy is not readable on host [^ ]+: needs root: give --watts W'
}

part_nodes() {
    if ! is_open_mpi; then
        echo "only Open MPI's launcher makes nodes of one machine"
        exit 77
    fi
    local fake="$here/../cluster/fake_nodes.sh" rank
    for rank in 0 1 2; do put "$rank" 1000000 $((rank + 3))000000; done
    run_ranks 1 "$fake" 3 -np 3 --map-by node -x CHECK_HOOK="energy $WORK/machines" "$HOOKED_PLAIT" amdahl --work 0.01 --threads 1 --energy --json e.json
    assert "status is 0" [ "$status" -eq 0 ]
    assert "three nodes are added up" holds e.json "near(e['joules'], 9) and e['nodes'] == 3"
    for rank in 0 1 2; do put "$rank" 1000000 $((rank + 3))000000; done
    run_ranks 1 "$fake" 3 -np 3 --map-by node -x CHECK_HOOK="energy-shared $WORK/machines" "$HOOKED_PLAIT" amdahl --work 0.01 --threads 1 --energy --json e.json
    assert "those of one machine count once" holds e.json "near(e['joules'], 2) and e['nodes'] == 1"
    rm -r "$WORK/machines/1"
    run_ranks 1 "$fake" 3 -np 3 --map-by node -x CHECK_HOOK="energy $WORK/machines" "$HOOKED_PLAIT" amdahl --work 0.01 --threads 1 --energy --json e.json
    assert "status is 0" [ "$status" -eq 0 ]
    assert "the energy of two nodes is not that of three" holds e.json "e['joules'] is None"
    assert "one line of warning" [ "$(lines_of_plait | grep -c 'warning: energy')" -eq 1 ]
    run_ranks 1 "$fake" 3 -np 3 --map-by node "$PLAIT" amdahl --work 0.01 --threads 1 --watts 5 --json e.json
    assert "containers on one machine take its power once" holds e.json "e['nodes'] == 1"
}

part_study() {
    expect_ok 1 -- "$PLAIT" study run --out st --ranks 1 --repeat 1 --warmup 0 -- amdahl --work 0.01 --watts 4
    assert "the journal has it" grep -q '"energy": *{' "$SANDBOX/st/samples.jsonl"
    expect_ok 1 -- "$PLAIT" study export csv st
    assert "the export has its columns" says '^study,.*,joules,per_joule,joule_unit,joule_source,'
    assert "with values" says ',CPU seconds,watts,'
    expect_ok 1 -- "$PLAIT" study report st --out report --disturbed
    assert "the report has a table" grep -q '^| 1 | 1 | [0-9.]* | 4 | [0-9.]* | CPU seconds |$' "$SANDBOX/report/report.md"
    new_sandbox
    expect_ok 1 -- "$PLAIT" study run --out st --ranks 1 --repeat 1 --warmup 0 -- amdahl --work 0.01
    expect_ok 1 -- "$PLAIT" study report st --out report --disturbed
    assert "and none where nobody asked" [ "$(grep -c '## Energy' "$SANDBOX/report/report.md")" -eq 0 ]
}

"part_$1"
finish
