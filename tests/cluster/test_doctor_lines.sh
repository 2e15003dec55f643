#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait doctor on the virtual cluster (virtual_cluster.sh), through ssh as a user has it. Names, networks, firewalls,
# file systems and limits are broken for real; where that cannot be, a program of the node's own speaks. Each line
# that doctor says to type is typed on red, and then has helped.
#     test_doctor_lines.sh nodes | software | ranks | network | write
# Environment: as in tests/cli/lib.sh.
set -euo pipefail
cluster=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/cluster/virtual_cluster.sh
. "$cluster/virtual_cluster.sh"
if [ -z "${CLUSTER:-}" ]; then
    cluster_possible || { echo '***Skipped: a virtual cluster needs iproute2, and root or unprivileged user namespaces'; exit 77; }
    cluster_enter "${BASH_SOURCE[0]}" "$@"
fi
# shellcheck source=tests/cli/lib.sh
. "$cluster/../cli/lib.sh"
unset OMPI_MCA_rmaps_base_oversubscribe PRTE_MCA_rmaps_default_mapping_policy
unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy OMP_NUM_THREADS
limit_s=${LIMIT:-240}
mpi=$(is_open_mpi && { is_prrte && echo prrte || echo openmpi; } || echo mpich)
export UCX_TLS=tcp,self

# One mpirun, that of this build, and the plait of this build by its name; a home without settings.
mkdir -p "$WORK/bin" "$WORK/home"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "$MPIEXEC")" >"$WORK/bin/mpirun"
ln -s "$(realpath "$PLAIT")" "$WORK/bin/plait"
chmod +x "$WORK/bin/mpirun"
export HOME=$WORK/home PATH=$WORK/bin:$PATH

# shellcheck source=tests/cluster/doctor_lines.sh
. "$cluster/doctor_lines.sh"

# -- parts ------------------------------------------------------------------------------------------------

# Names, clocks, memory, limits, directories: all at once.
part_nodes() {
    SANDBOX=$WORK/place/sandbox # in a directory that one of the nodes does not share
    mkdir -p "$SANDBOX"
    own_etc $cluster_nodes
    write_hosts $cluster_nodes
    if [ "$mpi" = mpich ]; then echo azure:1; else echo 'azure slots=1'; fi >>"$SANDBOX/hosts"
    # On red: no address of red01, but one of red01.local; red04 is called blue, and blue is another; azure is red05.
    sed -i -e '/ red01$/s/red01/red01.local/' -e '/ red04$/s/red04/blue red04/' -e '/ red05$/s/$/ azure/' -e '1i 10.77.0.99 blue' "$CLUSTER/etc.red/hosts"
    echo 'multi off' >"$CLUSTER/etc.red/host.conf"
    # The line of Debian, and one that makes it worse.
    sed -i '/ red02$/s/^[^ ]*/127.0.1.1/' "$CLUSTER/etc.red02/hosts"
    sed -i -e 's/localhost/localhost red03/' -e '/ red03$/{/127/!d}' "$CLUSTER/etc.red03/hosts"
    program red02 date "[ -e $WORK/clock ] && exec /bin/date \"\$@\"; exec /bin/date -d '-100 seconds' \"\$@\""
    program red02 timedatectl "[ \"\$*\" = 'set-ntp true' ] && touch $WORK/clock"
    over red03 /proc/meminfo "$(sed 's/^MemAvailable:.*/MemAvailable: 65536 kB/' /proc/meminfo)"
    over red03 /proc/loadavg '77.0 1 1 1/1 1'
    session red04 '[ -e /etc/security/limits.d/90-plait.conf ] || ulimit -Sn 64'
    # In a container nobody may lock more memory: instead the card goes when the file has come.
    session red04 'ulimit -l 64'
    program red04 ls '[ "$*" = /sys/class/infiniband ] || exec /bin/ls "$@"
[ -e /etc/security/limits.d/91-plait-memlock.conf ] || echo mlx5_0'
    on red04 mkdir -p /etc/security/limits.d
    mkdir "$WORK/small"
    on red05 mount -o remount,size=1m /dev/shm
    on red05 mount -t tmpfs -o size=1m small "$WORK/small"
    session red05 "TMPDIR=$WORK/small"
    session red06 "HOME=$WORK/gone"
    on red06 mount -t tmpfs none "$WORK/place"
    local user
    user=$(id -un)
    examined --hostfile hosts
    finds <<END
name-unknown red01
name-loops-back red02
name-loops-back red03
reverse-differs red04
same-node-twice azure
clocks-apart red02
memory-low red03
loaded red03
open-files-low red04
locked-memory-low red04
shm-small red05,azure
tmp-full red05,azure
directory-missing red06
home-missing red06
$([ "$mpi" = mpich ] || echo cut-cable mpirun)
END
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    type_line name-unknown
    type_line name-loops-back red02
    type_line name-loops-back red03
    type_line reverse-differs
    type_line same-node-twice
    type_line clocks-apart
    type_line memory-low
    assert "it lists programs" grep -q '^ *[0-9]* ' "$WORK/out"
    type_line loaded
    type_line open-files-low
    assert "for all users" on red04 grep -qx '\* - nofile 4096' /etc/security/limits.d/90-plait.conf
    type_line locked-memory-low
    type_line shm-small
    type_line tmp-full
    assert "it lists directories" grep -q "$WORK/small" "$WORK/out"
    type_line directory-missing
    type_line home-missing
    assert "it belongs to the user" [ "$(on red06 stat -c %U "$WORK/gone")" = "$user" ]
    if [ "$mpi" != mpich ]; then
        type_line cut-cable
        assert "the file has three settings" [ "$(cat "$HOME"/.[op]*/mca-params.conf | grep -c '^oob_tcp_keepalive_[a-z]* = [0-9]')" -eq 3 ]
    fi
    # What the lines above have listed is then ended, removed.
    on red03 umount /proc/meminfo
    on red03 umount /proc/loadavg
    on red05 umount "$WORK/small"
    mkdir -p "$WORK/gone"
    examined --hostfile hosts
    finds_nothing 'after the nodes'
    assert "seven nodes" grep -qx 'doctor: 7 nodes, nothing to change' "$WORK/out"
}

# Programs that are missing, old, of other kinds.
part_software() {
    local plait_dir build daemon package node
    plait_dir=$(dirname "$(realpath "$PLAIT")")
    build=$(realpath "$plait_dir/..")
    write_hosts $cluster_nodes
    case $mpi in
    openmpi) daemon=orted package=openmpi-bin ;;
    prrte) daemon=prted package=openmpi-bin ;;
    mpich) daemon=hydra_pmi_proxy package=mpich ;;
    esac
    daemon=$(realpath -s "$(command -v "$daemon")")
    for node in red red01 red02 red03 red04 red05 red06; do session "$node" 'LC_ALL=C'; done
    # red01 has no plait, red02 an old one, red03 another build, red04 one that misses a library.
    on red01 mount -t tmpfs none "$build"
    mkdir "$WORK/launcher" # before that of another MPI
    ln -s "$WORK/bin/mpirun" "$WORK/launcher"
    session red01 "PATH=$plait_dir:$WORK/launcher:/usr/local/bin:/usr/bin:/bin"
    for node in red02 red03 red04; do
        mkdir -p "$WORK/old.$node"
        cp -a "$plait_dir/." "$WORK/old.$node" 2>/dev/null
        on "$node" mount --bind "$WORK/old.$node" "$plait_dir"
    done
    printf '#!/bin/sh\necho plait 0.0.9\n' >"$WORK/old.red02/plait"
    printf 'x' >>"$WORK/old.red03/plait"
    sed -i 's/libjansson\.so\.4/libjansson.so.9/g' "$WORK/old.red04/plait"
    # red05 has no daemon of the launcher; on red06 a session by ssh finds no plait.
    on red05 mount --bind /dev/null "$daemon"
    program red05 apt-get "[ \"\$*\" = 'install -y $package' ] && exec umount $daemon"
    session red06 "PATH=$WORK/launcher:/usr/bin:/bin"
    examined --hostfile hosts
    finds <<END
plait-missing red01
plait-version-differs red02
plait-build-differs red03
plait-does-not-run red04
daemon-missing red05
plait-not-in-path red06
$([ "$mpi" = mpich ] || echo cut-cable mpirun)
END
    type_line plait-missing
    type_line plait-version-differs
    type_line plait-build-differs red03
    type_line plait-does-not-run
    assert "it names the library" grep -q 'libjansson.so.9 => not found' "$WORK/out"
    cp "$plait_dir/plait" "$WORK/old.red04/plait" # as its library is installed
    type_line daemon-missing
    # All nodes have what they need, but for a PATH.
    type_run plait-not-in-path 7
    session red06 "PATH=$plait_dir:\$PATH"
    examined --hostfile hosts
    finds < <([ "$mpi" = mpich ] || echo cut-cable mpirun)
    if [ "$mpi" != mpich ]; then
        session red06 "PATH=$WORK/bin:$CLUSTER/bin" # with ssh, as always
        examined --hostfile hosts
        finds < <(printf '%s\n' 'daemon-not-in-path red06' 'cut-cable mpirun')
        type_run daemon-not-in-path 7
    fi

    # Nodes that do not belong together: what is typed leaves them out.
    write_hosts red red01 red02
    alone() {
        rm -rf "$WORK/bin.red01" "$CLUSTER/session.red01"
        program red01 "$2" "$3"
        examined --hostfile hosts
        assert "$1 is found" grep -q "^$1"$'\tred01' "$WORK/found"
    }
    alone word-size-differs getconf '[ "$1" = LONG_BIT ] && echo 32 || exec /usr/bin/getconf "$@"'
    type_line word-size-differs
    assert "the two others are clean" grep -q '^doctor: 2 nodes, nothing to change' "$WORK/out"
    alone byte-order-differs od 'echo 256'
    type_line byte-order-differs
    assert "the two others are clean" grep -q '^doctor: 2 nodes, nothing to change' "$WORK/out"
    alone mpi-differs mpirun 'echo "mpirun (Open MPI) 9.1.2"'
    type_line mpi-differs
    assert "the two others are clean" grep -q '^doctor: 2 nodes, nothing to change' "$WORK/out"
    alone machines-mixed uname '[ "$1" = -m ] && echo riscv64 || exec /bin/uname "$@"'
    type_line machines-mixed
    assert "the version there" grep -q '^plait [0-9]' "$WORK/out"
    rm -rf "$WORK/bin.red01" "$CLUSTER/session.red01"

    # No mpirun here, then that of another MPI.
    mkdir "$WORK/bin.red"
    ln -s "$WORK/bin/plait" "$(command -v ssh)" "$(command -v bash)" "$(command -v timeout)" "$(command -v sh)" "$(command -v nsenter)" "$(command -v cat)" "$WORK/bin.red"
    printf '#!/bin/bash\n[ "$1 $2" = "install -y" ] && /bin/ln -s "%s" "%s"\n' "$WORK/bin/mpirun" "$WORK/bin.red/mpirun" >"$WORK/bin.red/apt-get"
    chmod +x "$WORK/bin.red/apt-get"
    printf 'export PATH=%s\n' "$WORK/bin.red" >"$CLUSTER/session.red"
    examined
    finds <<<'mpirun-missing mpirun'
    type_line mpirun-missing
    examined
    finds </dev/null
    rm "$WORK/bin.red/mpirun"
    if [ "$mpi" = mpich ]; then
        printf '#!/bin/sh\necho "mpirun (Open MPI) 4.1.4"\n' >"$WORK/bin.red/mpirun"
        ln -s "$WORK/bin/mpirun" "$WORK/bin.red/mpirun.mpich"
    else
        printf '#!/bin/sh\nprintf "HYDRA build details:\\n    Version: 4.0.2\\n"\n' >"$WORK/bin.red/mpirun"
        printf '#!/bin/sh\nexport PATH=%s\nexec %s --oversubscribe "$@"\n' "$PATH" "$WORK/bin/mpirun" >"$WORK/bin.red/mpirun.openmpi"
        chmod +x "$WORK/bin.red/mpirun.openmpi"
    fi
    chmod +x "$WORK/bin.red/mpirun"
    examined
    finds <<<'foreign-mpirun mpirun'
    type_run foreign-mpirun 2
}

# Ranks, slots, cores and binding; directories where a run would be.
part_ranks() {
    write_hosts red red01 red02
    mkdir -p "$HOME/.openmpi" "$HOME/.prte"
    cp "$cluster/../../docs/cluster/mca-params.conf" "$HOME/.openmpi"
    cp "$cluster/../../docs/cluster/mca-params.conf" "$HOME/.prte"
    local cores
    cores=$(lscpu -p=core,socket | grep -vc '^#')
    if [ "$mpi" != mpich ]; then
        examined --hostfile hosts --np 5
        finds <<<'few-slots mpirun'
        type_run few-slots 5
        examined --hostfile hosts --np 2 --threads 2
        finds <<<'bound-by-default mpirun'
        type_run bound-by-default 2
        assert "no rank is bound to one core" [ "$(grep -c 'one core' "$WORK/err")" -eq 0 ]
        export OMPI_MCA_hwloc_base_binding_policy=core PRTE_MCA_hwloc_default_binding_policy=core
        examined --hostfile hosts --threads 2
        finds <<<'bound-by-setting mpirun'
        type_run bound-by-setting 3
        unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy
    fi
    examined --hostfile hosts --threads $((cores + 1))
    finds <<<'few-cores mpirun'
    type_run few-cores 3
    examined --hostfile hosts --threads "$cores"
    finds_nothing 'with as many threads as cores'
    # A rank file that goes wrong in one way after the other.
    printf 'rank 0=red slot=0:0\nrank 1=red slot=0:0\n' >"$SANDBOX/ranks"
    examined --hostfile hosts --rankfile ranks
    finds <<<'ranks-share-cores ranks:2'
    type_run ranks-share-cores 2
    printf 'rank 0=red slot=0:0\nrank 2=red01 slot=0:0\nrank 1=red07 slot=0:0-4095\nrank 3=red02 slot=0:4000\n' >"$SANDBOX/ranks"
    sed -i 's/red07/red03/' "$SANDBOX/ranks"
    sed -i '2d' "$SANDBOX/ranks"
    examined --hostfile hosts --rankfile ranks --np 4 --threads 2
    finds <<END
rank-host-unknown ranks:2
rank-core-missing ranks:2
rank-core-missing ranks:3
rank-bound-to-few ranks:1
rank-bound-to-few ranks:3
rank-missing mpirun
END
    type_line rank-host-unknown
    type_line rank-core-missing ranks:2
    type_line rank-core-missing ranks:3
    type_line rank-bound-to-few ranks:1
    type_line rank-missing
    examined --hostfile hosts --rankfile ranks --np 4
    finds <<<'ranks-share-cores ranks:4'
    sed -i '4s/=red /=red01 /' "$SANDBOX/ranks"
    examined --hostfile hosts --rankfile ranks --np 4
    finds_nothing 'after the rank file'
    # A home of another name, and the run would be below it.
    HOME=$SANDBOX
    session red01 "HOME=$WORK/home"
    examined --hostfile hosts
    assert "the home differs" grep -q $'^home-differs\tred01' "$WORK/found"
    [ "$mpi" = mpich ] || type_run home-differs 4
}

part_network() {
    write_hosts $cluster_nodes
    mkdir -p "$HOME/.openmpi" "$HOME/.prte"
    cp "$cluster/../../docs/cluster/mca-params.conf" "$HOME/.openmpi"
    cp "$cluster/../../docs/cluster/mca-params.conf" "$HOME/.prte"
    examined --hostfile hosts
    finds_nothing 'before anything is broken'
    # Bridges as Docker makes them, of one address on each node.
    local node
    for node in red02 red05; do
        on "$node" ip link add docker0 type bridge
        on "$node" ip addr add 172.17.0.1/16 dev docker0
        on "$node" ip link set docker0 up
    done
    # NFS, as the table of mounts has it.
    program red06 awk "case \$* in */proc/mounts*) cat $WORK/mount; exit ;; esac
exec /usr/bin/awk \"\$@\""
    echo 'directory.mount=red:/home /home nfs rw,vers=3,nolock' >"$WORK/mount"
    program red06 umount '[ "$*" = /home ]'
    program red06 systemctl '[ "$*" = "start rpc-statd" ]'
    program red06 mount "[ \"\$*\" = '-t nfs -o lock red:/home /home' ] && echo 'directory.mount=red:/home /home nfs rw,vers=4.2' >$WORK/mount"
    # A firewall between the workers: only red may connect to red03.
    local firewall=
    if command -v nft >/dev/null && on red03 nft add table inet guard 2>/dev/null; then
        firewall=yes
        on red03 nft 'add chain inet guard arriving { type filter hook input priority 0; policy accept; }'
        on red03 nft add rule inet guard arriving 'iifname eth0 ip saddr != 10.77.0.1 tcp flags & (syn | ack) == syn drop'
    else
        echo '***Skipped: a firewall between nodes needs nft and nf_tables'
    fi
    # Its cable is out.
    cluster_cut red01
    examined --hostfile hosts
    finds <<END
no-reply red01
$([ "$mpi" = mpich ] || echo several-networks red02,red05)
$([ -z "$firewall" ] || echo firewall red03)
nfs-without-locks red06
END
    cluster_join red01
    type_line no-reply
    [ -z "$firewall" ] || type_line firewall
    type_line nfs-without-locks
    [ "$mpi" = mpich ] || type_run several-networks 7
    export OMPI_MCA_btl_tcp_if_include=eth0
    examined --hostfile hosts
    finds <<<'nfs red06'
    assert "a note changes no status" [ "$status" -eq 0 ]
    assert "seven nodes" grep -q '^doctor: 7 nodes, nothing to change' "$WORK/out"
    [ "$mpi" = mpich ] || type_line nfs
}

# The files of a hybrid run, and its script.
part_write() {
    write_hosts $cluster_nodes
    examined --hostfile hosts --write run
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    assert "a host file of seven" [ "$(grep -cE '^red(0[1-6])?( slots=1|:1)$' "$SANDBOX/run/hostfile")" -eq 7 ]
    if [ "$mpi" = mpich ]; then
        assert "no rank file" [ ! -e "$SANDBOX/run/rankfile" ]
        return # its ranks often do not end (docs/cluster.md)
    fi
    local line
    run_ranks 1 on red sh run/run.sh
    assert "its status is 0, not $status" [ "$status" -eq 0 ]
    assert "hello of seven ranks" [ "$(grep -cE '^rank +[0-9]+ of 7 on red' "$WORK/out")" -eq 7 ]
    assert "a rank file of seven" [ "$(grep -cE '^rank [0-6]=red(0[1-6])? slot=0:0-[0-9]+' "$SANDBOX/run/rankfile")" -eq 7 ]
    assert "a cut cable ends the job" grep -q 'oob_tcp_keepalive_time 2' "$SANDBOX/run/run.sh"
    line=$(sed -n 's/^#   //p' "$SANDBOX/run/run.sh")
    run_ranks 1 on red sh -c "$line"
    assert "its status is 0, not $status" [ "$status" -eq 0 ]
    assert "hello of seven ranks" [ "$(grep -cE '^rank +[0-9]+ of 7 on red' "$WORK/out")" -eq 7 ]
    examined --hostfile run/hostfile --rankfile run/rankfile
    finds <<<'cut-cable mpirun'
}

"part_${1:?names a part}"
finish
