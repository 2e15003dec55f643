# SPDX-License-Identifier: MIT
# What plait doctor runs on every node, by /bin/sh: prints facts as key=value lines. Nothing is changed there.
#   name NAME                                   what NAME stands for on this machine, and back
#   facts PLAIT DIRECTORY SLURM CREDENTIAL      a dialogue: see below. $plait_path is the PATH that ssh gave.
LC_ALL=C
export LC_ALL
p() { printf '%s=%s\n' "$1" "$2"; }
found() { (PATH=$plait_path; command -v "$1") 2>/dev/null | grep '^/' || true; }
limited() { if command -v timeout >/dev/null; then timeout 15 "$@"; else "$@"; fi }

probe_name() {
    limited getent ahosts "$1" | awk '!seen[$1]++ { print "address=" $1 }'
    first=$(limited getent ahostsv4 "$1" | awk 'NR == 1 { print $1 }')
    if [ -n "$first" ]; then
        reverse=$(limited getent hosts "$first" | awk 'NR == 1 { print $2 }')
        p reverse "$reverse"
        [ -z "$reverse" ] || limited getent ahosts "$reverse" | awk '!seen[$1]++ { print "reverse.address=" $1 }'
    else
        p local.address "$(limited getent ahostsv4 "$1.local" | awk 'NR == 1 { print $1 }')"
    fi
}

interfaces() {
    ip -o -4 addr show up 2>/dev/null | while read -r _ name _ address _; do
        name=${name%%@*}
        kind=virtual
        if [ "$name" = lo ]; then kind=loopback
        elif [ -e "/sys/class/net/$name/bridge" ]; then kind=bridge
        elif [ -e "/sys/class/net/$name/wireless" ]; then kind=wireless
        elif [ -e "/sys/class/net/$name/device" ]; then kind=wired
        fi
        p interface "$name $address $kind"
    done
}

# in_files NAME FILE...: the value that the last of the files gives to a parameter of Open MPI.
in_files() {
    name=$1
    shift
    sed -n "s/^[ 	]*$name[ 	]*=[ 	]*//p" "$@" 2>/dev/null | tail -n 1
}
# The value of a parameter of Open MPI: the environment first, then its files.
parameter() {
    value=$(printenv "OMPI_MCA_$1" || printenv "PRTE_MCA_$1" || true)
    [ -n "$value" ] || value=$(in_files "$1" /etc/openmpi/openmpi-mca-params.conf "$HOME/.prte/mca-params.conf" "$HOME/.openmpi/mca-params.conf")
    p "mca.$1" "$value"
}
# What ends a job whose cable is cut: Open MPI 4 and the launcher of Open MPI 5 each read their own files.
keepalive() {
    name=oob_tcp_keepalive_time
    p "mca.$name" "$(printenv "OMPI_MCA_$name" || in_files $name /etc/openmpi/openmpi-mca-params.conf "$HOME/.openmpi/mca-params.conf")"
    p "prte.$name" "$(printenv "PRTE_MCA_$name" || in_files $name /etc/openmpi/prte-mca-params.conf "$HOME/.prte/mca-params.conf")"
}

launcher() {
    p mpirun.path "$(found mpirun)"
    text=$(PATH=$plait_path limited mpirun --version 2>&1 | head -n 20)
    case $text in
    *'Open MPI'* | *OpenRTE*) p mpirun.version "Open MPI $(printf '%s\n' "$text" | sed -n 's/.*(Open[A-Z ]*) *v*\([0-9][0-9.]*\).*/\1/p' | head -n 1)" ;;
    *HYDRA*) p mpirun.version "MPICH $(printf '%s\n' "$text" | sed -n 's/^ *Version: *//p' | head -n 1)" ;;
    esac
    p mpirun.openmpi "$(found mpirun.openmpi)"
    p mpirun.mpich "$(found mpirun.mpich)"
    for daemon in orted prted hydra_pmi_proxy; do
        there=$(found $daemon)
        p "$daemon" "$there"
        [ -z "$there" ] || continue
        for place in /usr/bin /usr/local/bin /opt/*/bin "$HOME"/.local/bin "$HOME"/*/bin /usr/lib64/openmpi/bin; do
            if [ -x "$place/$daemon" ]; then p "$daemon.elsewhere" "$place/$daemon"; break; fi
        done
    done
}

program() {
    there=$(found plait)
    p plait.path "$there"
    if [ -x "$1" ]; then p plait.same yes; there=$1; else p plait.same no; fi
    if [ -z "$there" ]; then return; fi
    # Where doctor itself is a rank, this one is none: it would wait for the others.
    p plait.version "$(limited env -u OMPI_COMM_WORLD_RANK -u OMPI_COMM_WORLD_SIZE -u PMI_RANK -u PMI_SIZE -u SLURM_STEP_NUM_TASKS "$there" --version 2>/dev/null | sed -n 's/^plait //p')"
    p plait.checksum "$(cksum <"$there" | tr ' ' -)"
    libraries=$(limited ldd "$there" 2>/dev/null)
    p plait.missing "$(printf '%s\n' "$libraries" | sed -n 's/^[ 	]*\([^ ]*\) => not found.*/\1/p' | tr '\n' ' ')"
    library=$(printf '%s\n' "$libraries" | sed -n 's/.*=> \([^ ]*libmpi[^ ]*\) .*/\1/p' | head -n 1)
    [ -z "$library" ] || p plait.mpi "$(basename "$(readlink -f "$library")")"
}

directories() {
    p home "$HOME"
    if [ -d "$HOME" ]; then p home.there yes; else p home.there no; fi
    if [ -d "$1" ]; then p directory.there yes; else p directory.there no; return; fi
    p directory.type "$(stat -f -c %T "$1" 2>/dev/null)"
    awk -v path="$1/" '{ point = $2; if (point != "/") point = point "/"
        if (index(path, point) == 1 && length(point) >= length(best)) { best = point; line = $1 " " $2 " " $3 " " $4 } }
        END { print "directory.mount=" line }' /proc/mounts 2>/dev/null
    p locks "$(ls /run/rpc.statd.pid 2>/dev/null)"
}

slurm() {
    configuration=${SLURM_CONF:-/etc/slurm/slurm.conf}
    p slurm.slurmd "$(command -v slurmd)"
    p slurm.checksum "$(cksum <"$configuration" 2>/dev/null | tr ' ' -)"
    p slurm.shape "$(limited slurmd -C 2>/dev/null | sed -n '/^NodeName=/p' | head -n 1)"
    sed -n 's/[ 	]*#.*//; /^NodeName=/s/^/slurm.node=/p; s/^\(TaskPlugin\|ProctrackType\|AuthType\|SlurmdParameters\)=/slurm.\1=/p' "$configuration" 2>/dev/null
    p slurm.configuration "$configuration"
    p slurm.name "$(uname -n | sed 's/\..*//')"
    p slurm.cgroups "$(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || awk 'NR > 1 && $4 == 1 { print $1 }' /proc/cgroups | tr '\n' ' ')"
    if [ "$1" != - ]; then
        p slurm.munge "$(printf '%s\n' "$1" | limited unmunge 2>&1 | sed -n 's/^STATUS: *//p; s/^unmunge: Error: //p' | head -n 1)"
    fi
    limited sinfo -h -N -o '%N %T %E' 2>/dev/null | sed 's/^/slurm.state=/'
}

facts() {
    p user "$(id -un)"
    p uid "$(id -u)"
    p hostname "$(uname -n)"
    limited getent ahostsv4 "$(uname -n)" | awk '!seen[$1]++ { print "own.address=" $1 }'
    p machine "$(uname -m)"
    p bits "$(getconf LONG_BIT)"
    case $(printf '\001\000' | od -An -td2 | tr -d ' ') in
    1) p order little ;;
    256) p order big ;;
    esac
    p cpus "$(getconf _NPROCESSORS_ONLN)"
    p cores "$(lscpu -p=core,socket 2>/dev/null | grep -v '^#' | sort -u | wc -l)"
    p sockets "$(lscpu -p=socket 2>/dev/null | grep -v '^#' | sort -u | wc -l)"
    awk '/^MemTotal:/ { print "memory.kib=" $2 } /^MemAvailable:/ { print "memory.free.kib=" $2 }' /proc/meminfo
    read -r load _ </proc/loadavg && p load "$load"
    p limit.files "$(ulimit -n)"
    p limit.locked "$(ulimit -l)"
    p rdma "$(ls /sys/class/infiniband 2>/dev/null | head -n 1)"
    df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print "shm.kib=" $2; print "shm.free.kib=" $4 }'
    p tmp "${TMPDIR:-/tmp}"
    df -Pk "${TMPDIR:-/tmp}" 2>/dev/null | awk 'NR == 2 { print "tmp.free.kib=" $4 }'
    df -Pi "${TMPDIR:-/tmp}" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print "tmp.free.files=" $4 }'
    p threads "${OMP_NUM_THREADS:-}"
    p hwloc.components "${HWLOC_COMPONENTS:-}"
    p opencl "$(ls /usr/lib/*/hwloc/hwloc_opencl.so 2>/dev/null | head -n 1)"
    p opencl.drivers "$(ls /etc/OpenCL/vendors/*.icd 2>/dev/null | head -n 1)"
    for tool in ufw firewall-cmd nft iptables; do
        if command -v $tool >/dev/null; then p firewall $tool; break; fi
    done
    # The chain that arriving packets pass, one that drops before others.
    p firewall.chain "$(nft list chains 2>/dev/null | awk '$1 == "table" { table = $2 " " $3; fits = $2 == "ip" || $2 == "inet" } $1 == "chain" { chain = table " " $2 }
        fits && / hook input / { drops = / policy drop;/; if (!n++ || drops) best = chain; if (drops) exit } END { print best }')"
    for name in btl_tcp_if_include btl_tcp_if_exclude hwloc_base_binding_policy hwloc_default_binding_policy \
        rmaps_base_oversubscribe rmaps_base_mapping_policy rmaps_default_mapping_policy; do
        parameter $name
    done
    keepalive
    interfaces
    launcher
    program "$1"
    directories "$2"
    [ "$3" = 0 ] || slurm "$4"
}

listen_on_a_port() {
    if command -v perl >/dev/null; then
        exec perl -e 'use Socket; alarm 120; $| = 1; socket(S, PF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(0, INADDR_ANY)) && listen(S, 64)
            or die; my ($port) = sockaddr_in(getsockname(S)); print "port=$port\n"; while (1) { accept(C, S) && close C }'
    elif command -v python3 >/dev/null; then
        exec python3 -c 'import signal, socket
signal.alarm(120); s = socket.socket(); s.bind(("", 0)); s.listen(64); print("port=%d" % s.getsockname()[1], flush=True)
while True: s.accept()[0].close()'
    fi
    echo port=0
}

# connect NAME ADDRESS PORT: open, refused, timeout, unreachable, or unknown where nothing here can try it.
connect() {
    if command -v perl >/dev/null; then
        how=$(perl -e 'use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 5);
            print $s ? "open" : $!{ECONNREFUSED} ? "refused" : $!{EHOSTUNREACH} || $!{ENETUNREACH} || $!{EACCES} ? "unreachable" : "timeout"' "$2" "$3" 2>/dev/null)
    elif command -v bash >/dev/null && command -v timeout >/dev/null; then
        how=open
        text=$(timeout 5 bash -c "exec 3<>/dev/tcp/$2/$3" 2>&1) || case $text in
        *refused*) how=refused ;;
        *route* | *unreachable*) how=unreachable ;;
        *) how=timeout ;;
        esac
    elif command -v nc >/dev/null; then
        if nc -z -w 5 "$2" "$3" 2>/dev/null; then how=open; else how=unknown; fi
    else
        how=unknown
    fi
    p tcp "$1 $2 $3 ${how:-unknown}"
}

# The dialogue: "ping" is replied to by a line, three times, for the clocks; facts; "port=N", replied to by the
# nodes to connect to, NAME ADDRESS PORT each, on one line; what came of it; the end of the input ends it.
case $1 in
name) probe_name "$2" ;;
facts)
    echo plait-probe=1
    for _ in 1 2 3; do
        echo ping
        read -r _ || break
        p pong "$(date +%s.%N)"
    done
    facts "$2" "$3" "$4" "$5"
    echo facts.end=1
    listen_on_a_port </dev/null 2>/dev/null &
    listener=$!
    if read -r targets; then
        set -- $targets
        while [ $# -ge 3 ]; do
            connect "$1" "$2" "$3" </dev/null &
            connecting="${connecting:-} $!"
            shift 3
        done
        for process in ${connecting:-}; do wait "$process"; done
        echo pairs.end=1
        read -r _
    fi
    kill "$listener" 2>/dev/null
    wait
    ;;
esac
exit 0
