#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A cluster of seven nodes on one machine, red and red01 ... red06, each with a host name, network, /dev/shm and
# processes of its own, joined by a switch. Needs iproute2, and root or unprivileged user namespaces.
#     virtual_cluster.sh [COMMAND...]      COMMAND, or a shell, on the node red; all is gone when it ends
# A script that wants to pull cables sources this file inside the cluster (cluster_enter) and calls:
#     on NODE COMMAND...                   run it on that node, in the current directory
#     cluster_cut NODE, cluster_join NODE  the network cable out, in
#     cluster_kill NODE                    power off; not red
#     cluster_link NODE RATE               its cable, such as 100mbit, both ways
#     cluster_cpu NODE PERCENT             of one core for the node; needs root and control groups
# ssh between nodes is a stand-in, so mpirun is started as on a real cluster; a file session.NODE is what sessions
# of that node begin with. The files of $CLUSTER are hosts, hostfile (slots=4), bin/ssh, bin/on.
#
# All of it lives in namespaces of a process of its own: when that ends, however it ends, processes, networks
# and mounts end with it, and two clusters never meet. Control groups have its number in their names; those
# that a killed one left behind are removed by the next.
cluster_nodes='red red01 red02 red03 red04 red05 red06'
cluster_script=$(readlink -f "${BASH_SOURCE[0]}")

# Whether this machine and user may have one.
cluster_possible() {
    command -v ip >/dev/null || return 1
    local unshare=(unshare --net --mount --pid --fork --mount-proc)
    [ "$(id -u)" -eq 0 ] || unshare+=(--user --map-root-user)
    "${unshare[@]}" ip link add name v0 type veth peer name v1 2>/dev/null
}

# cluster_enter SCRIPT [ARGUMENT...]: in place of this process: the script, in a sandbox with the cluster.
cluster_enter() {
    local user=()
    [ "$(id -u)" -eq 0 ] || user=(--user --map-root-user)
    CLUSTER_OWNER=$$ exec unshare "${user[@]}" --mount --net --pid --fork --kill-child --mount-proc \
        bash "$cluster_script" --inside "$@"
}

# The cpu controller of control groups, of version 1 or 2; empty: none that this user may use.
cluster_groups() {
    local root
    for root in /sys/fs/cgroup /sys/fs/cgroup/cpu; do
        if [ -w "$root" ] && { [ -e "$root/cpu.cfs_quota_us" ] ||
            grep -qw cpu "$root/cgroup.subtree_control" 2>/dev/null; }; then
            echo "$root"
            return
        fi
    done
}

cluster_remove_groups() {
    local root group
    root=$(cluster_groups)
    [ -n "$root" ] || return 0
    for group in "$root/plait-cluster-$1-"*; do
        [ ! -d "$group" ] || rmdir "$group" 2>/dev/null || true
    done
}

cluster_remove_stale_groups() {
    local root group owner
    root=$(cluster_groups)
    [ -n "$root" ] || return 0
    for group in "$root"/plait-cluster-*; do
        [ -d "$group" ] || continue
        owner=${group##*/plait-cluster-}
        owner=${owner%%-*}
        # The owner's /proc is that of the machine, which the sandbox does not see: a group without processes
        # is removed, and one in use refuses to be.
        [ "$owner" = "$CLUSTER_OWNER" ] || [ -s "$group/cgroup.procs" ] || rmdir "$group" 2>/dev/null || true
    done
}

# What each node runs first: its name, its view of the others, its own shared memory; then it takes in orphans.
cluster_node_init='
    hostname "$1"
    mount --bind "$CLUSTER/hosts" /etc/hosts
    mount -t tmpfs tmpfs /dev/shm
    ip link set lo up
    : >"$CLUSTER/$1.ready"
    sleep infinity &
    while :; do wait || :; done'

# The node red shares the process numbers of the sandbox, from where it reaches the others.
cluster_up() {
    local node k=0 options pid
    ip link set lo up
    ip link add br0 type bridge
    ip link set br0 up
    echo '127.0.0.1 localhost' >"$CLUSTER/hosts"
    for node in $cluster_nodes; do
        k=$((k + 1))
        echo "10.77.0.$k $node" >>"$CLUSTER/hosts"
        echo "$node slots=4" >>"$CLUSTER/hostfile"
    done
    for node in $cluster_nodes; do
        options=(--net --uts --ipc --mount)
        [ "$node" = red ] || options+=(--pid --fork --kill-child --mount-proc)
        unshare "${options[@]}" bash -c "$cluster_node_init" node "$node" </dev/null >"$CLUSTER/$node.log" 2>&1 &
        echo $! >"$CLUSTER/$node.pid"
        disown
    done
    k=0
    for node in $cluster_nodes; do
        k=$((k + 1))
        until [ -e "$CLUSTER/$node.ready" ]; do
            sleep 0.02
            kill -0 "$(cat "$CLUSTER/$node.pid")" || { cat "$CLUSTER/$node.log" >&2; return 1; }
        done
        if [ "$node" != red ]; then
            pid=$(cat "$CLUSTER/$node.pid")
            read -r pid _ <"/proc/$pid/task/$pid/children" || true # no newline at its end
            echo "$pid" >"$CLUSTER/$node.pid"
        fi
        ip link add "v-$node" type veth peer name eth0 netns "$(cat "$CLUSTER/$node.pid")"
        ip link set "v-$node" master br0 up
        nsenter -t "$(cat "$CLUSTER/$node.pid")" -n ip addr add "10.77.0.$k/24" dev eth0
        nsenter -t "$(cat "$CLUSTER/$node.pid")" -n ip link set eth0 up
    done
    mkdir "$CLUSTER/bin"
    cat >"$CLUSTER/bin/ssh" <<'EOF'
#!/usr/bin/env bash
# ssh [OPTION...] [USER@]NODE COMMAND...; options that mpirun gives have no argument, or one of these.
while [ "${1#-}" != "$1" ]; do
    case $1 in -l | -p | -i | -o | -F) shift ;; esac
    shift
done
name=${1#*@}
shift
. "$CLUSTER/functions"
read -r address _ < <(getent ahostsv4 "$name") ||
    { echo "ssh: Could not resolve hostname $name: Name or service not known" >&2; exit 255; }
node=$(awk -v address="$address" '$1 == address { print $2 }' "$CLUSTER/hosts")
# Nothing listens on its port 22, but a node that is there says so.
[[ $(timeout 10 bash -c "exec 3<>/dev/tcp/$address/22" 2>&1) = *refused* ]] && [ -e "/proc/$(cat "$CLUSTER/$node.pid")/stat" ] ||
    { echo "ssh: connect to host $name port 22: No route to host" >&2; exit 255; }
[ ! -e "$CLUSTER/session.$node" ] || set -- ". $CLUSTER/session.$node;" "$@"
cd / # not where the caller is: ssh does not know that
status=0
on "$node" sh -c "$*" || status=$?
# Killed: the node has lost its power, and does not say so. ssh waits.
[ "$status" -ne 137 ] || exec sleep infinity
# Nor does a node that cannot be reached, whatever ends there.
[ ! -e "$CLUSTER/cut.$node" ] || exec sleep infinity
exit "$status"
EOF
    chmod +x "$CLUSTER/bin/ssh"
    declare -f on cluster_groups >"$CLUSTER/functions"
    printf '#!/usr/bin/env bash\n. "$CLUSTER/functions"\non "$@"\n' >"$CLUSTER/bin/on"
    chmod +x "$CLUSTER/bin/on"
}

on() {
    local node=$1 pid options=(-n -u -m -i --root) group # root: that of a chroot, where it runs in one
    shift
    pid=$(cat "$CLUSTER/$node.pid")
    [ "$node" = red ] || options+=(-p)
    group=$(cluster_groups)/plait-cluster-$CLUSTER_OWNER-$node
    (
        [ ! -d "$group" ] || echo "$BASHPID" >"$group/cgroup.procs"
        exec nsenter -t "$pid" "${options[@]}" --wdns="$PWD" -- "$@"
    )
}

cluster_cut() {
    : >"$CLUSTER/cut.$1"
    ip link set "v-$1" down
}
cluster_join() {
    ip link set "v-$1" up
    rm -f "$CLUSTER/cut.$1"
}
cluster_kill() {
    cluster_cut "$1" # a node without power does not close its connections
    kill -KILL "$(cat "$CLUSTER/$1.pid")"
}

cluster_link() {
    tc qdisc replace dev "v-$1" root tbf rate "$2" burst 16kb latency 50ms
    nsenter -t "$(cat "$CLUSTER/$1.pid")" -n tc qdisc replace dev eth0 root tbf rate "$2" burst 16kb latency 50ms
}

# Processes that on starts from now on. The group has a large weight: what else the machine does takes nothing from
# its share.
cluster_cpu() {
    local root group
    root=$(cluster_groups)
    group=$root/plait-cluster-$CLUSTER_OWNER-$1
    mkdir -p "$group"
    if [ -e "$group/cpu.max" ]; then
        echo "$(($2 * 1000)) 100000" >"$group/cpu.max"
        echo 10000 >"$group/cpu.weight"
    else
        echo 100000 >"$group/cpu.cfs_period_us"
        echo "$(($2 * 1000))" >"$group/cpu.cfs_quota_us"
        echo 262144 >"$group/cpu.shares"
    fi
}

# The end of the sandbox: the nodes' processes end with it, groups only when these have.
cluster_down() {
    local node
    for node in $cluster_nodes; do kill -KILL "$(cat "$CLUSTER/$node.pid" 2>/dev/null)" 2>/dev/null || true; done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        cluster_remove_groups "$CLUSTER_OWNER"
        compgen -G "$(cluster_groups)/plait-cluster-$CLUSTER_OWNER-*" >/dev/null || break
        sleep 0.1
    done
    umount "$CLUSTER" 2>/dev/null && rmdir "$CLUSTER" || true
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    if [ "${1:-}" != --inside ]; then
        cluster_possible || { echo 'a virtual cluster needs iproute2, and root or user namespaces' >&2; exit 77; }
        cluster_enter red "$@"
    fi
    shift
    # What the sandbox mounts is nobody else's. Its /run is empty: nothing below it is needed.
    mount --make-rprivate /
    CLUSTER=$(mktemp -d)
    export CLUSTER CLUSTER_OWNER
    mount -t tmpfs tmpfs "$CLUSTER"
    trap cluster_down EXIT
    trap 'exit 1' HUP INT TERM
    cluster_remove_stale_groups
    cluster_up
    PATH=$CLUSTER/bin:$PATH
    case $1 in
    red) # a person or a command, on the manager
        shift
        [ $# -gt 0 ] || set -- "${SHELL:-bash}"
        on red "$@"
        ;;
    *) "$@" ;;
    esac
fi
