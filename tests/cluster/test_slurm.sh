#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Slurm on the virtual cluster: munge, slurmctld on red, and a slurmd on each of the seven nodes, with the files of
# docs/slurm: srun, salloc with mpirun, and the four job scripts, the one that is requeued giving the bits of one run;
# and plait doctor --slurm, each line of which is typed.
#     test_slurm.sh jobs | doctor
# Environment: as in tests/cli/lib.sh.
set -euo pipefail
cluster=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/cluster/virtual_cluster.sh
. "$cluster/virtual_cluster.sh"
if [ -z "${CLUSTER:-}" ]; then
    for program in munged slurmctld slurmd srun; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || { echo "***Skipped: $program is not installed"; exit 77; }
    done
    [ "$(id -u)" -eq 0 ] || { echo '***Skipped: Slurm on seven nodes needs root'; exit 77; }
    cluster_possible || { echo '***Skipped: this machine allows no virtual cluster'; exit 77; }
    cluster_enter "${BASH_SOURCE[0]}" "$@"
fi
# shellcheck source=tests/cli/lib.sh
. "$cluster/../cli/lib.sh"
unset OMPI_MCA_rmaps_base_oversubscribe PRTE_MCA_rmaps_default_mapping_policy
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=tests/cluster/doctor_lines.sh
. "$cluster/doctor_lines.sh"
is_open_mpi || { echo '***Skipped: srun starts ranks of Open MPI'; exit 77; }
slurm=$(cd "$cluster/../../docs/slurm" && pwd)

# A node's own /etc, /run and /var as far as Slurm uses them; then what systemd does on a real one. There is no systemd
# here, so Slurm makes no control groups; the nodes have fewer cores than their lines say, and share /tmp.
slurm_node='
    for place in /run /etc/slurm /etc/munge /var/lib/slurm /var/lib/munge /var/log/slurm /var/log/munge; do
        mkdir -p "$place"
        mount -t tmpfs tmpfs "$place"
    done
    mkdir -p /run/munge /run/tmp /var/lib/slurm/slurmctld /var/lib/slurm/slurmd
    install -m 400 "$CLUSTER/munge.key" /etc/munge/munge.key
    chown slurm: /var/lib/slurm/slurmctld /var/log/slurm
    chown munge: /etc/munge /etc/munge/munge.key /run/munge /var/lib/munge /var/log/munge
    chmod 700 /etc/munge
    cp "$1/cgroup.conf" "$1/mpi.conf" /etc/slurm
    sed "s/^ProctrackType=.*/ProctrackType=proctrack\/linuxproc/; s/^TaskPlugin=.*/TaskPlugin=task\/none/" \
        "$1/slurm.conf" >/etc/slurm/slurm.conf
    printf "%s\n" SlurmdParameters=config_overrides TmpFS=/run/tmp >>/etc/slurm/slurm.conf
    runuser -u munge -- munged
    if [ "$2" = red ]; then slurmctld; fi
    slurmd'

# wait_until COMMAND...: at least five minutes: only what never comes takes that long.
wait_until() {
    for _ in $(seq 1500); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.2
    done
    return 1
}
all_idle() { [ "$(on red sinfo -h -p all -t idle -o %D)" = 7 ]; }

head -c 128 /dev/urandom >"$CLUSTER/munge.key"
mkdir "$WORK/bin"
ln -s "$PLAIT" "$WORK/bin/plait"
export PATH=$WORK/bin:$PATH
# What follows breaks files of the nodes: never those of the machine.
for node in $cluster_nodes; do
    on "$node" bash -euc "$slurm_node" node "$slurm" "$node" >"$WORK/$node.log" 2>&1 || { cat "$WORK/$node.log"; exit 1; }
    for place in /etc/slurm /etc/munge; do on "$node" mountpoint -q "$place" || { echo "$node shares $place"; exit 1; }; done
done
assert "seven nodes are idle" wait_until all_idle

hosts_of_ranks() {
    sed -n 's/^rank [0-9]* of [0-9]* on \([^ ]*\) .*/\1/p' "$1" | sort -u | paste -sd ' '
}

part_jobs() {
    expect_ok 1 -- on red srun -N 7 --ntasks-per-node=1 --cpus-per-task=4 plait hello
    assert "srun: seven nodes" [ "$(hosts_of_ranks "$WORK/out")" = "$cluster_nodes" ]
    expect_ok 1 -- on red srun -p pi3 -n 4 plait hello
    assert "four ranks of the partition fit on one node" [ "$(hosts_of_ranks "$WORK/out")" = red01 ]
    expect_ok 1 -- on red salloc -Q -N 3 --ntasks-per-node=1 "$MPIEXEC" --map-by node plait hello
    assert "salloc and mpirun: three nodes" [ "$(hosts_of_ranks "$WORK/out")" = 'red red01 red02' ]
    run_ranks 1 on red srun -Q -N 2 --ntasks-per-node=1 plait mandelbrot --size 0x0
    assert "the status of plait is that of srun" [ "$status" -eq 2 ]

    # -- job scripts
    state_of() { on red scontrol show job "$1" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | sort -u; }
    has_ended() {
        local state
        state=$(state_of "$1")
        [ -n "$state" ] && [[ ! $state =~ PENDING|RUNNING|COMPLETING|CONFIGURING|REQUEUE|SUSPENDED ]]
}
    # job_until COMMAND...: while the job runs or waits; one that has crashed will never come to it.
    job_until() {
        for _ in $(seq 1500); do
            ! "$@" >/dev/null 2>&1 || return 0
            if has_ended "$job"; then break; fi
            sleep 0.2
        done
        "$@" >/dev/null 2>&1 || {
            echo "job $job is $(state_of "$job"); the end of its log:"
            tail -n 20 "$log"
            return 1
        }
}
    submit() {
        last_command="sbatch $*"
        echo "$last_command"
        job=$(cd "$SANDBOX" && on red sbatch --parsable "$@" 2>"$WORK/err") || true
        assert "sbatch takes it" [ -n "$job" ]
}
    completed() {
        assert "job $1 ends" wait_until has_ended "$1"
        assert "job $1 is complete, not $(state_of "$1")" [ "$(state_of "$1")" = COMPLETED ]
        [ "$(state_of "$1")" = COMPLETED ] || tail -n 20 "$SANDBOX"/[a-z]*-"$1.log" || true
}
    submit "$slurm/hybrid.sh"
    hybrid=$job
    submit "$slurm/one-node.sh"
    one_node=$job
    submit "$slurm/seeds.sh"
    seeds=$job
    completed "$hybrid"
    assert "hybrid: seven nodes" [ "$(hosts_of_ranks "$SANDBOX/hybrid-$hybrid.log")" = "$cluster_nodes" ]
    assert "and a picture" [ -s "$SANDBOX/mandelbrot-$hybrid.png" ]
    completed "$one_node"
    assert "one node: a report" [ -s "$SANDBOX/pi-$one_node.json" ]
    completed "$seeds"
    assert "a report for each seed" [ "$(cd "$SANDBOX" && ls pi-seed-*.json | wc -l)" -eq 8 ]
    assert "of other hits" [ "$(cd "$SANDBOX" && cat pi-seed-*.json | grep -A 2 '"hits"' | sort -u | wc -l)" -gt 8 ]

    # -- a run in pieces: SIGUSR1 as before the end of its time, then a node that fails
    work='--runs 64 --sweep 4^14:4^14'
    PI_OPTIONS="$work --path scalar --threads 1 --checkpoint-every 0.2" submit --export=ALL --nodes=3 "$slurm/requeue.sh"
    checkpoint=$SANDBOX/pi-$job.ck
    log=$SANDBOX/requeue-$job.log
    was_requeued() { [ "$(on red scontrol show job "$job" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p')" -ge "$1" ]; }
    # Only a job that waits can be started by a command.
    starts_now() {
        [ "$(state_of "$job")" = RUNNING ] || { on red scontrol update "JobId=$job" StartTime=now && [ "$(state_of "$job")" = RUNNING ]; }
}
    # In the two minutes that are cut short here Slurm's daemon of the last start ends; the next one has its socket's name.
    step_is_gone() {
        local node
        for node in $nodes_left; do on "$node" [ ! -e "/var/lib/slurm/slurmd/stepd.slurm.pmix.$job.0" ] || return 1; done
}
    nodes_left=$cluster_nodes
    resumed() { [ "$(grep -c "darts are from" "$log")" -ge "$1" ]; }
    assert "it saves" job_until [ -s "$checkpoint" ]
    on red scancel --signal=USR1 "$job"
    assert "saved, stopped, and back in the queue" job_until was_requeued 1
    assert "with exit status 75" grep -q 'Exited with exit code 75\|exit code 75' "$log"
    # Slurm waits two minutes before it starts a job again.
    assert "the step ends" job_until step_is_gone
    assert "it starts again" job_until starts_now
    assert "from what was saved" job_until resumed 1
    cluster_kill red02
    on red scontrol update NodeName=red02 State=DOWN Reason='no power' # in place of the minute that SlurmdTimeout is
    assert "the failed node puts it back too" job_until was_requeued 2
    nodes_left=${cluster_nodes/red02/}
    assert "the step ends on the nodes left" job_until step_is_gone
    cp "$checkpoint" "$SANDBOX/rest.ck"
    on red scontrol update "JobId=$job" StartTime=now NumNodes=3
    assert "it starts on the nodes left" job_until starts_now
    assert "from what was saved" job_until resumed 2
    on red scancel "$job"
    # The fastest path completes it here: a rest that anybody can continue.
    # shellcheck disable=SC2086
    expect_ok 1 -- "$PLAIT" pi $work --progress none --checkpoint rest.ck --json rest.json
    assert "from what Slurm's runs have left" grep -q "from 'rest.ck'" "$WORK/out"
    # shellcheck disable=SC2086
    expect_ok 1 -- "$PLAIT" pi $work --progress none --json whole.json
    hits() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["result"]["sweep"][0]["hits"])' "$SANDBOX/$1"; }
    assert "the hits of one run" [ "$(hits rest.json)" = "$(hits whole.json)" ]
}

# munge and Slurm broken for real, but for clocks and controllers of the kernel, of which programs of the node's own speak.
part_doctor() {
    mpi=$(is_prrte && echo prrte || echo openmpi)
    export HOME=$WORK/home
    mkdir -p "$HOME/.openmpi" "$HOME/.prte"
    cp "$slurm/../cluster/mca-params.conf" "$HOME/.openmpi"
    cp "$slurm/../cluster/mca-params.conf" "$HOME/.prte"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "$MPIEXEC")" >"$WORK/bin/mpirun"
    # What systemd does there.
    cat >"$WORK/bin/systemctl" <<'END'
#!/bin/bash
ended() { while kill "$1" 2>/dev/null; do sleep 0.1; done; }
case $* in
'restart munge' | 'enable --now munge')
    ended "$(cat /run/munge/munged.pid)"
    rm -f /run/munge/munge.socket*
    exec runuser -u munge -- munged
    ;;
'restart slurmd')
    ended "$(cat /run/slurmd.pid)"
    exec slurmd
    ;;
'restart slurmctld')
    ended "$(cat /run/slurmctld.pid)"
    exec slurmctld
    ;;
esac
exit 1
END
    chmod +x "$WORK/bin/"*
    printf '%s slots=1\n' $cluster_nodes >"$SANDBOX/hosts"
    local node
    for node in $cluster_nodes; do session "$node" "PATH=$PATH"; done
    examined --hostfile hosts --slurm
    finds_nothing 'Slurm is well'

    on red01 bash -c 'head -c 128 /dev/urandom >/etc/munge/munge.key; systemctl restart munge'
    on red02 bash -c 'kill $(cat /run/munge/munged.pid)'
    on red03 rm /etc/slurm/slurm.conf
    on red04 bash -c 'echo "# mine" >>/etc/slurm/slurm.conf'
    program red05 timedatectl "[ \"\$*\" = 'set-ntp true' ] && touch $WORK/clock"
    program red05 unmunge "[ -e $WORK/clock ] && exec /usr/bin/unmunge
echo 'STATUS: Rewound credential (16)'"
    on red05 sed -i 's/^TaskPlugin=.*/TaskPlugin=task\/cgroup/' /etc/slurm/slurm.conf
    on red05 bash -euc 'mkdir -p /boot; mount -t tmpfs none /boot; mkdir /boot/firmware; echo console=tty1 >/boot/firmware/cmdline.txt'
    program red05 cat '[ "$*" = /sys/fs/cgroup/cgroup.controllers ] || exec /bin/cat "$@"
echo cpuset cpu io pids $(sed -n "s/.* cgroup_enable=//p" /boot/firmware/cmdline.txt)'
    program red05 reboot ''
    on red06 mount --bind /dev/null "$(realpath "$(command -v slurmd)")"
    program red06 apt-get "[ \"\$*\" = 'install -y slurmd' ] && exec umount $(realpath "$(command -v slurmd)")"
    on red scontrol update NodeName=red04 State=DOWN Reason=test
    examined --hostfile hosts --slurm
    finds <<END
munge-key-differs red01
munge-stopped red02
slurm-conf-missing red03
slurm-conf-differs red04
slurm-conf-differs red05
munge-clock red05
slurm-cgroups red05
slurm-missing red06
slurm-node-down slurm
END
    type_line slurm-node-down
    type_line munge-key-differs
    type_line munge-stopped
    type_line slurm-conf-missing
    type_line slurm-conf-differs red04
    type_line munge-clock
    type_line slurm-cgroups
    type_line slurm-conf-differs red05
    type_line slurm-missing
    assert "seven nodes are idle again" wait_until all_idle
    examined --hostfile hosts --slurm
    finds_nothing 'after munge and files'

    # slurm.conf promises more than there is, which Slurm is no longer told to believe; then it has no line of red06.
    everywhere() { for node in $cluster_nodes; do on "$node" sed -i "$1" /etc/slurm/slurm.conf; done; }
    all_as_here() {
        assert "seven nodes are idle" wait_until all_idle
        examined --hostfile hosts --slurm
        finds < <(printf 'slurm-conf-differs %s\n' red01 red02 red03 red04 red05 red06)
        for node in red01 red02 red03 red04 red05 red06; do type_line slurm-conf-differs "$node"; done
        assert "seven nodes are still idle" wait_until all_idle
        examined --hostfile hosts --slurm
        finds_nothing 'one slurm.conf everywhere'
    }
    everywhere '/^SlurmdParameters=/d; s/CPUs=4 /CPUs=4096 /'
    examined --hostfile hosts --slurm
    finds <<<'slurm-node-smaller red,red01,red02,red03,red04,red05,red06'
    type_line slurm-node-smaller
    all_as_here
    everywhere 's/^NodeName=red0\[1-6\]/NodeName=red0[1-5]/'
    examined --hostfile hosts --slurm
    finds <<<'slurm-node-unknown red06'
    type_line slurm-node-unknown
    all_as_here

    # No slurm.conf anywhere.
    for node in $cluster_nodes; do on "$node" rm /etc/slurm/slurm.conf; done
    examined --hostfile hosts --slurm
    finds <<<'slurm-conf-none slurm'
    if [ -e /usr/share/doc/slurm-client/examples/slurm.conf.simple.gz ]; then
        type_line slurm-conf-none
        assert "it is one of Slurm" on red grep -q '^SlurmctldHost=' /etc/slurm/slurm.conf
    fi
}

"part_${1:?names a part}"
finish
