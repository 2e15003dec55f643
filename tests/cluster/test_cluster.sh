#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Plait on a virtual cluster of seven nodes (virtual_cluster.sh), one rank per node: the same bits as on one rank;
# nodes that die, cables that are cut, nodes and cables that are slow; host file, host list and rank file.
#     test_cluster.sh PART
# Environment: as in tests/cli/lib.sh.
set -euo pipefail
cluster=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/cluster/virtual_cluster.sh
. "$cluster/virtual_cluster.sh"
if [ -z "${CLUSTER:-}" ] && [ "${1:-}" != daemons ]; then
    cluster_possible || { echo '***Skipped: a virtual cluster needs iproute2, and root or unprivileged user namespaces'; exit 77; }
    cluster_enter "${BASH_SOURCE[0]}" "$@"
fi
# shellcheck source=tests/cli/lib.sh
. "$cluster/../cli/lib.sh"
# Slots are what the host file says.
unset OMPI_MCA_rmaps_base_oversubscribe PRTE_MCA_rmaps_default_mapping_policy
limit_s=240

# What a user of the cluster has set once (docs/cluster.md), so that a cut cable ends the job.
HOME=$WORK/home
export HOME
mkdir -p "$HOME/.openmpi" "$HOME/.prte"
cp "$cluster/../../docs/cluster/mca-params.conf" "$HOME/.openmpi/mca-params.conf"
cp "$cluster/../../docs/cluster/mca-params.conf" "$HOME/.prte/mca-params.conf"

# UCX, below MPICH, takes the nodes of one machine for one node, and would share memory that they do not.
export UCX_TLS=tcp,self

# The launcher on the manager, with one rank on each of N nodes.
if is_open_mpi; then
    per_node() { echo "on red $MPIEXEC --hostfile $CLUSTER/hostfile --map-by node -np $1"; }
else
    sed 's/ slots=/:/' "$CLUSTER/hostfile" >"$WORK/machinefile"
    per_node() { echo "on red $MPIEXEC -f $WORK/machinefile -ppn 1 -np $1"; }
fi

only_open_mpi() {
    is_open_mpi || { echo '***Skipped: these options are those of Open MPI'; exit 77; }
}

# hosts_of_ranks: "red red01 ..." in the order of ranks, as hello has just printed them.
hosts_of_ranks() {
    sed -n 's/^rank [0-9]* of [0-9]* on \([^ ]*\) .*/\1/p' "$WORK/out" | paste -sd ' '
}

# words of a launcher line are words on purpose
# shellcheck disable=SC2046
part_launch() {
    only_open_mpi
    local hello=("$PLAIT" hello)
    expect_ok 1 -- $(per_node 7) "${hello[@]}"
    assert "a rank on each node" [ "$(hosts_of_ranks)" = "$cluster_nodes" ]
    expect_ok 1 -- on red "$MPIEXEC" --machinefile "$CLUSTER/hostfile" -np 6 "${hello[@]}"
    assert "by slots" [ "$(hosts_of_ranks)" = 'red red red red red01 red01' ]
    expect_ok 1 -- on red "$MPIEXEC" --host red,red01,red02 -np 3 "${hello[@]}"
    assert "by a list" [ "$(hosts_of_ranks)" = 'red red01 red02' ]
    expect_ok 1 -- on red "$MPIEXEC" --host red05:2,red03:2 -np 4 "${hello[@]}"
    assert "in its order" [ "$(hosts_of_ranks | tr ' ' '\n' | sort | uniq -c | tr -s ' \n' ' ')" = ' 2 red03 2 red05 ' ]
    printf 'rank 0=red06 slot=0:0\nrank 1=red02 slot=0:0\nrank 2=red slot=0:1\n' >"$SANDBOX/rankfile"
    (
        unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy
        if is_prrte; then words=(--map-by rankfile:file="$SANDBOX/rankfile"); else words=(--rankfile "$SANDBOX/rankfile"); fi
        run_ranks 1 on red "$MPIEXEC" --hostfile "$CLUSTER/hostfile" "${words[@]}" --report-bindings -np 3 "${hello[@]}"
        echo "$status" >"$WORK/status"
    )
    assert "a rank file" [ "$(cat "$WORK/status")" -eq 0 ]
    assert "each rank where it says" [ "$(hosts_of_ranks)" = 'red06 red02 red' ]
    assert "and --report-bindings agrees" [ "$(grep -cE '\[red(06|02)?:[0-9]+\].* bound to ' "$WORK/err")" -eq 3 ]
    run_ranks 1 on red "$MPIEXEC" --hostfile "$CLUSTER/hostfile" -np 29 "${hello[@]}"
    assert "28 slots are not 29" [ "$status" -ne 0 ]
    assert "mpirun says so" grep -q 'not enough slots' "$WORK/err"
}

# same_result REPORT OTHER: the results of two runs, without what is time.
same_result() {
    "$python" - "$SANDBOX/$1" "$SANDBOX/$2" <<'EOF'
import json, sys

def timeless(value):
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if "second" not in k and "merit" not in k}
    return [timeless(v) for v in value] if isinstance(value, list) else value

a, b = (timeless(json.load(open(path))["result"]) for path in sys.argv[1:])
sys.exit(a != b)
EOF
}

# shellcheck disable=SC2046
part_bits() {
    local words name
    awk 'BEGIN { srand(3); for (i = 0; i < 3000; i++) print rand() "," rand() "," rand() }' >"$SANDBOX/points.csv"
    while read -r name words; do
        # shellcheck disable=SC2086
        expect_ok 1 -- "$PLAIT" $name ${words//OUT/one} --json one.json
        # shellcheck disable=SC2086
        expect_ok 1 -- $(per_node 7) "$PLAIT" $name ${words//OUT/seven} --json seven.json
        assert "$name: the same result" same_result one.json seven.json
        if [[ $words = *OUT* ]]; then
            words=${words#*OUT}
            assert "$name: the same file" cmp "$SANDBOX/one${words%% *}" "$SANDBOX/seven${words%% *}"
        fi
    done <<'EOF'
pi --sweep 4^5:4^10 --progress none
mandelbrot --size 600x400 --out OUT.png --colour smooth --samples 2 --center -0.743643887,0.131825904 --zoom 2000
julia --size 300x200 --out OUT.npy --stream
kmeans points.csv --k 9 --labels OUT.npy --restarts 2
EOF
    expect_ok 1 -- $(per_node 7) "$PLAIT" ring --count 20
    assert "the ring" grep -q '^140 = 0 + 20 x 7, right' "$WORK/out"
    expect_ok 1 -- $(per_node 7) "$PLAIT" hello
    assert "a rank on each node" [ "$(hosts_of_ranks)" = "$cluster_nodes" ]
    run_ranks 1 $(per_node 7) "$PLAIT" check --repeat 2
    assert "every operation that this MPI has between nodes: $status" [ "$status" -eq 0 ]
    assert "with right values" [ "$(grep -c ' ok ' "$WORK/out")" -ge 20 ]
    assert "and none is wrong" [ "$(grep -cE ' (wrong|failed) ' "$WORK/out")" -eq 0 ]
}

# Work of half a minute for two cores, of some seconds on their fastest path: one that is to be interrupted.
pi_work=(pi --runs 64 --sweep 4^14:4^14 --progress none)
picture_work=(mandelbrot --size 300x200 --interior brute --maxit 1000000 --progress none)

# interrupted ACTION NAME WORK...: starts the work on seven nodes, and does the action to red03 when something is in
# the checkpoint. The job ends by itself, and says what has happened; then six nodes complete it.
# shellcheck disable=SC2046
interrupted() {
    local action=$1 name=$2 job begun empty
    shift 2
    last_command="$(per_node 7) $*, then $action red03"
    echo "$last_command"
    status=0
    (cd "$SANDBOX" && timeout -k 5 "$limit_s" $(per_node 7) "$PLAIT" "$@" --path scalar --threads 1 --watchdog 5 \
        --checkpoint "$name.ck" --checkpoint-every 0.2) >"$WORK/out" 2>"$WORK/err" </dev/null &
    job=$!
    # The first save has nothing yet, on a busy machine for a while.
    until [ -s "$SANDBOX/$name.ck" ] || ! kill -0 "$job" 2>/dev/null; do sleep 0.1; done
    empty=$(cksum "$SANDBOX/$name.ck")
    until [ "$(cksum "$SANDBOX/$name.ck")" != "$empty" ] || ! kill -0 "$job" 2>/dev/null; do sleep 0.1; done
    begun=$SECONDS
    "cluster_$action" red03
    wait "$job" || status=$?
    echo "it ended $((SECONDS - begun)) s later with status $status"
    assert "the job ends by itself, not by its time limit" [ "$status" -ne 124 ]
    # The mpirun of Open MPI 5.0.7 loses the status, but not its line.
    if ! is_prrte; then assert "and not with success" [ "$status" -ne 0 ]; fi
    assert "no result is printed" [ "$(grep -cE '^([0-9]|mandelbrot )' "$WORK/out")" -eq 0 ]
    assert "a line names the node" grep -q 'red03' "$WORK/err"
    assert "what was saved is there" [ -s "$SANDBOX/$name.ck" ]
}

# resumed NAME FILE WORK...: on the six nodes left.
# shellcheck disable=SC2046
resumed() {
    local name=$1
    shift
    grep -v red03 "$CLUSTER/hostfile" >"$WORK/six"
    cp "$WORK/six" "$CLUSTER/hostfile"
    [ ! -e "$WORK/machinefile" ] || sed 's/ slots=/:/' "$CLUSTER/hostfile" >"$WORK/machinefile"
    expect_ok 1 -- $(per_node 6) "$PLAIT" "$@" --checkpoint "$name.ck" --json six.json
    assert "it is not begun anew" grep -q " from '$name.ck'" "$WORK/out"
    expect_ok 1 -- "$PLAIT" "$@" --json one.json
    assert "the same result as on one rank" same_result one.json six.json
}
part_killed_pi() {
    interrupted kill pi "${pi_work[@]}"
    resumed pi "${pi_work[@]}"
}
part_killed_picture() {
    interrupted kill picture "${picture_work[@]}" --out a.png
    resumed picture "${picture_work[@]}" --out a.png
}
part_cut_pi() {
    interrupted cut pi "${pi_work[@]}"
    resumed pi "${pi_work[@]}"
}
part_cut_picture() {
    interrupted cut picture "${picture_work[@]}" --out a.png
    resumed picture "${picture_work[@]}" --out a.png
}

# shellcheck disable=SC2046
part_slow() {
    if [ -n "$(cluster_groups)" ]; then
        cluster_cpu red01 25
    else
        echo '***Skipped: a node with less CPU needs root and control groups; only the slow cable is tried'
    fi
    cluster_link red02 100mbit
    expect_ok 1 -- "$PLAIT" mandelbrot --size 1500x1000 --out one.npy
    expect_ok 1 -- $(per_node 7) "$PLAIT" mandelbrot --size 1500x1000 --out seven.npy --watchdog 30
    assert "the same picture" cmp "$SANDBOX/one.npy" "$SANDBOX/seven.npy"
    expect_ok 1 -- "$PLAIT" pi --sweep 4^5:4^12 --progress none --json one.json
    expect_ok 1 -- $(per_node 7) "$PLAIT" pi --sweep 4^5:4^12 --progress none --json seven.json --watchdog 30
    assert "the same hits" same_result one.json seven.json
    expect_ok 1 -- $(per_node 7) "$PLAIT" ring --count 5 --size 300000 --watchdog 30
}

# Without the settings that end mpirun: the ranks that are left, and those that are cut off, end all the same.
# shellcheck disable=SC2046
part_watchdog() {
    local node rank job
    rm -r "$HOME/.openmpi" "$HOME/.prte"
    for node in red03 red; do
        rank=$([ $node = red ] && echo 0 || echo 3)
        last_command="cut $node"
        : >"$WORK/out"
        (cd "$SANDBOX" && exec timeout -k 5 "$limit_s" $(per_node 7) "$PLAIT" "${pi_work[@]}" --path scalar --threads 1 \
            --watchdog 3) >"$WORK/out" 2>"$WORK/err" </dev/null &
        job=$!
        until grep -q '^# N mean std' "$WORK/out" || ! kill -0 "$job" 2>/dev/null; do sleep 0.1; done
        assert "seven ranks work" [ "$(pgrep -cx plait)" -eq 7 ]
        cluster_cut "$node"
        for _ in $(seq 600); do
            pgrep -x plait >/dev/null || break
            sleep 0.1
        done
        assert "all ranks have ended" [ "$(pgrep -cx plait)" -eq 0 ]
        # With its own cable cut, rank 0 misses all the others.
        if [ "$rank" -eq 3 ]; then
            assert "it is named" has_line "timed out after 3 s: rank 3 on host red03 is not responding: look"
        else
            assert "all others are named" has_line "rank 1 on host red01 is not responding, .*rank 6 on host red06 is not responding: look"
        fi
        cluster_join "$node"
        kill -KILL $(pgrep -x 'mpiexec|mpirun|orted|prted|prterun|ssh|hydra_pmi_proxy|mpiexec.hydra' || true) 2>/dev/null || true
        wait 2>/dev/null || true
    done
}

# efficiency REPORT: useful work over capacity, where the capacity of a node is what it does while it works.
efficiency() {
    "$python" - "$SANDBOX/$1" <<'EOF'
import json, sys
timing = json.load(open(sys.argv[1]))["timing"]
work, busy = timing["darts"], timing["busy_seconds"]
capacity = timing["compute_seconds"] * sum(w / b for w, b in zip(work, busy) if b > 0)
print("%.3f" % (sum(work) / capacity))
EOF
}

# Three nodes with 60, 30 and 20 % of a core, which each gets in pieces, one in 100 ms: the work is long against that.
# shellcheck disable=SC2046
part_shares() {
    [ -n "$(cluster_groups)" ] || { echo '***Skipped: nodes of different speed need root and control groups'; exit 77; }
    local schedule
    cluster_cpu red 60
    cluster_cpu red01 30
    cluster_cpu red02 20
    for schedule in dynamic block; do
        expect_ok 1 -- $(per_node 3) "$PLAIT" pi --sweep 4^14:4^14 --runs 512 --threads 1 --progress none \
            --schedule $schedule --json $schedule.json
    done
    echo "useful work over capacity: dynamic $(efficiency dynamic.json), block $(efficiency block.json)"
    assert "dynamic: at least 0.93" awk "BEGIN { exit !($(efficiency dynamic.json) >= 0.93) }"
    assert "block: below 0.6" awk "BEGIN { exit !($(efficiency block.json) < 0.6) }"
}

# Without any privilege: a daemon for each address.
part_daemons() {
    only_open_mpi
    local nodes=("$cluster/fake_nodes.sh" 7 -np 7 --map-by node)
    expect_ok 1 -- "${nodes[@]}" "$PLAIT" hello
    assert "seven ranks" [ "$(grep -c '^rank ' "$WORK/out")" -eq 7 ]
    expect_ok 1 -- "${nodes[@]}" "$PLAIT" pi --sweep 4^5:4^10 --progress none --json seven.json --watchdog 60
    expect_ok 1 -- "$PLAIT" pi --sweep 4^5:4^10 --progress none --json one.json
    assert "the same hits" same_result one.json seven.json
    expect_ok 1 -- "${nodes[@]}" "$PLAIT" mandelbrot --size 300x200 --out seven.png --watchdog 60
    expect_ok 1 -- "$PLAIT" mandelbrot --size 300x200 --out one.png
    assert "the same file" cmp "$SANDBOX/one.png" "$SANDBOX/seven.png"
}

"part_${1:?names a part}"
finish
