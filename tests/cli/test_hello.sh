#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait hello: a line per rank in rank order, and warnings that name the option that fixes them, on one
# node and on seven made-up ones; what the process inherits: affinity, quota, settings of OpenMP, limits.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
for name in "${!OMP_@}" "${!GOMP_@}" "${!KMP_@}"; do unset "$name"; done
export OMP_WAIT_POLICY=passive

in_rank_order() {
    seq 0 $(($1 - 1)) | sed "s/\$/ of $1/" | diff - <(sed -n 's/^rank \([0-9]* of [0-9]*\) .*/\1/p' "$WORK/out")
}
warns() {
    grep -q "^plait: warning: .*$1" "$WORK/err"
}

for ranks in 1 2 3 7; do
    new_sandbox
    expect_ok "$ranks" -- "$PLAIT" hello --json hello.json
    assert "a line per rank, in rank order" in_rank_order "$ranks"
    # Lines of ranks fit into a terminal: versions are said once where they are the same.
    assert "one line of versions" [ "$(grep -cxE 'Plait [0-9.]+, (Open MPI|MPICH|[0-9]).*' "$WORK/out")" -eq 1 ]
    assert "and no other" [ "$(grep -c Plait "$WORK/out")" -eq 1 ]
    assert "the report has the ranks" grep -q "\"ranks\": $ranks" "$SANDBOX/hello.json"
done

# Far more ranks with far more threads than any machine of the tests has cores.
cores=$(nproc)
expect_ok 2 -- "$PLAIT" hello --threads $((cores + 1))
assert "too many threads are reported" warns "$((cores + 1)) threads but may use $cores core"
assert "oversubscription is reported" warns 'oversubscribed'

# The launcher binds each rank to one core: the cores that stay idle are reported, with the option.
if [ "$cores" -ge 2 ] && is_open_mpi; then
    run_ranks 1 "$MPIEXEC" -n 1 --bind-to core "$PLAIT" hello
    assert "status is 0" [ "$status" -eq 0 ]
    assert "idle cores are reported" warns "binding lets 1 rank use only 1: add --bind-to none"
    run_ranks 1 "$MPIEXEC" -n 1 --bind-to none "$PLAIT" hello
    assert "no binding, no warning" [ "$(plait_lines)" -eq 0 ]
fi

# says REGEX: on standard output, in the line of rank 0.
says() {
    grep -qE "^rank 0 of .*$1" "$WORK/out"
}
first=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
plural() {
    if [ "$1" -eq 1 ]; then echo "$1 $2"; else echo "$1 $2s"; fi
}
all_cores="[^0-9]$cores of [0-9]+ (cores?|hardware threads? on [0-9]+ of [0-9]+ cores?) visible"

# OpenMP binds the thread that loads it: the affinity of the process as it was started counts.
for setting in OMP_PROC_BIND=true OMP_PROC_BIND=spread OMP_PLACES=threads \
    "GOMP_CPU_AFFINITY=0-$(($(getconf _NPROCESSORS_CONF) - 1))"; do
    expect_ok 1 -- env "$setting" "$PLAIT" hello
    assert "all cores are seen with $setting" says "$all_cores, $(plural "$cores" thread),"
    assert "no warning" [ "$(plait_lines)" -eq 0 ]
    expect_ok 1 -- env "$setting" OMP_NUM_THREADS="$cores" "$PLAIT" hello
    assert "as many threads as cores are right with $setting" [ "$(plait_lines)" -eq 0 ]
done
expect_ok 1 -- taskset -c "$first" env OMP_PROC_BIND=true "$PLAIT" hello
assert "one core was given" says '[^0-9]1 of .* visible.*, 1 thread,'

# Ranks with cores of their own: all of them are the cores of the node, and no rank shares its own.
last=$(taskset -cp $$ | sed 's/.*[^0-9]//')
if [ "$cores" -ge 2 ]; then
    by_rank "exec taskset -c $first '$PLAIT' hello --threads 2" "exec taskset -c $last '$PLAIT' hello --threads 2"
    run_ranks 2 "$WORK/by_rank"
    assert "the cores of the node are counted" warns 'oversubscribed, 2 ranks with 4 threads on 2 cores: give --threads 1'
    by_rank "exec taskset -c $first env OMP_PROC_BIND=true '$PLAIT' hello --threads 1" \
        "exec taskset -c $last env OMP_PROC_BIND=true '$PLAIT' hello --threads 1"
    run_ranks 2 "$WORK/by_rank"
    assert "status is 0" [ "$status" -eq 0 ]
    assert "nothing is shared" [ "$(grep -c 'OpenMP binds\|oversubscribed' "$WORK/err")" -eq 0 ]
fi

# What the user chose for OpenMP is used, and no warning blames the launcher.
expect_ok 1 -- env "OMP_PLACES={$first}" "$PLAIT" hello --threads 2
assert "places limit the cores" says '[^0-9]1 of .* visible'
assert "their variable is named" warns '2 threads but may use 1 core: .*--threads 1'
if [ "$cores" -ge 2 ]; then
    assert "as the cause" says 'limited by OMP_PLACES'
    assert "and to unset it as a fix" warns ': unset OMP_PLACES and the like, or add --threads 1'
    # Each rank has a first thread, which goes to the first core.
    expect_ok 2 -- env OMP_PROC_BIND=true "$PLAIT" hello --threads 1
    assert "ranks on the same cores are reported" warns 'binds the threads of each of 2 ranks to the same'
    expect_ok 2 -- "$PLAIT" hello --threads 1
    assert "without binding there is no warning" [ "$(plait_lines)" -eq 0 ]
fi

# Cores that the launcher itself does not have are not its fault.
run_ranks 1 taskset -c "$first" "$MPIEXEC" -n 1 "$PLAIT" hello
assert "status is 0" [ "$status" -eq 0 ]
assert "an outer affinity is no fault" [ "$(plait_lines)" -eq 0 ]
run_ranks 1 taskset -c "$first" "$MPIEXEC" -n 1 "$PLAIT" hello --threads 2
assert "the fix is --threads" warns '2 threads but may use 1 core.*: add --threads 1'
assert "and no option of the launcher" [ "$(grep -c 'bind' "$WORK/err")" -eq 0 ]
if [ "$cores" -ge 2 ]; then
    assert "what limits is named" says 'limited outside of the launcher: taskset'
    expect_ok 1 -- taskset -c "$first" "$PLAIT" hello
    assert "also without a launcher" says 'limited from outside: taskset'
fi

# Settings of OpenMP that mean something else than they say, or nothing.
expect_ok 1 -- env OMP_NUM_THREADS=1,2 "$PLAIT" hello
assert "the first of a list counts" says ', 1 thread,'
assert "and is right" [ "$(plait_lines)" -eq 0 ]
for text in 4097 0 four 2,x; do
    for ranks in 1 2; do
        run_ranks "$ranks" env OMP_NUM_THREADS="$text" "$PLAIT" hello
        assert "status is 0" [ "$status" -eq 0 ]
        assert "$text is reported" warns "OMP_NUM_THREADS '$text' is ignored: set it to a number"
        assert "in one line" [ "$(plait_lines)" -eq 1 ]
    done
    expect_ok 1 -- env OMP_NUM_THREADS="$text" "$PLAIT" hello --threads 1
    assert "and does not matter with --threads" [ "$(plait_lines)" -eq 0 ]
done
expect_ok 1 -- env OMP_THREAD_LIMIT=1 "$PLAIT" hello
assert "OMP_THREAD_LIMIT holds for the default" says ', 1 thread,'
assert "which is no fault" [ "$(plait_lines)" -eq 0 ]
expect_ok 1 -- env OMP_THREAD_LIMIT=1 "$PLAIT" hello --threads 2
assert "the threads that run are reported" says ', 1 thread,'
assert "with the reason" warns 'OpenMP gives 1 of 2 threads: unset OMP_THREAD_LIMIT'
expect_ok 1 -- env OMP_DYNAMIC=true "$PLAIT" hello --threads 2
assert "fewer threads may run" warns 'OMP_DYNAMIC lets OpenMP start fewer than 2 threads'

# Threads that cannot be started: one line, before any work; with small stacks they fit.
limited() {
    # shellcheck disable=SC2016
    run_ranks "$1" bash -c 'ulimit -v 1000000; exec "$@"' limited "${@:2}"
}
for ranks in 1 2; do
    new_sandbox
    limited "$ranks" "$PLAIT" mandelbrot --size 60x40 --threads 500
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "it names the fixes" has_line 'cannot start 500 threads .*: give a smaller --threads or OMP_STACKSIZE, or raise ulimit -v'
    assert "OpenMP has not said it first" [ "$(grep -c 'libgomp\|OMP:' "$WORK/err")" -eq 0 ]
    assert "no file is made" [ -z "$(ls "$SANDBOX")" ]
done
new_sandbox
limited 1 env OMP_STACKSIZE=100M "$PLAIT" mandelbrot --size 60x40 --threads 20
assert "large stacks do not fit" has_line 'cannot start 20 threads with 102400 KiB of stack each'
limited 1 env OMP_STACKSIZE=64k "$PLAIT" mandelbrot --size 60x40 --threads 20
assert "small ones do" [ "$status" -eq 0 ]
limited 1 "$PLAIT" rerun --check --threads 500 mandelbrot.png
assert "rerun says so too" has_line 'cannot start 500 threads'
assert "and fails" [ "$status" -eq 1 ]

# Memory that may not be mapped is known before it is tried.
limited 2 "$PLAIT" check --only send-large
assert "status is 0, not $status" [ "$status" -eq 0 ]
assert "the limit is named" grep -qE '^send-large +unavailable .* GiB of address space on host .*: raise ulimit -v' "$WORK/out"

# Host names of the greatest length. Open MPI's launcher (4.1.4) crashes with them; MPICH (4.0.2), and UCX (1.18),
# which Open MPI 5.0.7 loads into every process, crash with the longest.
if unshare --uts true 2>/dev/null; then
    for letters in 63 $(if is_open_mpi && ! is_prrte; then echo 64; fi); do
        host=$(printf "%${letters}s" | tr ' ' h)
        # shellcheck disable=SC2016
        expect_ok 1 -- unshare --uts bash -c 'echo "$1" >/proc/sys/kernel/hostname; exec "${@:2}"' host "$host" "$PLAIT" hello --json host.json
        assert "a host name of $letters letters" says "on $host "
        assert "in the report" grep -q "\"host\": \"$host\"" "$SANDBOX/host.json"
    done
fi

# make_group CONTROLLER FILE...: makes the control group $group; $group_file is the first of the files that it has.
# Version 1 of control groups, or a version 2 that hands the controller out; false where this test may not.
group=
make_group() {
    local mount file controller=$1
    shift
    for mount in "/sys/fs/cgroup/$controller" /sys/fs/cgroup; do
        group=$mount/plait-test-$$
        if [ -e "$mount/cgroup.procs" ] && mkdir "$group" 2>/dev/null; then
            for file in "$@"; do
                group_file=$group/$file
                if [ -w "$group_file" ]; then return 0; fi
            done
            rmdir "$group"
        fi
    done
    group=
    return 1
}
trap '[ -z "$group" ] || rmdir "$group" 2>/dev/null; rm -rf "$WORK"' EXIT
in_group() {
    # shellcheck disable=SC2016
    run_ranks 1 bash -c 'echo $$ >"$1/cgroup.procs"; exec "${@:2}"' in_group "$group" "$@"
}

# Ranks that share a limit try their threads at the same time: each alone could have them.
if make_group pids pids.max; then
    echo 150 >"$group_file"
    in_group "$MPIEXEC" -n 1 "$PLAIT" mandelbrot --size 60x40 --threads 100
    assert "one rank may have 100 threads" [ "$status" -eq 0 ]
    in_group "$MPIEXEC" -n 2 "$PLAIT" mandelbrot --size 60x40 --threads 100
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one line is an error" [ "$(error_lines)" -eq 1 ]
    assert "two together may not" has_line "cannot start 100 threads .* or raise .*the control group's pids.max"
    rmdir "$group"
fi

# CPU quotas.
set_quota() {
    case $group_file in
    */cpu.max) echo "$1 100000" >"$group_file" ;;
    *) echo "$1" >"$group_file" ;;
    esac
}
if make_group cpu cpu.max cpu.cfs_quota_us; then
    set_quota 50000
    in_group "$PLAIT" hello --json quota.json
    assert "half a core is one thread" says 'CPU quota 0.5 cores, 1 thread,'
    assert "and is reported" warns 'a CPU quota of 0.5 cores for 1 rank with 1 thread: raise the quota'
    assert "in the report, too" grep -q '"cpu_quota": 0.5' "$SANDBOX/quota.json"
    check_report quota.json
    in_group "$MPIEXEC" -n 2 "$PLAIT" hello
    assert "ranks share it" warns 'a CPU quota of 0.5 cores for 2 ranks with 2 threads'
    if [ "$cores" -ge 2 ]; then
        set_quota 150000
        in_group "$PLAIT" hello
        assert "one core and a half is two threads" says 'CPU quota 1.5 cores, 2 threads,'
        assert "which is right" [ "$(plait_lines)" -eq 0 ]
    fi
    set_quota 100000
    in_group "$MPIEXEC" -n 2 "$PLAIT" hello
    assert "two ranks share one core" warns 'a CPU quota of 1 core for 2 ranks with 2 threads: start at most 1 rank'
    rmdir "$group"
    group=
fi

if is_open_mpi; then
    # Seven nodes on this machine: a daemon per loopback address, TCP between them.
    run_ranks 1 "$here/../cluster/fake_nodes.sh" 7 -np 7 --map-by node "$PLAIT" hello
    assert "seven nodes respond" in_rank_order 7
    assert "each rank has its node's cores" [ "$(grep -c " $cores of $cores core" "$WORK/out")" -eq 7 ]
    assert "no node is oversubscribed" [ "$(plait_lines)" -eq 0 ]
    new_sandbox
    run_ranks 1 "$here/../cluster/fake_nodes.sh" 7 -np 7 --map-by node "$PLAIT" julia
    assert "seven nodes draw the same picture" grep -q 'fnv1a 7977c2e50817ba97' "$WORK/out"
fi
finish
